package dev.highwater.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// Answers each request as written down, one after the other; after the last it has nothing but
/// 503. It stands for what a real node does too seldom.
final class ScriptedNode implements AutoCloseable {
    /// The requests so far, with what they had as Authorization.
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    /// @param cut whether the connection breaks in the middle
    private record Answer(int status, String body, boolean cut) {}

    ScriptedNode() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    ScriptedNode then(int status, String... lines) {
        answers.add(new Answer(status, String.join("\n", lines) + "\n", false));
        return this;
    }

    ScriptedNode thenCut(String... lines) {
        answers.add(new Answer(200, String.join("\n", lines) + "\n", true));
        return this;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(
                exchange.getRequestURI()
                        + " "
                        + exchange.getRequestHeaders().getFirst("Authorization"));
        var answer = answers.poll();
        if (answer == null) {
            answer = new Answer(503, "", false);
        }
        exchange.sendResponseHeaders(answer.status, 0);
        var body = exchange.getResponseBody();
        body.write(answer.body.getBytes(StandardCharsets.UTF_8));
        body.flush();
        if (answer.cut) {
            throw new IOException("cut, as written down");
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
