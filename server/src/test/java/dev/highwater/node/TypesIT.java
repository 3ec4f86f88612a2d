package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import dev.highwater.relation.Relation;
import dev.highwater.sql.Database;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Values of every type arrive as they are, also as keys, and types change under them.
class TypesIT extends OnServedSpine {
    /// A few types of one kind, each with some of its values as SQL text.
    static List<Family> families() {
        return List.of(
                family(
                        "numbers",
                        "",
                        type("smallint", "-32768", "0", "32767"),
                        type("int", "-2147483648", "7"),
                        type("bigint", "-9223372036854775808", "9007199254740993", "1"),
                        type(
                                "numeric",
                                "'NaN'",
                                "'Infinity'",
                                "'-Infinity'",
                                "1.0",
                                "1.00",
                                "-0.000",
                                "1e-200",
                                "12345678901234567890.5"),
                        type("numeric(10,2)", "1.5", "-99999999.99"),
                        type("real", "'NaN'", "'-Infinity'", "1.1", "'-0'", "1e-38"),
                        type("float8", "'NaN'", "'Infinity'", "0.1", "'-0'", "1e300", "5e-324"),
                        type("money", "'-92233720368547758.08'", "'0.01'", "'1234.5'"),
                        type("oid", "4294967295", "0")),
                family(
                        "texts",
                        "",
                        type(
                                "text",
                                "''",
                                "E'tab\\tline\\nback\\\\slash'",
                                "'ü€𝄞'",
                                "'NULL'",
                                "'\\N'",
                                "'{\"a\"}'",
                                "E'\\u0001'"),
                        type("varchar(3)", "'abc'", "'  '", "''"),
                        type("char(5)", "'a'", "'ab   '", "''"),
                        type("\"char\"", "'x'", "''", "E'\\\\377'"),
                        type("name", "'n'", "'Mixed \"Case\"'"),
                        type("bytea", "'\\x'", "'\\x00ff5c'", "'\\xdeadbeef'")),
                family(
                        "times",
                        "",
                        type(
                                "date",
                                "'infinity'",
                                "'-infinity'",
                                "'0044-03-15 BC'",
                                "'5874897-12-31'"),
                        type(
                                "timestamp",
                                "'infinity'",
                                "'-infinity'",
                                "'4713-01-01 00:00:00.000001 BC'",
                                "'2024-02-29 23:59:59.999999'"),
                        type(
                                "timestamptz",
                                "'infinity'",
                                "'2024-03-31 02:30 Europe/Berlin'",
                                "'0001-01-01 00:00+00'"),
                        type("time", "'24:00'", "'00:00:00.000001'"),
                        type("timetz", "'24:00+14'", "'12:00:00.5-07:30'"),
                        type(
                                "interval",
                                "'1 mon -3 days 04:05:06.7'",
                                "'-178000000 years'",
                                "'0'",
                                "'30 days'",
                                "'1 mon'"),
                        type("interval day to second", "'1 day 2:03:04'")),
                family(
                        "network_and_bits",
                        "",
                        type("inet", "'::1/64'", "'10.0.0.1'", "'10.0.0.0/8'"),
                        type("cidr", "'10.0.0.0/8'", "'::/0'"),
                        type("macaddr", "'08:00:2b:01:02:03'"),
                        type("macaddr8", "'08:00:2b:01:02:03:04:05'"),
                        type("bit(3)", "'101'", "'000'"),
                        type("bit varying", "''", "'0101010101'"),
                        type("uuid", "'00000000-0000-0000-0000-000000000000'", "gen_random_uuid()"),
                        type("boolean", "true", "false"),
                        type("pg_lsn", "'16/B374D848'")),
                family(
                        "documents",
                        "",
                        type("json", "'{\"a\":\n [1, 2.50, null]}'", "'\"tab\\\\t\"'", "'  1e400'")
                                .unordered(),
                        type("jsonb", "'{\"b\": 1.10, \"a\": [\"\\u00e9\"]}'", "'null'", "'[]'"),
                        type("jsonpath", "'$.a[*] ? (@ > 1)'").unordered(),
                        type("xml", "'<a b=\"1\">x &amp; y</a>'", "xmlparse(content 'text')")
                                .unordered(),
                        type("tsvector", "'fat:1A cat ''q u''''o'':2'", "''"),
                        type("tsquery", "'fat & (rat | !cat:AB)'")),
                family(
                        "geometry",
                        "",
                        type("point", "'(1,2)'", "'(NaN,-Infinity)'", "'(0.1,1e-300)'").unordered(),
                        type("line", "'{1,-1,0}'").unordered(),
                        type("lseg", "'[(0,0),(1,1)]'").unordered(),
                        type("box", "'(1,1),(0,0)'").unordered(),
                        type("path", "'[(0,0),(1,1)]'", "'((0,0),(1,1))'").unordered(),
                        type("polygon", "'((0,0),(1,1),(1,0))'").unordered(),
                        type("circle", "'<(0,0),5>'").unordered()),
                family(
                        "arrays",
                        "",
                        type(
                                "int[]",
                                "'{}'",
                                "'[0:1]={1,NULL}'",
                                "'{{1,2},{3,4}}'",
                                "'[-1:0][5:6]={{1,2},{3,4}}'"),
                        type(
                                "text[]",
                                "'{\"a,b\",\"\",NULL,\"NULL\",\"q\\\"\\\\\"}'",
                                "array[[E'\\n','c'],['{','}']]"),
                        type("numeric(5,1)[]", "'{NaN,1.0}'"),
                        type("varchar(2)[]", "'{ab,c}'"),
                        type("char(3)[]", "'{a,bc}'"),
                        type("bytea[]", "array['\\x00'::bytea, null]"),
                        type("timestamptz[]", "'{infinity,2024-01-01}'"),
                        type("jsonb[]", "array['{\"a\": 1}'::jsonb]"),
                        type("point[]", "'{\"(1,2)\"}'").unordered()),
                family(
                        "ranges",
                        "",
                        type("int4range", "'[1,5)'", "'empty'", "'(,)'", "'[,3)'"),
                        type("numrange", "'[1.0,2.50]'", "'(NaN,)'", "'empty'"),
                        type("tstzrange", "'[2024-01-01,infinity]'", "'(,)'"),
                        type("daterange", "'[2024-01-01,2024-01-31]'"),
                        type("int4multirange", "'{}'", "'{[1,3),[5,8)}'"),
                        type("nummultirange", "'{[1.0,2.0],(3,)}'"),
                        type("int4range[]", "'{\"[1,2)\",empty}'")),
                family(
                        "user",
                        """
                create type mood as enum ('bad', 'so so', 'it''s "good"');
                create domain positive as int check (value > 0) not null;
                create domain word as varchar(5) check (value <> 'x');
                create domain words as text[] check (cardinality(value) < 9);
                create domain feeling as mood;
                create type pair as (n int, "Some ""Text" text, m mood, w words);
                create domain couple as pair check ((value).n is null or (value).n < 1000);
                create type nested as (p pair, ps pair[], f feeling);
                create type moods as range (subtype = mood, multirange_type_name = many_moods);
                create schema "Odd ""Schema";
                create type "Odd ""Schema"."Ty.pe" as enum ('', 'é')
                """,
                        type("mood", "'bad'", "'so so'", "'it''s \"good\"'"),
                        type("mood[]", "'{bad,so so}'", "array[['bad'::mood, null]]"),
                        type("word", "'abc'", "''"),
                        type("words", "'{a,\"b,\"}'", "'{}'"),
                        type("feeling", "'bad'"),
                        type(
                                "pair",
                                "row(1, 'a', 'bad', '{x}')::pair",
                                "row(null, null, null, null)::pair",
                                "row(2, E'q\"\\\\,', null, '{}')::pair"),
                        type("pair[]", "array[row(1, 'a', 'bad', '{x}')::pair, null]"),
                        type(
                                "couple",
                                "row(5, '', 'bad', null)::couple",
                                "row(null, null, null, null)"),
                        type(
                                "nested",
                                "row(row(1, '(', 'bad', null)::pair, array[row(1, '\"', null, null)::pair], 'bad')::nested"),
                        type("moods", "'[bad,so so]'", "'empty'", "'(,bad)'"),
                        type("many_moods", "'{[bad,so so)}'", "'{}'"),
                        type("\"Odd \"\"Schema\".\"Ty.pe\"", "''", "'é'")),
                family(
                        "extensions",
                        """
                create schema ext;
                create extension citext;
                create extension ltree schema ext;
                create extension hstore schema ext;
                create extension cube;
                create extension isn;
                create domain email as citext check (value <> '')
                """,
                        type("citext", "'a'", "'A'", "'Straße'"),
                        type("citext[]", "'{a,A}'"),
                        type("email", "'x@y'"),
                        type("ext.ltree", "'a.b.c'", "''"),
                        type("ext.lquery", "'a.*{2}'").unordered(),
                        type("ext.hstore", "'\"a b\"=>NULL, c=>\"\\\"\"'", "''").unordered(),
                        type("cube", "'(1,2),(3,4)'"),
                        type("isbn13", "'978-0-393-04002-9'")));
    }

