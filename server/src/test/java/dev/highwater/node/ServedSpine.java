package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.apply.Retention;
import dev.highwater.apply.RetentionSettings;
import dev.highwater.apply.Spine;
import dev.highwater.feed.FeedSettings;
import dev.highwater.feed.Feeds;
import dev.highwater.journal.Positions;
import dev.highwater.journal.Verification;
import dev.highwater.relation.Relation;
import dev.highwater.relation.Versions;
import dev.highwater.sql.Database;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.Sql;
import dev.highwater.web.HttpSettings;
import dev.highwater.web.NodeAccess;
import dev.highwater.web.Restoring;
import dev.highwater.web.WebServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A spine with its HTTP side, and the oracle for tables of the source: the store's rows, those
/// over HTTP and those that a feed comes to are the source's, and what the store says of the past
/// is what the source was.
final class ServedSpine implements AutoCloseable {
    /// Nobody restores this store.
    static final Restoring NO_RESTORE =
            (_, _) -> {
                throw new UnsupportedOperationException("restore");
            };

    private static final int SHARD = 100;
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    final Spine spine = new Spine();
    private final HikariDataSource store = Database.pool(spine.databases.store(), "test", 8);
    private final HikariDataSource reader =
            Database.pool(spine.databases.storeAsReader(), "test reader", 4);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Feeds feeds;
    private final WebServer web;

    /// What tables held in the source, by position and table.
    private final Map<Long, Map<String, List<String>>> past = new LinkedHashMap<>();

    ServedSpine() throws SQLException {
        var positions =
                new Positions(spine.stored("select incarnation from highwater.node").getFirst());
        var versions = new Versions(store, SHARD);
        var views =
                new KeptQueries(spine.applier(), spine.head, spine.databases.store(), store, SHARD);
        var status =
                new StatusReport(
                        "test",
                        SHARD,
                        Instant.EPOCH,
                        spine.applier(),
                        spine.head,
                        spine.source,
                        retention(RetentionSettings.everything(), Clock.systemUTC()),
                        Optional.empty(),
                        Clock.systemUTC());
        feeds =
                new Feeds(
                        versions,
                        spine.head,
                        positions,
                        new FeedSettings(
                                Duration.ofMillis(100),
                                1 << 20,
                                1 << 20,
                                1000,
                                4,
                                Duration.ofMillis(1)));
        web =
                WebServer.start(
                        new HttpSettings(
                                "127.0.0.1", 0, List.of(), List.of(), Duration.ofSeconds(5), 1000),
                        new NodeAccess(
                                spine.head,
                                positions,
                                versions,
                                feeds,
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
                                NO_RESTORE),
                        Clock.systemUTC());
    }

    /// Retention that looks when it is told to.
    Retention retention(RetentionSettings settings, Clock clock) {
        return new Retention(
                settings,
                spine.databases.store(),
                spine.head,
                spine.applier(),
                relation -> feeds.needed(relation),
                clock);
    }

    Feeds feeds() {
        return feeds;
    }

    Relation.State state(String table) {
        return newest(table).state();
    }

    Relation newest(String table) {
        var name = Identifiers.parse(table);
        return spine.head.settled().catalog().newest(name.schema(), name.name()).orElseThrow();
    }

