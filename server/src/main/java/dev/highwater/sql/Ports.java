package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Free TCP ports on the loopback address.
final class Ports {

    /// Below Linux's usual range for outgoing connections (32768 and up). A client that keeps
    /// trying a port of that range while nobody listens can be connected to itself, and then holds
    /// the port against the restarting server.
    private static final int FREE_MIN = 20_000;

    private static final int FREE_MAX = 32_000;
    private static final int TRIES = 1_000;

    private Ports() {}

    static int free() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FREE_MIN, FREE_MAX);
            if (isFree(port)) {
                return port;
            }
        }
        throw new Failure.Unavailable(
                "no-free-port",
                "no free port between " + FREE_MIN + " and " + FREE_MAX + " on 127.0.0.1");
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    static Failure.Unavailable taken(int port) {
        return new Failure.Unavailable(
                "port-taken",
                "port "
                        + port
                        + " on 127.0.0.1 is taken by another program: stop that one, or choose another port with"
                        + " --pg-port PORT (0 takes any free one)");
    }
}
