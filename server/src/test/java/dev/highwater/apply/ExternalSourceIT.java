package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.highwater.capture.Source;
import dev.highwater.capture.SourceSettings;
import dev.highwater.failure.Failure;
import dev.highwater.sql.Database;
import dev.highwater.sql.OtherPostgres;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/// A source that somebody else runs: followed by a role with little, and what happens to it is
/// noticed, named and healed.
final class ExternalSourceIT {
    private static final boolean LONG = Boolean.getBoolean("highwater.long");

    @TempDir private Path folder;

    /// One of them, another one each time, unless there is time for all.
    static List<OtherPostgres.Version> versions() {
        var all = new ArrayList<>(List.of(OtherPostgres.Version.values()));
        Collections.shuffle(all);
        return LONG ? all : all.subList(0, 1);
    }

    /// Closed last to first.
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void a_role_without_superuser_follows_the_tables_of_an_owner(OtherPostgres.Version version)
            throws Exception {
        var server = server(version);
        var spine = spine(server, "highwater");
        spine.run(
                "create table orders (id int primary key, note text)",
                "insert into orders select g, 'note ' || g from generate_series(1, 1000) g");
        settled(spine, "orders");
        spine.run(
                "update orders set note = 'changed' where id % 3 = 0",
                "delete from orders where id % 5 = 0");
        settled(spine, "orders");

        assertThat(spine.source.install().ddlTells()).as("DDL tells of itself").isFalse();
        assertThat(spine.stored("select count(*) from public_history.orders"))
                .as("versions")
                .isNotEqualTo(List.of("800"));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void ddl_that_nothing_tells_of_is_found(OtherPostgres.Version version) throws Exception {
        var server = server(version);
        var spine = spine(server, "highwater");
        spine.run(
                "create table quiet (id int primary key, a int)",
                "insert into quiet select g, g from generate_series(1, 100) g",
                "create table busy (id int primary key, a int)",
                "insert into busy select g, g from generate_series(1, 100) g",
                "create table gone (id int primary key)");
        settled(spine, "quiet");
        settled(spine, "busy");
        settled(spine, "gone");

        spine.run(
                "alter table quiet add column b text",
                "alter table busy add column b text default 'old'",
                "insert into busy values (101, 1, 'new')",
                "alter table busy alter column a type text using 'a' || a",
                "update busy set b = null where id < 10",
                "drop table gone",
                "create table gone (id int primary key, again text)",
                "insert into gone values (1, 'again')");
        settled(spine, "busy");
        settled(spine, "quiet");
        settled(spine, "gone");

        spine.run("alter table quiet add column c timestamptz default clock_timestamp()");
        settled(spine, "quiet");
        spine.run("drop table busy");
        spine.awaitEnd("busy", "dropped");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void a_publication_that_was_changed_by_hand_is_believed(OtherPostgres.Version version)
            throws Exception {
        var server = server(version);
        var spine = spine(server, "postgres");
        spine.run(
                "create schema aside",
                "create table t (id int primary key)",
                "insert into t select generate_series(1, 10)",
                "create table aside.u (id int primary key)",
                "insert into aside.u select generate_series(1, 10)");
        settled(spine, "t");

        server.run(
                "app",
                "alter publication highwater drop table t",
                "alter publication highwater add table aside.u");
        spine.run("insert into t values (11)", "insert into aside.u values (11)");
        settled(spine, "aside.u");
        spine.awaitEnd("t", "publication");

        // What keeps it from looking is said once, and that it looks again.
        var said = saidBySourceWatch();
        server.run("app", "alter function highwater.published() rename to hidden");
        spine.await("a warning", () -> said.size() == 1);
        server.run("app", "alter function highwater.hidden() rename to published");
        spine.await("better news", () -> said.size() == 2);
        assertThat(said)
                .extracting(ILoggingEvent::getLevel)
                .containsExactly(Level.WARN, Level.INFO);
    }

    /// Decoding shows a transaction before anybody sees it, long before when its commit waits for a
    /// standby.
    @ParameterizedTest
    @MethodSource("versions")
    void a_table_whose_commit_waits_for_a_standby_is_not_taken_for_dropped(
            OtherPostgres.Version version) throws Exception {
        var server =
                server(version, "synchronous_standby_names='nobody'", "synchronous_commit=local");
        var spine = spine(server, "postgres");
        var said = saidBySourceWatch();
        try (var waiting = server.superuser("app");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int backend =
                    Sql.first(waiting, "select pg_backend_pid()", row -> row.getInt(1))
                            .orElseThrow();
            Sql.update(waiting, "set synchronous_commit = on");
            Sql.update(waiting, "set role owner");
            var created =
                    threads.submit(
                            () -> Sql.update(waiting, "create table t (id int primary key)"));
            try {
                spine.await(
                        "t to be known",
                        () -> spine.head.settled().catalog().newest("public", "t").isPresent());
                spine.await("a look that leaves it alone", () -> !said.isEmpty());
                assertThat(said.getFirst().getKeyValuePairs().toString())
                        .contains("not visible yet");
            } finally {
                server.run("app", "select pg_cancel_backend(" + backend + ")");
                created.get();
            }
            spine.await("the next look", () -> said.size() == 2);
            spine.run("insert into t values (1)");
            settled(spine, "t");
            assertThat(generations(spine, "t")).isEqualTo(1);

            var dropped = threads.submit(() -> Sql.update(waiting, "drop table t"));
            try {
                spine.awaitEnd("t", "dropped");
                spine.await("a look that leaves it alone", () -> said.size() == 3);
            } finally {
                server.run("app", "select pg_cancel_backend(" + backend + ")");
                dropped.get();
            }
        }
        spine.await("the next look", () -> said.size() == 4);
        assertThat(generations(spine, "t")).isEqualTo(1);
    }

    private List<ILoggingEvent> saidBySourceWatch() {
        var said = new ListAppender<ILoggingEvent>();
        said.list = new CopyOnWriteArrayList<>();
        said.start();
        var log = (Logger) LoggerFactory.getLogger(SourceWatch.class);
        log.setLevel(Level.INFO);
        log.addAppender(said);
        opened.push(
                () -> {
                    log.detachAppender(said);
                    log.setLevel(null);
                });
        return said.list;
    }

    @ParameterizedTest
    @MethodSource("versions")
    void a_crash_of_the_source_loses_nothing(OtherPostgres.Version version) throws Exception {
        var server = server(version);
        var spine = spineOfHundredRows(server);
        for (int i = 1; i <= 3; i++) {
            server.run("app", "update t set n = n + 1, id = id where id % 7 = " + i);
            server.kill();
            server.start();
            server.run("app", "update t set n = n + 1 where id % 5 = " + i);
        }
        settledAgain(server, spine, "t");
        assertThat(generations(spine, "t")).isEqualTo(1);
    }

    /// PostgreSQL waits for who follows it until he has acknowledged everything.
    @ParameterizedTest
    @MethodSource("versions")
    void a_source_that_is_stopped_does_not_wait_for_long(OtherPostgres.Version version)
            throws Exception {
        var server = server(version);
        var spine = spine(server, "highwater");
        spine.run("create table t (id int primary key)", "create table u (id int)");
        spine.run("insert into t values (0)");
        settled(spine, "t");
        server.run(
                "app", "insert into t select generate_series(1, 1000)", "insert into u values (1)");
        long start = System.nanoTime();
        server.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        server.start();
        server.run("app", "insert into t values (1001)");
        settledAgain(server, spine, "t");
        assertThat(generations(spine, "t")).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void a_slot_that_was_dropped_is_healed(OtherPostgres.Version version) throws Exception {
        var server = server(version);
        var spine = spineOfHundredRows(server);
        spine.stop();
        server.run(
                "app",
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots",
                "update t set n = 1 where id < 50",
                "delete from t where id > 90");
        spine.start();
        settled(spine, "t");
        assertThat(reason(spine)).contains("no replication slot");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void a_slot_that_was_invalidated_is_healed(OtherPostgres.Version version) throws Exception {
        var server = server(version, "max_slot_wal_keep_size=16MB", "max_wal_size=32MB");
        var spine = spine(server, "highwater");
        spine.run("create table t (id int primary key, n text)");
        spine.run("insert into t values (1, 'first')");
        settled(spine, "t");
        spine.stop();
        for (int i = 0; i < 8; i++) {
            server.run(
                    "app",
                    "insert into t select g, repeat('x', 1000) from generate_series(%d, %d) g"
                            .formatted(10 + i * 10_000, 9 + (i + 1) * 10_000),
                    "select pg_switch_wal()",
                    "checkpoint");
        }
        spine.start();
        settled(spine, "t");
        assertThat(spine.stored("select reason from highwater.relation order by id"))
                .first()
                .asString()
                .contains("given up the WAL");
    }

    /// The standby has what was flushed when it was taken, and nothing of what came after: it never
    /// connects.
    @ParameterizedTest
    @MethodSource("versions")
    void a_promoted_standby_that_lagged_is_followed_with_exactly_its_rows(
            OtherPostgres.Version version) throws Exception {
        var server = server(version);
        var spine = spineOfHundredRows(server);
        spine.stop();
        Path behind = server.backup(folder);
        spine.start();
        server.run("app", "update t set n = 1", "delete from t where id < 50");
        settledAgain(server, spine, "t");

        server.standBy(behind);
        awaitReason(spine, "the source is a standby");
        server.promote();
        server.run("app", "update t set n = 2 where id = 7", "insert into t values (1000, 3)");
        settledAgain(server, spine, "t");
        assertThat(reason(spine)).contains("timeline 2");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void a_source_that_was_restored_from_an_older_backup_is_followed_with_exactly_its_rows(
            OtherPostgres.Version version) throws Exception {
        var server = server(version);
        var spine = spineOfHundredRows(server);
        spine.stop();
        Path before = server.backup(folder);
        spine.start();
        server.run("app", "update t set n = 1", "delete from t where id < 50");
        settledAgain(server, spine, "t");

        server.restore(before);
        server.run("app", "update t set n = 2 where id = 7");
        settledAgain(server, spine, "t");
        assertThat(generations(spine, "t")).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void every_connection_is_encrypted_and_the_certificate_is_checked(OtherPostgres.Version version)
            throws Exception {
        Path certificate = OtherPostgres.certificate(folder, "server");
        Path other = OtherPostgres.certificate(folder, "other");
        var server =
                server(
                        version,
                        "ssl=on",
                        "ssl_cert_file='" + certificate + "'",
                        "ssl_key_file='" + certificate + ".key'");
        String url = server.address("highwater", "app").uri() + "?sslmode=verify-full&sslrootcert=";
        var spine = spine(server, PgAddress.parse(url + certificate), SourceSettings.WAL_LIMIT);
        spine.run("create table t (id int primary key)", "insert into t values (1)");
        settled(spine, "t");
        try (var connection = server.superuser("postgres")) {
            assertThat(
                            Sql.query(
                                    connection,
                                    """
                                    select distinct s.ssl from pg_stat_activity a join pg_stat_ssl s using (pid)
                                    where a.usename = 'highwater'
                                    """,
                                    row -> row.getBoolean(1)))
                    .containsExactly(true);
        }
        assertThatThrownBy(() -> Database.single(PgAddress.parse(url + other), "test"))
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("cannot connect to");
    }

    @ParameterizedTest
    @MethodSource("versions")
    void a_password_that_was_changed_is_named_and_nothing_is_lost(OtherPostgres.Version version)
            throws Exception {
        var server = server(version);
        var spine = spine(server, "highwater");
        spine.run("create table t (id int primary key)", "insert into t values (1)");
        settled(spine, "t");
        server.run(
                "app",
                "alter role highwater password 'another'",
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'highwater'",
                "insert into t values (2)");
        awaitReason(spine, "password authentication failed");
        server.run("app", "insert into t values (3)", "alter role highwater password '$PASSWORD'");
        settledAgain(server, spine, "t");
        assertThat(generations(spine, "t")).isEqualTo(1);
    }

    /// The store is locked here: nothing gets on.
    @ParameterizedTest
    @MethodSource("versions")
    void a_slot_that_keeps_too_much_is_given_up_and_healed(OtherPostgres.Version version)
            throws Exception {
        var server = server(version);
        var spine = spine(server, server.address("highwater", "app"), 8 << 20);
        spine.run("create table t (id int primary key, n text)", "insert into t values (0, '')");
        settled(spine, "t");
        try (var blocking = Database.single(spine.databases.store(), "test lock")) {
            blocking.setAutoCommit(false);
            Sql.update(blocking, "lock table highwater.capture in access exclusive mode");
            server.run(
                    "app",
                    "insert into t select g, repeat('x', 1000) from generate_series(1, 20000) g",
                    "checkpoint");
            spine.await(
                    "the slot to be given up",
                    () -> {
                        try (var connection = server.superuser("app")) {
                            return Sql.first(
                                            connection,
                                            "select from pg_replication_slots",
                                            row -> true)
                                    .isEmpty();
                        } catch (SQLException e) {
                            return false;
                        }
                    });
            blocking.rollback();
        }
        spine.await(
                "the reason to be kept",
                () -> {
                    try {
                        return reasons(spine).stream()
                                .anyMatch(r -> r.contains("no replication slot"));
                    } catch (SQLException e) {
                        return false;
                    }
                });
        settledAgain(server, spine, "t");
    }

    private OtherPostgres server(OtherPostgres.Version version, String... settings)
            throws IOException, SQLException {
        var server = own(OtherPostgres.create(version, folder, settings));
        server.run(
                "postgres",
                "create role owner login password '$PASSWORD'",
                "create role highwater login replication password '$PASSWORD'",
                "grant owner to highwater",
                "create database app owner owner");
        server.run("app", "grant create on database app to highwater");
        return server;
    }

    /// That follows a table t of a hundred rows.
    private Spine spineOfHundredRows(OtherPostgres server) throws SQLException {
        var spine = spine(server, "highwater");
        spine.run(
                "create table t (id int primary key, n int)",
                "insert into t select g, 0 from generate_series(1, 100) g");
        settled(spine, "t");
        return spine;
    }

    private Spine spine(OtherPostgres server, String role) throws SQLException {
        return spine(server, server.address(role, "app"), SourceSettings.WAL_LIMIT);
    }

    private Spine spine(OtherPostgres server, PgAddress address, long walLimit)
            throws SQLException {
        return own(
                new Spine(
                        new Source(
                                new SourceSettings(
                                        address, List.of("public.*"), Optional.empty(), walLimit)),
                        server.address("owner", "app")));
    }

    /// Waits until a table is live with the source's rows.
    private static void settled(Spine spine, String table) {
        spine.await(
                table + " to hold what the source holds",
                () -> {
                    try {
                        spine.settleFilled();
                        return Spine.contents(spine.app, table)
                                .equals(Spine.contents(spine.store, table));
                    } catch (SQLException e) {
                        return false;
                    }
                });
    }

    /// The same, when the source's connections are gone.
    private static void settledAgain(OtherPostgres server, Spine spine, String table)
            throws SQLException {
        try (var app = server.superuser("app")) {
            spine.await(
                    table + " to hold what the source holds",
                    () -> {
                        try {
                            return Spine.contents(app, table)
                                    .equals(Spine.contents(spine.store, table));
                        } catch (SQLException e) {
                            return false;
                        }
                    });
        }
    }

    /// Waits until capture says why it does not go on.
    private static void awaitReason(Spine spine, String expected) {
        spine.await(
                "the reason to be told",
                () ->
                        spine.progress().state() instanceof Progress.State.Retrying(var why)
                                && why.contains(expected));
    }

    /// Why relations ended, which is the same for all.
    private static String reason(Spine spine) throws SQLException {
        var reasons = reasons(spine);
        assertThat(reasons).hasSize(1);
        return reasons.getFirst();
    }

    private static List<String> reasons(Spine spine) throws SQLException {
        return spine.stored(
                "select distinct reason from highwater.relation where reason is not null");
    }

    private static int generations(Spine spine, String table) throws SQLException {
        return Integer.parseInt(
                spine.stored(
                                "select count(*) from highwater.relation where table_name = '"
                                        + table
                                        + "'")
                        .getFirst());
    }

    private <T extends AutoCloseable> T own(T part) {
        opened.push(part);
        return part;
    }
}
