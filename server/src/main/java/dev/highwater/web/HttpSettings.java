package dev.highwater.web;

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

    /// On loopback, for everyone on this machine.
    public static HttpSettings onLoopback(int port) {
        return new HttpSettings(
                "127.0.0.1", port, List.of(), List.of(), Duration.ofSeconds(10), 10_000);
    }
}
