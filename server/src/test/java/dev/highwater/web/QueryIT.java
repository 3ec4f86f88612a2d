package dev.highwater.web;

import static dev.highwater.relation.TestStore.definition;
import static dev.highwater.relation.TestStore.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.relation.Relation;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueryIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TestServer web;
    private Relation orders;

    @BeforeEach
    void start() throws Exception {
        web = new TestServer();
        orders =
                web.store.table(
                        definition(
                                "orders",
                                "id bigint 20",
                                "total numeric(10,2) 1700",
                                "note text 25"));
        web.store.commit(put(orders, "1", "10.50", "a"), put(orders, "2", "20.00", "b"));
        web.store.commit(put(orders, "1", "11.00", "c"));
    }

    @AfterEach
    void stop() {
        web.close();
    }

    private JsonNode ask(String sql, String rest) throws Exception {
        var answer =
                web.send(
                        "POST",
                        "/api/query",
                        "{\"sql\":" + JSON.writeValueAsString(sql) + rest + "}");
        var json = JSON.readTree(answer.body());
        if (answer.statusCode() != 200) {
            assertThat(answer.statusCode()).isEqualTo(json.get("status").asInt());
        }
        return json;
    }

    private String detail(String sql, String rest, int status) throws Exception {
        var json = ask(sql, rest);
        assertThat(json.path("status").asInt()).as(json.toString()).isEqualTo(status);
        return json.get("type").asText() + " " + json.get("detail").asText();
    }

    @Test
    void rowsComeAsObjectsWithTheirPosition() throws Exception {
        String sql = "select id, total, note is null as n from orders order by id";
        assertThat(web.send("POST", "/api/query", "{\"sql\":\"" + sql + "\"}").body())
                .isEqualTo(
                        "{\"position\":\""
                                + web.store.positions().format(2)
                                + "\",\"columns\":[{\"name\":\"id\",\"type\":\"bigint\"},{\"name\":\"total\",\"type\":\"numeric\"},"
                                + "{\"name\":\"n\",\"type\":\"boolean\"}],"
                                + "\"rows\":[{\"id\":1,\"total\":11.00,\"n\":false},\n{\"id\":2,\"total\":20.00,\"n\":false}]}\n");
    }

    @Test
    void parametersAreNamedOrNumberedAndTakeTheTypeThatFits() throws Exception {
        assertThat(
                        ask(
                                        "select note from orders where id = :id and total > :least",
                                        ",\"params\":{\"id\":2,\"least\":19.99}")
                                .at("/rows/0/note")
                                .asText())
                .isEqualTo("b");
        assertThat(
                        ask(
                                        "select note from orders where id = any($1) order by $2::int, id",
                                        ",\"params\":[[2,1],7]")
                                .get("rows"))
                .hasSize(2);
        assertThat(
                        ask(
                                        "select :x::jsonb -> 'a' as a, :n::text is null as n",
                                        ",\"params\":{\"x\":{\"a\":[1,\"q\\\"\"]},\"n\":null}")
                                .get("rows")
                                .toString())
                .isEqualTo("[{\"a\":[1,\"q\\\"\"],\"n\":true}]");
        assertThat(
                        ask(
                                        "select '{\"k\":1}'::jsonb ? 'k' as has, now()::timestamptz > :t as late",
                                        ",\"params\":{\"t\":\"2020-01-01\"}")
                                .get("rows")
                                .toString())
                .isEqualTo("[{\"has\":true,\"late\":true}]");
    }

    @Test
    void valuesAreInPostgresOwnTextHoweverOftenAsked() throws Exception {
        for (int i = 0; i < 7; i++) {
            assertThat(
                            ask(
                                            "select 9007199254740993 as b, 0.1::float4 as f, 'NaN'::float8 as n, timestamptz '2026-11-20 10:00+02' as t, date '2026-11-20' as d, '{1,2}'::int[] as a, interval '1 day 2 hours' as i",
                                            "")
                                    .get("rows")
                                    .toString())
                    .isEqualTo(
                            "[{\"b\":\"9007199254740993\",\"f\":0.1,\"n\":\"NaN\",\"t\":\"2026-11-20 08:00:00+00\",\"d\":\"2026-11-20\",\"a\":\"{1,2}\",\"i\":\"1 day 02:00:00\"}]");
        }
    }

    @Test
    void thePastIsAskedWithAsOf() throws Exception {
        assertThat(
                        ask("select total from orders where id = 1", ",\"as_of\":1")
                                .at("/rows/0/total")
                                .decimalValue())
                .isEqualByComparingTo("10.50");
        assertThat(
                        ask(
                                        "select count(*) as n from orders",
                                        ",\"as_of\":\"" + web.store.positions().format(0) + "\"")
                                .at("/rows/0/n")
                                .asInt())
                .isZero();
        assertThat(detail("select * from public.orders", ",\"as_of\":1", 400))
                .startsWith("highwater:bad-query permission denied")
                .contains("without a schema");
        assertThat(detail("select 1", ",\"as_of\":99", 400)).contains("position-in-future");
        assertThat(detail("select 1", ",\"as_of\":\"deadbeef.1\"", 410)).contains("resync");
    }

    @Test
    void whatPostgresRefusesIsToldWithItsPlace() throws Exception {
        assertThat(detail("select :x::int, nothing from orders", ",\"params\":{\"x\":1}", 400))
                .isEqualTo("highwater:bad-query column \"nothing\" does not exist at character 17");
        assertThat(detail("selec 1", "", 400)).contains("begins with selec");
        assertThat(detail("select 1 frm orders where", "", 400)).contains("syntax error");
        assertThat(detail("select 1; select 2", "", 400))
                .contains("a second begins at character 11");
        assertThat(detail("select 1/(id-1) from orders", "", 400)).contains("division by zero");
        assertThat(detail("select :x", "", 400)).contains("holds no value for :x");
        assertThat(detail("select 1", ",\"params\":{\"y\":1}", 400)).contains("no parameter :y");
        assertThat(detail("select $2", ",\"params\":[1]", 400)).contains("holds no value for $2");
        assertThat(detail("select :x::int", ",\"params\":{\"x\":\"one\"}", 400))
                .contains("invalid input syntax");
        assertThat(detail("select 1 as a, 2 as a", "", 400)).contains("duplicate-column");
    }

    @Test
    void nothingIsWritten() throws Exception {
        assertThat(detail("insert into orders values (3)", "", 400)).contains("begins with insert");
        assertThat(detail("with x as (delete from orders returning 1) select * from x", "", 400))
                .contains("bad-query")
                .contains("ermission denied");
        assertThat(detail("select set_config('transaction_read_only', 'off', true)", "", 400))
                .contains("bad-query");
        assertThat(detail("select nextval('highwater.nothing')", "", 400))
                .contains("does not exist");
        assertThat(detail("begin", "", 400)).contains("begins with begin");
        assertThat(ask("select pg_advisory_lock(1) is null as l", "").path("rows")).hasSize(1);
        assertThat(
                        ask(
                                        "select count(*)::int as n from pg_locks where locktype = 'advisory'",
                                        "")
                                .at("/rows/0/n")
                                .asInt())
                .isZero();
    }

    @Test
    void aQueryHasATimeAndARowLimit() throws Exception {
        assertThat(detail("select pg_sleep(30)", "", 400)).contains("query-timeout");
        var cut = ask("select i from generate_series(1, 5000) i", "");
        assertThat(cut.get("rows")).hasSize(1000);
        assertThat(cut.get("truncated").asBoolean()).isTrue();
        assertThat(detail("select repeat('x', 20000000) as x", "", 400))
                .contains("result-too-large");
        assertThat(ask("select 1 as one", "").get("rows")).hasSize(1);
    }

    @Test
    void aBodyThatIsNotWhatItShouldBeIsRefused() throws Exception {
        for (var body :
                new String[] {
                    "",
                    "{",
                    "[]",
                    "{}",
                    "{\"sql\":1}",
                    "{\"sql\":\"select 1\"} x",
                    "{\"sql\":\"select 1\",\"limit\":1}",
                    "{\"sql\":\"select 1\",\"params\":3}"
                }) {
            var answer = web.send("POST", "/api/query", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body()).as(body).contains("highwater:bad-json");
        }
        var large =
                HttpRequest.newBuilder(
                                web.request("POST", "/api/query", "x".repeat(2 << 20)),
                                (_, _) -> true)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
        var answer = web.client.send(large, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("too-large");
    }
}
