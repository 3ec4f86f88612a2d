package dev.highwater.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.apply.Applier;
import dev.highwater.apply.Head;
import dev.highwater.apply.Progress;
import dev.highwater.capture.Source;
import dev.highwater.failure.Failure;
import dev.highwater.feed.FeedSettings;
import dev.highwater.feed.Feeds;
import dev.highwater.journal.Positions;
import dev.highwater.relation.Versions;
import dev.highwater.sql.DataDirectory;
import dev.highwater.sql.Database;
import dev.highwater.sql.EmbeddedPostgres;
import dev.highwater.sql.EmbeddedPostgres.Role;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import dev.highwater.web.NodeAccess;
import dev.highwater.web.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running node: the embedded PostgreSQL, the applier between its two databases, and HTTP on top.
/// Everything is made and wired here, from below to above, and ends in the opposite order.
final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private static final Duration FIRST_SESSION_MAX = Duration.ofSeconds(30);
    private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);
    private static final int STORE_CONNECTIONS = 16;
    private static final int READER_CONNECTIONS = 8;

    /// Ended last to first.
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private final CountDownLatch endAsked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final NodeFileWriter file;
    private List<String> addresses = List.of();

    private Node(Path data) {
        this.file = new NodeFileWriter(data);
    }

    /// Starts a node and returns when it follows its source and answers.
    static Node start(NodeOptions options) {
        var config = options.config();
        var node = new Node(options.data());
        try {
            node.wire(options, config);
            return node;
        } catch (SQLException e) {
            node.close();
            throw new Failure.Unavailable(
                    "start-failed", "the node cannot start: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void wire(NodeOptions options, Config config) throws SQLException {
        var started = Instant.now();
        var clock = Clock.systemUTC();
        var data = own(DataDirectory.open(options.data()));
        var postgres = own(EmbeddedPostgres.start(data, postgresOptions(options)));
        embedded = postgres;
        PgAddress storeAddress = postgres.address(Role.HIGHWATER, "store");
        var source = new Source(postgres.address(Role.HIGHWATER, "source"));

        var store = own(Database.pool(storeAddress, "highwater store", STORE_CONNECTIONS));
        try (var connection = store.getConnection()) {
            Migrations.apply(connection, "store");
        }
        var positions = new Positions(identity(store, "incarnation"));
        int shard = Integer.parseInt(identity(store, "shard"));

        var head = new Head();
        var applier = new Applier(source, storeAddress, head, clock);
        run(applier);
        awaitFirstSession(applier.progress());

        PgAddress reader = postgres.address(Role.READER, "store");
        var readers = own(Database.pool(reader, "highwater queries", READER_CONNECTIONS));
        var versions = new Versions(store, shard);
        var feeds = own(new Feeds(versions, head, positions, FeedSettings.standard()));
        var tables = new PublishedTables(source, head, store);
        var status = new StatusReport(config.node().name(), shard, started, applier, source, clock);
        var web =
                own(
                        WebServer.start(
                                config.http().settings(data.path(), options.choosesHttpPort()),
                                new NodeAccess(
                                        head,
                                        positions,
                                        versions,
                                        feeds,
                                        store,
                                        readers,
                                        tables,
                                        status::now,
                                        () -> unready(applier.progress(), store),
                                        new JournalVerifier(store)),
                                clock));
        HttpPort.keep(data.path(), web.port());
        String sourceUri = postgres.address(Role.APP, "source").uri();
        file.write(web.url(), sourceUri, reader.uri(), config.http().tokens());
        addresses =
                List.of(
                        "http    " + web.url() + "/",
                        "source  " + postgres.address(Role.APP, "source"),
                        "store   " + reader,
                        "        passwords are in " + file.path());
        LOG.atInfo().addKeyValue("http", web.url()).log("ready");
    }

    /// Where the node is reached, for people; without passwords.
    List<String> addresses() {
        return addresses;
    }

    /// Waits for SIGTERM or Ctrl-C.
    void awaitEnd() {
        endOnSignal(Thread.currentThread());
        try {
            endAsked.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Makes a signal interrupt a thread, and the process wait until the node is closed.
    void endOnSignal(Thread thread) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    endAsked.countDown();
                                    thread.interrupt();
                                    try {
                                        ended.await();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                },
                                "highwater-signal"));
    }

    private <T extends AutoCloseable> T own(T part) {
        parts.push(part);
        return part;
    }
}
