package dev.highwater.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// The outside world of the command line: an HTTP server that plays recorded answers and remembers
/// what it was asked.
final class FakeNode implements AutoCloseable {

    /// One recorded answer; a feed's answers are played one a connection.
    record Recorded(int status, Map<String, String> headers, String body) {
        static Recorded ok(String body) {
            return new Recorded(200, Map.of(), body);
        }
    }

    /// The requests so far, as `METHOD path?query`, undecoded.
    final List<String> requests = new CopyOnWriteArrayList<>();

    /// The values of the Authorization headers so far.
    final Queue<String> authorizations = new ConcurrentLinkedQueue<>();

    private final Map<String, Queue<Recorded>> answers = new ConcurrentHashMap<>();
    private final HttpServer server;

    FakeNode() {
        this(0);
    }

    FakeNode(int port) {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// Plays `recorded` for requests of this method and path, one after the other; the last is
    /// played again and again.
    FakeNode on(String methodAndPath, Recorded... recorded) {
        answers.put(methodAndPath, new ArrayDeque<>(List.of(recorded)));
        return this;
    }

    FakeNode on(String methodAndPath, String body) {
        return on(methodAndPath, Recorded.ok(body));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String key = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            List<String> tokens = exchange.getRequestHeaders().get("Authorization");
            if (tokens != null) {
                authorizations.addAll(tokens);
            }
            Recorded recorded = next(key);
            recorded.headers().forEach((n, v) -> exchange.getResponseHeaders().add(n, v));
            exchange.sendResponseHeaders(recorded.status(), 0);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(recorded.body().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private Recorded next(String key) {
        Queue<Recorded> queue = answers.get(key);
        if (queue == null) {
            return new Recorded(
                    404,
                    Map.of("Content-Type", "application/problem+json"),
                    "{\"type\":\"highwater:unknown-path\",\"title\":\"not found\",\"status\":404,"
                            + "\"detail\":\"there is nothing at "
                            + key
                            + "\"}");
        }
        synchronized (queue) {
            Recorded recorded = queue.size() > 1 ? queue.poll() : queue.peek();
            return recorded == null ? Recorded.ok("") : recorded;
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
