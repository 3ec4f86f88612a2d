package dev.highwater.web;

import dev.highwater.failure.Failure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/// How the server is reached and by whom.
///
/// @param port 0 for any free one
/// @param tokens each of which opens everything; none are needed on loopback
/// @param origins of pages that may ask from a browser, such as `https://app.example.com`
/// @param queryTimeout how long a query may run
/// @param queryRows how many rows it may return
public record HttpSettings(
        String host,
        int port,
        List<String> tokens,
        List<String> origins,
        Duration queryTimeout,
        int queryRows) {
    public HttpSettings {
        tokens = List.copyOf(tokens);
        origins = List.copyOf(origins);
    }

    /// Checks that only those are let in who shall be.
    ///
    /// @throws Failure.Refused `token-needed` where others than this machine can reach the host,
    ///   and nothing tells who may; `bad-host` for one that is no address
    public static void check(String host, List<String> tokens) {
        if (tokens.isEmpty() && !isLoopback(host)) {
            throw new Failure.Refused(
                    "token-needed",
                    "http.host is "
                            + host
                            + ", which others can reach: configure http.tokens, or bind to 127.0.0.1");
        }
    }

    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new Failure.Refused(
                    "bad-host", "http.host " + host + " is not an address of this machine", e);
        }
    }

    /// On loopback, for everyone on this machine.
    public static HttpSettings onLoopback(int port) {
        return new HttpSettings(
                "127.0.0.1", port, List.of(), List.of(), Duration.ofSeconds(10), 10_000);
    }
}