    /// Types, and what has to be there before them.
    record Family(String name, String before, List<Type> types) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Family family(String name, String before, Type... types) {
        return new Family(name, before, List.of(types));
    }

    /// A type with some of its values.
    record Type(String name, List<String> values, boolean ordered) {
        Type unordered() {
            return new Type(name, values, false);
        }

        String column() {
            return name.replace("\"", "") + " column";
        }
    }

    private static Type type(String name, String... values) {
        return new Type(name, List.of(values), true);
    }

    private static String quote(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    private String value(Type type) {
        return random.nextInt(6) == 0
                ? "null"
                : "("
                        + type.values().get(random.nextInt(type.values().size()))
                        + ")::"
                        + type.name();
    }

    private String present(Type type) {
        return "(" + type.values().get(random.nextInt(type.values().size())) + ")::" + type.name();
    }

    @ParameterizedTest
    @MethodSource("families")
    void every_type_arrives_as_it_is_also_as_a_key(Family family) throws Exception {
        System.out.println(family + " seed " + seed);
        if (!family.before.isEmpty()) {
            // Extensions are the superuser's to make.
            try (var owner = Database.single(node.spine.databases.source(), "test owner")) {
                Sql.update(owner, "grant all on schema public to app");
                Sql.update(owner, "set search_path = public");
                Sql.update(owner, family.before);
                Sql.query(
                                owner,
                                "select 'grant usage on schema ' || quote_ident(nspname) || ' to app' from pg_namespace where nspname in ('ext', 'Odd \"Schema')",
                                row -> row.getString(1))
                        .forEach(grant -> update(owner, grant));
            }
            node.spine.run("set search_path = public, ext");
        }
        var tables = new ArrayList<String>();
        String columns =
                family.types.stream()
                        .map(t -> quote(t.column()) + " " + t.name())
                        .collect(Collectors.joining(", "));
        String wide = quote("Mixed \"\"Case " + family);
        node.spine.run(
                "create table "
                        + wide
                        + " (id int generated always as identity primary key, "
                        + columns
                        + ")");
        tables.add(wide);
        var keyed = family.types.stream().filter(Type::ordered).toList();
        for (int i = 0; i < keyed.size(); i++) {
            String name = "keyed_" + i;
            node.spine.run(
                    "create table %s (k %s, sub int, note text, primary key (k, sub))"
                            .formatted(name, keyed.get(i).name()));
            tables.add(name);
        }
        // Rows from before are filled in.
        node.spine.run("create table late (id int, " + columns + ")");
        for (int i = 0; i < 20; i++) {
            node.spine.run("insert into late values (" + i + ", " + values(family) + ")");
        }
        for (int step = 0; step < 60; step++) {
            node.spine.run(wideStatement(family, wide));
            if (!keyed.isEmpty()) {
                int i = random.nextInt(keyed.size());
                try {
                    node.spine.run(keyedStatement("keyed_" + i, keyed.get(i)));
                } catch (SQLException e) {
                    // The key is taken.
                    assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("23505");
                }
            }
            if (step % 10 == 0) {
                node.remember(tables.toArray(new String[0]));
            }
        }
        node.spine.run("alter table late add primary key (id)");
        tables.add("late");
        node.assertSame(tables.toArray(new String[0]));
        node.assertPast();
    }

    private static void update(java.sql.Connection connection, String sql) {
        try {
            Sql.update(connection, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private String values(Family family) {
        return family.types.stream().map(this::value).collect(Collectors.joining(", "));
    }

    private String wideStatement(Family family, String table) {
        var type = family.types.get(random.nextInt(family.types.size()));
        int id = 1 + random.nextInt(30);
        return switch (random.nextInt(6)) {
            case 0, 1, 2 ->
                    "insert into "
                            + table
                            + " ("
                            + names(family)
                            + ") values ("
                            + values(family)
                            + ")";
            case 3, 4 ->
                    "update %s set %s = %s where id = %d"
                            .formatted(table, quote(type.column()), value(type), id);
            default -> "delete from " + table + " where id = " + id;
        };
    }

    private static String names(Family family) {
        return family.types.stream().map(t -> quote(t.column())).collect(Collectors.joining(", "));
    }

    private String keyedStatement(String table, Type type) {
        String k = present(type);
        String where = "where concat(k) = concat(%s) and sub = %d".formatted(k, random.nextInt(3));
        return switch (random.nextInt(6)) {
            case 0, 1, 2 ->
                    "insert into %s values (%s, %d, 'new') on conflict do nothing"
                            .formatted(table, k, random.nextInt(3));
            case 3 -> "update %s set note = note || '+' %s".formatted(table, where);
            case 4 -> "update %s set k = %s %s".formatted(table, present(type), where);
            default -> "delete from %s %s".formatted(table, where);
        };
    }

    @Test
    void an_enumeration_gets_labels_and_loses_names_at_their_place_in_the_order() throws Exception {
        node.spine.run(
                "create type mood as enum ('bad', 'good')",
                "create table t (id int primary key, m mood, ms mood[])",
                "create table u (m mood primary key)",
                "insert into t values (1, 'good', '{bad}')",
                "insert into u values ('bad')");
        node.spine.settle();
        // All in one batch.
        node.spine.stop();
        node.spine.run(
                "alter type mood add value 'ok' before 'good'",
                "insert into t values (2, 'ok', '{ok,bad}')",
                "alter type mood rename value 'bad' to 'awful'",
                "insert into t values (3, 'awful', '{awful}')",
                "insert into u values ('ok')",
                "alter type mood add value 'best' after 'good'",
                "begin; insert into t values (4, 'best', null); update t set m = 'awful' where id = 1; commit",
                "alter type mood rename to feeling",
                "create schema other",
                "alter type feeling set schema other",
                "insert into t values (5, 'good', '{}')",
                "begin; create type late as enum ('x'); create table v (id late primary key); insert into v values ('x'); commit",
                "alter type late add value 'w' before 'x'",
                "insert into v values ('w')");
        node.spine.start();
        node.remember("t", "u");
        node.spine.run("delete from t where id = 1");
        node.assertSame("t", "u", "v");
        assertThat(node.spine.stored("select m from t order by m, id"))
                .isEqualTo(node.spine.stored("select m from t order by m, id", true));
        node.assertPast();
        // The type is there while no table has it, and gets a label then.
        node.spine.run(
                "drop table v",
                "alter type late add value 'y'",
                "begin; create table v (id late primary key); insert into v values ('y'); commit");
        node.assertSame("v");
        // Another type takes the name of one that history still has.
        node.spine.run(
                "drop type late cascade",
                "create type late as (a int, b text)",
                "create table w (id int primary key, l late)",
                "insert into w values (1, row(1, 'x'))");
        node.assertSame("w");
    }

    /// DDL on a type locks no table that has it.
    @Test
    void what_is_told_of_a_table_is_told_behind_nothing_that_its_types_became() throws Exception {
        node.spine.run(
                "create type pair as (a int, b text)",
                "create table t (id int primary key, p pair)",
                "insert into t values (1, row(1, 'x'))");
        node.spine.settleFilled();
        long oid = node.newest("t").definition().oid();
        try (var other = Database.single(node.spine.databases.source(), "test")) {
            other.setAutoCommit(false);
            Sql.update(other, "alter type pair add attribute c int");
            assertThatThrownBy(() -> node.spine.source.retell(oid, null))
                    .hasMessageContaining("a type is not visible yet");
            other.commit();
            node.spine.source.retell(oid, null);
            node.spine.run("insert into t values (2, row(2, 'y', 3))");
            node.assertSame("t");

            Sql.query(other, "select highwater.retell(?::oid)", row -> true, oid);
            assertThatThrownBy(
                            () ->
                                    node.spine.run(
                                            "set lock_timeout = '200ms'",
                                            "alter type pair add attribute d int"))
                    .hasMessageContaining("lock timeout");
            other.commit();
        }
        node.spine.run(
                "alter type pair add attribute d int",
                "insert into t values (3, row(3, 'z', 4, 5))");
        node.assertSame("t");
    }

    @Test
    void a_composite_type_changes_under_the_tables_that_have_it() throws Exception {
        node.spine.run(
                "create type pair as (a int, b text)",
                "create type twin as (p pair, q pair[])",
                "create table t (id int primary key, p pair, b twin)",
                "insert into t values (1, row(1, 'x'), row(row(2, 'y'), array[row(3, 'z')::pair]))");
        node.remember("t");
        node.spine.stop();
        node.spine.run(
                "insert into t values (2, row(4, 'w'), null)",
                "alter type pair add attribute c int",
                "insert into t values (3, row(5, 'v', 6), row(row(2, 'y', 7), null))",
                "alter type pair rename attribute b to text",
                "alter type pair drop attribute a",
                "update t set p.c = 8 where id = 2",
                "alter type pair rename to pairs",
                "insert into t values (4, row('u', 9), null)");
        node.spine.start();
        node.assertSame("t");
        // A table of a type follows it.
        node.spine.run(
                "create type person as (id int, name text)",
                "create table people of person (primary key (id))",
                "insert into people values (1, 'ann')",
                "alter type person add attribute age int cascade",
                "insert into people values (2, 'bob', 3)",
                "alter type person alter attribute age type bigint cascade",
                "insert into people values (3, 'cyd', 4)");
        node.assertSame("people");
    }

    @Test
    void a_type_that_the_store_has_otherwise_stops_its_table_alone() throws Exception {
        Sql.update(node.spine.store, "create type public.mood as enum ('up', 'down')");
        Sql.update(node.spine.store, "create type public.same as enum ('a', 'more', 'b')");
        Sql.update(node.spine.store, "create domain public.d as text");
        node.spine.run(
                "create type mood as enum ('down', 'up')",
                "create type same as enum ('a', 'b')",
                "create domain d as int",
                "create table t (id int primary key, m mood)",
                "create table s (id int primary key, m same)",
                "create table r (id int primary key, v d)",
                "create table u (id int primary key)",
                "insert into t values (1, 'up')",
                "insert into s values (1, 'b')",
                "insert into r values (1, 1)",
                "insert into u values (1)");
        node.assertSame("s", "u");
        for (var stopped : List.of("t", "r")) {
            assertThat(node.state(stopped))
                    .isInstanceOfSatisfying(
                            Relation.State.Stopped.class,
                            state ->
                                    assertThat(state.reason())
                                            .contains("the store has another type"));
        }
    }

    @Test
    void a_type_that_the_store_cannot_have_is_kept_as_text_and_the_table_says_so()
            throws Exception {
        node.spine.run(
                "create table address (id int primary key, street text)",
                "create table t (id int primary key, a address, others address[])",
                "insert into t values (1, row(1, 'x'), array[row(2, 'y')::address])");
        node.spine.settle();
        assertThat(node.spine.stored("select concat(a, ' ', others) from t"))
                .containsExactly("(1,x) {\"(2,y)\"}");
        var table = node.get("/api/tables").findValues("name").toString();
        assertThat(table).contains("public.t");
        assertThat(node.get("/api/tables").toString())
                .contains("column a is kept as text", "public.address");
    }

    @Test
    void generated_columns_are_computed_in_the_store_too() throws Exception {
        boolean virtual = version() >= 180000;
        node.spine.run(
                "create table t (c2 int primary key, n0 int, \"B \"\"x\" text,"
                        + " c1 int generated always as (n0 * 2 + c2) stored,"
                        + " up text generated always as (upper(\"B \"\"x\")) stored)",
                "insert into t values (1, 10, 'a'), (2, null, 'b')");
        node.remember("t");
        node.spine.run(
                "update t set n0 = 7",
                "alter table t rename column n0 to n",
                "update t set n = n + 1 where c2 = 1",
                "delete from t where c2 = 2",
                "insert into t values (3, 1, 'c')");
        node.remember("t");
        node.assertSame("t");
        node.assertPast();
        int generation = node.newest("t").id();
        if (virtual) {
            node.spine.run(
                    "alter table t add column v int generated always as (n - 1) virtual",
                    "insert into t values (4, 5, 'd')");
            node.assertSame("t");
            // Readers with an older snapshot would see tables empty that are written anew.
            assertThat(node.newest("t").id()).isGreaterThan(generation);
            generation = node.newest("t").id();
        }
        node.spine.run(
                "alter table t alter column up drop expression",
                "update t set up = 'changed' where c2 = 1");
        node.assertSame("t");
        assertThat(node.newest("t").id()).isEqualTo(generation);
        node.spine.run(
                "alter table t add column s int generated always as (n * n) stored",
                "update t set n = 9");
        node.assertSame("t");
    }

    @Test
    void a_generated_column_that_the_store_cannot_compute_is_refused() throws Exception {
        node.spine.run(
                "create function mine(int) returns int immutable language sql as 'select $1 + 1'",
                "create table t (id int primary key, g int generated always as (mine(id)) stored)",
                "insert into t values (1)",
                "update t set id = 2");
        assertThatThrownBy(() -> node.spine.source.publish(new QualifiedName("public", "t")))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("generated column");
    }

    private int version() throws SQLException {
        return Integer.parseInt(
                node.spine.stored("select current_setting('server_version_num')").getFirst());
    }

    @Test
    void a_table_has_as_many_columns_as_the_store_can_add_its_own_to() throws Exception {
        String columns =
                IntStream.rangeClosed(2, 1590)
                        .mapToObj(i -> "c" + i + " smallint")
                        .collect(Collectors.joining(", "));
        node.spine.run(
                "create table t (id int primary key, " + columns + ")",
                "insert into t (id, c2, c1590) values (1, 2, 3), (2, 4, 5)",
                "update t set c1000 = 7 where id = 2",
                "alter table t add column one_more int");
        node.spine.settle();
        assertThat(node.state("t"))
                .isInstanceOfSatisfying(
                        Relation.State.Ended.class,
                        ended -> assertThat(ended.reason()).contains("1590"));
        node.spine.run("alter table t drop column one_more");
        node.assertSame("t");
    }

    @Test
    void a_value_of_a_hundred_megabytes_passes_through_a_small_heap() throws Exception {
        int megabytes = Boolean.getBoolean("highwater.long") ? 100 : 10;
        node.spine.run(
                "create table t (id int primary key, n int, big text)",
                "insert into t select 1, 0, string_agg(md5(g::text), '\\n\"') from generate_series(1, %d * 1024 * 1024 / 34) g"
                        .formatted(megabytes),
                "update t set n = 1",
                "insert into t values (2, 0, 'small')");
        var end = node.spine.source.walEnd();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (node.spine.progress().lsn().compareTo(end) < 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(10_000_000);
        }
        node.spine.settle();
        node.spine.assertSame("t");
    }

    @Test
    void views_read_columns_of_the_sources_types() throws Exception {
        node.spine.run(
                "create type mood as enum ('bad', 'good')",
                "create type pair as (a int, b mood)",
                "create schema other",
                "create domain other.d as int",
                "create table t (id int primary key, m mood, p pair, d other.d)",
                "insert into t values (1, 'bad', row(1, 'good'), 5), (2, 'good', null, 6)");
        node.spine.settle();
        node.spine.createView(
                "v",
                "select m, count(*) as n, max((p).a) as a, sum(d) as s from t where m >= 'bad'::public.mood group by m");
        node.spine.createView("w", "select id, m, p, d::other.d as e from t where m = 'good'");
        node.spine.run(
                "insert into t values (3, 'good', row(5, 'bad'), 7)",
                "update t set m = 'good' where id = 1");
        node.spine.settle();
        assertThat(node.spine.stored("select v::text from v order by 1"))
                .containsExactly("(good,3,5,18)");
        assertThat(node.spine.stored("select w::text from w order by 1"))
                .containsExactly(
                        "(1,good,\"(1,good)\",5)", "(2,good,,6)", "(3,good,\"(5,bad)\",7)");
        assertThat(node.get("/api/relations/t/rows?m=eq.good&order=m,id&select=id").toString())
                .isEqualTo("[{\"id\":1},{\"id\":2},{\"id\":3}]");
    }
}
