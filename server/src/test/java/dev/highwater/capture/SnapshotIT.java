package dev.highwater.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.highwater.failure.Failure;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.CopyLine;
import dev.highwater.sql.Database;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import dev.highwater.sql.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Rows from before are read once each, whatever the key, and in ranges where they can be.
final class SnapshotIT {
    private static final int ROWS = 2_000;

    private final TestPostgres.Databases databases = TestPostgres.databases();
    private final Source source =
            new Source(SourceSettings.of(databases.source(), List.of("public.*")));
    private Connection app;

    @BeforeEach
    void install() throws SQLException {
        source.install();
        app = Database.single(databases.sourceAsApp(), "test app");
    }

    @AfterEach
    void close() throws SQLException {
        app.close();
    }

    private void run(String... statements) throws SQLException {
        try (var statement = app.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    private static void runAs(PgAddress who, String text) {
        try (var connection = Database.single(who, "test beside");
                var statement = connection.createStatement()) {
            statement.execute(text);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /// In this test's database alone.
    private void set(String setting, String value) {
        runAs(
                databases.source(),
                "alter role current_user in database %s set %s = '%s'"
                        .formatted(
                                Identifiers.quote(databases.source().database()), setting, value));
    }

    private TableDefinition definition(String table) throws SQLException {
        try (var asked = Database.single(databases.source(), "test source")) {
            return Objects.requireNonNull(Source.definition(asked, table));
        }
    }

    /// What was read, and in how many ranges.
    private record Read(List<String> rows, int ranges) {}

    private Snapshot take(String table) throws SQLException {
        return Snapshot.take(source, "test_" + table, definition(table), 3);
    }

    private Read read(Snapshot snapshot) throws Exception {
        var rows = new ArrayList<String>();
        int ranges = 1;
        while (snapshot.read(lines -> lines.forEach(l -> rows.add(text(l))))) {
            snapshot.renew();
            ranges++;
        }
        return new Read(rows, ranges);
    }

    private static String text(CopyLine line) {
        return new String(line.bytes(), StandardCharsets.UTF_8);
    }

    private void assertReads(String table, boolean inRanges) throws Exception {
        try (var snapshot = take(table)) {
            var read = read(snapshot);
            assertThat(read.rows()).doesNotHaveDuplicates();
            assertThat(read.rows())
                    .hasSize(
                            Sql.first(app, "select count(*) from " + table, r -> r.getInt(1))
                                    .orElseThrow());
            assertThat(read.ranges()).satisfies(n -> assertThat(n > 1).isEqualTo(inRanges));
        }
    }

    /// The key of row `g`, for each type one that has its own idea of order; and whether it is read
    /// in ranges.
    static Stream<Arguments> keys() {
        return Stream.of(
                arguments("int", "-g", true),
                arguments("bigint", "g * 4000000000", true),
                arguments(
                        "numeric",
                        "case g when 1 then 'NaN' when 2 then '-Infinity' else g / 7.0 end",
                        true),
                arguments(
                        "float8",
                        "case g when 1 then 'NaN' when 2 then '-Infinity' else g / 7.0::float8 end",
                        true),
                arguments(
                        "real",
                        "case g when 1 then 'NaN' when 2 then 'Infinity' else sqrt(g)::real end",
                        true),
                arguments("text", "md5(g::text) || E' \\\\''\\t\\n\"é'", true),
                arguments("text collate \"C\"", "chr(64 + g % 50) || g", true),
                arguments("text collate blind", "'a' || g", true),
                arguments("varchar(40)", "repeat(' ', g % 3) || g", true),
                arguments("char(12)", "g", true),
                arguments("name", "'n' || g", true),
                arguments("uuid", "md5(g::text)::uuid", true),
                arguments("bytea", "decode(md5(g::text), 'hex')", true),
                arguments(
                        "date",
                        "case g when 1 then 'infinity' else date '4000-01-01 BC' + g * 300 end",
                        true),
                arguments(
                        "timestamptz",
                        "case g when 1 then '-infinity' else now() + g * interval '1 us' end",
                        true),
                arguments("interval", "g * interval '1 mon -3 days 00:00:00.5'", true),
                arguments("time with time zone", "time '00:00' + g * interval '7 s'", true),
                arguments("inet", "('10.0.0.0'::inet + g)", true),
                arguments("bit(12)", "g::bit(12)", true),
                arguments("money", "g::money", true),
                arguments("int[]", "array[[g, 1], [2, null]]", true),
                arguments("int4range", "int4range(g, g + 2)", true),
                arguments("jsonb", "jsonb_build_object('g', g)", true),
                arguments("mood", "('m' || g % 400)::mood", true),
                arguments("email", "'e' || g", true),
                arguments("citext", "case g % 2 when 0 then 'a' else 'B' end || g", false),
                arguments("pair", "row(g, 'x')::pair", false));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void a_key_of_any_type(String type, String key, boolean inRanges) throws Exception {
        run(
                "create extension if not exists citext",
                "create collation blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "do $$ begin execute (select format('create type mood as enum (%s)', string_agg(quote_literal('m' || g), ', ' order by md5(g::text))) from generate_series(1, 399) g); end $$",
                "alter type mood add value 'm0' before 'm7'",
                "create domain email as text check (value <> '')",
                "create type pair as (a int, b text)",
                "create table t (g int, k %s)".formatted(type),
                "insert into t select distinct on (k) g, k from (select g, (%s)::%s from generate_series(1, %d) g) x(g, k)"
                        .formatted(key, type, ROWS),
                "alter table t add primary key (k)",
                "analyze t");
        assertReads("t", inRanges);
    }

    @Test
    void a_key_of_several_columns() throws Exception {
        run(
                "create table t (v text, b int, \"A \"\"a\" text, c date default '2026-01-01', primary key (\"A \"\"a\", b, c))",
                "insert into t select g, g % 100, 'a' || g / 300 from generate_series(1, 2000) g"
                        + " on conflict do nothing");
        assertReads("t", true);
    }

    @Test
    void partitions() throws Exception {
        run(
                "create table t (id int primary key, v text) partition by hash (id)",
                "create table t0 partition of t for values with (modulus 3, remainder 0)",
                "create table t1 (v text, id int not null)",
                "alter table t attach partition t1 for values with (modulus 3, remainder 1)",
                "create table t2 partition of t for values with (modulus 3, remainder 2) partition by range (id)",
                "create table t20 partition of t2 for values from (0) to (1000)",
                "create table t21 partition of t2 for values from (1000) to (5000)",
                "insert into t select g, 'v' || g from generate_series(1, 2000) g");
        assertReads("t", true);
    }

    @Test
    void what_no_index_orders_is_read_at_once() throws Exception {
        run(
                "create table bag (v text)",
                "alter table bag replica identity full",
                "insert into bag select g from generate_series(1, 2000) g",
                "create table back (a int not null, b int not null)",
                "create unique index back_key on back (a, b desc)",
                "alter table back replica identity using index back_key",
                "insert into back select g % 7, g from generate_series(1, 2000) g");
        assertReads("bag", false);
        assertReads("back", false);
    }

    /// Larger than memory by the settings, and in another order than its key.
    @Test
    void what_an_index_would_be_slow_to_read_is_read_at_once() throws Exception {
        run(
                "create table t (id uuid, v text)",
                "insert into t select md5(g::text)::uuid, repeat('v', 500) from generate_series(1, 100000) g",
                "alter table t add primary key (id)",
                "analyze t");
        assertReads("t", true);
        set("effective_cache_size", "8MB");
        assertReads("t", false);
    }

    @Test
    void a_database_that_ends_what_takes_long_does_not_end_this() throws Exception {
        set("statement_timeout", "1s");
        set("idle_in_transaction_session_timeout", "1s");
        run(
                "create table bag (v text)",
                "alter table bag replica identity full",
                "insert into bag select repeat('v', 1000) from generate_series(1, 50000)");
        try (var snapshot = take("bag")) {
            TimeUnit.MILLISECONDS.sleep(1_500);
            var rows = new AtomicInteger();
            snapshot.read(
                    lines -> {
                        rows.addAndGet(lines.size());
                        TimeUnit.MILLISECONDS.sleep(200);
                    });
            assertThat(rows).hasValue(50_000);
        }
    }

    @Test
    void each_range_is_as_of_its_own_time() throws Exception {
        run(
                "create table t (id int primary key, v int)",
                "insert into t select g, 0 from generate_series(1, 100) g");
        try (var snapshot = take("t")) {
            var rows = new ArrayList<String>();
            var before = snapshot.at();
            run("update t set v = 1");
            assertThat(snapshot.read(lines -> lines.forEach(l -> rows.add(text(l))))).isTrue();
            assertThat(rows).containsExactly("1\t0\n", "2\t0\n", "3\t0\n");
            snapshot.renew();
            assertThat(snapshot.at()).isGreaterThan(before);
            rows.clear();
            assertThat(snapshot.read(lines -> lines.forEach(l -> rows.add(text(l))))).isTrue();
            assertThat(rows).startsWith("4\t1\n", "5\t1\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table t rename column a to c; alter table t rename column b to a; alter table t rename column c to b",
                "alter table t rename to u; create table t (id int primary key, a text, b text)",
                "alter table t alter a type varchar(9)",
                "drop table t; create table t (id int primary key, a text, b text)",
            })
    void what_another_query_would_have_to_read_is_not_read_on(String ddl) throws Exception {
        run(
                "create table t (id int primary key, a text, b text)",
                "insert into t select g, 'a', 'b' from generate_series(1, 100) g");
        try (var snapshot = take("t")) {
            assertThat(snapshot.read(_ -> {})).isTrue();
            // It waits for the range's end.
            var waiting = CompletableFuture.runAsync(() -> runAs(databases.sourceAsApp(), ddl));
            while (!Boolean.TRUE.equals(
                    Sql.first(
                                    app,
                                    "select bool_or(not granted) from pg_locks",
                                    r -> r.getBoolean(1))
                            .orElseThrow())) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThatThrownBy(snapshot::renew)
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("public.t was changed while it was being read");
            waiting.join();
        }
    }
}
