package dev.highwater.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Random;

/// Requests that are nearly right: real paths, parameters and bodies, mixed, bent and broken. The
/// same seed makes the same requests.
final class Nonsense {
    private static final List<String> POSTED = List.of("/api/query", "/api/verify", "/api/tickets");
    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "TRACE", "BREW");
    private static final List<String> PATHS =
            List.of(
                    "/",
                    "/healthz",
                    "/readyz",
                    "/metrics",
                    "/api/status",
                    "/api/tables",
                    "/api/tables/{t}",
                    "/api/relations/{t}/rows",
                    "/api/relations/{t}/rows",
                    "/api/relations/{t}/rows",
                    "/api/relations/{t}/feed",
                    "/api/feed",
                    "/api/query",
                    "/api/query",
                    "/api/query",
                    "/api/queries/{t}",
                    "/api/journal",
                    "/api/verify",
                    "/api/tickets",
                    "/api/views/{t}",
                    "/api/{t}",
                    "/{t}",
                    "//api//status",
                    "/api/../api/status");
    private static final List<String> NAMES =
            List.of(
                    "orders",
                    "public.orders",
                    "other",
                    "keyless",
                    "nowhere",
                    "\"Orders\"",
                    "%22orders%22",
                    "a.b.c",
                    "highwater.entry",
                    "pg_catalog.pg_class",
                    "%00",
                    "%ff%fe",
                    "..",
                    ".",
                    "%2e%2e%2f",
                    "ä",
                    "%F0%9F%92%A9",
                    "orders'--",
                    "%22",
                    "\"",
                    "orders;drop",
                    "",
                    "x".repeat(300),
                    "%",
                    "%zz",
                    "public_history.orders");
    private static final List<String> KEYS =
            List.of(
                    "id",
                    "name",
                    "price",
                    "at",
                    "tags",
                    "doc",
                    "a",
                    "b",
                    "select",
                    "order",
                    "limit",
                    "offset",
                    "as_of",
                    "after",
                    "format",
                    "relations",
                    "ticket",
                    "shard",
                    "",
                    "%00",
                    "id.desc",
                    "ID",
                    "\"id\"",
                    "not",
                    "_from",
                    "c1");
    private static final List<String> VALUES =
            List.of(
                    "eq.1",
                    "gt.5",
                    "lte.2.5",
                    "neq.",
                    "like.n*",
                    "ilike.%25",
                    "in.(1,2,3)",
                    "in.(",
                    "in.()",
                    "in.(\"a\\\"b\",c)",
                    "is.null",
                    "is.not_null",
                    "not.eq.1",
                    "not.in.(1)",
                    "not.not.eq.1",
                    "eq.9223372036854775808",
                    "eq.NaN",
                    "gt.infinity",
                    "eq.{a,b}",
                    "eq.{\"a\":1}",
                    "eq.%00",
                    "eq.%F0%9F%92%A9",
                    "like.%5C",
                    "eq.'",
                    "eq.1e400",
                    "id",
                    "id,name",
                    "*",
                    "id.desc",
                    "id.asc,name.desc.nullslast",
                    "id.sideways",
                    "orders",
                    "orders,other",
                    "orders,orders",
                    "-1",
                    "0",
                    "1",
                    "10",
                    "1000000",
                    "99999999999999999999",
                    "1.5",
                    "sse",
                    "ndjson",
                    "json",
                    "2026-01-01T00:00:00Z",
                    "2001-01-01T00:00:00%2B25:00",
                    "infinity",
                    "now",
                    "{p}.1",
                    "{p}.3",
                    "{p}.999999",
                    "ffffffff.1",
                    "{p}.",
                    "{p}.-1",
                    ".1",
                    "",
                    "true",
                    "x".repeat(2000));
    private static final List<String> BODIES =
            List.of(
                    "",
                    "{}",
                    "[]",
                    "null",
                    "7",
                    "{\"sql\":\"select 1\"}",
                    "{\"sql\":\"select * from orders where id = :id\",\"params\":{\"id\":3}}",
                    "{\"sql\":\"select * from orders where id = $1\",\"params\":[3]}",
                    "{\"sql\":\"select $1::int\",\"params\":[\"x\"]}",
                    "{\"sql\":\"select * from orders\",\"as_of\":\"{p}.3\"}",
                    "{\"sql\":\"select 1\",\"as_of\":-1}",
                    "{\"sql\":\"select 1\",\"as_of\":[]}",
                    "{\"sql\":\"drop table orders\"}",
                    "{\"sql\":\"commit\"}",
                    "{\"sql\":\"select 1; commit; select 2\"}",
                    "{\"sql\":\"begin\"}",
                    "{\"sql\":\"set role highwater\"}",
                    "{\"sql\":\"reset role\"}",
                    "{\"sql\":\"copy orders to '/tmp/x'\"}",
                    "{\"sql\":\"copy (select 1) to stdout\"}",
                    "{\"sql\":\"explain analyze select 1\"}",
                    "{\"sql\":\"listen x\"}",
                    "{\"sql\":\"select pg_terminate_backend(pg_backend_pid())\"}",
                    "{\"sql\":\"select pg_sleep(0.01)\"}",
                    "{\"sql\":\"select repeat('x', 100000)\"}",
                    "{\"sql\":\"\"}",
                    "{\"sql\":\";\"}",
                    "{\"sql\":\"select '\\u0000'\"}",
                    "{\"sql\":\"select 1 as a, 2 as a\"}",
                    "{\"sql\":\"values (1),(2)\"}",
                    "{\"sql\":\"select array[1,2], '{}'::jsonb, 'NaN'::float8, 9007199254740993, null, interval '1 day'\"}",
                    "{\"sql\":\"select ?\",\"params\":[1]}",
                    "{\"sql\":\"select :a\",\"params\":{}}",
                    "{\"sql\":\"select 'a:b', x::text from (select 1 x) t\"}",
                    "{\"sql\":\"select /* unclosed\"}",
                    "{\"sql\":\"select $tag$ open\"}",
                    "{\"sql\":\"\\ud800\"}",
                    "{\"sql\":\"select 1\",\"params\":7}",
                    "{\"sql\":",
                    "\u0000\u0001\u0002",
                    "sql=select+1",
                    "<xml/>",
                    "[".repeat(5000),
                    "{\"a\":".repeat(2000));
    private static final List<String> HEADERS =
            List.of(
                    "Accept: application/x-ndjson",
                    "Accept: text/event-stream",
                    "Accept: */*;q=7, ,,",
                    "Last-Event-ID: {p}.1",
                    "Last-Event-ID: ffffffff.9",
                    "Last-Event-ID: nonsense",
                    "Last-Event-ID: ",
                    "If-None-Match: \"{p}.3\"",
                    "If-None-Match: *",
                    "Content-Type: application/json",
                    "Content-Type: application/sql",
                    "Content-Type: ;;;",
                    "Authorization: Bearer x",
                    "Authorization: Basic !!!",
                    "Origin: http://evil.example",
                    "Host: evil.example",
                    "X-Long: " + "y".repeat(3000),
                    "Transfer-Encoding: chunked",
                    "Expect: 100-continue",
                    "Range: bytes=5-1",
                    "Accept-Encoding: gzip;q=x");

    private final Random random;
    private final String incarnation;

    Nonsense(long seed, String incarnation) {
        this.random = new Random(seed);
        this.incarnation = incarnation;
    }

    /// A request as bytes.
    ///
    /// @param whole whether it is a request at all; of one that is not, a server may wait for the
    ///   rest
    record Request(byte[] bytes, boolean whole) {
        boolean isHead() {
            return bytes[0] == 'H' && bytes[1] == 'E';
        }
    }

    /// The next request.
    Request next() {
        if (random.nextInt(40) == 0) {
            return new Request(garbage(), false);
        }
        var request = new StringBuilder();
        String path = one(PATHS);
        String usual = POSTED.contains(path) ? "POST" : "GET";
        request.append(random.nextInt(4) > 0 ? usual : one(METHODS)).append(' ');
        request.append(target(path)).append(" HTTP/1.1\r\n");
        request.append("Host: 127.0.0.1\r\nConnection: close\r\n");
        for (int i = random.nextInt(3); i > 0; i--) {
            request.append(one(HEADERS)).append("\r\n");
        }
        String body = usual.equals("POST") || random.nextInt(4) == 0 ? one(BODIES) : "";
        int length = body.getBytes(UTF_8).length;
        request.append("Content-Length: ").append(length).append("\r\n\r\n").append(body);
        byte[] bytes = request.toString().replace("{p}", incarnation).getBytes(UTF_8);
        boolean bent = random.nextInt(10) == 0;
        if (bent) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        // Chunks that are announced and do not come are waited for.
        return new Request(bytes, !bent && !request.toString().contains("chunked"));
    }

    private String target(String path) {
        var target =
                new StringBuilder(
                        path.replace("{t}", random.nextInt(3) == 0 ? one(NAMES) : "orders"));
        char separator = '?';
        for (int i = random.nextInt(4); i > 0; i--) {
            target.append(separator).append(one(KEYS)).append('=').append(one(VALUES));
            separator = '&';
        }
        return target.toString().replace(' ', '+');
    }

    private byte[] garbage() {
        byte[] bytes = new byte[random.nextInt(1, 500)];
        random.nextBytes(bytes);
        String end = random.nextBoolean() ? "\r\n\r\n" : "";
        return (new String(bytes, ISO_8859_1) + end).getBytes(ISO_8859_1);
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
