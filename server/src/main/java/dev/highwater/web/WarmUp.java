package dev.highwater.web;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads what answering over HTTP needs, while PostgreSQL is still starting: a server of its own
/// answers one request, on a port that nobody knows, and is gone.
public final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private WarmUp() {}

    /// Begins; nothing waits for it, and where it fails, starting only takes longer.
    public static void begin() {
        Thread.ofPlatform().daemon().name("highwater-warm-up").start(WarmUp::run);
    }

    private static void run() {
        var server =
                Server.builder()
                        .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .service("/", (_, _) -> HttpResponse.of("{}"))
                        .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO)
                        .build();
        try (server) {
            server.start().join();
            ask(server.activeLocalPort());
        } catch (IOException | CompletionException | IllegalStateException e) {
            LOG.debug("no warm-up", e);
        }
    }

    private static void ask(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }
}
