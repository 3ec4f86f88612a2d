package dev.highwater.bench;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Debezium's engine with a callback that only notes the time: the least that it can do.
final class DebeziumTail implements AutoCloseable {
    /// Its defaults poll every half second; these are the quickest that it offers.
    private static final Map<String, String> SETTINGS =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry(
                                    "connector.class",
                                    "io.debezium.connector.postgresql.PostgresConnector"),
                            Map.entry(
                                    "offset.storage",
                                    "org.apache.kafka.connect.storage.MemoryOffsetBackingStore"),
                            Map.entry("plugin.name", "pgoutput"),
                            Map.entry("slot.name", "bench_debezium"),
                            Map.entry("slot.drop.on.stop", "true"),
                            Map.entry("publication.name", "bench_debezium"),
                            Map.entry("publication.autocreate.mode", "filtered"),
                            Map.entry("snapshot.mode", "no_data"),
                            Map.entry("poll.interval.ms", "1"),
                            Map.entry("tombstones.on.delete", "false"),
                            Map.entry("topic.prefix", "bench")));

    private final DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine;
    private final Thread thread;

    private DebeziumTail(
            DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine, Thread thread) {
        this.engine = engine;
        this.thread = thread;
    }

    static String settingsText() {
        return "Debezium's settings: "
                + SETTINGS.entrySet().stream()
                        .map(e -> "`" + e.getKey() + "=" + e.getValue() + "`")
                        .collect(Collectors.joining(", "))
                + "; everything else by default.";
    }

    /// Starts the engine and waits until it streams.
    static DebeziumTail open(URI database, String table, LongConsumer arrived)
            throws InterruptedException, IOException {
        var user = database.getUserInfo().split(":", 2);
        var properties = new Properties();
        properties.putAll(SETTINGS);
        properties.setProperty("name", "bench");
        properties.setProperty("database.hostname", database.getHost());
        properties.setProperty("database.port", Integer.toString(database.getPort()));
        properties.setProperty("database.user", user[0]);
        properties.setProperty("database.password", user[1]);
        properties.setProperty("database.dbname", database.getPath().substring(1));
        properties.setProperty("table.include.list", table);
        var streaming = new CountDownLatch(1);
        var engine =
                DebeziumEngine.create(Connect.class)
                        .using(properties)
                        .using(
                                new DebeziumEngine.ConnectorCallback() {
                                    @Override
                                    public void pollingStarted() {
                                        streaming.countDown();
                                    }
                                })
                        .using(DebeziumTail::ended)
                        .notifying(event -> take(event, arrived))
                        .build();
        var thread = Thread.ofPlatform().name("debezium").daemon().start(engine);
        if (!streaming.await(60, TimeUnit.SECONDS)) {
            throw new IOException("Debezium did not begin to stream");
        }
        return new DebeziumTail(engine, thread);
    }

    private static void take(ChangeEvent<SourceRecord, SourceRecord> event, LongConsumer arrived) {
        if (event.value().value() instanceof Struct value
                && value.schema().field("after") != null) {
            arrived.accept(value.getStruct("after").getInt64("commit_number"));
        }
    }

    private static void ended(boolean success, String message, @Nullable Throwable error) {
        if (!success) {
            System.err.println("Debezium: " + message + (error == null ? "" : " " + error));
        }
    }

    @Override
    public void close() throws IOException {
        engine.close();
        Wait.forEnd(thread, "Debezium");
    }
}
