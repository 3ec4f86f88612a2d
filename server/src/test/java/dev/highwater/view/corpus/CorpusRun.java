package dev.highwater.view.corpus;

import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One corpus on one node: tables, rows, views, then random transactions with the oracle after each
/// batch.
public final class CorpusRun {
    private final ViewedNode node;
    private final Corpus corpus;
    private final String run;
    private final Changes changes;
    private final Map<String, Exception> refused = new LinkedHashMap<>();
    private List<CorpusView> live = List.of();
    private int done;

    public CorpusRun(ViewedNode node, Corpus corpus, long seed, int scale) {
        this.node = node;
        this.corpus = corpus;
        this.run = "%s, seed %d, scale %d".formatted(corpus.name(), seed, scale);
        this.changes = corpus.changes(seed, scale);
    }

    /// Makes the tables and fills them, then the views; a view that is refused, or that reads one
    /// that is, is left out and told by [#refused].
    public void prepare() throws Exception {
        begin();
        for (List<String> transaction : changes.fill()) {
            commit(node.source(), transaction);
        }
        createViews();
    }

    /// The same with the views made over empty tables, so that every row comes as a change.
    public void prepareEmpty() throws Exception {
        begin();
        createViews();
        for (List<String> transaction : changes.fill()) {
            commit(node.source(), transaction);
        }
    }

    /// The views that were refused, with the reasons.
    public Map<String, Exception> refused() {
        return Map.copyOf(refused);
    }

    /// The views that were accepted.
    public List<CorpusView> live() {
        return live;
    }

    /// The oracle over the accepted views.
    public ViewOracle oracle() {
        return new ViewOracle(node, run, corpus.views(), live);
    }

    /// Runs random transactions, as one batch where the node is quick, settles and checks.
    public void step(int transactions) throws Exception {
        List<List<String>> last = new ArrayList<>();
        for (int i = 0; i < transactions; i++) {
            last.add(changes.transaction());
            commit(node.source(), last.getLast());
        }
        done += transactions;
        node.settle();
        oracle().check("after %d transactions".formatted(done), last);
    }

    /// Runs random transactions one at a time and keeps what the queries gave in each.
    public PastOracle past(int transactions) throws Exception {
        PastOracle past = new PastOracle(node, run, corpus.views(), live);
        for (int i = 0; i < transactions; i++) {
            past.commit(changes.transaction());
        }
        done += transactions;
        return past;
    }

    private void begin() throws Exception {
        execute(node.source(), corpus.schema());
        execute(node.source(), corpus.functions());
        if (!node.store().equals(node.source())) {
            execute(node.store(), corpus.functions());
        }
        node.settle();
    }

    private void createViews() throws Exception {
        node.settle();
        List<CorpusView> accepted = new ArrayList<>();
        for (CorpusView view : corpus.views()) {
            if (view.uses().stream().anyMatch(refused::containsKey)) {
                refused.put(view.name(), new IllegalStateException("reads " + view.uses()));
                continue;
            }
            try {
                node.createView(view.name(), view.sql());
                accepted.add(view);
            } catch (Exception e) {
                refused.put(view.name(), e);
            }
        }
        live = List.copyOf(accepted);
        node.settle();
    }

    /// Runs the statements as one transaction.
    static void commit(Connection connection, List<String> transaction) throws SQLException {
        Sql.<Boolean, SQLException>inTransaction(
                connection,
                within -> {
                    execute(within, transaction);
                    return true;
                });
    }

    public static void execute(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String text : statements) {
                try {
                    statement.execute(text);
                } catch (SQLException e) {
                    throw new SQLException(e.getMessage() + " in: " + text, e.getSQLState(), e);
                }
            }
        }
    }
}
