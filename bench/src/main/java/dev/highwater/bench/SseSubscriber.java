package dev.highwater.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/// Reads a relation's feed as server-sent events over HTTP/1.1 and tells the commit number of each
/// change that arrives.
final class SseSubscriber implements AutoCloseable {
    private static final String FIELD = "\"row\":{";
    private static final String NUMBER = "\"commit_number\":";

    private final HttpURLConnection connection;
    private final AtomicBoolean ended;
    private final Thread thread;

    private SseSubscriber(HttpURLConnection connection, AtomicBoolean ended, Thread thread) {
        this.connection = connection;
        this.ended = ended;
        this.thread = thread;
    }

    /// Subscribes to what comes from now on.
    static SseSubscriber open(Node node, String relation, LongConsumer arrived) throws IOException {
        String position = node.get("/api/status").path("position").asText();
        var connection = node.open("/api/relations/" + relation + "/feed?after=" + position);
        connection.setRequestProperty("Accept", "text/event-stream");
        var lines =
                new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        var ended = new AtomicBoolean();
        var thread =
                Thread.ofPlatform()
                        .name("subscriber")
                        .daemon()
                        .start(() -> read(lines, ended, arrived));
        return new SseSubscriber(connection, ended, thread);
    }

    private static void read(BufferedReader lines, AtomicBoolean ended, LongConsumer arrived) {
        try {
            String line;
            while (!ended.get() && (line = lines.readLine()) != null) {
                if (line.startsWith("data:")) {
                    changes(line, arrived);
                }
            }
        } catch (IOException _) {
            // Closed; the measurement finds out when events are missing.
        }
    }

    private static void changes(String data, LongConsumer arrived) {
        for (int at = data.indexOf(FIELD); at >= 0; at = data.indexOf(FIELD, at + 1)) {
            int from = data.indexOf(NUMBER, at) + NUMBER.length();
            int to = from;
            while (Character.isDigit(data.charAt(to))) {
                to++;
            }
            arrived.accept(Long.parseLong(data, from, to, 10));
        }
    }

    @Override
    public void close() throws IOException {
        // To disconnect waits for the read that is under way, at most until the next heartbeat.
        ended.set(true);
        connection.disconnect();
        Wait.forEnd(thread, "the subscriber");
    }
}
