package dev.highwater.node;

import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.apply.Applier;
import dev.highwater.apply.Head;
import dev.highwater.apply.Progress;
import dev.highwater.apply.Retention;
import dev.highwater.capture.Source;
import dev.highwater.failure.Failure;
import dev.highwater.feed.FeedSettings;
import dev.highwater.feed.Feeds;
import dev.highwater.journal.Positions;
import dev.highwater.relation.Versions;
import dev.highwater.sql.DataDirectory;
import dev.highwater.sql.Database;
import dev.highwater.sql.EmbeddedPostgres;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import dev.highwater.web.NodeAccess;
import dev.highwater.web.WarmUp;
import dev.highwater.web.WebServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running node: its two databases, the applier between them, and HTTP on top. Everything is made
/// and wired here, from below to above, and ends in the opposite order.
final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private static final Duration FIRST_SESSION_MAX = Duration.ofSeconds(30);
    private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);
    private static final int STORE_CONNECTIONS = 16;
    private static final int READER_CONNECTIONS = 8;

    /// Ended last to first.
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private final ReentrantLock ending = new ReentrantLock();
    private boolean closing;
    private final CountDownLatch endAsked = new CountDownLatch(1);
    private final Semaphore restoreAsked = new Semaphore(0);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<EmbeddedPostgres> postgres = new AtomicReference<>();
    private final NodeFileWriter file;
    private final NodeOptions options;

    /// Known to who can read the node's file: a restore runs what the backup says.
    private final String restoreKey = UUID.randomUUID().toString();

    private final Config config;
    private List<String> addresses = List.of();

    /// Whether somebody waits for the end, and so can begin again.
    private volatile boolean awaited;

    private Node(NodeOptions options) {
        this.options = options;
        this.config = options.config();
        this.file = new NodeFileWriter(options.data().resolve("node.json"));
    }

    /// Starts a node and returns when it follows its source and answers.
    static Node start(NodeOptions options) {
        var node = new Node(options);
        try {
            node.begin();
            return node;
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void begin() {
        try {
            wire();
        } catch (SQLException e) {
            throw new Failure.Unavailable(
                    "start-failed", "the node cannot start: " + e.getMessage(), e);
        }
    }

    private void wire() throws SQLException {
        WarmUp.begin();
        var started = Instant.now();
        var clock = Clock.systemUTC();
        var chosen = postgresOptions(options);
        var data = own(DataDirectory.open(options.data()));
        var databases = own(Databases.open(data, config, chosen));
        databases.embedded().ifPresent(this.postgres::set);
        PgAddress storeAddress = databases.store();
        var source = new Source(databases.source());

        var store = own(Database.pool(storeAddress, "store", STORE_CONNECTIONS));
        var positions = new Positions(identity(store, "incarnation"));
        int shard = Integer.parseInt(identity(store, "shard"));

        var head = new Head();
        var applier = new Applier(source, storeAddress, head);
        boolean first = applier.checkSource();
        new FormerSlot(data.path()).release(source);
        run(applier);
        awaitFirstSession(applier.progress());
        if (first && config.source().url().isPresent()) {
            checkFollowed(applier.progress(), databases.source().address());
        }

        PgAddress reader = databases.reader();
        var readers = own(Database.pool(reader, "queries", READER_CONNECTIONS));
        var versions = new Versions(store, shard);
        var feeds = own(new Feeds(versions, head, positions, FeedSettings.standard()));
        var retention =
                own(
                        new Retention(
                                config.retention(),
                                storeAddress,
                                head,
                                applier,
                                feeds::needed,
                                clock));
        var ports = new HttpPort(data.path());
        var tables = new PublishedTables(source, head, applier.progress()::filled);
        var views = new KeptQueries(applier, head, storeAddress, store, shard);
        own(new SqlRequests(storeAddress, views));
        own(new EventOrder(databases.source().address()));
        own(new StoppedViews(head, views));
        var status =
                new StatusReport(
                        config.node().name(),
                        shard,
                        started,
                        applier,
                        head,
                        source,
                        retention,
                        databases.restoreError(),
                        clock);
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
                                        new JournalVerifier(store),
                                        this::accept),
                                clock));
        retention.start();
        ports.keep(web.port());
        file.write(
                web.url(),
                databases.applications().uri(),
                reader.uri(),
                config.http().tokens(),
                restoreKey);
        own(file::delete);
        addresses =
                List.of(
                        "http    " + web.url() + "/",
                        "source  " + databases.applications(),
                        "store   " + reader,
                        "        passwords are in " + file.path());
        LOG.atInfo().addKeyValue("http", web.url()).log("ready");
    }

    /// Where the node is reached, for people; without passwords.
    List<String> addresses() {
        return addresses;
    }

    /// Waits for SIGTERM or Ctrl-C; meanwhile begins again where a backup is to be restored.
    void awaitEnd() {
        endOnSignal(Thread.currentThread());
        awaited = true;
        try {
            while (true) {
                restoreAsked.acquire();
                LOG.atInfo().log("restoring a backup");
                end();
                closing(false);
                if (endAsked.getCount() == 0) {
                    return;
                }
                begin();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes a backup that was sent; [Databases] restores it when the node begins again.
    private synchronized Runnable accept(String key, InputStream backup) {
        if (!MessageDigest.isEqual(
                key.getBytes(StandardCharsets.UTF_8),
                restoreKey.getBytes(StandardCharsets.UTF_8))) {
            throw new Failure.Refused(
                    "forbidden",
                    "only who can read "
                            + file.path()
                            + " may restore: use `highwater restore --data DIR` on the node's machine");
        }
        if (!awaited) {
            throw new Failure.Conflict(
                    "demo",
                    "a demo writes to this node: end it, `highwater start` in its data directory, and"
                            + " restore then");
        }
        new Upload(options.data()).receive(backup);
        return restoreAsked::release;
    }

    /// Makes a signal interrupt a thread, and the process wait until the node is closed.
    void endOnSignal(Thread thread) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    endAsked.countDown();
                                    interrupt(thread);
                                    try {
                                        ended.await();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                },
                                "highwater-signal"));
    }

    /// Unless it is closing the node's parts, which end in their own time.
    private void interrupt(Thread thread) {
        ending.lock();
        try {
            if (!closing) {
                thread.interrupt();
            }
        } finally {
            ending.unlock();
        }
    }

    private void closing(boolean now) {
        ending.lock();
        try {
            closing = now;
        } finally {
            ending.unlock();
        }
    }

    @Override
    public void close() {
        end();
        ended.countDown();
    }

    private void end() {
        closing(true);
        boolean interrupted = Thread.interrupted();
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.atWarn().setCause(e).log("something did not end cleanly");
            }
        }
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

    /// Who starts with a source for the first time hears at once what it lacks; later, whatever it
    /// is may pass.
    private static void checkFollowed(Progress progress, PgAddress source) {
        String error =
                switch (progress.state()) {
                    case Progress.State.Connecting _, Progress.State.Streaming _ -> null;
                    case Progress.State.Retrying(String why) -> why;
                    case Progress.State.Stopped(String why) -> why;
                };
        if (error != null) {
            throw new Failure.Unavailable(
                    "source-unavailable",
                    "the source %s cannot be followed: %s; `highwater doctor --source URL` says what it lacks, `highwater detach --source URL` takes out what was installed there"
                            .formatted(source, error));
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
