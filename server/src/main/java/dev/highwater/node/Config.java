package dev.highwater.node;

import dev.highwater.apply.RetentionSettings;
import dev.highwater.capture.SourceSettings;
import dev.highwater.sql.PgAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What a node is told. Everything has a default.
///
/// @param node who it is
/// @param http where it answers and to whom
/// @param source what it follows
/// @param store where it keeps everything
/// @param retention how much of the past it keeps
public record Config(
        Identity node, Http http, Source source, Store store, RetentionSettings retention) {

    /// The node's name, as it appears in its status.
    public record Identity(String name) {}

    /// Where HTTP answers.
    ///
    /// @param port 0 for any that is free; empty for that of the last start, or [#PORT]
    /// @param tokens each of them is let in; needed as soon as `host` is not loopback
    /// @param origins pages of these origins may ask from a browser
    public record Http(String host, OptionalInt port, List<String> tokens, List<String> origins) {
        /// The port of a node's first start.
        static final int PORT = 4747;

        /// Copies the lists.
        public Http {
            tokens = List.copyOf(tokens);
            origins = List.copyOf(origins);
        }

        Http withPort(int other) {
            return new Http(host, OptionalInt.of(other), tokens, origins);
        }
    }

    /// What the node follows.
    ///
    /// @param url empty for an embedded PostgreSQL
    /// @param tables patterns of the tables that are published by themselves; empty for all of
    ///   schema public of an embedded source, and none of another: [#patterns]
    /// @param slot the replication slot's name
    /// @param walLimit so many bytes of WAL the source keeps for it
    public record Source(
            Optional<PgAddress> url,
            Optional<List<String>> tables,
            Optional<String> slot,
            long walLimit) {
        private static final List<String> EVERYTHING = List.of("public.*");

        /// The patterns in force.
        List<String> patterns() {
            return tables.orElse(url.isPresent() ? List.of() : EVERYTHING);
        }

        Source withUrl(PgAddress other) {
            return new Source(Optional.of(other), tables, slot, walLimit);
        }
    }

    /// Where the node keeps everything.
    ///
    /// @param url empty for an embedded PostgreSQL
    public record Store(Optional<PgAddress> url) {}

    /// The defaults.
    public static Config standard() {
        return new Config(
                new Identity("highwater"),
                new Http("127.0.0.1", OptionalInt.empty(), List.of(), List.of()),
                new Source(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        SourceSettings.WAL_LIMIT),
                new Store(Optional.empty()),
                RetentionSettings.everything());
    }

    Config withHttp(Http other) {
        return new Config(node, other, source, store, retention);
    }

    Config withSource(Source other) {
        return new Config(node, http, other, store, retention);
    }

    Config withStore(Store other) {
        return new Config(node, http, source, other, retention);
    }
}
