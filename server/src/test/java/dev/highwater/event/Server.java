package dev.highwater.event;

import dev.highwater.failure.Failure;
import dev.highwater.sql.EventStore;
import dev.highwater.sql.InMemory;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.PlainPostgres;
import dev.highwater.sql.Sql;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// The servers that the event store is tested on: one of each for all tests of this JVM.
enum Server {
    EMBEDDED,
    FIFTEEN;

    private static final Map<Server, PlainPostgres> RUNNING = new ConcurrentHashMap<>();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /// Those that this machine has.
    static Stream<Server> all() {
        return Arrays.stream(values())
                .filter(server -> server == EMBEDDED || PlainPostgres.fifteen().isPresent());
    }

    Path binaries() {
        return this == EMBEDDED ? PlainPostgres.embedded() : PlainPostgres.fifteen().orElseThrow();
    }

    /// A new server of this version that a test has for itself.
    PlainPostgres fresh(Map<String, String> settings) {
        var folder =
                InMemory.folder()
                        .orElse(Path.of("target"))
                        .resolve(
                                "events-%d-%s-%d"
                                        .formatted(
                                                ProcessHandle.current().pid(),
                                                this,
                                                NUMBER.incrementAndGet()));
        return PlainPostgres.start(binaries(), folder, settings);
    }

    /// A new database with the event store in it.
    Events events() {
        return events(RUNNING.computeIfAbsent(this, Server::shared));
    }

    static Events events(PlainPostgres server) {
        String name = "events_" + NUMBER.incrementAndGet();
        try (var connection = server.connect("postgres")) {
            Sql.update(connection, "create database " + name);
            PgAddress address = server.address(name);
            EventStore.install(address);
            return new Events(address);
        } catch (SQLException e) {
            throw new Failure.Bug("no database for a test", e);
        }
    }

    private PlainPostgres shared() {
        var server = fresh(Map.of("fsync", "off"));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return server;
    }
}
