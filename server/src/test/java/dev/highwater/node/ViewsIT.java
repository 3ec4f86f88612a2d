package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.apply.Retention;
import dev.highwater.apply.RetentionSettings;
import dev.highwater.apply.Spine;
import dev.highwater.cli.Cli;
import dev.highwater.cli.Console;
import dev.highwater.cli.Demo;
import dev.highwater.cli.DemoOptions;
import dev.highwater.cli.NodeFile;
import dev.highwater.feed.FeedSettings;
import dev.highwater.feed.Feeds;
import dev.highwater.journal.Positions;
import dev.highwater.relation.Versions;
import dev.highwater.sql.Database;
import dev.highwater.sql.Sql;
import dev.highwater.web.HttpSettings;
import dev.highwater.web.NodeAccess;
import dev.highwater.web.WebServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Views as people see them: over HTTP, by SQL, and on the command line.
class ViewsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHARD = 100;
    private static final String TOTALS =
            "select customer, sum(amount) as total from orders group by customer";

    private final HttpClient client = HttpClient.newHttpClient();
    private Spine spine;
    private HikariDataSource store;
    private HikariDataSource reader;
    private SqlRequests requests;
    private StoppedViews stopped;
    private WebServer web;

    @BeforeEach
    void start() throws SQLException {
        spine = new Spine();
        spine.run(
                "create table orders (id int primary key, customer text, amount int)",
                "insert into orders values (1, 'ann', 5), (2, 'bob', 7), (3, 'ann', 5)");
        spine.settle();
        store = Database.pool(spine.databases.store(), "test", 8);
        reader = Database.pool(spine.databases.storeAsReader(), "test reader", 4);
        var positions =
                new Positions(spine.stored("select incarnation from highwater.node").getFirst());
        var versions = new Versions(store, SHARD);
        var views =
                new KeptQueries(spine.applier(), spine.head, spine.databases.store(), store, SHARD);
        requests = new SqlRequests(spine.databases.store(), views);
        stopped = new StoppedViews(spine.head, views);
        var status =
                new StatusReport(
                        "test",
                        SHARD,
                        Instant.EPOCH,
                        spine.applier(),
                        spine.head,
                        spine.source,
                        new Retention(
                                RetentionSettings.everything(),
                                spine.databases.store(),
                                spine.head,
                                spine.applier(),
                                _ -> Long.MAX_VALUE,
                                Clock.systemUTC()),
                        Optional.empty(),
                        Clock.systemUTC());
        web =
                WebServer.start(
                        new HttpSettings(
                                "127.0.0.1", 0, List.of(), List.of(), Duration.ofSeconds(5), 1000),
                        new NodeAccess(
                                spine.head,
                                positions,
                                versions,
                                new Feeds(
                                        versions,
                                        spine.head,
                                        positions,
                                        new FeedSettings(
                                                Duration.ofMillis(300),
                                                1 << 10,
                                                1 << 20,
                                                1000,
                                                4,
                                                Duration.ofMillis(1))),
                                store,
                                reader,
                                new PublishedTables(
                                        spine.source,
                                        spine.head,
                                        id -> spine.progress().filled(id)),
                                views,
                                status::now,
                                Optional::empty,
                                new JournalVerifier(store),
                                ServedSpine.NO_RESTORE),
                        Clock.systemUTC());
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        web.close();
        stopped.close();
        requests.close();
        store.close();
        reader.close();
        spine.close();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(web.url() + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .header("content-type", "application/sql")
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(send("GET", path, "").body());
    }

    private JsonNode make(String name, String query) throws IOException, InterruptedException {
        var answer = send("PUT", "/api/views/" + name, query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        var view = JSON.readTree(answer.body());
        assertThat(view.path("state").asText()).as(answer.body()).isEqualTo("live");
        return view;
    }

    private String position() throws IOException, InterruptedException {
        return get("/api/status").path("position").asText();
    }

    /// The lines of a feed as they come, without those of progress.
    private Iterator<JsonNode> feed(String path) throws IOException, InterruptedException {
        Stream<String> lines =
                client.send(
                                HttpRequest.newBuilder(URI.create(web.url() + path))
                                        .header("accept", "application/x-ndjson")
                                        .build(),
                                HttpResponse.BodyHandlers.ofLines())
                        .body();
        return lines.map(ViewsIT::parse)
                .filter(e -> !e.path("event").asText().equals("progress"))
                .iterator();
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    @Test
    void a_view_is_made_shown_replaced_and_dropped() throws Exception {
        var made = make("totals", TOTALS);
        assertThat(made.path("name").asText()).isEqualTo("public.totals");
        assertThat(made.path("strategy").asText()).isNotEmpty();
        assertThat(made.path("reason").asText()).isNotEmpty();
        assertThat(made.path("indexes").isArray()).isTrue();
        assertThat(made.path("depends").toString()).isEqualTo("[\"public.orders\"]");
        assertThat(made.path("columns").toString())
                .isEqualTo(
                        "[{\"name\":\"customer\",\"type\":\"text\"},{\"name\":\"total\",\"type\":\"bigint\"}]");
        assertThat(made.path("key").isArray()).isTrue();
        assertThat(made.path("since").asText()).contains(".");
        assertThat(made.path("query").asText()).isEqualTo(TOTALS);
        assertThat(made.path("error").isNull()).isTrue();

        // The same again, as text, as JSON and written otherwise.
        assertThat(send("PUT", "/api/views/totals", TOTALS + " ;").statusCode()).isEqualTo(200);
        assertThat(send("PUT", "/api/views/public.totals", TOTALS.replace(" ", "\n")).statusCode())
                .isEqualTo(200);
        var json =
                client.send(
                        HttpRequest.newBuilder(URI.create(web.url() + "/api/views/totals"))
                                .PUT(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"sql\":\"" + TOTALS + "\"}"))
                                .header("content-type", "application/json")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(json.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(json.body())).isEqualTo(made);

        String other = "select customer, count(*) as total from orders group by customer";
        refused("PUT", "/api/views/totals", other, 409, "name-taken");
        assertThat(send("PUT", "/api/views/totals?replace=true", other).statusCode())
                .isEqualTo(201);
        assertThat(get("/api/relations/totals/rows?order=customer").toString())
                .isEqualTo(
                        "[{\"customer\":\"ann\",\"total\":2},{\"customer\":\"bob\",\"total\":1}]");

        make("over", "select max(total) as most from totals");
        assertThat(get("/api/views").findValuesAsText("query")).hasSize(2);
        assertThat(get("/api/views/over").path("depends").toString())
                .isEqualTo("[\"public.totals\"]");
        assertThat(get("/api/tables").findValuesAsText("state")).containsExactly("live");
        refused("GET", "/api/tables/totals", "", 404, "unknown-table");
        refused("PUT", "/api/tables/totals", "", 409, "name-taken");
        refused("DELETE", "/api/tables/totals", "", 404, "unknown-table");

        refused("DELETE", "/api/views/totals", "", 409, "in-use");
        var dropped = send("DELETE", "/api/views/totals?cascade=true", "");
        assertThat(dropped.statusCode()).isEqualTo(200);
        assertThat(dropped.body()).contains("\"state\":\"dropped\"");
        assertThat(get("/api/views").toString()).isEqualTo("[]");
        refused("GET", "/api/views/totals", "", 404, "unknown-view");
        refused("DELETE", "/api/views/totals", "", 404, "unknown-view");
    }

    private JsonNode refused(String method, String path, String body, int status, String type)
            throws IOException, InterruptedException {
        var answer = send(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        var problem = JSON.readTree(answer.body());
        assertThat(problem.path("type").asText()).as(answer.body()).isEqualTo("highwater:" + type);
        return problem;
    }

    @Test
    void what_cannot_be_a_view_is_refused_with_the_reason() throws Exception {
        assertThat(
                        refused(
                                        "PUT",
                                        "/api/views/v",
                                        "select nothing from orders",
                                        400,
                                        "bad-view")
                                .path("detail")
                                .asText())
                .isEqualTo("column \"nothing\" does not exist at character 8");
        assertThat(
                        refused("PUT", "/api/views/v", "select 'é', from orders", 400, "bad-view")
                                .path("detail")
                                .asText())
                .endsWith("at character 13");
        refused("PUT", "/api/views/v", "select 1; select 2", 400, "bad-view");
        refused("PUT", "/api/views/v", "  ", 400, "bad-view");
        refused("PUT", "/api/views/v", "delete from orders", 400, "bad-view");
        refused("PUT", "/api/views/v", "select random() from orders", 400, "bad-view");
        refused("PUT", "/api/views/v", "select * from pg_class", 400, "bad-view");
        refused("PUT", "/api/views/v", "select 1 where exists (table pg_authid)", 400, "bad-view");
        refused("PUT", "/api/views/v", "select * from orders where id = :x", 400, "bad-view");
        refused("PUT", "/api/views/highwater.marks", "select 1", 400, "bad-name");
        refused("PUT", "/api/views/v?replace=maybe", "select 1", 400, "bad-parameter");
        refused("PUT", "/api/views/v?other=1", "select 1", 400, "unknown-parameter");
        refused("PUT", "/api/views/v", "{\"query\":\"select 1\"}", 400, "bad-view");
        refused("PUT", "/api/views/orders", "select 1 as one", 409, "name-taken");
        refused("GET", "/api/views/orders", "", 404, "unknown-view");
        make("v", "select id from orders");
        refused("PUT", "/api/views/v?replace=true", "select id from v", 400, "bad-view");
        assertThat(get("/api/views").size()).isEqualTo(1);
    }

    /// A type that is a row of a relation is the plain view's under which people find that, which
    /// DDL makes anew.
    @Test
    void whole_rows_are_refused_as_columns_and_else_let_ddl_through() throws Exception {
        for (var query :
                List.of(
                        "select o from orders o",
                        "select customer, array_agg(o) as all_of_them from orders o group by customer",
                        "select customer, (array_agg(o))[1] as o from orders o group by customer")) {
            assertThat(
                            refused("PUT", "/api/views/v", query, 400, "bad-view")
                                    .path("detail")
                                    .asText())
                    .contains("whole rows of public.orders", "to_jsonb");
        }
        make("as_json", "select to_jsonb(o) as o from orders o");
        make("counted", "select count(*) as n from (select distinct o from orders o) d");
        make("grouped", "select max(amount) as most from orders o group by o");
        make("first", "select id from (select o.id, o from orders o limit 2) f");
        assertThat(
                        spine.stored(
                                "select t.typname from pg_type t join pg_class c on c.oid = t.typrelid"
                                        + " join pg_attribute a on a.atttypid in (t.oid, t.typarray)"
                                        + " where c.relkind = 'v' and c.relname = 'orders'"))
                .isEmpty();
        spine.run("alter table orders add note text");
        spine.settle();
        assertThat(get("/api/tables/orders").path("state").asText()).isEqualTo("live");
        assertThat(get("/api/tables/orders").path("columns").size()).isEqualTo(4);
    }

    @Test
    void a_stopped_view_says_why_and_is_made_anew() throws Exception {
        String query = "select id, 10 / amount as part from orders";
        make("parts", query);
        spine.run("insert into orders values (4, 'cyd', 0)");
        spine.settle();
        var stopped = get("/api/views/parts");
        assertThat(stopped.path("state").asText()).isEqualTo("stopped");
        assertThat(stopped.path("error").asText()).contains("division by zero");
        var follower = get("/api/status").path("followers").get(1);
        assertThat(follower.path("name").asText()).isEqualTo("view public.parts");
        assertThat(follower.path("state").asText()).isEqualTo("stopped");
        assertThat(follower.path("error").asText()).contains("division by zero");
        assertThat(get("/api/status").path("views").path("stopped").asInt()).isEqualTo(1);
        refused("GET", "/api/relations/parts/rows", "", 409, "stopped");

        String zero = position();
        spine.run("delete from orders where id = 4");
        spine.settle();
        String mended = position();
        make("parts", query);
        // It stood still meanwhile, so what it was then is computed.
        refused("GET", "/api/relations/parts/rows?as_of=" + zero, "", 409, "view-fails");
        assertThat(get("/api/relations/parts/rows?as_of=" + mended).size()).isEqualTo(3);
        assertThat(get("/api/relations/parts/rows").size()).isEqualTo(3);
        assertThat(get("/api/status").path("followers").size()).isEqualTo(1);

        spine.run("drop table orders");
        spine.settle();
        stopped = get("/api/views").get(0);
        assertThat(stopped.path("state").asText()).isEqualTo("stopped");
        assertThat(stopped.path("error").asText()).contains("public.orders", "dropped");
        assertThat(stopped.path("depends").toString()).isEqualTo("[\"public.orders\"]");
        refused("PUT", "/api/views/parts", query, 400, "bad-view");
        // A table of that name, but not one that the query can mean.
        spine.run("create table orders (id int primary key)");
        awaitError("parts", "it cannot be made anew: column \"amount\" does not exist");
        spine.run("alter table orders add amount int", "insert into orders values (1, 2)");
        awaitLive("parts", "[{\"id\":1,\"part\":5}]");
        assertThat(send("PUT", "/api/views/parts", query).statusCode()).isEqualTo(200);

        // A new type fills the table anew; so does publishing it again.
        make("sums", "select sum(part) as sum from parts");
        spine.run("alter table orders alter amount type bigint");
        awaitLive("sums", "[{\"sum\":5}]");
        for (var method : List.of("DELETE", "PUT")) {
            assertThat(send(method, "/api/tables/orders", "").statusCode()).isBetween(200, 201);
        }
        awaitLive("sums", "[{\"sum\":5}]");
        assertThat(send("DELETE", "/api/views/parts?cascade=true", "").statusCode()).isEqualTo(200);
        spine.run("drop table orders", "create table orders (id int primary key, amount int)");
        spine.settleFilled();
        assertThat(get("/api/views").toString()).isEqualTo("[]");
    }

    private void awaitError(String view, String part) {
        spine.await(
                view + ": " + part,
                () -> asked("/api/views/" + view).path("error").asText().contains(part));
    }

    /// Waits until a view is live and has these rows.
    private void awaitLive(String view, String rows) {
        spine.await(
                view + " to be live",
                () ->
                        asked("/api/views/" + view).path("state").asText().equals("live")
                                && asked("/api/relations/" + view + "/rows")
                                        .toString()
                                        .equals(rows));
    }

    private JsonNode asked(String path) {
        try {
            return get(path);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(path, e);
        }
    }

    @Test
    void a_view_whose_rows_cannot_be_computed_says_so_and_is_mended() throws Exception {
        var answer = send("PUT", "/api/views/v", "select 1 / (amount - 7) as part from orders");
        assertThat(answer.statusCode()).isEqualTo(201);
        var view = JSON.readTree(answer.body());
        assertThat(view.path("state").asText()).isEqualTo("stopped");
        assertThat(view.path("error").asText()).contains("division by zero");
        String wrong = "select id / (amount - amount) as x from orders";
        assertThat(cli("view", "create", "v", "--replace", "--sql", wrong))
                .startsWith("1 public.v is stopped: ");
        assertThat(send("PUT", "/api/views/v?replace=true", "table orders").statusCode())
                .isEqualTo(201);
        assertThat(get("/api/views/v").path("state").asText()).isEqualTo("live");
    }

    @Test
    void several_who_want_the_same_view_at_once_all_have_it() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Future<HttpResponse<String>>>();
            for (int i = 0; i < 6; i++) {
                asked.add(threads.submit(() -> send("PUT", "/api/views/totals", TOTALS)));
            }
            var codes = new ArrayList<Integer>();
            var answers = new ArrayList<String>();
            for (var one : asked) {
                codes.add(one.get().statusCode());
                answers.add(one.get().body());
            }
            assertThat(codes).as(answers.toString()).containsOnly(200, 201).containsOnlyOnce(201);
        }
    }

    @Test
    void a_view_is_read_as_of_before_it_was_made() throws Exception {
        String before = position();
        spine.run("insert into orders values (4, 'cyd', 5)", "delete from orders where id = 2");
        spine.settle();
        String between = position();
        spine.run("delete from orders where id = 4");
        make("amounts", "select amount from orders where id > 0");
        make("sums", "select sum(amount) as total, count(*) as n from amounts");
        make(
                "first",
                "with most as (select max(amount) as m from orders)"
                        + " select id, amount from orders, most where amount = m order by id limit 1");
        assertThat(get("/api/relations/amounts/rows?order=amount&as_of=" + before).toString())
                .isEqualTo("[{\"amount\":5},{\"amount\":5},{\"amount\":7}]");
        assertThat(get("/api/relations/sums/rows?as_of=" + before).toString())
                .isEqualTo("[{\"total\":17,\"n\":3}]");
        assertThat(get("/api/relations/sums/rows?as_of=" + between).toString())
                .isEqualTo("[{\"total\":15,\"n\":3}]");
        assertThat(get("/api/relations/first/rows?id=eq.2&as_of=" + before).toString())
                .isEqualTo("[{\"id\":2,\"amount\":7}]");
        refused(
                "POST",
                "/api/query",
                "{\"sql\":\"select * from sums\",\"as_of\":\"" + before + "\"}",
                410,
                "not-kept");
    }

    @Test
    void rows_of_a_view_are_read_now_and_as_they_were() throws Exception {
        make("amounts", "select amount from orders where id > 0");
        String before = position();
        spine.run("insert into orders values (4, 'cyd', 5)", "delete from orders where id = 2");
        spine.settle();
        assertThat(get("/api/relations/amounts/rows").toString())
                .isEqualTo("[{\"amount\":5},{\"amount\":5},{\"amount\":5}]");
        assertThat(get("/api/relations/amounts/rows?amount=eq.5&limit=2").size()).isEqualTo(2);
        assertThat(get("/api/relations/amounts/rows?order=amount&as_of=" + before).toString())
                .isEqualTo("[{\"amount\":5},{\"amount\":5},{\"amount\":7}]");
        assertThat(get("/api/relations/amounts/rows?as_of=1").toString()).isEqualTo("[]");
        assertThat(spine.stored("select sum(_n) from public_history.amounts where _to is null"))
                .containsExactly("3");
        assertThat(
                        spine.stored(
                                "select sum(_n) || ' of ' || amount from public_history.amounts group by amount order by amount"))
                .containsExactly("3 of 5", "1 of 7");
    }

    /// The changes of the next event, in however many parts it comes.
    private static List<JsonNode> changes(Iterator<JsonNode> feed) {
        var result = new ArrayList<JsonNode>();
        for (boolean more = true; more; ) {
            var event = feed.next();
            event.path("changes").forEach(result::add);
            more = event.path("more").asBoolean();
        }
        return result;
    }

    private static int diff(List<JsonNode> changes) {
        return changes.stream().mapToInt(c -> c.path("diff").asInt()).sum();
    }

    @Test
    void a_feed_of_a_view_begins_with_every_row_and_goes_on_with_differences() throws Exception {
        spine.run("insert into orders select i, 'x' || i, 1 from generate_series(10, 400) i");
        spine.settle();
        make("amounts", "select amount, repeat('-', 20) as line from orders where id > 0");
        var feed = feed("/api/relations/amounts/feed");
        int rows = 0;
        var event = feed.next();
        for (; event.path("event").asText().equals("snapshot"); event = feed.next()) {
            rows += event.path("rows").size();
        }
        assertThat(rows).isEqualTo(394);
        assertThat(event.path("event").asText()).isEqualTo("snapshot-end");
        String start = event.path("position").asText();

        spine.run("insert into orders values (4, 'cyd', 5)");
        var change = feed.next().path("changes").get(0);
        assertThat(change.path("op").asText()).isEqualTo("insert");
        assertThat(change.path("diff").asInt()).isEqualTo(1);
        assertThat(change.path("row").path("amount").asInt()).isEqualTo(5);
        assertThat(change.has("key")).isFalse();
        spine.run("delete from orders where amount = 1");
        var changes = changes(feed);
        assertThat(diff(changes)).isEqualTo(-391);
        change = changes.getFirst();
        assertThat(change.path("op").asText()).isEqualTo("delete");
        assertThat(change.path("old").path("amount").asInt()).isEqualTo(1);
        assertThat(change.has("key")).isFalse();

        var again = feed("/api/relations/amounts/feed?after=" + start);
        assertThat(again.next().path("changes").get(0).path("diff").asInt()).isEqualTo(1);
        assertThat(diff(changes(again))).isEqualTo(-391);

        send("PUT", "/api/views/amounts?replace=true", "select 1 as one");
        assertThat(feed.next().path("event").asText()).isEqualTo("resync");
        refused("GET", "/api/relations/amounts/feed?after=" + start, "", 410, "resync");
    }

    @Test
    void a_feed_of_a_table_and_a_view_keeps_them_together() throws Exception {
        make("totals", TOTALS);
        var feed = feed("/api/feed?relations=orders,totals");
        var named = new ArrayList<String>();
        var event = feed.next();
        for (; event.path("event").asText().equals("snapshot"); event = feed.next()) {
            named.add(event.path("relation").asText());
        }
        assertThat(named).containsExactly("public.orders", "public.totals");
        spine.run("update orders set amount = 8 where id = 2");
        event = feed.next();
        assertThat(event.path("changes").findValuesAsText("relation"))
                .containsExactly("public.orders", "public.totals", "public.totals");
        var order = event.path("changes").get(0);
        assertThat(order.path("key").path("id").asInt()).isEqualTo(2);
        assertThat(order.has("diff")).isFalse();
        assertThat(event.path("changes").toString())
                .contains(
                        "{\"customer\":\"bob\",\"total\":7}", "{\"customer\":\"bob\",\"total\":8}");
    }

    @Test
    void a_query_as_of_a_position_sees_tables_and_views_of_one_settled_position() throws Exception {
        make("totals", TOTALS);
        spine.stop();
        for (int i = 10; i < 30; i++) {
            spine.run("insert into orders values (" + i + ", 'bob', 1)");
        }
        spine.start();
        spine.settle();
        long last = Long.parseLong(position().replaceFirst(".*\\.", ""));
        var unsettled =
                spine.stored("select count(*) from highwater.entry where not settled").getFirst();
        assertThat(Integer.parseInt(unsettled)).isPositive();
        for (long p = last - 20; p <= last; p++) {
            var answer =
                    JSON.readTree(
                            send(
                                            "POST",
                                            "/api/query",
                                            "{\"as_of\":\""
                                                    + p
                                                    + "\",\"sql\":\"select (select sum(amount) from orders) as a,"
                                                    + " (select sum(total) from totals) as b\"}")
                                    .body());
            var row = answer.path("rows").get(0);
            assertThat(row.path("a")).as(answer.toString()).isEqualTo(row.path("b"));
            assertThat(Long.parseLong(answer.path("position").asText().replaceFirst(".*\\.", "")))
                    .isLessThanOrEqualTo(p);
        }
    }

    @Test
    void views_are_asked_for_by_sql() throws Exception {
        try (var connection = reader.getConnection()) {
            connection.setAutoCommit(false);
            Sql.query(connection, "select highwater.create_view('never', 'select 1')", _ -> true);
            connection.rollback();
            connection.setAutoCommit(true);
            Sql.query(
                    connection,
                    "select highwater.create_view('totals', ?), highwater.create_view('wrong', 'select x'),"
                            + " highwater.create_view('public.\"Over\"', 'table totals')",
                    _ -> true,
                    TOTALS);
            spine.await("the requests", () -> open() == 0);
            assertThat(
                            Sql.query(
                                    connection,
                                    "select concat_ws(': ', name, state, error) from highwater.request order by id",
                                    row -> row.getString(1)))
                    .containsExactly(
                            "totals: done",
                            "wrong: failed: column \"x\" does not exist at character 8",
                            "public.\"Over\": done");
            assertThat(
                            Sql.query(
                                    connection,
                                    "select customer from totals order by 1",
                                    row -> row.getString(1)))
                    .containsExactly("ann", "bob");
            Sql.query(
                    connection,
                    "select highwater.drop_view('totals'), highwater.create_view('totals', 'select 1', true),"
                            + " highwater.drop_view('\"Over\"'), highwater.drop_view('totals', true)",
                    _ -> true);
            spine.await("the requests", () -> open() == 0);
            assertThat(
                            Sql.query(
                                    connection,
                                    "select kind || ' ' || state from highwater.request order by id offset 3",
                                    row -> row.getString(1)))
                    .containsExactly(
                            "drop view failed",
                            "create view failed",
                            "drop view done",
                            "drop view done");
            assertThatThrownBy(
                            () ->
                                    Sql.update(
                                            connection,
                                            "update highwater.request set state = 'waiting'"))
                    .hasMessageContaining("permission denied");
        }
        assertThat(get("/api/views").toString()).isEqualTo("[]");
        var asked =
                send(
                        "POST",
                        "/api/query",
                        "{\"sql\":\"select highwater.create_view('v', 'select 1')\"}");
        assertThat(asked.statusCode()).isEqualTo(400);
        assertThat(asked.body()).contains("highwater:read-only");
    }

    private int open() {
        try {
            return Integer.parseInt(
                    spine.stored("select count(*) from highwater.request where state = 'waiting'")
                            .getFirst());
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void the_demo_makes_views_and_shows_them() throws Exception {
        spine.run("drop table orders");
        var options = new DemoOptions();
        var spec = CommandLine.Model.CommandSpec.create();
        spec.addMixin("demo", CommandLine.Model.CommandSpec.forAnnotatedObject(options));
        new CommandLine(spec).parseArgs("--for", "1500ms", "--rate", "40");
        var out = new ByteArrayOutputStream();
        new Demo(
                        console(out),
                        new NodeFile(
                                URI.create(web.url()),
                                spine.databases.sourceAsApp(),
                                spine.databases.storeAsReader(),
                                null,
                                null),
                        Path.of("highwater-data"),
                        options)
                .run();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("\nbest_prices\n  symbol", "\nrevenue_by_minute\n  minute")
                .contains("\npositions\n  trader", "\ntop_ten_trades\n  trade")
                .doesNotContain("stand still", "left out");
        spine.settle();
        var views = get("/api/views");
        assertThat(views.findValuesAsText("state")).containsExactly("live", "live", "live", "live");
        for (var view : views) {
            String rows = "select v::text from (%s) v order by 1";
            assertThat(spine.stored(rows.formatted("table " + view.path("name").asText())))
                    .as(view.path("name").asText())
                    .isNotEmpty()
                    .isEqualTo(
                            Sql.query(
                                    spine.app,
                                    rows.formatted(view.path("query").asText()),
                                    row -> row.getString(1)));
        }
    }

    private static Console console(ByteArrayOutputStream out) {
        return Console.plain(
                InputStream.nullInputStream(),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                Map.of());
    }

    /// Runs the command line against the server.
    ///
    /// @return the exit code and what was printed
    private String cli(String... words) {
        var out = new ByteArrayOutputStream();
        var all = new ArrayList<>(Arrays.asList(words));
        all.addAll(List.of("--node", web.url()));
        int code = Cli.run(all.toArray(String[]::new), List.of(), console(out));
        return code + " " + out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void views_are_handled_on_the_command_line(@TempDir Path folder) throws Exception {
        var file = folder.resolve("totals.sql");
        Files.writeString(file, TOTALS + ";\n");
        assertThat(cli("views")).startsWith("0 no views yet");
        assertThat(cli("view", "create", "totals", "-f", file.toString()))
                .startsWith("0 public.totals is live: ");
        assertThat(cli("view", "create", "totals", "--sql", "select 1"))
                .startsWith("1 highwater: there is a view public.totals already");
        assertThat(cli("view", "create", "ones", "--sql", "select 1 as one from orders"))
                .startsWith("0 public.ones is live: ");
        assertThat(
                        cli(
                                "view",
                                "create",
                                "ones",
                                "--replace",
                                "--sql",
                                "select 2 as two from orders"))
                .startsWith("0 public.ones is live: ");
        assertThat(cli("views"))
                .startsWith("0 name")
                .containsPattern("public.totals +\\S.* live +[0-9.]+ +public.orders +\\S");
        assertThat(cli("views", "--format", "json").lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("0 {\"name\":\"public.ones\"");
        assertThat(cli("rows", "ones")).isEqualTo("0 two\n  2\n  2\n  2\n");
        assertThat(cli("feed", "ones", "--limit", "0")).contains("row    two=2");
        String start = position();
        spine.run("insert into orders values (4, 'cyd', 1)", "delete from orders where id < 3");
        spine.settle();
        assertThat(cli("feed", "ones", "--after", start, "--limit", "1"))
                .containsPattern("(insert|delete) +two=2");
        assertThat(cli("view", "create", "over", "--sql", "table ones")).startsWith("0 ");
        assertThat(cli("view", "drop", "ones")).startsWith("1 highwater: public.ones is read by");
        assertThat(cli("view", "drop", "ones", "--cascade"))
                .isEqualTo("0 public.ones is dropped; its history stays\n");
        assertThat(cli("view", "create", "v")).startsWith("2 ");
        assertThat(cli("view", "creat", "v")).contains("did you mean 'create'?");
        assertThat(cli("view", "create", "v", "-f", folder.resolve("none").toString()))
                .startsWith("1 highwater: cannot read ");
    }
}
