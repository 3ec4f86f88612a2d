package dev.highwater.view.corpus;

import dev.highwater.sql.Identifiers;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Says whether views hold what their queries give now, over the store's tables and over the
/// source. Nothing may be committing in the source meanwhile.
public final class ViewOracle {
    private static final int SHOWN_VIEWS = 10;
    private static final int SHOWN_ROWS = 8;

    private final ViewedNode node;
    private final String run;
    private final List<CorpusView> corpus;
    private final List<CorpusView> views;

    /// An oracle for some views of a corpus.
    ///
    /// @param run what a failure is reported under, with the seed
    /// @param corpus all views, among which others are looked up
    /// @param views those to check
    public ViewOracle(
            ViewedNode node, String run, List<CorpusView> corpus, List<CorpusView> views) {
        this.node = node;
        this.run = run;
        this.corpus = List.copyOf(corpus);
        this.views = List.copyOf(views);
    }

    /// A view that is wrong.
    ///
    /// @param against what it was compared with
    /// @param missing rows that it should have, or the error that kept it from being read
    public record Wrong(
            CorpusView view,
            String strategy,
            String against,
            List<String> missing,
            List<String> extra) {

        private String shown() {
            return "%s (%s, %s) differs from its query over %s%n  %s%n  missing: %s%n  extra: %s"
                    .formatted(
                            view.name(),
                            strategy,
                            view.tags(),
                            against,
                            view.sql().strip().replace("\n", "\n  "),
                            some(missing),
                            some(extra));
        }
    }

    /// Every view that differs, at most once for each side it is compared with.
    public List<Wrong> wrong() throws SQLException {
        List<Wrong> wrong = new ArrayList<>();
        for (CorpusView view : views) {
            compare(view, wrong);
        }
        return wrong;
    }

    /// Fails unless every view is right.
    ///
    /// @param step what was done last, for the report
    /// @throws AssertionError with every wrong view
    public void check(String step) throws SQLException {
        check(step, List.of());
    }

    /// The same, with the transactions since the last check at the end of the report.
    void check(String step, List<List<String>> batch) throws SQLException {
        String last = batch.isEmpty() ? "" : "%nthe last batch: %s".formatted(batch);
        raise(run + ", " + step, wrong(), views, last);
    }

    static void raise(String where, List<Wrong> wrong, List<CorpusView> views, String last) {
        if (wrong.isEmpty()) {
            return;
        }
        StringBuilder report = new StringBuilder(where);
        List<CorpusView> distinct = wrong.stream().map(Wrong::view).distinct().toList();
        report.append(": %d of %d views are wrong%n".formatted(distinct.size(), views.size()));
        byTag(distinct)
                .forEach(
                        (tag, count) ->
                                report.append(
                                        "  %s: %d of %d%n"
                                                .formatted(
                                                        tag,
                                                        count,
                                                        byTag(views).getOrDefault(tag, 0))));
        wrong.stream()
                .limit(SHOWN_VIEWS)
                .forEach(each -> report.append(each.shown()).append(System.lineSeparator()));
        report.append("all of them: ").append(distinct.stream().map(CorpusView::name).toList());
        report.append(last);
        throw new AssertionError(report.toString());
    }

    /// The store's tables are views to PostgreSQL, which knows no key of them, so that a query that
    /// groups by a key has to name the other columns too.
    private static String withoutKeys(CorpusView view, String query) {
        return view.tags().contains("group by primary key")
                ? query.replace("group by r.id", "group by r.id, r.c, r.n")
                : query;
    }

    private void compare(CorpusView view, List<Wrong> wrong) throws SQLException {
        String query = view.overTables(corpus);
        Bag[] read = new Bag[2];
        try {
            Sql.<Boolean, SQLException>inTransaction(
                    node.store(),
                    store -> {
                        Sql.update(
                                store,
                                "set transaction isolation level repeatable read, read only");
                        read[0] = Bag.of(store, "select * from " + stored("public", view));
                        read[1] = Bag.of(store, withoutKeys(view, query));
                        return true;
                    });
        } catch (SQLException e) {
            wrong.add(unreadable(view, "the store's tables", e));
            return;
        }
        compare(view, "the store's tables", read[1], read[0], wrong);
        compare(view, "the source", Bag.of(node.source(), query), read[0], wrong);
    }

    private void compare(
            CorpusView view, String against, Bag expected, Bag actual, List<Wrong> wrong) {
        Bag.Difference difference = expected.difference(actual);
        if (!difference.isEmpty()) {
            wrong.add(
                    new Wrong(
                            view,
                            strategy(node, view),
                            against,
                            difference.missing(),
                            difference.extra()));
        }
    }

    private Wrong unreadable(CorpusView view, String against, SQLException e) {
        return new Wrong(
                view, strategy(node, view), against, List.of("it cannot be read: " + e), List.of());
    }

    static String stored(String schema, CorpusView view) {
        return Identifiers.quote(schema, view.name());
    }

    static String strategy(ViewedNode node, CorpusView view) {
        try {
            return node.strategy(view.name());
        } catch (Exception e) {
            return "strategy unknown: " + e;
        }
    }

    /// A connection's rows of a view's query.
    static Bag answer(Connection connection, CorpusView view, List<CorpusView> corpus)
            throws SQLException {
        return Bag.of(connection, view.overTables(corpus));
    }

    private static String some(List<String> rows) {
        return rows.size() <= SHOWN_ROWS
                ? rows.toString()
                : rows.subList(0, SHOWN_ROWS) + " and " + (rows.size() - SHOWN_ROWS) + " more";
    }

    private static Map<String, Integer> byTag(List<CorpusView> views) {
        Map<String, Integer> counts = new TreeMap<>();
        views.forEach(view -> view.tags().forEach(tag -> counts.merge(tag, 1, Integer::sum)));
        return counts;
    }
}
