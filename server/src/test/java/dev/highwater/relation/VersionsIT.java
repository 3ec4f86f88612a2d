package dev.highwater.relation;

import static dev.highwater.relation.TestStore.definition;
import static dev.highwater.relation.TestStore.delete;
import static dev.highwater.relation.TestStore.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import dev.highwater.relation.Versions.RowsQuery;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsIT {
    private TestStore store;

    @BeforeEach
    void open() throws SQLException {
        store = new TestStore();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void every_position_and_every_pair_of_positions_reads_as_it_was_written(long seed)
            throws SQLException {
        var random = new Random(seed);
        var a = store.table(definition("a", "id bigint 20", "v int 23"));
        var b = store.table(definition("b", "id numeric 1700", "v text 25", "w text 25"));
        for (int i = 0; i < 25; i++) {
            store.write(someWrites(random, a, b));
        }
        store.announce();
        long last = store.position();
        for (long p = 0; p <= last; p++) {
            assertThat(rowsAt(a, p)).as("seed %d, a at %d", seed, p).isEqualTo(truth(a, p));
            assertThat(rowsAt(b, p)).as("seed %d, b at %d", seed, p).isEqualTo(truth(b, p));
        }
        for (long from = 0; from < last; from++) {
            for (long to = from; to <= last; to++) {
                var expected = new ArrayList<String>();
                for (long p = from + 1; p <= to; p++) {
                    expected.addAll(difference(0, a, p));
                    expected.addAll(difference(1, b, p));
                }
                assertThat(changes(List.of(a, b), from, to))
                        .as("seed %d, (%d, %d]", seed, from, to)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void texts_are_those_of_each_types_output_function() throws SQLException {
        var types =
                new String[] {
                    "id bigint 20",
                    "b boolean 16",
                    "i smallint 21",
                    "f real 700",
                    "d double precision 701",
                    "n numeric(12,4) 1700",
                    "c character(5) 1042",
                    "v character varying(9) 1043",
                    "t timestamp with time zone 1184",
                    "l timestamp without time zone 1114",
                    "da date 1082",
                    "iv interval 1186",
                    "y bytea 17",
                    "j json 114",
                    "jb jsonb 3802",
                    "u uuid 2950",
                    "ip inet 869",
                    "bi bit(3) 1560",
                    "ar integer[] 1007",
                    "ta text[] 1009",
                    "m money 790",
                    "po point 600",
                    "ra int4range 3904"
                };
        var table = store.table(definition("types", types));
        var row =
                new String[] {
                    "9007199254740993",
                    "true",
                    "-3",
                    "0.1",
                    "NaN",
                    "12.3400",
                    "ab",
                    "x y",
                    "2026-11-20 09:30:00.123456+02",
                    "infinity",
                    "0044-03-15 BC",
                    "1 mon -2 days 00:00:01.5",
                    "\\x00ff",
                    "{\"a\" :  [1, 2.50]}",
                    "{\"b\": 1e3, \"a\": null}",
                    "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
                    "10.1.2.3",
                    "101",
                    "{1,NULL,3}",
                    "{\"a b\",\"c\\\"d\"}",
                    "1.50",
                    "(1,2.5)",
                    "[1,5)"
                };
        store.commit(put(table, row));
        var nulls = new @Nullable String[row.length];
        nulls[0] = "2";
        store.commit(put(table, nulls));
        var expected = new ArrayList<@Nullable String>();
        try (var connection = store.pool().getConnection()) {
            for (var column : table.definition().columns()) {
                // A record's text holds what the output function gives.
                expected.add(
                        Sql.first(
                                        connection,
                                        "select case when c is null then null else concat(c) end from"
                                                + " (select "
                                                + RelationTables.column(column)
                                                + " as c from "
                                                + RelationTables.current(table.id())
                                                + " where c1 > 2) t",
                                        r -> String.valueOf(r.getString(1)))
                                .orElseThrow());
            }
        }
        // More often than the driver needs to change to binary transfer.
        for (int i = 0; i < 8; i++) {
            try (var rows =
                    store.versions().rows(RowsQuery.all(table, 2, all(table), List.of("2")))) {
                var read = Objects.requireNonNull(rows.next());
                if (expected.get(1).equals("t")) {
                    expected.set(1, "true");
                }
                assertThat(read).containsExactly(expected.toArray(new String[0]));
                assertThat(rows.next()).isNull();
            }
        }
        assertThat(rowsAt(table, 2).get(List.of("2"))).containsOnly("2", null);
    }

    @Test
    void equal_keys_are_one_row_however_they_are_written() throws SQLException {
        var table = store.table(definition("a", "id numeric 1700", "v int 23"));
        store.commit(put(table, "1.0", "1"));
        store.commit(put(table, "1.00", "2"));
        assertThat(changes(List.of(table), 1, 2)).containsExactly("2 0 ~ [1.0, 1] [1.00, 2]");
    }

    @Test
    void definitions_are_those_of_their_positions() throws SQLException {
        var table = store.table(definition("a", "id bigint 20", "v int 23"));
        store.commit(put(table, "1", "1"));
        store.redefine(table.id(), definition("a", "id bigint 20", "vv int 23", "w text 25"));
        store.commit(put(table, "1", "2", "x"));
        var now = store.relation(table.id());
        var first = Span.steady(store.catalog(), List.of(all(now)), 0, 2);
        assertThat(first.upTo()).isEqualTo(1);
        assertThat(first.formats().getFirst().columns()).hasSize(2);
        var second = Span.steady(store.catalog(), List.of(all(now)), 1, 2);
        assertThat(second.upTo()).isEqualTo(2);
        assertThat(second.formats().getFirst().columns()).hasSize(3);
        try (var rows = store.versions().rows(RowsQuery.all(now, 1, all(now), null))) {
            assertThat(rows.next()).containsExactly("1", "1");
        }
        assertThat(changes(List.of(now), 1, 2)).containsExactly("2 0 ~ [1, 1, null] [1, 2, x]");
    }

    @Test
    void filters_read_as_postgrest_does() throws SQLException {
        var table =
                store.table(
                        definition(
                                "a",
                                "id bigint 20",
                                "n numeric(6,2) 1700",
                                "t character varying(3) 1043",
                                "c character(4) 1042",
                                "at timestamp with time zone 1184",
                                "ok boolean 16",
                                "f double precision 701"));
        store.commit(
                put(table, "1", "1.50", "abc", "x", "2026-01-01 00:00:00+00", "true", "NaN"),
                put(table, "2", "2.50", "a%c", "y", "2026-01-02 00:00:00+00", "false", "1"),
                put(table, "3", null, "A,\"", "y", "2026-01-03 00:00:00+00", null, "-Infinity"));
        assertThat(ids(table, "id=eq.2")).containsExactly("2");
        assertThat(ids(table, "id=not.eq.2")).containsExactly("1", "3");
        assertThat(ids(table, "n=gt.1.5")).containsExactly("2");
        assertThat(ids(table, "n=gte.1.5")).containsExactly("1", "2");
        assertThat(ids(table, "n=eq.1.504")).isEmpty();
        assertThat(ids(table, "t=eq.abcd")).isEmpty();
        assertThat(ids(table, "t=like.a*c")).containsExactly("1", "2");
        assertThat(ids(table, "t=like.a\\%c")).containsExactly("2");
        assertThat(ids(table, "t=ilike.A*")).containsExactly("1", "2", "3");
        assertThat(ids(table, "t=in.(abc,\"A,\\\"\")")).containsExactly("1", "3");
        assertThat(ids(table, "id=in.()")).isEmpty();
        assertThat(ids(table, "id=like.*2*")).containsExactly("2");
        assertThat(ids(table, "c=eq.y")).containsExactly("2", "3");
        assertThat(ids(table, "at=lt.2026-01-02T01:00:00+01:00")).containsExactly("1");
        assertThat(ids(table, "ok=is.true")).containsExactly("1");
        assertThat(ids(table, "ok=is.null")).containsExactly("3");
        assertThat(ids(table, "n=is.not_null")).containsExactly("1", "2");
        assertThat(ids(table, "n=not.is.null")).containsExactly("1", "2");
        assertThat(ids(table, "f=eq.NaN")).containsExactly("1");
        assertThat(ids(table, "id=neq.2", "t=neq.abc")).containsExactly("3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id=eq.x",
                "id=eq.",
                "id=eq",
                "id=between.1",
                "id=eq.99999999999999999999",
                "id=in.(1,x)",
                "id=in.1",
                "id=in.(\"1)",
                "id=is.true",
                "id=is.seven",
                "id=like.x\\",
                "j=eq.{}",
                "at=gt.yesterdayish",
                "id=eq.\u0000",
                "=eq.1"
            })
    void what_cannot_be_compared_is_refused_in_one_line(String filter) throws SQLException {
        var table =
                store.table(
                        definition(
                                "a",
                                "id bigint 20",
                                "j json 114",
                                "at timestamp with time zone 1184"));
        assertThatThrownBy(() -> ids(table, filter))
                .isInstanceOf(Failure.Refused.class)
                .message()
                .doesNotContain("\n")
                .isNotBlank();
    }

    @Test
    void a_column_without_an_order_cannot_be_sorted_by() throws SQLException {
        var table = store.table(definition("a", "id bigint 20", "j json 114"));
        var order = Ordering.parse(table.definition(), "j.desc");
        assertThatThrownBy(
                        () ->
                                store.versions()
                                        .rows(
                                                new RowsQuery(
                                                        table,
                                                        0,
                                                        all(table),
                                                        order,
                                                        null,
                                                        1L,
                                                        0,
                                                        false,
                                                        null)))
                .isInstanceOf(Failure.Refused.class);
    }

    @Test
    void rows_come_in_the_order_asked_for_and_then_by_key() throws SQLException {
        var table = store.table(definition("a", "id bigint 20", "n int 23"));
        store.commit(
                put(table, "1", "5"),
                put(table, "2", null),
                put(table, "3", "5"),
                put(table, "10", "12"));
        assertThat(ordered(table, "n.desc.nullslast", 10, 0)).containsExactly("10", "1", "3", "2");
        assertThat(ordered(table, "n.asc", 2, 1)).containsExactly("3", "10");
        assertThat(ordered(table, "n,id.desc", 10, 0)).containsExactly("3", "1", "10", "2");
        assertThat(ids(table)).containsExactly("1", "2", "3", "10");
        assertThatThrownBy(() -> ordered(table, "n.downwards", 1, 0))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("n.downwards");
    }

    @Test
    void changes_are_found_by_indexes_however_long_the_history() throws SQLException {
        var table = store.table(definition("a", "id bigint 20", "v int 23"));
        try (var connection = store.pool().getConnection()) {
            for (var statement :
                    List.of(
                            "insert into highwater_data.r1 select 100, i, i, i, i from generate_series(1, 50000) i",
                            "insert into highwater_data.r1_h select 100, i, i + 9, i, i from generate_series(1, 200000) i",
                            "analyze highwater_data.r1, highwater_data.r1_h")) {
                Sql.update(connection, statement);
            }
            var span = Span.steady(store.catalog(), List.of(all(table)), 199_990, 200_000);
            String sql = store.versions().changesSql(span, span.formats()).toString();
            int number = 0;
            while (sql.contains("?")) {
                sql = sql.replaceFirst("\\?", "\\$" + ++number);
            }
            Sql.update(connection, "set plan_cache_mode = force_generic_plan");
            Sql.update(connection, "prepare changes as " + sql);
            String values = String.join(", ", Collections.nCopies(number, "1"));
            var plan =
                    Sql.query(
                            connection,
                            "explain execute changes(" + values + ")",
                            row -> row.getString(1));
            Sql.update(connection, "deallocate changes");
            Sql.update(connection, "reset plan_cache_mode");
            assertThat(String.join("\n", plan))
                    .doesNotContain("Seq Scan")
                    .contains("r1_born", "r1_h_to", "r1_pkey");
        }
    }

    private static List<TestStore.Write> someWrites(Random random, Relation a, Relation b) {
        var writes = new LinkedHashMap<List<Object>, TestStore.Write>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            var table = random.nextBoolean() ? a : b;
            String key = Integer.toString(random.nextInt(8));
            String value = Integer.toString(random.nextInt(1 << 30));
            var write =
                    random.nextInt(3) == 0
                            ? delete(table, key)
                            : table.equals(a)
                                    ? put(table, key, value)
                                    : put(table, key, value, null);
            writes.put(List.of(table.id(), key), write);
        }
        return List.copyOf(writes.values());
    }

    /// What happened to a relation at a position, by the plain truth.
    private List<String> difference(int source, Relation relation, long position) {
        var before = store.rowsAt(relation.id(), position - 1);
        var after = store.rowsAt(relation.id(), position);
        var keys = new TreeSet<Long>();
        before.keySet().forEach(k -> keys.add(Long.valueOf(k.getFirst())));
        after.keySet().forEach(k -> keys.add(Long.valueOf(k.getFirst())));
        var result = new ArrayList<String>();
        for (var number : keys) {
            var key = List.of(number.toString());
            var old = before.get(key);
            var row = after.get(key);
            String place = position + " " + source;
            if (old == null) {
                result.add(place + " + " + row);
            } else if (row == null) {
                result.add(place + " - " + old);
            } else if (!row.equals(old)) {
                result.add(place + " ~ " + old + " " + row);
            }
        }
        return result;
    }

    private List<String> changes(List<Relation> relations, long after, long upTo)
            throws SQLException {
        var selections = relations.stream().map(VersionsIT::all).toList();
        var result = new ArrayList<String>();
        try (var stream =
                store.versions().changes(Span.steady(store.catalog(), selections, after, upTo))) {
            for (var c = stream.next(); c != null; c = stream.next()) {
                String place = c.position() + " " + c.source();
                result.add(
                        switch (c.kind()) {
                            case RowChange.Kind.Inserted(var row) ->
                                    place + " + " + Arrays.toString(row);
                            case RowChange.Kind.Updated(var old, var row) ->
                                    place
                                            + " ~ "
                                            + Arrays.toString(old)
                                            + " "
                                            + Arrays.toString(row);
                            case RowChange.Kind.Deleted(var old) ->
                                    place + " - " + Arrays.toString(old);
                        });
            }
        }
        return result;
    }

    private Map<List<String>, List<@Nullable String>> rowsAt(Relation relation, long position)
            throws SQLException {
        var result = new LinkedHashMap<List<String>, List<@Nullable String>>();
        try (var rows =
                store.versions().rows(RowsQuery.all(relation, position, all(relation), null))) {
            for (var row = rows.next(); row != null; row = rows.next()) {
                result.put(rows.format().keyTexts(row), Arrays.asList(row));
            }
        }
        return result;
    }

    private Map<List<String>, List<@Nullable String>> truth(Relation relation, long position) {
        return store.rowsAt(relation.id(), position);
    }

    private List<String> ids(Relation relation, String... filters) throws SQLException {
        var conditions = new ArrayList<Condition>();
        for (var filter : filters) {
            int equals = filter.indexOf('=');
            conditions.add(
                    Condition.parse(
                            relation.definition(),
                            filter.substring(0, equals),
                            filter.substring(equals + 1)));
        }
        store.versions().check(conditions);
        return keys(
                RowsQuery.all(
                        relation,
                        store.position(),
                        new Selection(relation.id(), conditions, null),
                        null));
    }

    private List<String> ordered(Relation relation, String order, long limit, long offset)
            throws SQLException {
        return keys(
                new RowsQuery(
                        relation,
                        store.position(),
                        all(relation),
                        Ordering.parse(relation.definition(), order),
                        null,
                        limit,
                        offset,
                        false,
                        null));
    }

    private List<String> keys(RowsQuery query) throws SQLException {
        var result = new ArrayList<String>();
        try (var rows = store.versions().rows(query)) {
            for (var row = rows.next(); row != null; row = rows.next()) {
                result.addAll(rows.format().keyTexts(row));
            }
        }
        return result;
    }

    private static Selection all(Relation relation) {
        return new Selection(relation.id(), List.of(), null);
    }
}
