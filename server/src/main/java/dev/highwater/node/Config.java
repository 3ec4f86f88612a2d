package dev.highwater.node;

import java.util.List;

/// What a node is told. Everything has a default.
///
/// @param node who it is
/// @param http where it answers and to whom
public record Config(Identity node, Http http) {

    /// The node's name, as it appears in its status.
    public record Identity(String name) {}

    /// Where HTTP answers.
    ///
    /// @param port 0 for any that is free
    /// @param tokens each of them is let in; needed as soon as `host` is not loopback
    /// @param origins pages of these origins may ask from a browser
    public record Http(String host, int port, List<String> tokens, List<String> origins) {
        /// Copies the lists.
        public Http {
            tokens = List.copyOf(tokens);
            origins = List.copyOf(origins);
        }

        Http withPort(int other) {
            return new Http(host, other, tokens, origins);
        }
    }

    /// The defaults.
    public static Config standard() {
        return new Config(
                new Identity("highwater"), new Http("127.0.0.1", 4747, List.of(), List.of()));
    }

    Config withHttp(Http other) {
        return new Config(node, other);
    }
}