    /// What `GET path` answers.
    JsonNode get(String path) throws IOException, InterruptedException {
        var answer = answer(path);
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    HttpResponse<String> answer(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(web.url() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(web.url() + path))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /// Remembers what these tables are in the source now, as of the position where the store has
    /// come to the same.
    void remember(String... tables) throws SQLException {
        long position = spine.settle();
        var now = past.computeIfAbsent(position, _ -> new LinkedHashMap<>());
        for (var table : tables) {
            now.put(table, texts(table, true));
        }
    }

    /// Asserts that the store says of each remembered position what was remembered.
    void assertPast() throws SQLException {
        for (var then : past.entrySet()) {
            Sql.query(
                    spine.store,
                    "select set_config('highwater.as_of', ?, false)",
                    row -> true,
                    then.getKey().toString());
            for (var table : then.getValue().entrySet()) {
                var name = Identifiers.parse(table.getKey());
                assertThat(texts(Identifiers.quote(name.schema() + "_as_of", name.name()), false))
                        .as("%s as of %d", table.getKey(), then.getKey())
                        .isEqualTo(table.getValue());
            }
        }
    }

    private List<String> texts(String table, boolean fromSource) throws SQLException {
        var texts =
                new ArrayList<>(spine.stored("select t::text from " + table + " t", fromSource));
        Collections.sort(texts);
        return texts;
    }

    /// Asserts that tables are the same in the store by SQL, over HTTP, and as their feeds tell.
    void assertSame(String... tables) throws Exception {
        spine.settleFilled();
        for (var table : tables) {
            assertThat(state(table)).as(table).isInstanceOf(Relation.State.Live.class);
            assertThat(texts(table, false)).as(table).isEqualTo(texts(table, true));
            var expected = new ArrayList<List<Object>>();
            var columns = new ArrayList<String>();
            newest(table).definition().columns().forEach(c -> columns.add(c.name()));
            var rows = rows(table);
            for (var row : rows) {
                expected.add(plain(row));
            }
            assertThat(expected.stream().map(String::valueOf).sorted().toList())
                    .as(table + " over HTTP")
                    .isEqualTo(inSource(table, columns, rows));
            assertThat(fed(table).stream().map(String::valueOf).sorted().toList())
                    .as(table + " by its feed")
                    .isEqualTo(expected.stream().map(String::valueOf).sorted().toList());
        }
        assertThat(Verification.run(spine.store, _ -> true).broken()).isEmpty();
    }

    private List<JsonNode> rows(String table) throws IOException, InterruptedException {
        var rows = new ArrayList<JsonNode>();
        get("/api/relations/" + encoded(table) + "/rows?limit=100000").forEach(rows::add);
        return rows;
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private List<String> inSource(String table, List<String> columns, List<JsonNode> like)
            throws SQLException {
        String list =
                String.join(
                        ", ",
                        columns.stream()
                                .map(Identifiers::quote)
                                .map(
                                        c ->
                                                "case when num_nonnulls("
                                                        + c
                                                        + ") = 1 then concat("
                                                        + c
                                                        + ") end")
                                .toList());
        var numbers = new boolean[columns.size()];
        var trees = new boolean[columns.size()];
        var booleans = new boolean[columns.size()];
        var definition = newest(table).definition();
        for (int i = 0; i < columns.size(); i++) {
            switch (definition.columns().get(i).kind()) {
                case NUMBER, BIGINT -> numbers[i] = true;
                case JSON -> trees[i] = true;
                case BOOLEAN -> booleans[i] = true;
                case TEXT -> {}
            }
        }
        assertThat(like).hasSameSizeAs(texts(table, true));
        return Sql.query(
                        spine.app,
                        "select " + list + " from " + table,
                        row -> {
                            var values = new ArrayList<Object>();
                            for (int i = 0; i < columns.size(); i++) {
                                String text = row.getString(i + 1);
                                if (text == null) {
                                    values.add("null");
                                } else if (numbers[i] && !text.matches("NaN|-?Infinity")) {
                                    values.add(number(new BigDecimal(text)));
                                } else if (trees[i]) {
                                    values.add(plainValue(tree(text)));
                                } else if (booleans[i]) {
                                    values.add(text.equals("t"));
                                } else {
                                    values.add(text);
                                }
                            }
                            return String.valueOf(values);
                        })
                .stream()
                .sorted()
                .toList();
    }

    private static String number(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    private static List<Object> plain(JsonNode row) {
        var values = new ArrayList<Object>();
        for (var value : row) {
            values.add(plainValue(value));
        }
        return values;
    }

    private static Object plainValue(JsonNode value) {
        if (value.isNull()) {
            return "null";
        }
        if (value.isTextual()) {
            return value.asText();
        }
        return value.isNumber() ? number(value.decimalValue()) : value;
    }

    /// The rows that a table's feed comes to: all that it has told since its first position.
    private List<List<Object>> fed(String table) throws IOException, InterruptedException {
        var relation = newest(table);
        boolean bag = relation.definition().isBag();
        long since = java.util.Objects.requireNonNull(relation.since());
        long head = spine.head.settled().position();
        var counts = new LinkedHashMap<String, Integer>();
        var rows = new LinkedHashMap<String, List<Object>>();
        long start = Math.max(since, relation.definitions().getLast().position());
        for (var row :
                get("/api/relations/" + encoded(table) + "/rows?limit=100000&as_of=" + start)) {
            count(row, 1, counts, rows);
        }
        String path = "/api/relations/" + encoded(table) + "/feed?after=" + start;
        var answer =
                client.send(
                        HttpRequest.newBuilder(URI.create(web.url() + path))
                                .header("accept", "application/x-ndjson")
                                .build(),
                        HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = answer.body()) {
            var each = lines.iterator();
            while (each.hasNext()) {
                var event = tree(each.next());
                for (var change : event.path("changes")) {
                    int diff = Math.abs(change.path("diff").asInt(1));
                    if (change.has("row")) {
                        count(change.path("row"), diff, counts, rows);
                    }
                    if (change.has("old") && !(bag && change.has("row"))) {
                        count(change.path("old"), -diff, counts, rows);
                    }
                }
                String position = event.path("position").asText();
                if (!position.isEmpty()
                        && Long.parseLong(position.substring(position.indexOf('.') + 1)) >= head) {
                    break;
                }
            }
        }
        var result = new ArrayList<List<Object>>();
        counts.forEach(
                (row, n) -> {
                    assertThat(n).as(row).isNotNegative();
                    for (int i = 0; i < n; i++) {
                        result.add(rows.get(row));
                    }
                });
        return result;
    }

    private void count(
            JsonNode row, int diff, Map<String, Integer> counts, Map<String, List<Object>> rows) {
        // The texts as they stand: 1.0 and 1.00 are two rows of a bag.
        String text = row.toString();
        counts.merge(text, diff, Integer::sum);
        rows.put(text, plain(row));
    }

    @Override
    public void close() throws SQLException {
        client.shutdownNow();
        web.close();
        reader.close();
        store.close();
        spine.close();
    }
}
