package dev.highwater.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Seeded nonsense, byte for byte over a socket: whatever is asked, the node answers with a status
/// below 500, shows no stack trace, and follows its source as before. `-Dhighwater.seed=N` repeats
/// a run.
class FuzzIT {
    private static final int REQUESTS = Distribution.isLong() ? 10_000 : 600;
    private static final int READ_MAX = 64 << 10;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *([0-9]{1,9})");
    private static final Pattern FEED = Pattern.compile("text/event-stream|ndjson");
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
    private static final Pattern TRACE =
            Pattern.compile(
                    "\\n\\s+at [\\w.$/]+\\(|Exception|dev\\.highwater|java\\.(lang|sql)\\.");

    private final long seed = Long.getLong("highwater.seed", System.nanoTime());

    @Test
    void no_request_breaks_the_node() throws Exception {
        System.out.printf("e2e: fuzz seed %d%n", seed);
        try (var node = SharedNode.start("fuzz")) {
            node.run(
                    "create table orders (id bigint primary key, name text, price numeric, at timestamptz, tags text[], doc jsonb)",
                    "insert into orders select g, 'n' || g, g / 3.0, now(), '{a,b}', '{\"a\":1}' from generate_series(1, 50) g",
                    "create table other (a text, b int, primary key (b, a))",
                    "create table keyless (a int)");
            Oracle.settle(node);
            var requests = new Nonsense(seed, incarnation(node));
            var statuses = new TreeMap<Integer, Integer>();
            for (int i = 0; i < REQUESTS; i++) {
                Nonsense.Request request = requests.next();
                int status = status(node, i, request, exchange(node, request));
                statuses.merge(status, 1, Integer::sum);
            }
            System.out.printf(
                    "e2e: %d nonsense requests answered: %s (0: none)%n", REQUESTS, statuses);
            assertThat(statuses).as("kinds of answers").containsKeys(200, 400, 404);
            assertStillFollows(node);
        }
    }

    private int status(RunningNode node, int number, Nonsense.Request request, String answer) {
        String asked =
                "seed %d, request %d: %s"
                        .formatted(seed, number, new String(request.bytes(), ISO_8859_1));
        var line = STATUS.matcher(answer);
        int status = line.lookingAt() ? Integer.parseInt(line.group(1)) : 0;
        if (request.whole()) {
            assertThat(status).as("%s%nwas not answered", asked).isPositive();
        }
        assertThat(status)
                .as("%s%nanswered %s%n%s", asked, answer, node.log().tail())
                .isLessThan(500);
        if (status >= 400) {
            assertThat(TRACE.matcher(answer).find()).as("%s%nanswered %s", asked, answer).isFalse();
        }
        assertThat(node.isAlive()).as(asked).isTrue();
        return status;
    }

    private static void assertStillFollows(RunningNode node) throws Exception {
        node.http().get("/readyz").expect(200);
        node.http().put("/api/tables/orders");
        node.run("insert into orders (id, name) values (1000001, 'after')");
        Oracle.settle(node);
        Oracle.assertEqual(node, "orders");
        Oracle.assertVerified(node);
        assertThat(node.log().lines()).noneMatch(line -> line.contains(" ERROR "));
    }

    private static String incarnation(RunningNode node) {
        return node.http().get("/api/status").json().path("incarnation").asText();
    }

    /// Sends a request and reads its answer, or the beginning of a feed.
    private static String exchange(RunningNode node, Nonsense.Request request) throws IOException {
        URI address = node.address();
        try (var socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout((int) (request.whole() ? ANSWER_MAX : PATIENCE).toMillis());
            try {
                socket.getOutputStream().write(request.bytes());
            } catch (IOException e) {
                // It hung up on the nonsense before the end; what it said is still to be read.
            }
            return read(socket.getInputStream(), request);
        }
    }

    private static String read(InputStream in, Nonsense.Request request) throws IOException {
        var answer = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                answer.write(buffer, 0, n);
                if (isComplete(withoutContinue(answer), request)) {
                    break;
                }
            }
        } catch (SocketTimeoutException e) {
            assertThat(request.whole())
                    .as("no end after %s, so far %s", ANSWER_MAX, answer)
                    .isFalse();
        } catch (IOException e) {
            // Reset after the answer.
        }
        return withoutContinue(answer);
    }

    private static String withoutContinue(ByteArrayOutputStream answer) {
        return answer.toString(ISO_8859_1).replaceFirst("^HTTP/1\\.1 100 [^\r\n]*\r\n\r\n", "");
    }

    /// Whether this is all of an answer, or enough of a feed that will not end.
    private static boolean isComplete(String answer, Nonsense.Request request) {
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        String head = answer.substring(0, end);
        var length = LENGTH.matcher(head);
        int body = answer.length() - end - 4;
        if (request.isHead() || head.contains(" 304 ") || body > READ_MAX) {
            return true;
        }
        return length.find()
                ? body >= Integer.parseInt(length.group(1))
                : FEED.matcher(head).find() || answer.endsWith("\r\n0\r\n\r\n");
    }
}
