package dev.highwater.node;

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
import dev.highwater.sql.EventStore;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import dev.highwater.web.NodeAccess;
import dev.highwater.web.WarmUp;
import dev.highwater.web.WebServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
    private final AtomicReference<EmbeddedPostgres> postgres = new AtomicReference<>();
    private final NodeFileWriter file;
    private List<String> addresses = List.of();

    private Node(Path data) {
        this.file = new NodeFileWriter(data.resolve("node.json"));
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
        WarmUp.begin();
        var started = Instant.now();
        var clock = Clock.systemUTC();
        var chosen = postgresOptions(options);
        var data = own(DataDirectory.open(options.data()));
        var postgres = own(EmbeddedPostgres.start(data, chosen));
        this.postgres.set(postgres);
        PgAddress storeAddress = postgres.address(Role.HIGHWATER, "store");
        var source = new Source(postgres.address(Role.HIGHWATER, "source"));
        EventStore.install(source.address());

        var store = own(Database.pool(storeAddress, "highwater store", STORE_CONNECTIONS));
        try (var connection = store.getConnection()) {
            Migrations.apply(connection, "store");
        }
        var positions = new Positions(identity(store, "incarnation"));
        int shard = Integer.parseInt(identity(store, "shard"));

        var head = new Head();
        var applier = new Applier(source, storeAddress, head);
        run(applier);
        awaitFirstSession(applier.progress());

        PgAddress reader = postgres.address(Role.READER, "store");
        var readers = own(Database.pool(reader, "highwater queries", READER_CONNECTIONS));
        var versions = new Versions(store, shard);
        var feeds = own(new Feeds(versions, head, positions, FeedSettings.standard()));
        var ports = new HttpPort(data.path(), options.choosesHttpPort());
        var tables = new PublishedTables(source, head, store);
        var views = new KeptQueries(applier, head, storeAddress, store, shard);
        own(new SqlRequests(storeAddress, views));
        var status =
                new StatusReport(
                        config.node().name(), shard, started, applier, head, source, clock);
        var web =
                own(
                        WebServer.start(
                                ports.settings(config.http()),
                                new NodeAccess(
                                        head,
                                        positions,
                                        versions,
                                        feeds,
                                        store,
                                        readers,
                                        tables,
                                        views,
                                        status::now,
                                        () -> unready(applier.progress(), store),
                                        new JournalVerifier(store)),
                                clock));
        ports.keep(web.port());
        String sourceUri = postgres.address(Role.APP, "source").uri();
        file.write(web.url(), sourceUri, reader.uri(), config.http().tokens());
        own(file::delete);
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

    @Override
    public void close() {
        // The signal that ends the node may have interrupted this thread; parts end in their own
        // time.
        boolean interrupted = Thread.interrupted();
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.atWarn().setCause(e).log("something did not end cleanly");
            }
        }
        ended.countDown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        parts.push(part);
        return part;
    }

    /// The applier has a platform thread of its own: an interrupt must not close its sockets
    /// halfway.
    private void run(Applier applier) {
        var thread = Thread.ofPlatform().name("highwater-applier").start(applier);
        own(
                () -> {
                    thread.interrupt();
                    thread.join();
                });
    }

    private EmbeddedPostgres.Options postgresOptions(NodeOptions options) {
        var chosen = EmbeddedPostgres.Options.defaults().withOnExit(this::restart);
        var port = options.postgresPort();
        return port.isPresent() ? chosen.withPort(port.getAsInt()) : chosen;
    }

    /// PostgreSQL ended by itself: the applier and every reader wait for it to be back.
    private void restart(Failure.Unavailable cause) {
        LOG.atWarn().addKeyValue("cause", cause.line()).log("starting PostgreSQL again");
        while (endAsked.getCount() > 0) {
            try {
                postgres.get().restart();
                return;
            } catch (Failure e) {
                LOG.atWarn().addKeyValue("error", e.line()).log("PostgreSQL does not start");
            }
            try {
                if (endAsked.await(RESTART_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// What people create in the source before it is followed is found later too; but who waits for
    /// `ready` may count on it.
    private static void awaitFirstSession(Progress progress) {
        try {
            progress.awaitFirstState(FIRST_SESSION_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<String> unready(Progress progress, HikariDataSource store) {
        if (progress.state() instanceof Progress.State.Stopped(String error)) {
            return Optional.of("capture stopped: " + error);
        }
        try (var connection = store.getConnection()) {
            return connection.isValid(1) ? Optional.empty() : Optional.of("the store is away");
        } catch (SQLException e) {
            return Optional.of("the store does not answer: " + e.getMessage());
        }
    }

    private static String identity(HikariDataSource store, String column) throws SQLException {
        try (var connection = store.getConnection()) {
            return Sql.first(
                            connection,
                            "select " + column + " from highwater.node",
                            row -> row.getString(1))
                    .orElseThrow(
                            () ->
                                    new Failure.Corrupt(
                                            "no-node", "the store does not know who it is"));
        }
    }
}
