package dev.highwater.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/// From one position of the views to the next.
///
/// @param after the position that they stand at
/// @param upTo everything up to it is written, and nothing behind
/// @param changed the relations that have changes in between
/// @param few whether these are so few that each is best followed by itself, through indexes;
///   statistics do not say that of what has just come
public record Step(long after, long upTo, Set<Integer> changed, boolean few) {
    /// So many changes are few.
    public static final int FEW_MAX = 2_000;

    private static final String JOINS =
            """
            set local enable_seqscan = %1$s; set local enable_hashjoin = %1$s; set local enable_mergejoin = %1$s;
            set local enable_material = on; set local plan_cache_mode = force_custom_plan;
            set local join_collapse_limit = 14; set local from_collapse_limit = 14
            """;

    private static final String ALL = JOINS.formatted("on");
    private static final String INDEXES = JOINS.formatted("off");

    public Step {
        changed = Set.copyOf(changed);
    }

    /// Has the planner choose what suits the step, for the rest of the transaction.
    public void plan(Connection connection) throws SQLException {
        execute(connection, few ? INDEXES : ALL);
    }

    /// Has the planner choose freely, for a statement that reads everything; [#plan] goes back.
    void planFreely(Connection connection) throws SQLException {
        if (few) {
            execute(connection, ALL);
        }
    }

    Step with(Set<Integer> more) {
        return new Step(after, upTo, more, few);
    }

    private static void execute(Connection connection, String text) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
