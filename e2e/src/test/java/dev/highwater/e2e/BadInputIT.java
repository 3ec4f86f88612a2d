package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What people get wrong: each is answered in one line that says what is wrong and what to do, with
/// the right exit status or HTTP status, and without a stack trace.
@ExtendWith(SharedNode.class)
class BadInputIT {
    private final RunningNode node;

    BadInputIT(RunningNode node) {
        this.node = node;
    }

    @BeforeAll
    static void createTables(RunningNode node) throws Exception {
        node.run(
                "create table asked (id int primary key, amount numeric(10,2), born date, note text)",
                "insert into asked values (1, 2.50, '2026-01-01', 'first')",
                "create table keyless (a int)",
                "create unlogged table fleeting (id int primary key)",
                "create view looked_at as select 1 as one");
        Oracle.settle(node);
    }

    // ---- the command line -----------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    stat                                  | unknown command 'stat' (did you mean
                    start --htpp 0                        | unknown option '--htpp' (did you mean '--http'?)
                    start --http 70000                    | 70000
                    start --pg-port -1                    | -1
                    rows asked --as-of yesterdayish       | yesterdayish
                    rows asked --where whatever           | whatever
                    feed                                  | NAME
                    demo --for ever                       | ever
                    start --config nowhere.yaml           | nowhere.yaml
                    """)
    void a_wrong_command_line_exits_with_2(String line, String said) throws Exception {
        var run = Program.highwater(line.strip().split(" +"));
        assertThat(run.refused(2)).contains(said).contains("--help");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void a_wrong_configuration_names_everything_that_is_wrong(@TempDir Path folder)
            throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("wrong.yaml"),
                        """
                        node: {name: 7, colour: red}
                        http: {port: 99999, tokens: short}
                        sauce: {}
                        retention:
                          journal: {time: soon}
                          relations: {orders: {size: big, colour: red}, "!audit": {}}
                        """);
        String said =
                Program.highwater(
                                "start",
                                "--config",
                                file.toString(),
                                "--data",
                                folder.resolve("data").toString())
                        .refused(2);
        assertThat(said)
                .contains(
                        "wrong.yaml",
                        "node.colour",
                        "http.port",
                        "99999",
                        "http.tokens",
                        "sauce",
                        "retention.journal.time",
                        "soon",
                        "retention.relations.orders.size",
                        "retention.relations.orders.colour",
                        "retention.relations.!audit");
        Files.writeString(file, "http: [unclosed");
        assertThat(Program.highwater("start", "--config", file.toString()).refused(2))
                .contains("line 1");
    }

    @Test
    void a_node_that_is_not_there_is_told(@TempDir Path folder) throws Exception {
        assertThat(Program.highwater("status", "--data", folder.toString()).refused(1))
                .contains("node.json", "highwater start");
        assertThat(Program.highwater("status", "--node", "http://127.0.0.1:1").refused(1))
                .contains("127.0.0.1:1");
    }

    @Test
    void names_that_do_not_exist_are_told() throws Exception {
        assertThat(Program.highwater(node, "rows", "nowhere").refused(1)).contains("nowhere");
        assertThat(Program.highwater(node, "publish", "nowhere").refused(1)).contains("nowhere");
    }

    @Test
    void a_table_without_a_key_says_why_it_is_not_published_and_what_mends_it() throws Exception {
        assertThat(Program.highwater(node, "publish", "keyless").refused(1))
                .contains("keyless", "no key", "ADD PRIMARY KEY", "REPLICA IDENTITY FULL");
        assertThat(
                        node.http()
                                .get("/api/tables/keyless")
                                .expect(200)
                                .json()
                                .path("reason")
                                .asText())
                .contains("no key", "ADD PRIMARY KEY");
        for (var reading :
                List.of(
                        List.of("rows", "keyless"),
                        List.of("feed", "keyless"),
                        List.of("view", "create", "v", "--sql", "select * from keyless"))) {
            var words = new ArrayList<>(reading);
            words.addAll(List.of("--node", node.address().toString()));
            assertThat(Program.highwater(words.toArray(String[]::new)).refused(1))
                    .contains("public.keyless is refused: ", "no key", "ADD PRIMARY KEY");
        }
        assertThat(Program.highwater(node, "status").succeeded().out())
                .containsPattern("\\d refused; `highwater tables` says why");
        assertThat(refusal("fleeting")).contains("fleeting", "unlogged", "SET LOGGED");
        assertThat(refusal("looked_at")).contains("looked_at", "a view");
    }

    private String refusal(String table) {
        return node.http().put("/api/tables/" + table).problem(400, "not-publishable");
    }

    @Test
    void wrong_sql_is_told_as_postgresql_tells_it() throws Exception {
        assertThat(Program.highwater(node, "sql", "-c", "selct 1").err()).contains("syntax error");
        assertThat(Program.highwater(node, "sql", "-c", "selct 1").status()).isEqualTo(1);
        var write = Program.highwater(node, "sql", "--store", "-c", "delete from asked");
        assertThat(write.status()).isEqualTo(1);
        assertThat(write.err()).containsAnyOf("read-only", "permission denied", "cannot delete");
    }

    // ---- starting -------------------------------------------------------------------------------

    @Test
    void a_second_process_on_a_data_directory_is_refused() throws Exception {
        assertThat(start(node.data(), "--http", "0", "--pg-port", "0").refused(1))
                .contains(node.data().toString(), "in use", "--data");
        assertThat(node.answers("/readyz")).isTrue();
    }

    @Test
    void a_taken_port_is_named() throws Exception {
        Path data = SharedNode.empty("port-taken");
        int http = node.address().getPort();
        int postgres = java.net.URI.create(node.sourceUrl()).getPort();
        assertThat(start(data, "--http", "0", "--pg-port", "" + postgres).refused(1))
                .contains("" + postgres, "taken", "--pg-port");
        assertThat(start(data, "--http", "" + http, "--pg-port", "0").refused(1))
                .contains("" + http, "taken", "--http");
    }

    @Test
    void a_first_source_that_cannot_be_followed_ends_the_start() throws Exception {
        Path data = SharedNode.empty("no-source");
        String refusing = node.sourceUrl().replaceFirst(":[^:@/]+@", ":wrong@");
        var run = start(data, "--source", refusing, "--http", "0", "--pg-port", "0");
        assertThat(run.refused(1)).contains("cannot connect to", "password authentication failed");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void a_data_directory_that_cannot_be_used_is_told(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(start(file, "--http", "0", "--pg-port", "0").refused(1))
                .contains(file.toString(), "--data");
        assertThat(start(file.resolve("below"), "--http", "0", "--pg-port", "0").refused(1))
                .contains(file.toString(), "--data");
        // Even root cannot create anything there.
        assertThat(start(Path.of("/proc/highwater"), "--http", "0", "--pg-port", "0").refused(1))
                .contains("/proc/highwater", "--data");
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        if (!Files.isWritable(locked)) {
            assertThat(start(locked, "--http", "0", "--pg-port", "0").refused(1))
                    .contains(locked.toString(), "--data");
        }
    }

    private static Program.Run start(Path data, String... options) throws InterruptedException {
        var all = new ArrayList<>(List.of("start", "--data", data.toString()));
        all.addAll(List.of(options));
        return Program.highwater(all.toArray(String[]::new));
    }

    // ---- HTTP -----------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    id=5                          | bad-filter     | 5
                    id=between.1                  | bad-filter     | between
                    id=gt.                        | bad-filter     | id
                    id=eq.five                    | bad-filter     | five
                    id=in.1,2                     | bad-filter     | parentheses
                    id=in.(1,                     | bad-filter     | parentheses
                    id=is.maybe                   | bad-filter     | maybe
                    id=eq.99999999999999999999    | bad-filter     | 99999999999999999999
                    born=gt.2026-13-01            | bad-filter     | 2026-13-01
                    amount=lt.much                | bad-filter     | much
                    note=like.%5C                 | bad-filter     | backslash
                    colour=eq.red                 | unknown-column | colour
                    select=id,colour              | unknown-column | colour
                    order=colour                  | unknown-column | colour
                    limit=-1                      | bad-parameter  | limit
                    limit=1&limit=2               | bad-parameter  | limit
                    offset=x                      | bad-parameter  | offset
                    as_of=soon                    | bad-position   | soon
                    as_of=2026-99-01T00:00:00Z    | bad-position   | 2026-99
                    """)
    void malformed_questions_are_answered_with_400(String query, String type, String said) {
        assertThat(node.http().get("/api/relations/asked/rows?" + query).problem(400, type))
                .contains(said);
    }

    @Test
    void the_future_cannot_be_read() {
        String position = node.http().get("/api/relations/asked/rows").position();
        String incarnation = position.substring(0, position.indexOf('.'));
        for (String future : List.of(incarnation + ".999999999", "999999999")) {
            assertThat(
                            node.http()
                                    .get("/api/relations/asked/rows?as_of=" + future)
                                    .problem(400, "position-in-future"))
                    .contains("999999999");
            assertThat(
                            node.http()
                                    .get("/api/relations/asked/feed?after=" + future)
                                    .problem(400, "position-in-future"))
                    .contains("999999999");
            assertThat(
                            node.http()
                                    .get("/api/feed?relations=asked&after=" + future)
                                    .problem(400, "position-in-future"))
                    .contains("999999999");
        }
        String tomorrow = Instant.now().plus(1, ChronoUnit.DAYS).toString();
        assertThat(
                        node.http()
                                .get("/api/relations/asked/rows?as_of=" + tomorrow)
                                .problem(400, "position-in-future"))
                .contains("future");
    }

    @Test
    void the_time_before_a_table_is_not_read_as_empty() {
        assertThat(node.http().get("/api/relations/asked/rows?as_of=2001-01-01T00:00:00Z").status())
                .isIn(404, 410);
        assertThat(node.http().get("/api/relations/asked/rows?as_of=0").status()).isIn(404, 410);
    }

    @Test
    void a_position_of_another_store_is_answered_with_410() {
        String position = node.http().get("/api/relations/asked/rows").position();
        String number = position.substring(position.indexOf('.') + 1);
        String foreign = (position.startsWith("00000000") ? "11111111." : "00000000.") + number;
        for (String path :
                List.of(
                        "/api/relations/asked/rows?as_of=",
                        "/api/relations/asked/feed?after=",
                        "/api/feed?relations=asked&after=")) {
            assertThat(node.http().get(path + foreign).problem(410, "resync")).contains(foreign);
        }
    }

    @Test
    void what_is_not_there_is_answered_with_404() {
        node.http().get("/api/relations/nowhere/rows").problem(404, "unknown-relation");
        node.http().get("/api/relations/nowhere/feed").problem(404, "unknown-relation");
        node.http().get("/api/feed?relations=asked,nowhere").problem(404, "unknown-relation");
        node.http().get("/api/tables/nowhere").problem(404, "unknown-table");
        node.http().delete("/api/tables/nowhere").problem(404, "unknown-table");
        node.http().get("/api/nonsense").problem(404, "not-found");
        node.http().delete("/api/relations/asked/rows").problem(405, "method-not-allowed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"sql":"selct 1"}                                  | selct
                    {"sql":"select * from nowhere"}                    | nowhere
                    {"sql":"select nothing from asked"}                | nothing
                    {"sql":"delete from asked"}                        | read
                    {"sql":"select 1; select 2"}                       | one statement
                    {"sql":"select id from asked where id = :id"}      | id
                    {"sql":"select 1/0"}                               | division by zero
                    {"sql":"select 1","as_of":"999999999"}             | 999999999
                    {"sql":"select 1","colour":"red"}                  | colour
                    {"query":"select 1"}                               | sql
                    {"sql":7}                                          | sql
                    {"sql":                                            | JSON
                    []                                                 | sql
                    """)
    void wrong_queries_are_answered_with_400(String body, String said) {
        var answer = node.http().post("/api/query", body).expect(400);
        assertThat(answer.headers().firstValue("content-type").orElse(""))
                .startsWith("application/problem+json");
        assertThat(answer.json().path("detail").asText()).contains(said).doesNotContain("\n");
    }
}
