package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.cli.FakeNode.Recorded;
import dev.highwater.failure.Failure;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;

class CliTest {

    private final FakeNode node = new FakeNode();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();

    @AfterEach
    void close() {
        node.close();
    }

    private int run(String... args) {
        return run(Terminal.NONE, out, args);
    }

    private int run(Terminal terminal, OutputStream to, String... args) {
        return Cli.run(
                args,
                List.of(new Explosion(), new Refusal()),
                new Console(
                        InputStream.nullInputStream(),
                        new PrintStream(to, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment,
                        terminal));
    }

    private int onNode(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--node", node.url()));
        return run(all.toArray(String[]::new));
    }

    private List<String> out() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    // --- usage

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    stauts             | unknown command 'stauts' (did you mean 'status'?); see highwater --help
                    frobnicate         | unknown command 'frobnicate'; see highwater --help
                    rows x --lmit 3    | unknown option '--lmit' (did you mean '--limit'?); see highwater rows --help
                    rows               | missing required parameter: 'NAME'; see highwater rows --help
                    rows x --limit y   | invalid value for option '--limit': 'y' is no whole number; see highwater rows --help
                    status --format x  | invalid value for option '--format': 'x' is neither table nor json; see highwater status --help
                    status --node a:b  | --node 'a:b' is no address; write http://HOST:PORT; see highwater status --help
                    feed x --after y   | --after 'y' is no position; write one as printed, such as 3f9a1c2b.42; see highwater feed --help
                    feed x y --where a=1 | --where needs a single NAME, since each relation has columns of its own; see highwater feed --help
                    sql --source --store | --source and --store exclude each other; see highwater sql --help
                    sql install --source foo | invalid value for option '--source': 'foo' is not a database address: it does not start with postgresql://; write postgresql://user:password@host:port/database; see highwater sql install --help
                    """)
    void a_wrong_command_line_gets_one_line_and_exit_2(String line, String said) {
        assertThat(run(line.split(" "))).isEqualTo(2);

        assertThat(err()).isEqualTo("highwater: " + said + "\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void no_command_at_all_is_a_wrong_command_line() {
        assertThat(run()).isEqualTo(2);
        assertThat(err()).isEqualTo("highwater: a command is missing; see highwater --help\n");
    }

    @ParameterizedTest
    @CsvSource({
        "status",
        "tables",
        "publish",
        "unpublish",
        "rows",
        "feed",
        "journal",
        "verify",
        "sql"
    })
    void every_command_has_help_with_an_example(String command) {
        assertThat(run(command, "--help")).isZero();

        assertThat(out()).anyMatch(line -> line.startsWith("  highwater " + command));
        assertThat(err()).isEmpty();
    }

    @Test
    void help_and_version_are_answers_not_errors() {
        assertThat(run("--help")).isZero();
        assertThat(out()).anyMatch(line -> line.contains("verify"));
        assertThat(run("help", "feed")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(out()).last().asString().startsWith("highwater ");
    }

    @Test
    void further_commands_take_part_and_get_help() {
        assertThat(run("refusal", "--help")).isZero();
        assertThat(run("refusal")).isEqualTo(1);
        assertThat(err()).isEqualTo("highwater: port 4747 is taken; name another with --http\n");
    }

    @Test
    void a_defect_is_one_line_too_unless_the_stack_trace_is_asked_for() {
        assertThat(run("explosion")).isEqualTo(1);
        assertThat(err()).hasLineCount(1).startsWith("highwater: unexpected ").contains("bang");

        environment.put("HIGHWATER_DEBUG", "1");
        run("explosion");
        assertThat(err()).contains("\tat dev.highwater.cli.CliTest");
    }

    // --- finding the node

    @Test
    void without_a_node_the_line_says_how_to_start_one(@TempDir Path data) {
        assertThat(run("status", "--data", data.toString())).isEqualTo(1);
        assertThat(err()).contains("no node.json in " + data).contains("`highwater start`");
    }

    @Test
    void a_node_that_is_gone_is_named() {
        node.close();

        assertThat(onNode("status")).isEqualTo(1);
        assertThat(err())
                .isEqualTo(
                        "highwater: no node answers at "
                                + node.url()
                                + "; start one with `highwater start`, or name another with --node"
                                + " URL\n");
    }

    @Test
    void node_json_gives_address_and_token_and_the_environment_another_token(@TempDir Path data)
            throws Exception {
        Files.writeString(
                data.resolve("node.json"),
                "{\"pid\":1,\"http\":\"%s\",\"source\":\"postgresql://a:b@h/s\",\"store\":\"postgresql://a:b@h/t\",\"token\":\"one\"}"
                        .formatted(node.url()));
        node.on("GET /api/tables", "[]");

        assertThat(run("tables", "--data", data.toString())).isZero();
        environment.put("HIGHWATER_TOKEN", "two");
        assertThat(run("tables", "--data", data.toString())).isZero();

        assertThat(node.authorizations).containsExactly("Bearer one", "Bearer two");
    }

    @Test
    void what_the_node_refuses_is_said_in_its_words() {
        node.on(
                "GET /api/relations/nope/rows",
                new Recorded(
                        404,
                        Map.of("Content-Type", "application/problem+json"),
                        "{\"type\":\"highwater:unknown-relation\",\"title\":\"Unknown\","
                                + "\"status\":404,\"detail\":\"there is no relation 'nope'\"}"));

        assertThat(onNode("rows", "nope")).isEqualTo(1);
        assertThat(err()).isEqualTo("highwater: there is no relation 'nope'\n");

        node.on(
                "GET /api/relations/orders/rows",
                new Recorded(
                        400,
                        Map.of(),
                        "{\"type\":\"highwater:bad-parameter\",\"detail\":\"parameter as_of: no\"}"));
        assertThat(onNode("rows", "orders", "--as-of", "5")).isEqualTo(1);
        assertThat(err()).endsWith("highwater: --as-of: no\n");
    }

    // --- commands

    @Test
    void rows_are_asked_for_with_filters_and_printed_aligned() {
        node.on(
                "GET /api/relations/orders/rows",
                new Recorded(
                        200,
                        Map.of("Highwater-Position", "3f9a1c2b.42", "Highwater-Truncated", "true"),
                        "[{\"id\":7,\"who\":\"Ada\",\"amount\":1.50},"
                                + "{\"id\":120,\"who\":null,\"amount\":12.25}]"));

        assertThat(
                        onNode(
                                "rows",
                                "orders",
                                "--where",
                                "status=open",
                                "--where",
                                "amount>1",
                                "--order",
                                "id.desc",
                                "--limit",
                                "2",
                                "--as-of",
                                "3f9a1c2b.40"))
                .isZero();

        assertThat(node.requests)
                .containsExactly(
                        "GET /api/relations/orders/rows?status=eq.open&amount=gt.1"
                                + "&order=id.desc&limit=2&as_of=3f9a1c2b.40");
        assertThat(out())
                .containsExactly(" id  who   amount", "  7  Ada     1.50", "120  null   12.25");
        assertThat(err()).isEqualTo("there are more than these 2 rows; --limit N shows more\n");
    }

    @Test
    void rows_as_json_are_one_object_a_line_digit_by_digit() {
        node.on("GET /api/relations/orders/rows", "[{\"id\":7,\"a\":1.50},{\"id\":8,\"a\":1e2}]");

        assertThat(onNode("rows", "orders", "--format", "json")).isZero();
        assertThat(out()).containsExactly("{\"id\":7,\"a\":1.50}", "{\"id\":8,\"a\":100}");
    }

    @Test
    void a_column_that_is_called_like_a_word_of_the_request_is_quoted() {
        node.on("GET /api/relations/orders/rows", "[]");

        node.on("GET /api/views/orders", "{\"columns\":[{\"name\":\"id\"},{\"name\":\"limit\"}]}");

        assertThat(onNode("rows", "orders", "--where", "limit=5", "--limit", "3")).isZero();
        assertThat(node.requests)
                .first()
                .isEqualTo("GET /api/relations/orders/rows?%22limit%22=eq.5&limit=3");
        assertThat(out()).containsExactly("id  limit");
    }

    @Test
    void names_are_escaped_on_their_way() {
        node.on("PUT /api/tables/sales.\"Weird/Name\"", "{\"name\":\"x\",\"state\":\"filling\"}");

        assertThat(onNode("publish", "sales.\"Weird/Name\"")).isZero();
        assertThat(node.requests).containsExactly("PUT /api/tables/sales.%22Weird%2FName%22");
        assertThat(out()).containsExactly("x is published, filling");
    }

    @Test
    void publish_goes_on_with_the_other_tables_when_one_is_refused() {
        node.on("PUT /api/tables/b", "{\"name\":\"public.b\",\"state\":\"live\"}");

        assertThat(onNode("publish", "a", "b")).isEqualTo(1);
        assertThat(out()).containsExactly("public.b is published, live");
        assertThat(err()).hasLineCount(1).contains("/api/tables/a");
    }

    @Test
    void unpublish_says_that_history_stays() {
        node.on("DELETE /api/tables/b", "{\"name\":\"public.b\",\"state\":\"unpublished\"}");

        assertThat(onNode("unpublish", "b")).isZero();
        assertThat(out()).containsExactly("public.b is no longer published; its history stays");
    }

    @Test
    void tables_are_listed_with_their_state() {
        node.on(
                "GET /api/tables",
                """
                [{"name":"public.orders","state":"live","reason":null,"since":"3f9a1c2b.1","filled":0,
                  "key":["id"],"columns":[{"name":"id","type":"bigint"}]},
                 {"name":"public.log","state":"refused","reason":"it has no key","since":null,
                  "filled":0,"key":[],"columns":[]}]""");

        assertThat(onNode("tables")).isZero();
        assertThat(out())
                .containsExactly(
                        "table          state    key  columns  since       reason",
                        "public.orders  live     id         1  3f9a1c2b.1",
                        "public.log     refused             0              it has no key");
    }

    @Test
    void views_are_listed_with_as_much_of_their_queries_as_a_line_holds() {
        node.on(
                "GET /api/views",
                """
                [{"name":"public.totals","strategy":"sums","state":"live","error":null,"reason":"few",
                  "depends":["public.orders"],"mean_ms":0.125,
                  "query":"select\\n  who,\\n  sum(amount)\\nfrom orders\\ngroup by who"},
                 {"name":"public.long","strategy":"whole","state":"stopped","error":"gone","reason":"x",
                  "depends":[],"mean_ms":0,"query":"select %s"}]"""
                        .formatted("a".repeat(100)));

        assertThat(onNode("views")).isZero();
        assertThat(out())
                .containsExactly(
                        "name           strategy  state    ms a batch  depends        reason  query",
                        "public.totals  sums      live          0.125  public.orders  few    "
                                + " select who, sum(amount) from orders group by who",
                        "public.long    whole     stopped           0                 gone    select "
                                + "a".repeat(72)
                                + "…");

        out.reset();
        assertThat(run(new Terminal(false, true, 80, 24), out, "views", "--node", node.url()))
                .isZero();
        assertThat(out()).first().asString().contains("reason").doesNotContain("query");
    }

    @Test
    void status_shows_position_capture_and_followers() {
        node.on(
                "GET /api/status",
                """
                {"node":"highwater","shard":100,"incarnation":"3f9a1c2b","position":"3f9a1c2b.42",
                 "started":"2026-11-20T10:00:00Z","capture":{"state":"streaming","mark":"0/1A2B3C",
                 "lag_bytes":2048,"lag_seconds":0.25,"error":null},"followers":[{"name":"capture",
                 "mark":"0/1A2B3C","lag":0,"state":"running","error":null}],
                 "tables":{"live":3,"filling":0,"stopped":0,"refused":2}}""");

        assertThat(onNode("status")).isZero();
        assertThat(out())
                .contains(
                        "position  3f9a1c2b.42",
                        "capture   streaming, 2.0 KiB and 0.3 s behind the source, at 0/1A2B3C",
                        "tables    3 live, 0 filling, 0 stopped, 2 refused; `highwater tables` says why",
                        "capture   running  0/1A2B3C    0");
        assertThat(onNode("status", "--format", "json")).isZero();
        assertThat(out()).last().asString().startsWith("{\"node\":\"highwater\"");
    }

    @Test
    void journal_entries_are_summed_up() {
        node.on(
                "GET /api/journal",
                """
                [{"position":"3f9a1c2b.7","kind":"commit","shard":100,"epoch":1,"seq":7,"lamport":9,
                  "at":"2026-11-20T10:00:00Z","hash":"0123456789abcdef","changes":[
                  {"relation":"public.orders","op":"insert"},{"relation":"public.orders","op":"insert"},
                  {"relation":"public.orders","op":"update"},{"relation":"s.t","op":"delete"}]}]""");

        assertThat(onNode("journal", "--after", "3f9a1c2b.6", "--limit", "1")).isZero();
        assertThat(node.requests).containsExactly("GET /api/journal?after=3f9a1c2b.6&limit=1");
        assertThat(out())
                .last()
                .asString()
                .startsWith("3f9a1c2b.7  commit    100    7        9  2026-11-20T10:00:00Z")
                .endsWith("0123456789ab  orders: 2 insert, 1 update; s.t: 1 delete");
    }

    @Test
    void a_journal_that_is_cut_says_how_to_see_the_rest() {
        node.on(
                "GET /api/journal",
                new Recorded(
                        200,
                        Map.of("Highwater-Truncated", "true"),
                        "[{\"position\":\"3f9a1c2b.7\",\"changes\":[]}]"));

        assertThat(onNode("journal", "--last", "3")).isZero();
        assertThat(node.requests).containsExactly("GET /api/journal?last=3");
        assertThat(err())
                .isEqualTo(
                        "there are more than these 1 entries; --after 3f9a1c2b.7 goes on, --last N shows the newest\n");
    }

    @Test
    void verify_says_whole_or_names_the_first_broken_entry() {
        node.on(
                "POST /api/verify",
                Recorded.ok(
                        """
                        {"checked":1,"of":2}
                        {"ok":true,"entries":2,"changes":5,"head":"ab"}
                        """),
                Recorded.ok(
                        "{\"ok\":true,\"entries\":2,\"changes\":5,\"head\":\"ab\",\"kept_from\":\"3f9a1c2b.6\"}\n"),
                Recorded.ok(
                        "{\"ok\":false,\"entries\":1,\"broken\":{\"position\":\"3f9a1c2b.2\","
                                + "\"shard\":100,\"seq\":2,\"reason\":\"its hash differs\"}}\n"),
                Recorded.ok("{\"checked\":1,\"of\":2}\n"));

        assertThat(onNode("verify")).isZero();
        assertThat(out()).containsExactly("whole: 2 entries, 5 changes, head ab");
        assertThat(onNode("verify")).isZero();
        assertThat(out())
                .last()
                .isEqualTo(
                        "whole: 2 entries, 5 changes, head ab, kept from position 3f9a1c2b.6 on");
        assertThat(onNode("verify")).isEqualTo(1);
        assertThat(err())
                .isEqualTo(
                        "highwater: entry 3f9a1c2b.2 (shard 100, seq 2) is broken: its hash"
                                + " differs\n");
        assertThat(onNode("verify")).isEqualTo(1);
        assertThat(err()).endsWith("stopped answering before the journal was checked\n");
    }

    // --- the feed

    private static final String SNAPSHOT =
            """
            {"event":"snapshot","rows":[{"id":1,"x":"a"}],"more":true}
            {"event":"snapshot-end","position":"3f9a1c2b.5"}
            """;

    private static String change(String position, String changes, String more) {
        return "{\"event\":\"change\",\"position\":\""
                + position
                + "\",\"at\":\"2026-11-20T10:00:00Z\",\"changes\":["
                + changes
                + "]"
                + more
                + "}\n";
    }

    private static String insert(int id) {
        return "{\"op\":\"insert\",\"key\":{\"id\":%1$d},\"row\":{\"id\":%1$d}}".formatted(id);
    }

    @Test
    void a_feed_prints_the_rows_then_the_changes() {
        node.on(
                "GET /api/relations/orders/feed",
                SNAPSHOT
                        + change(
                                "3f9a1c2b.6",
                                "{\"op\":\"update\",\"key\":{\"id\":1},\"row\":{\"id\":1,\"x\":\"b\"},"
                                        + "\"old\":{\"id\":1,\"x\":\"a\"}}",
                                ""));

        assertThat(onNode("feed", "orders", "--limit", "1")).isZero();
        assertThat(out()).hasSize(3);
        assertThat(out().get(0)).contains("row").contains("id=1 x=a");
        assertThat(out().get(1)).isEqualTo("3f9a1c2b.5  following the changes");
        assertThat(out().get(2))
                .startsWith("3f9a1c2b.6")
                .contains("update")
                .endsWith("id=1  x: a -> b");
    }

    @Test
    void a_feed_goes_on_after_its_last_whole_event_when_the_connection_ends() {
        node.on(
                "GET /api/relations/orders/feed",
                Recorded.ok(
                        SNAPSHOT
                                + change("3f9a1c2b.6", insert(6), "")
                                + change("3f9a1c2b.7", insert(7), ",\"more\":true")),
                new Recorded(503, Map.of(), ""),
                Recorded.ok(
                        change("3f9a1c2b.7", insert(7), ",\"more\":true")
                                + change("3f9a1c2b.7", insert(8), "")));

        assertThat(onNode("feed", "orders", "--limit", "2", "--format", "json")).isZero();

        assertThat(node.requests)
                .containsExactly(
                        "GET /api/relations/orders/feed",
                        "GET /api/relations/orders/feed?after=3f9a1c2b.6",
                        "GET /api/relations/orders/feed?after=3f9a1c2b.6");
        assertThat(out().stream().filter(line -> line.contains("\"change\"")))
                .containsExactly(
                        change("3f9a1c2b.6", insert(6), "").strip(),
                        change("3f9a1c2b.7", insert(7), ",\"more\":true").strip(),
                        change("3f9a1c2b.7", insert(8), "").strip());
        assertThat(err()).hasLineCount(2).contains("lost the node").contains("is back");
    }

    @Test
    void a_position_that_is_no_longer_kept_ends_the_command_or_restarts_a_running_feed() {
        Recorded gone =
                new Recorded(
                        410, Map.of(), "{\"type\":\"highwater:resync\",\"detail\":\"too old\"}");
        node.on("GET /api/relations/orders/feed", gone);

        assertThat(onNode("feed", "orders", "--after", "3f9a1c2b.1")).isEqualTo(1);
        assertThat(err()).isEqualTo("highwater: too old\n");

        node.on(
                "GET /api/relations/orders/feed",
                Recorded.ok(SNAPSHOT),
                gone,
                Recorded.ok(SNAPSHOT + change("3f9a1c2b.6", insert(6), "")));
        assertThat(onNode("feed", "orders", "--limit", "1")).isZero();
        assertThat(err()).contains("too old; starting again from the rows as they are");
        assertThat(node.requests).last().isEqualTo("GET /api/relations/orders/feed");
    }

    @Test
    void a_feed_waits_for_a_table_that_is_filled_anew_and_ends_with_one_that_is_dropped() {
        String resync = "{\"event\":\"resync\",\"reason\":\"public.orders ended: %s\"}\n";
        node.on(
                "GET /api/relations/orders/feed",
                Recorded.ok(SNAPSHOT + resync.formatted("its rows were rewritten by DDL")),
                new Recorded(409, Map.of(), "{\"type\":\"highwater:filling\",\"detail\":\"soon\"}"),
                Recorded.ok(SNAPSHOT + resync.formatted("dropped")),
                new Recorded(
                        410, Map.of(), "{\"type\":\"highwater:ended\",\"detail\":\"it ended\"}"));

        assertThat(onNode("feed", "orders")).isEqualTo(1);
        assertThat(node.requests).hasSize(4);
        assertThat(err().lines()).hasSize(3).last().isEqualTo("highwater: it ended");
    }

    @Test
    void a_feed_that_is_told_to_resync_starts_again_from_the_rows() {
        node.on(
                "GET /api/relations/orders/feed",
                Recorded.ok(SNAPSHOT + "{\"event\":\"resync\",\"reason\":\"too slow\"}\n"),
                Recorded.ok(SNAPSHOT + change("3f9a1c2b.6", insert(6), "")));

        assertThat(onNode("feed", "orders", "--limit", "1")).isZero();
        assertThat(err())
                .isEqualTo("highwater: too slow; starting again from the rows as they are\n");
        assertThat(node.requests).last().isEqualTo("GET /api/relations/orders/feed");
    }

    @Test
    void a_feed_of_several_relations_names_each() {
        node.on(
                "GET /api/feed",
                change("3f9a1c2b.6", "{\"relation\":\"public.a\"," + insert(6).substring(1), ""));

        assertThat(onNode("feed", "a", "b", "--after", "5", "--limit", "1")).isZero();
        assertThat(node.requests).containsExactly("GET /api/feed?relations=a%2Cb&after=5");
        assertThat(out()).singleElement().asString().contains("insert a ");
    }

    @Test
    void a_reader_that_goes_away_ends_the_feed_quietly() {
        node.on("GET /api/relations/orders/feed", SNAPSHOT);
        OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(int b) throws java.io.IOException {
                        throw new java.io.IOException("Broken pipe");
                    }
                };

        assertThat(run(Terminal.NONE, closed, "feed", "orders", "--node", node.url())).isZero();
        assertThat(err()).isEmpty();
    }

    @Test
    void on_a_terminal_there_is_colour_unless_the_environment_says_no() {
        node.on("GET /api/relations/orders/rows", "[{\"id\":7}]");
        Terminal terminal = new Terminal(false, true, 80, 24);

        assertThat(run(terminal, out, "rows", "orders", "--node", node.url())).isZero();
        assertThat(out()).first().asString().isEqualTo("\u001b[1mid\u001b[0m");
        out.reset();
        environment.put("NO_COLOR", "1");
        assertThat(run(terminal, out, "rows", "orders", "--node", node.url())).isZero();
        assertThat(out()).containsExactly("id", " 7", "(1 row at ?)");
    }

    @Command(name = "explosion")
    private static final class Explosion implements Callable<Integer> {
        @Override
        public Integer call() {
            throw new IllegalStateException("bang");
        }
    }

    @Command(name = "refusal")
    private static final class Refusal implements Callable<Integer> {
        @Override
        public Integer call() {
            throw new Failure.Refused("port-taken", "port 4747 is taken; name another with --http");
        }
    }
}
