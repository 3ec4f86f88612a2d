package dev.highwater.web;

import static dev.highwater.relation.TestStore.definition;
import static dev.highwater.relation.TestStore.put;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Requests that make no sense, by seed: none may be answered with a 5xx or a stack trace. The long
/// form, `-Dhighwater.long=true`, sends 10,000.
class NonsenseIT {
    private static final List<String> METHODS =
            List.of(
                    "GET",
                    "GET",
                    "GET",
                    "HEAD",
                    "POST",
                    "PUT",
                    "DELETE",
                    "OPTIONS",
                    "PATCH",
                    "TRACE",
                    "get",
                    "NONSENSE");
    private static final List<String> PATHS =
            List.of(
                    "/",
                    "/api/status",
                    "/api/tables",
                    "/api/tables/%s",
                    "/api/views",
                    "/api/views/%s",
                    "/api/relations/%s/rows",
                    "/api/relations/%s/rows",
                    "/api/relations/%s/rows",
                    "/api/relations/%s/feed",
                    "/api/feed",
                    "/api/query",
                    "/api/query",
                    "/api/query",
                    "/api/journal",
                    "/api/verify",
                    "/api/tickets",
                    "/metrics",
                    "/%s",
                    "/api/%s",
                    "//%s//",
                    "/api/../%s",
                    "/api/relations/%s/rows/%s");
    private static final List<String> WORDS =
            List.of(
                    "orders",
                    "public.orders",
                    "id",
                    "note",
                    "j",
                    "total",
                    "at",
                    "select",
                    "order",
                    "limit",
                    "offset",
                    "as_of",
                    "after",
                    "format",
                    "relations",
                    "ticket",
                    "eq",
                    "eq.1",
                    "gt.x",
                    "in.(1,2)",
                    "in.((",
                    "like.%",
                    "like.\\",
                    "is.null",
                    "not.eq.",
                    "not.not.eq.1",
                    "1",
                    "-1",
                    "0",
                    "99999999999999999999",
                    "1e9",
                    "NaN",
                    "Infinity",
                    "deadbeef.1",
                    "2026-01-01T00:00:00Z",
                    "-infinity",
                    "+292278994-08-17T07:12:55Z",
                    "0000-00-00T00:00:00Z",
                    "'",
                    "\"",
                    "\"\"",
                    "\\",
                    "%",
                    "%%",
                    "%00",
                    "%zz",
                    "%c0%80",
                    "%ed%a0%80",
                    ";",
                    "--",
                    "/*",
                    "$1",
                    ":x",
                    "?",
                    "&",
                    "=",
                    "#",
                    "..",
                    ".",
                    "*",
                    ",",
                    "(",
                    ")",
                    "[",
                    "{",
                    "}",
                    "\u0000",
                    "\u202e",
                    "\uD83D\uDE00",
                    "\u00e9",
                    "x".repeat(3000),
                    "null",
                    "true",
                    "asc",
                    "desc.nullslast",
                    "id.desc",
                    "id.asc,id.desc",
                    "ndjson",
                    "sse",
                    "../../etc/passwd",
                    "<script>",
                    "${jndi}",
                    "r1",
                    "highwater.entry",
                    "a.b.c.d",
                    "\"a.b",
                    "{1,2}");
    private static final List<String> SQL =
            List.of(
                    "select",
                    "1",
                    "*",
                    "from",
                    "orders",
                    "public.orders",
                    "where",
                    "id",
                    "=",
                    "$1",
                    ":x",
                    "::int",
                    "'",
                    "\"",
                    "$$",
                    ";",
                    "--",
                    "/*",
                    "*/",
                    "(",
                    ")",
                    ",",
                    "with",
                    "as",
                    "union",
                    "delete",
                    "drop table orders",
                    "pg_sleep(0)",
                    "generate_series(1,3)",
                    "limit",
                    "-1",
                    "null",
                    "order by",
                    "group by",
                    "1/0",
                    "'x'::int",
                    "copy",
                    "do",
                    "begin",
                    "commit",
                    "set role highwater",
                    "listen x",
                    "declare c cursor with hold for",
                    "explain analyze",
                    "lo_export(1,'/tmp/x')",
                    "current_setting('x')",
                    "E'\\",
                    "U&'\\0000'",
                    "?",
                    "??",
                    "?|",
                    "x[1:2]",
                    "nan::float8",
                    "repeat('x',100)",
                    "select 1",
                    "values (1)",
                    "table orders",
                    "show all",
                    "{d '2020-01-01'}",
                    "{fn now()}");

