package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Views of a node, asked for over HTTP, and what each should hold. In a query `{name}` stands for
/// another of these views.
final class LiveViews {
    private static final Pattern OTHER = Pattern.compile("\\{(\\w+)}");
    private static final Duration UNTIL_LIVE = Duration.ofMinutes(1);

    private final RunningNode node;
    private final Map<String, String> queries = new LinkedHashMap<>();

    LiveViews(RunningNode node) {
        this.node = node;
    }

    Set<String> names() {
        return queries.keySet();
    }

    /// Wants a view from now on, in place of one that had its name.
    LiveViews want(String name, String query) {
        queries.put(name, query);
        return this;
    }

    /// Asks for a wanted view.
    Http.Answer ask(String name) {
        return node.http()
                .send(
                        "PUT",
                        "/api/views/" + name + "?replace=true",
                        "application/sql",
                        plain(String.valueOf(queries.get(name))));
    }

    /// Asks for a view, whatever becomes of it: the node may end meanwhile.
    void askInPassing(String name) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                ask(name);
                            } catch (UncheckedIOException e) {
                                // The node was killed.
                            }
                        });
    }

    /// Takes a view away, with those over it.
    void drop(String name) {
        node.http().delete("/api/views/" + name + "?cascade=true").expect(200);
    }

    /// Asks for the wanted views that are not there, until all of them are live. None may have
    /// stopped.
    void awaitLive() throws Exception {
        for (var each : queries.entrySet()) {
            String name = each.getKey();
            Await.until(
                    name + " is live; views " + node.http().get("/api/views").body(),
                    UNTIL_LIVE,
                    () ->
                            isLive(node.http().get("/api/views/" + name), each.getValue())
                                    || isLive(ask(name), each.getValue()));
        }
    }

    private static boolean isLive(Http.Answer answer, String query) {
        if (answer.status() == 404 || answer.status() == 409 || answer.status() == 503) {
            assertThat(answer.body())
                    .containsAnyOf("unknown-view", "filling", "unavailable", "not-arrived");
            return false;
        }
        JsonNode view = answer.json();
        assertThat(view.path("state").asText()).as("%s", view).isIn("live", "filling");
        return view.path("state").asText().equals("live")
                && view.path("query").asText().equals(plain(query));
    }

    /// A query as the node reads it.
    private static String plain(String query) {
        return OTHER.matcher(query).replaceAll("$1");
    }

    /// How the views are kept, for reports.
    List<String> strategies() {
        return node.http()
                .get("/api/views")
                .expect(200)
                .json()
                .valueStream()
                .map(v -> v.path("name").asText() + " " + v.path("strategy").asText())
                .toList();
    }

    /// The first position from which on all views and tables can be read.
    long since() throws SQLException {
        try (Connection store = node.store();
                Statement statement = store.createStatement()) {
            return Oracle.number(
                    statement, "select max(since) from highwater.relation where state = 'live'");
        }
    }

    /// Fails unless every view holds what its query gives over the store's tables; both are read in
    /// one snapshot, so that applications may go on writing.
    void assertEqualInStore() throws SQLException {
        try (Connection store = node.store();
                Statement statement = store.createStatement()) {
            for (String name : queries.keySet()) {
                var differences = new ArrayList<String>();
                try (ResultSet row = statement.executeQuery(difference(name))) {
                    while (row.next()) {
                        differences.add(row.getString(1) + " " + row.getString(2));
                    }
                }
                assertThat(differences).as("%s, now", name).isEmpty();
            }
        }
    }

    /// The same as of a position.
    void assertEqualAsOf(long position) {
        for (String name : queries.keySet()) {
            JsonNode answer =
                    node.http()
                            .post(
                                    "/api/query",
                                    Json.object()
                                            .put("sql", difference(name))
                                            .put("as_of", Long.toString(position))
                                            .toString())
                            .expect(200)
                            .json();
            assertThat(answer.path("rows")).as("%s as of %d", name, position).isEmpty();
        }
    }

    /// Fails unless every view holds what its query gives in the source, where nobody may write
    /// meanwhile.
    void assertEqualToSource() throws SQLException {
        for (String name : queries.keySet()) {
            String query = "(" + with(name) + " table " + name + "_should)";
            Oracle.assertEqual(node, name, query, name);
        }
    }

    /// What is in one and not in the other, EXCEPT ALL both ways.
    private String difference(String name) {
        String should = "select t::text from " + name + "_should t";
        String is = "select t::text from " + name + " t";
        return with(name)
                + " select 'missing' as what, m.* from (%s except all %s) m".formatted(should, is)
                + " union all select 'surplus', s.* from (%s except all %s) s".formatted(is, should)
                + " limit 5";
    }

    /// `with`, the views that a view reads, and itself.
    private String with(String name) {
        var parts = new ArrayList<String>();
        add(name, parts);
        return "with " + String.join(", ", parts);
    }

    private void add(String name, List<String> parts) {
        String query = String.valueOf(queries.get(name));
        OTHER.matcher(query).results().forEach(other -> add(other.group(1), parts));
        String part = name + "_should as (" + OTHER.matcher(query).replaceAll("$1_should") + ")";
        if (!parts.contains(part)) {
            parts.add(part);
        }
    }
}
