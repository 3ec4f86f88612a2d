package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.highwater.capture.Source;
import dev.highwater.capture.SourceSettings;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Database;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import dev.highwater.sql.TestPostgres;
import dev.highwater.view.ViewRequest;
import dev.highwater.view.ViewWriter;
import dev.highwater.view.Views;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A source, a store and an applier between them, for one test.
public final class Spine implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    public final TestPostgres.Databases databases = TestPostgres.databases();
    public final Source source;
    public final Head head = new Head();
    public final Connection app;
    public final Connection store;
    private Applier applier;
    private Thread thread;

    /// Starts following an empty source.
    public Spine() throws SQLException {
        this(_ -> {});
    }

    /// Starts following a source elsewhere.
    public Spine(Source source, PgAddress app) throws SQLException {
        this.source = source;
        this.app = Database.single(app, "test app");
        store = Database.single(databases.store(), "test store");
        applier = fresh();
        thread = new Thread(applier);
        begin();
    }

    /// Goes on with databases that hold what a former program left in them.
    ///
    /// @param left puts it there, as superuser
    Spine(Left left) throws SQLException {
        left.into(databases);
        source = new Source(SourceSettings.of(databases.source(), List.of("public.*")));
        app = Database.single(databases.sourceAsApp(), "test app");
        store = Database.single(databases.store(), "test store");
        applier = fresh();
        thread = new Thread(applier);
        begin();
    }

    /// What a former program left.
    interface Left {
        void into(TestPostgres.Databases databases) throws SQLException;
    }

    private void begin() throws SQLException {
        Migrations.apply(store, "store");
        start();
    }

    /// Starts an applier, as a node would, and waits until it follows the source.
    public void start() {
        launch();
        await("capture to stream", () -> progress().state() instanceof Progress.State.Streaming);
    }

    /// Starts an applier.
    void launch() {
        applier = fresh();
        thread = Thread.ofPlatform().name("test-applier").start(applier);
    }

    /// The applier that runs now.
    public Applier applier() {
        return applier;
    }

    private Applier fresh() {
        return new Applier(source, databases.store(), head);
    }

    /// Stops the applier between two batches or inside one, wherever it is.
    public void stop() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail("interrupted");
        }
    }

    public Progress progress() {
        return applier.progress();
    }

    /// Runs statements in the source, each a transaction of its own.
    public void run(String... statements) throws SQLException {
        try (Statement statement = app.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /// Waits until everything that is committed in the source now is in the store.
    public long settle() throws SQLException {
        var end = source.walEnd();
        source.nudge();
        await("the store to reach " + end, () -> progress().lsn().compareTo(end) >= 0);
        return head.settled().position();
    }

    /// Waits until all relations are live and everything committed is in the store.
    public long settleFilled() throws SQLException {
        settle();
        await(
                "backfill",
                () ->
                        head.settled().catalog().all().stream()
                                .noneMatch(
                                        r ->
                                                r.state()
                                                        instanceof
                                                        dev.highwater.relation.Relation.State
                                                                .Filling));
        return settle();
    }

    /// What is done to a relation.
    interface ToRelation {
        void accept(int id) throws SQLException;
    }

    /// Publishes a table of rows by giving it a key.
    ///
    /// @param first what is done before the first of the rows is read
    /// @return the relation
    int publish(String table, String key, ToRelation first) throws SQLException {
        // The snapshot waits for this to end.
        try (var open = Database.single(databases.sourceAsApp(), "open")) {
            open.setAutoCommit(false);
            Sql.query(open, "select pg_current_xact_id()", row -> true);
            run("alter table %s add primary key (%s)".formatted(table, key));
            settle();
            int id = head.settled().catalog().newest("public", table).orElseThrow().id();
            first.accept(id);
            open.commit();
            return id;
        }
    }

    /// Waits until a table has ended.
    ///
    /// @param why a part of the reason
    void awaitEnd(String table, String why) {
        await(
                "the end of " + table,
                () ->
                        head.settled().catalog().newest("public", table).orElseThrow().state()
                                        instanceof
                                        Relation.State.Ended(Long _, long _, String reason)
                                && reason.contains(why));
    }

    /// Creates a view and waits until it is live.
    public void createView(String name, String query) throws Exception {
        var request =
                ViewRequest.of(
                        store,
                        head.settled().catalog(),
                        new QualifiedName("public", name),
                        query,
                        true);
        int id = applier.createView(request).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        await(
                name + " to be filled",
                () ->
                        !(head.settled().catalog().byId(id).orElseThrow().state()
                                instanceof Relation.State.Filling));
        if (head.settled().catalog().byId(id).orElseThrow().state()
                instanceof Relation.State.Stopped(Long _, long _, String reason)) {
            throw new AssertionError(name + " stopped: " + reason);
        }
    }

    /// Drops a view and those that read it.
    public void dropView(String name) throws Exception {
        var relation = head.settled().catalog().newest("public", name).orElseThrow();
        applier.dropView(relation.id(), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /// How a view is kept, and its state.
    public String strategy(String name) throws SQLException {
        var catalog = head.settled().catalog();
        var relation = catalog.newest("public", name).orElseThrow();
        var view = java.util.Objects.requireNonNull(Views.load(store).get(relation.id()));
        var strategy = new ViewWriter(100, relation, view, catalog).strategy();
        return strategy.kind().word() + ", " + strategy.reason() + ", " + relation.state();
    }

    /// The source's rows of a query, each as one string.
    public List<String> stored(String query, boolean fromSource) throws SQLException {
        return rows(fromSource ? app : store, query);
    }

    /// The store's rows of a query, as one string, to compare with.
    public List<String> stored(String query) throws SQLException {
        return rows(store, query);
    }

    /// Asserts that a table's rows are in the store as they are in the source, and that what
    /// changed of them is found.
    public void assertSame(String table) throws SQLException {
        assertSame(table, contents(app, table), contents(store, table));
        assertFound(table.replaceFirst("^only ", ""));
    }

    /// Asserts that the closed versions of every current row leave no gap from `_born` to `_from`.
    private void assertFound(String table) throws SQLException {
        var name = dev.highwater.sql.Identifiers.parse(table);
        var relation = head.settled().catalog().newest(name.schema(), name.name()).orElseThrow();
        var definition = relation.definition();
        if (!RelationTables.hasBorn(definition) || relation.since() == null) {
            return;
        }
        var key =
                definition.keyColumns().stream()
                        .map(RelationTables::column)
                        .map(c -> "h." + c + " = c." + c)
                        .toList();
        assertThat(
                        stored(
                                """
                                select c from (select *, greatest(_born, %d) as clip from %s) c
                                where _born > _from or _from > clip and _from - clip is distinct from (
                                  select sum(h._to - greatest(h._from, clip)) from %s h where h._to > clip and %s)
                                """
                                        .formatted(
                                                relation.since(),
                                                RelationTables.current(relation.id()),
                                                RelationTables.history(relation.id()),
                                                String.join(" and ", key))))
                .as("rows of " + table + " that have changed and are not found")
                .isEmpty();
    }

    /// Asserts that two lists hold the same, and says what one has and the other lacks.
    static void assertSame(String what, List<String> expected, List<String> actual) {
        var missing = new ArrayList<>(expected);
        actual.forEach(missing::remove);
        var extra = new ArrayList<>(actual);
        expected.forEach(extra::remove);
        assertThat(missing)
                .as(what + ": only in the source; only in the store are " + extra)
                .isEmpty();
        assertThat(extra).as(what + ": only in the store").isEmpty();
    }

    /// A table's rows as text, of large ones the beginning and a hash.
    static List<String> contents(Connection connection, String table) throws SQLException {
        return rows(
                connection,
                "select case when length(r) < 100 then r else left(r, 60) || '… ' || md5(r) end from"
                        + " (select t::text as r from %s t) as r order by 1".formatted(table));
    }

    private static List<String> rows(Connection connection, String query) throws SQLException {
        return Sql.query(connection, query, row -> String.valueOf(row.getString(1)));
    }

    /// Waits for a condition, without telling how it comes about.
    public void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                fail("waited in vain for " + what + "; capture is " + progress().state());
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Breaks the connection of this name, which there is while capture goes on.
    void breakConnection(String application) {
        await(
                application + " to be connected",
                () ->
                        progress().state() instanceof Progress.State.Streaming
                                && terminate(application));
    }

    /// Breaks the connections of this name.
    ///
    /// @return whether there was one
    boolean terminate(String application) {
        try {
            return !Sql.query(
                            store,
                            "select pg_terminate_backend(pid) from pg_stat_activity"
                                    + " where application_name = ? and datname in (?, ?)",
                            row -> true,
                            application,
                            databases.store().database(),
                            databases.source().database())
                    .isEmpty();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws SQLException {
        stop();
        app.close();
        store.close();
        databases.close();
    }
}