    @Test
    void nonsenseIsRefusedAndNothingBreaks() throws Exception {
        boolean isLong = Boolean.getBoolean("highwater.long");
        long seed = Long.getLong("highwater.seed", isLong ? System.nanoTime() : 42);
        var random = new Random(seed);
        try (var web = new TestServer()) {
            var orders =
                    web.store.table(
                            definition(
                                    "orders",
                                    "id bigint 20",
                                    "total numeric(10,2) 1700",
                                    "note text 25",
                                    "j json 114",
                                    "at timestamptz 1184"));
            web.store.commit(put(orders, "1", "1.5", "a", "{}", "2026-01-01"));
            var statuses = new HashSet<String>();
            for (int i = 0; i < (isLong ? 10_000 : 200); i++) {
                byte[] request = request(random);
                String shown = new String(request, StandardCharsets.UTF_8);
                String answer = answer(web.server.port(), request);
                statuses.add(
                        answer.substring(
                                Math.min(9, answer.length()), Math.min(12, answer.length())));
                assertThat(answer)
                        .as("seed %d, request %d: %s", seed, i, shown)
                        .doesNotStartWith("HTTP/1.1 5");
                assertThat(answer)
                        .as("seed %d, request %d: %s", seed, i, shown)
                        .doesNotContain("\tat ", "java.lang.", "highwater:bug");
            }
            assertThat(statuses).contains("200", "400", "404", "405");
            assertThat(web.get("/readyz").statusCode()).as("seed %d", seed).isEqualTo(200);
            assertThat(web.get("/api/relations/orders/rows").statusCode()).isEqualTo(200);
        }
    }

    private static byte[] request(Random random) {
        String path = pick(random, PATHS).replace("%s", escaped(random, pick(random, WORDS)));
        var query = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            query.append(query.isEmpty() ? "?" : "&").append(escaped(random, pick(random, WORDS)));
            if (random.nextInt(5) > 0) {
                query.append('=').append(escaped(random, pick(random, WORDS)));
            }
        }
        byte[] body = random.nextInt(3) == 0 || path.contains("query") ? body(random) : new byte[0];
        var head = new StringBuilder(pick(random, METHODS) + " " + path + query + " HTTP/1.1\r\n");
        head.append("Host: localhost\r\nConnection: close\r\nContent-Length: ")
                .append(body.length)
                .append("\r\n");
        if (random.nextInt(3) == 0) {
            head.append(
                    pick(
                            random,
                            List.of(
                                    "Accept",
                                    "Last-Event-ID",
                                    "If-None-Match",
                                    "Content-Type",
                                    "Range",
                                    "Expect",
                                    "Authorization",
                                    "X-Y")));
            head.append(": ")
                    .append(pick(random, WORDS).replaceAll("[^\\x20-\\x7e]", "?"))
                    .append("\r\n");
        }
        var all = new ByteArrayOutputStream();
        all.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        all.writeBytes(body);
        return all.toByteArray();
    }

    private static byte[] body(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> {
                var bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case 1 ->
                    pick(
                                    random,
                                    List.of(
                                            "",
                                            "{",
                                            "[]",
                                            "null",
                                            "{\"sql\":null}",
                                            "[".repeat(5000),
                                            "{\"sql\":\"\"}",
                                            "{\"sql\":\"select 1\",\"as_of\":{}}"))
                            .getBytes(StandardCharsets.UTF_8);
            default -> {
                var sql = new StringBuilder(random.nextBoolean() ? "select " : "");
                for (int i = random.nextInt(8); i > 0; i--) {
                    sql.append(pick(random, SQL)).append(' ');
                }
                var json = new StringBuilder("{\"sql\":");
                dev.highwater.journal.JsonText.quote(json, sql.toString());
                json.append(
                        pick(
                                random,
                                List.of(
                                        "",
                                        "",
                                        ",\"params\":[1]",
                                        ",\"params\":{\"x\":\"y\"}",
                                        ",\"params\":[[1,[2]],{\"a\":null},null]",
                                        ",\"params\":{\"x\":\"\\u0000\"}",
                                        ",\"params\":7")));
                json.append(
                        pick(
                                random,
                                List.of(
                                        "",
                                        "",
                                        ",\"as_of\":1",
                                        ",\"as_of\":-1",
                                        ",\"as_of\":\"deadbeef.1\"",
                                        ",\"as_of\":1.5",
                                        ",\"as_of\":[]",
                                        ",\"x\":1")));
                yield json.append('}').toString().getBytes(StandardCharsets.UTF_8);
            }
        };
    }

    /// Mostly as a client would escape it, sometimes not at all.
    private static String escaped(Random random, String word) {
        return random.nextInt(4) == 0
                ? word.replaceAll("[\\s\u0000]", "+")
                : java.net.URLEncoder.encode(word, StandardCharsets.UTF_8);
    }

    private static <T> T pick(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /// The beginning of the answer; feeds go on for ever.
    private static String answer(int port, byte[] request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(request);
            var bytes = new ByteArrayOutputStream();
            InputStream in = socket.getInputStream();
            var buffer = new byte[4096];
            try {
                for (int n = in.read(buffer);
                        n >= 0 && bytes.size() < 16_384;
                        n = in.read(buffer)) {
                    bytes.write(buffer, 0, n);
                    if (bytes.toString(StandardCharsets.UTF_8).contains("text/event-stream")
                            || bytes.toString(StandardCharsets.UTF_8).contains("x-ndjson")) {
                        break;
                    }
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError(
                        "no answer to " + new String(request, StandardCharsets.UTF_8), e);
            } catch (java.net.SocketException connectionReset) {
                // What was sent before it counts.
                assertThat(connectionReset).hasMessageContaining("reset");
            }
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
