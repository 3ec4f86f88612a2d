package dev.highwater.node;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.web.HttpSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Which port HTTP takes: the one that is configured, or else that of the last start, which is kept
/// in DIR/http-port so that addresses given to clients stay true.
record HttpPort(Path data) {
    private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(10);
    private static final int QUERY_ROWS_MAX = 10_000;

    /// The settings for HTTP with that port.
    HttpSettings settings(Config.Http http) {
        return new HttpSettings(
                http.host(),
                port(http),
                http.tokens(),
                http.origins(),
                QUERY_TIMEOUT,
                QUERY_ROWS_MAX);
    }

    /// Remembers the port that was taken.
    void keep(int port) {
        try {
            Files.writeString(file(), Integer.toString(port));
        } catch (IOException e) {
            throw new Failure.Unavailable(
                    "data-directory-unusable", "cannot write " + file() + ": " + Shown.of(e), e);
        }
    }

    private int port(Config.Http http) {
        if (http.port().orElse(0) != 0) {
            return http.port().getAsInt();
        }
        int last = last();
        if (last == 0) {
            return http.port().orElse(Config.Http.PORT);
        }
        return http.port().isEmpty() || isFree(http.host(), last) ? last : 0;
    }

    private int last() {
        try {
            return Files.exists(file()) ? Integer.parseInt(Files.readString(file()).strip()) : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private static boolean isFree(String host, int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private Path file() {
        return data.resolve("http-port");
    }
}
