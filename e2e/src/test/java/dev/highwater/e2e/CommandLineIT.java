package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Every command of a running node, in plain text as a pipe gets it and as objects.
@ExtendWith(SharedNode.class)
class CommandLineIT {
    private final RunningNode node;

    CommandLineIT(RunningNode node) {
        this.node = node;
    }

    @BeforeAll
    static void write(RunningNode node) throws Exception {
        node.run(
                "create table tea (id int primary key, name text, price numeric(6,2))",
                "insert into tea values (1, 'Assam', 3.20), (2, 'Keemun', 4.50)",
                "update tea set price = 3.40 where id = 1",
                "delete from tea where id = 2");
        Oracle.settle(node);
    }

    @Test
    void status_says_who_and_where_the_node_is() throws Exception {
        assertThat(command("status")).contains("streaming");
        JsonNode status = objects("status").getFirst();
        assertThat(status.path("capture").path("state").asText()).isEqualTo("streaming");
        assertThat(status.path("position").asText()).matches("[0-9a-f]{8}\\.[0-9]+");
    }

    @Test
    void tables_lists_what_is_published() throws Exception {
        assertThat(command("tables")).contains("tea", "live");
        assertThat(objects("tables"))
                .anySatisfy(
                        table -> {
                            assertThat(table.path("name").asText()).isEqualTo("public.tea");
                            assertThat(table.path("state").asText()).isEqualTo("live");
                            assertThat(table.path("key").get(0).asText()).isEqualTo("id");
                        });
    }

    @Test
    void rows_shows_the_present_and_the_past() throws Exception {
        assertThat(command("rows", "tea")).contains("Assam", "3.40").doesNotContain("Keemun");
        String inserted = insertion();
        assertThat(command("rows", "tea", "--as-of", inserted, "--order", "id.desc"))
                .containsSubsequence("Keemun", "Assam", "3.20");
        assertThat(objects("rows", "tea", "--as-of", inserted, "--where", "price>4"))
                .singleElement()
                .satisfies(row -> assertThat(row.path("name").asText()).isEqualTo("Keemun"));
        assertThat(objects("rows", "tea", "--select", "id").getFirst().toString())
                .isEqualTo("{\"id\":1}");
    }

    @Test
    void the_journal_holds_the_transactions_in_order() throws Exception {
        String before = before(insertion());
        List<JsonNode> entries = objects("journal", "--after", before, "--limit", "3");
        assertThat(entries.stream().map(e -> e.path("changes").get(0).path("op").asText()))
                .containsExactly("insert", "update", "delete");
        assertThat(entries.getFirst().path("changes")).hasSize(2);
        assertThat(command("journal", "--after", before, "--limit", "3"))
                .contains("tea: 2 insert", "tea: 1 update", "tea: 1 delete");
    }

    @Test
    void feed_starts_with_the_rows_or_behind_a_position() throws Exception {
        assertThat(command("feed", "tea", "--limit", "0")).contains("Assam", "following");
        String inserted = insertion();
        List<JsonNode> events = objects("feed", "tea", "--after", inserted, "--limit", "2");
        assertThat(events.stream().filter(e -> e.path("event").asText().equals("change")))
                .extracting(e -> e.path("changes").get(0).path("op").asText())
                .containsExactly("update", "delete");
        assertThat(command("feed", "tea", "--after", inserted, "--limit", "1"))
                .contains("3.20", "3.40");
    }

    @Test
    void publish_and_unpublish_switch_a_table() throws Exception {
        node.run("create table switch_me (id int primary key)");
        Oracle.settle(node);
        assertThat(command("unpublish", "switch_me")).contains("switch_me");
        assertThat(state("switch_me")).isEqualTo("unpublished");
        assertThat(command("publish", "switch_me")).contains("switch_me");
        assertThat(state("switch_me")).isIn("live", "filling");
    }

    @Test
    void sql_speaks_to_the_source_and_to_the_store() throws Exception {
        assertThat(command("sql", "-c", "select name from tea")).contains("name", "Assam");
        assertThat(
                        command(
                                "sql",
                                "--store",
                                "-c",
                                "select count(*) as versions from public_history.tea"))
                .contains("versions", "3");
        assertThat(objects("sql", "-c", "select 1 as one, 'x' as two").getFirst().toString())
                .isEqualTo("{\"one\":1,\"two\":\"x\"}");
        assertThat(
                        Program.run(
                                        List.of(
                                                Distribution.program().toString(),
                                                "sql",
                                                "--data",
                                                node.data().toString()),
                                        "create temporary table t (a int);\ninsert into t values (7);\nselect a + 1 as b from t;")
                                .succeeded()
                                .out())
                .contains("8");
    }

    @Test
    void verify_says_that_the_journal_is_whole() throws Exception {
        assertThat(command("verify")).startsWith("whole: ");
        assertThat(objects("verify").getLast().path("ok").asBoolean()).isTrue();
    }

    @Test
    void help_names_every_command() throws Exception {
        assertThat(Program.highwater("--help").succeeded().out())
                .contains(
                        "start",
                        "demo",
                        "status",
                        "tables",
                        "publish",
                        "unpublish",
                        "view",
                        "views",
                        "rows",
                        "feed",
                        "journal",
                        "verify",
                        "sql");
        assertThat(Program.highwater("start", "--help").succeeded().out())
                .contains("Usage: highwater start", "--data", "--http", "--pg-port");
    }

    private String command(String name, String... arguments) throws InterruptedException {
        var run = Program.highwater(node, name, arguments).succeeded();
        assertThat(run.out()).as("no colours where nobody looks").doesNotContain("\u001b");
        return run.out();
    }

    private List<JsonNode> objects(String name, String... arguments) throws InterruptedException {
        var all = new java.util.ArrayList<>(List.of(arguments));
        all.add("--format");
        all.add("json");
        return Program.highwater(node, name, all.toArray(String[]::new)).succeeded().objects();
    }

    private String state(String table) {
        return node.http().get("/api/tables/" + table).json().path("state").asText();
    }

    /// The position at which the rows were inserted.
    private String insertion() throws Exception {
        String incarnation = node.http().get("/api/status").json().path("incarnation").asText();
        try (var store = node.store();
                var statement = store.createStatement()) {
            return incarnation
                    + "."
                    + Oracle.number(statement, "select min(_from) from public_history.tea");
        }
    }

    private static String before(String position) {
        int dot = position.indexOf('.');
        return position.substring(0, dot + 1) + (Long.parseLong(position.substring(dot + 1)) - 1);
    }
}
