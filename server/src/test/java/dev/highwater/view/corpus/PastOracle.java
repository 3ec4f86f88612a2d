package dev.highwater.view.corpus;

import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Says whether views as of past positions hold what their queries gave in the source then. Each
/// transaction is run alone: its queries are evaluated before it commits, and kept in memory under
/// the position at which it is settled.
public final class PastOracle {
    private final ViewedNode node;
    private final String run;
    private final List<CorpusView> corpus;
    private final List<CorpusView> views;
    private final Map<Long, Map<String, Bag>> answers = new TreeMap<>();
    private final Map<String, Bag> latest = new HashMap<>();

    /// An oracle that remembers nothing yet.
    ///
    /// @param run what a failure is reported under, with the seed
    /// @param corpus all views, among which others are looked up
    /// @param views those to check
    public PastOracle(
            ViewedNode node, String run, List<CorpusView> corpus, List<CorpusView> views) {
        this.node = node;
        this.run = run;
        this.corpus = List.copyOf(corpus);
        this.views = List.copyOf(views);
    }

    /// Runs one transaction, and nothing else may run beside it.
    ///
    /// @return the position at which it is settled
    public long commit(List<String> transaction) throws Exception {
        Map<String, Bag> now = new HashMap<>();
        Sql.<Boolean, SQLException>inTransaction(
                node.source(),
                source -> {
                    CorpusRun.execute(source, transaction);
                    for (CorpusView view : views) {
                        now.put(view.name(), kept(view, source));
                    }
                    return true;
                });
        long position = node.settle();
        answers.put(position, now);
        return position;
    }

    /// How many positions are remembered.
    public int size() {
        return answers.size();
    }

    /// Reads every view as of every remembered position.
    ///
    /// @throws AssertionError with every view that is wrong at any of them
    public void check() throws SQLException {
        List<ViewOracle.Wrong> wrong = new ArrayList<>();
        Connection store = node.store();
        for (var then : answers.entrySet()) {
            for (CorpusView view : views) {
                compare(store, then.getKey(), view, then.getValue(), wrong);
            }
        }
        ViewOracle.raise(run + ", the past", wrong, views, "");
    }

    private void compare(
            Connection store,
            long position,
            CorpusView view,
            Map<String, Bag> then,
            List<ViewOracle.Wrong> wrong)
            throws SQLException {
        String against = "the source as of " + position;
        String strategy = ViewOracle.strategy(node, view);
        Bag actual;
        try (Statement statement = store.createStatement()) {
            statement.execute("set highwater.as_of = '" + position + "'");
            actual = Bag.of(store, "select * from " + ViewOracle.stored("public_as_of", view));
        } catch (SQLException e) {
            List<String> error = List.of("it cannot be read: " + e);
            wrong.add(new ViewOracle.Wrong(view, strategy, against, error, List.of()));
            return;
        } finally {
            try (Statement statement = store.createStatement()) {
                statement.execute("reset highwater.as_of");
            }
        }
        Bag expected = then.get(view.name());
        if (expected == null) {
            throw new IllegalStateException("no answer of " + view.name());
        }
        Bag.Difference difference = expected.difference(actual);
        if (!difference.isEmpty()) {
            wrong.add(
                    new ViewOracle.Wrong(
                            view, strategy, against, difference.missing(), difference.extra()));
        }
    }

    /// The answer; the one before it where nothing changed, so that they are held once.
    private Bag kept(CorpusView view, Connection source) throws SQLException {
        Bag answer = ViewOracle.answer(source, view, corpus);
        Bag before = latest.get(view.name());
        if (before != null && before.identical(answer)) {
            return before;
        }
        latest.put(view.name(), answer);
        return answer;
    }
}
