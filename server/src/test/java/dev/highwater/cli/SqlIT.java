package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.sql.EventStore;
import dev.highwater.sql.TestPostgres;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlIT {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final TestPostgres.Databases databases = TestPostgres.databases();
    @TempDir Path data;

    @BeforeEach
    void writeNodeFile() throws IOException {
        Files.writeString(
                data.resolve("node.json"),
                Json.line(
                        Map.of(
                                "http", "http://127.0.0.1:1",
                                "source", databases.sourceAsApp().uri(),
                                "store", databases.storeAsReader().uri())));
    }

    @AfterEach
    void drop() {
        databases.close();
    }

    private int sql(String input, Terminal terminal, String... options) {
        List<String> args = new ArrayList<>(List.of("sql", "--data", data.toString()));
        args.addAll(List.of(options));
        return Cli.run(
                args.toArray(String[]::new),
                List.of(),
                new Console(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Map.of("NO_COLOR", "1"),
                        terminal));
    }

    private int command(String sql, String... options) {
        List<String> all = new ArrayList<>(List.of("-c", sql));
        all.addAll(List.of(options));
        return sql("", Terminal.NONE, all.toArray(String[]::new));
    }

    private List<String> out() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void several_statements_run_one_after_the_other_and_say_what_they_did() {
        assertThat(
                        command(
                                "create table t (id int primary key, name text);"
                                        + " insert into t values (1, 'Ada'), (20, null);"
                                        + " select * from t order by id"))
                .isZero();

        assertThat(out())
                .containsExactly(
                        "CREATE TABLE", "INSERT 2", "id  name", " 1  Ada", "20  null", "(2 rows)");
    }

    @Test
    void values_are_printed_as_json_with_their_types() {
        assertThat(
                        command(
                                "select 1::int as i, 9007199254740993::bigint as big, 1.50 as n,"
                                        + " 'NaN'::numeric as nan, true as b, null as nothing,"
                                        + " '{\"a\": [1]}'::jsonb as j, '2026-11-20'::date as d;"
                                        + " create table t ()",
                                "--format",
                                "json"))
                .isZero();

        assertThat(out())
                .first()
                .isEqualTo(
                        "{\"i\":1,\"big\":\"9007199254740993\",\"n\":1.50,\"nan\":\"NaN\","
                                + "\"b\":true,\"nothing\":null,\"j\":{\"a\":[1]},"
                                + "\"d\":\"2026-11-20\"}");
        assertThat(Json.parse(out().get(1)))
                .isEqualTo(Json.parse("{\"command\":\"CREATE TABLE\",\"count\":0}"));
    }

    @Test
    void a_script_stops_at_its_first_error_and_points_at_it() {
        assertThat(sql("select 1 as one;\n\nselect\n  nme;\nselect 2", Terminal.NONE)).isEqualTo(1);

        assertThat(out()).containsExactly("one", "  1", "(1 row)");
        assertThat(err())
                .isEqualTo(
                        "ERROR 42703: column \"nme\" does not exist\nLINE 4:   nme\n          ^\n");
    }

    @Test
    void a_conversation_goes_on_after_an_error_and_ends_with_q() {
        Terminal typed = new Terminal(true, false, 80, 24);

        assertThat(sql("select\n1/0;\nselect 7 as seven;\n\\q\nselect 8;\n", typed)).isZero();

        assertThat(err()).contains("ERROR 22012: division by zero");
        assertThat(out()).containsExactly("seven", "    7", "(1 row)");
    }

    @Test
    void tables_are_listed_and_described() {
        command("create table orders (id bigint primary key, note text default 'x')");
        out.reset();

        assertThat(command("\\d")).isZero();
        assertThat(out()).contains("public  orders  table");
        out.reset();
        assertThat(command("\\d orders")).isZero();
        assertThat(out())
                .contains("id      bigint  not null", "note    text              'x'::text")
                .contains("orders_pkey  PRIMARY KEY (id)");
        command("create view shown as select id,\n note from orders");
        assertThat(command("\\d shown")).isZero();
        assertThat(out())
                .contains("view   SELECT id,", "          note")
                .noneMatch(l -> l.contains("\\n"));
        assertThat(command("\\d nope")).isEqualTo(1);
        assertThat(err()).isEqualTo("ERROR 42P01: relation \"nope\" does not exist\n");
    }

    @Test
    void an_interrupt_cancels_what_runs() throws Exception {
        try (var connection = Connections.open(databases.sourceAsApp(), "test");
                var cancels = new CancelOnInterrupt(connection);
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                var statement = connection.createStatement()) {
            var running = threads.submit(() -> statement.execute("select pg_sleep(600)"));
            while (!running.isDone()) {
                cancels.cancel();
                LockSupport.parkNanos(10_000_000);
            }
            assertThatThrownBy(running::get).hasMessageContaining("due to user request");
        }
    }

    @Test
    void notices_and_transactions_work_as_in_psql() {
        assertThat(
                        command(
                                "do $$ begin raise notice 'one; two'; end $$;"
                                        + " create table t (id int); begin;"
                                        + " insert into t values (1); rollback;"
                                        + " select count(*) from t where '?' = '?'"))
                .isZero();

        assertThat(err()).isEqualTo("NOTICE: one; two\n");
        assertThat(out())
                .containsExactly(
                        "DO",
                        "CREATE TABLE",
                        "BEGIN",
                        "INSERT 1",
                        "ROLLBACK",
                        "count",
                        "    0",
                        "(1 row)");
    }

    @Test
    void the_store_is_another_database_and_a_missing_one_is_one_line() throws IOException {
        assertThat(command("select current_user", "--store")).isZero();
        assertThat(out()).contains("reader");

        Files.writeString(
                data.resolve("node.json"),
                "{\"http\":\"http://h\",\"source\":\"postgresql://u:secret@127.0.0.1:1/source\","
                        + "\"store\":\"postgresql://u:secret@127.0.0.1:1/store\"}");
        assertThat(command("select 1")).isEqualTo(1);
        assertThat(err())
                .hasLineCount(1)
                .startsWith("highwater: postgresql://u@127.0.0.1:1/source cannot be reached")
                .doesNotContain("secret");
    }

    @Test
    void install_says_what_it_did_and_does_it_once() throws Exception {
        String[] install = {"install", "--source", databases.sourceAsApp().uri()};
        assertThat(sql("", Terminal.NONE, install)).as(err()).isZero();
        assertThat(sql("", Terminal.NONE, install)).isZero();
        assertThat(out()).hasSize(2);
        assertThat(out().getFirst()).contains("has the event store now: 1 events, 2 append");
        assertThat(out().getLast()).endsWith("has this event store already");
        out.reset();
        // As the database's owner, without its schema's name.
        assertThat(
                        command(
                                "select event from register_decider_event('d', 'e'); select version"
                                        + " from append_event('e', gen_random_uuid(), 'd', 's', '{}',"
                                        + " null, null)",
                                "--format",
                                "json"))
                .as(err())
                .isZero();
        assertThat(out()).anyMatch(line -> line.contains("\"version\":1"));
    }

    @Test
    void install_leaves_alone_what_another_role_installed() throws Exception {
        EventStore.install(databases.source());
        assertThat(sql("", Terminal.NONE, "install", "--data", data.toString())).as(err()).isZero();
        assertThat(out()).singleElement().asString().contains("who installed it keeps it");
    }
}
