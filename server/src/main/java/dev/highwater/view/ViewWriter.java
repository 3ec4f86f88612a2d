package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Fills a view and keeps it, as its plan says. Each call works in the transaction that is open on
/// the connection that it is given.
public final class ViewWriter {
    private final Relation relation;
    private final View view;
    private final Plan plan;
    private final int shard;
    private final ViewSql sql;

    /// @param catalog the relations as they are now
    public ViewWriter(int shard, Relation relation, View view, Catalog catalog) {
        this.shard = shard;
        this.relation = relation;
        this.view = view;
        this.plan = Planner.plan(view, catalog);
        this.sql = new ViewSql(shard, relation, plan.key().size());
    }

    public View view() {
        return view;
    }

    public Relation relation() {
        return relation;
    }

    public Strategy strategy() {
        return plan.strategy();
    }

    /// Makes the view's tables.
    public void create(Connection connection) throws SQLException {
        ViewTables.create(connection, shard, relation, plan);
    }

    /// Computes all rows as of the position that the transaction's snapshot shows.
    ///
    /// @return how many rows there are, equal ones counted once
    public long fill(Connection connection, long position) throws SQLException {
        try (var fill = connection.prepareStatement(sql.fill(plan.query()))) {
            fill.setLong(1, position);
            return fill.executeLargeUpdate();
        }
    }

    /// Whether a change of these relations can change the view.
    public boolean reads(Set<Integer> relations) {
        return !Collections.disjoint(relations, view.depends());
    }

    /// Brings the view to a later position.
    ///
    /// @param after the position that it stands at
    /// @param upTo everything up to it is written, and nothing behind
    /// @param changed the relations that have changes in between
    /// @return whether anything changed in it
    public boolean maintain(Connection connection, long after, long upTo, Set<Integer> changed)
            throws SQLException {
        String text = sql.change("", plan.query(), sql.all());
        try (var change = connection.prepareStatement(text)) {
            for (int i : List.of(1, 2, 3)) {
                change.setLong(i, upTo);
            }
            try (var row = change.executeQuery()) {
                row.next();
                return row.getLong(1) > 0;
            }
        }
    }
}
