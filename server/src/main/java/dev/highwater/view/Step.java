package dev.highwater.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// From one position of the views to the next.
///
/// @param after the position that they stand at
/// @param upTo everything up to it is written, and nothing behind
/// @param changed the relations that have changes in between
/// @param few whether these are so few that each is best followed by itself, through indexes;
///   statistics do not say that of what has just come
/// @param rows where the current rows of tables stand that were there at `after` and changed, each
///   the text of an array of `tid`; without an entry they are looked for
public record Step(
        long after, long upTo, Set<Integer> changed, boolean few, Map<Integer, String> rows) {
    /// So many changes are few.
    public static final int FEW_MAX = 2_000;

    private static final String SETTINGS =
            """
            select set_config('enable_seqscan', ?, true), set_config('enable_hashjoin', ?, true),
              set_config('enable_mergejoin', ?, true), set_config('plan_cache_mode', ?, true),
              set_config('enable_material', 'on', true), set_config('join_collapse_limit', '14', true),
              set_config('from_collapse_limit', '14', true)
            """;

    private static final String ONCE = "force_generic_plan";
    private static final String ANEW = "force_custom_plan";

    public Step {
        changed = Set.copyOf(changed);
        rows = Map.copyOf(rows);
    }

    /// Has the planner choose what suits the step, for the rest of the transaction. With few
    /// changes a statement is planned once: that takes longer than to run it.
    public void plan(Connection connection) throws SQLException {
        set(connection, few ? "off" : "on", few ? ONCE : ANEW);
    }

    /// Has the planner choose freely, for a statement that reads everything; [#plan] goes back.
    void planFreely(Connection connection) throws SQLException {
        if (few) {
            set(connection, "on", ANEW);
        }
    }

    /// Runs a statement, planned for these very positions unless one plan does for all.
    <T> T planned(Connection connection, Occurrences.Text text, Planned<T> statement)
            throws SQLException {
        if (!few || text.isPlannedOnce(this)) {
            return statement.run();
        }
        set(connection, "off", ANEW);
        T result = statement.run();
        plan(connection);
        return result;
    }

    /// The run of a statement.
    interface Planned<T> {
        T run() throws SQLException;
    }

    /// Relations that changed.
    ///
    /// @param rows those of them for which there are [#rows]
    record Changed(Set<Integer> relations, Set<Integer> rows) {
        Changed {
            relations = Set.copyOf(relations);
            rows = Set.copyOf(rows);
        }

        /// Whether it is known where a relation's changed rows stand.
        boolean located(int relation) {
            return rows.contains(relation);
        }
    }

    /// Those of some relations that changed.
    Changed changed(Collection<Integer> among) {
        var relations = new HashSet<>(changed);
        relations.retainAll(among);
        var located = new HashSet<>(relations);
        located.retainAll(rows.keySet());
        return new Changed(relations, located);
    }

    /// The same with other relations that changed.
    public Step with(Set<Integer> more) {
        return new Step(after, upTo, more, few, rows);
    }

    private static void set(Connection connection, String joins, String plans) throws SQLException {
        try (var statement = connection.prepareStatement(SETTINGS)) {
            statement.setString(1, joins);
            statement.setString(2, joins);
            statement.setString(3, joins);
            statement.setString(4, plans);
            statement.execute();
        }
    }
}
