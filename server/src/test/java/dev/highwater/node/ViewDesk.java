package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.apply.Spine;
import dev.highwater.relation.Relation;
import dev.highwater.sql.Database;
import dev.highwater.sql.QualifiedName;
import dev.highwater.web.Viewing;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A spine whose views are asked for as people ask, and a memory of their queries: what each of
/// them should hold can be asked of the source and of the store's tables.
final class ViewDesk implements AutoCloseable {
    private static final int SHARD = 100;

    final Spine spine = new Spine();
    private final HikariDataSource pool;
    private final Map<String, String> queries = new LinkedHashMap<>();

    ViewDesk() throws SQLException {
        pool = Database.pool(spine.databases.store(), "test", 4);
    }

    /// Asks for a view; it may read those that were asked for before it.
    Viewing.View ask(String name, String query) {
        var view = viewing().create(name(name), query, false).view();
        queries.putIfAbsent(name, query);
        return view;
    }

    /// Asks for a view and fails unless it is live at once.
    void make(String name, String query) {
        var view = ask(name, query);
        assertThat(view.state()).as(name + ": " + view.error()).isEqualTo("live");
    }

    /// Has the views made anew that stopped because of what they read, until these are live.
    void makeAnew(String... names) {
        var viewing = viewing();
        spine.await(
                List.of(names) + " to be live",
                () ->
                        viewing.makeAnew()
                                && Stream.of(names)
                                        .allMatch(name -> view(name).state().equals("live")));
    }

    void drop(String name) {
        viewing().drop(name(name), false);
        queries.remove(name);
    }

    Viewing.View view(String name) {
        return viewing().view(name(name));
    }

    Relation relation(String name) {
        return spine.head.settled().catalog().newest("public", name).orElseThrow();
    }

    private KeptQueries viewing() {
        return new KeptQueries(spine.applier(), spine.head, spine.databases.store(), pool, SHARD);
    }

    private static QualifiedName name(String name) {
        return new QualifiedName("public", name);
    }

    /// Runs transactions in the source so that the store takes them as one batch.
    void runAsOneBatch(String... transactions) throws SQLException {
        spine.stop();
        spine.run(transactions);
        spine.start();
    }

    /// Fails unless these tables and views are live and right.
    void assertRight(List<String> tables, List<String> views) throws SQLException {
        spine.settle();
        for (var table : tables) {
            spine.assertSame(table);
        }
        for (var view : views) {
            var shown = view(view);
            assertThat(shown.state()).as(view + ": " + shown.error()).isEqualTo("live");
            var expected = expected(view);
            assertThat(spine.stored("select v::text from public.%s v order by 1".formatted(view)))
                    .as("%s, %s, %s", view, shown.query(), shown.reason())
                    .isEqualTo(spine.stored(expected, true))
                    .isEqualTo(spine.stored(expected));
        }
    }

    /// The query of a view over tables alone.
    private String expected(String view) {
        var with = new ArrayList<String>();
        expand(view, with);
        return (with.isEmpty() ? "" : "with " + String.join(", ", with))
                + " select v::text from ("
                + queries.get(view)
                + ") v order by 1";
    }

    /// Collects the views that a view reads, those that others read first.
    private void expand(String view, List<String> with) {
        for (var each : queries.entrySet()) {
            String part = each.getKey() + " as (" + each.getValue() + ")";
            if (!each.getKey().equals(view)
                    && !with.contains(part)
                    && Pattern.compile("(from|join) " + each.getKey() + "\\b")
                            .matcher(String.valueOf(queries.get(view)))
                            .find()) {
                expand(each.getKey(), with);
                with.add(part);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        pool.close();
        spine.close();
    }
}
