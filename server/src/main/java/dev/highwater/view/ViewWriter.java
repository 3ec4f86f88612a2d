package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Fills a view and keeps it, one stage after the other. Each call works in the transaction that is
/// open on the connection that it is given. Not thread-safe.
public final class ViewWriter {
    /// The role in which a view's queries run.
    public static final String ROLE = "highwater_view";

    private final int shard;
    private final Relation relation;
    private final View view;
    private final Catalog catalog;
    private final List<StageWriter> stages = new ArrayList<>();

    /// @param catalog the relations as they are now
    public ViewWriter(int shard, Relation relation, View view, Catalog catalog) {
        this.shard = shard;
        this.relation = relation;
        this.view = view;
        this.catalog = catalog;
        var all = view.within(catalog);
        for (var stage : view.stages()) {
            stages.add(
                    new StageWriter(
                            shard,
                            stage.relation() == relation.id() ? relation : stage.asRelation(),
                            stage,
                            all));
        }
    }

    public View view() {
        return view;
    }

    public Relation relation() {
        return relation;
    }

    /// How the view is kept: as its weakest stage, with the reason of that one.
    public Strategy strategy() {
        var indexes = new LinkedHashSet<String>();
        stages.forEach(s -> indexes.addAll(s.strategy().indexes()));
        var last = stages.getLast().strategy();
        var weakest = last;
        for (var stage : stages) {
            if (stage.strategy().kind() == Strategy.Kind.WHOLE) {
                weakest = stage.strategy();
            }
        }
        String reason =
                stages.size() == 1
                        ? weakest.reason()
                        : stages.stream()
                                .map(s -> s.strategy().kind().word() + ": " + s.strategy().reason())
                                .collect(
                                        Collectors.joining(
                                                "; ", "in " + stages.size() + " stages: ", ""));
        return new Strategy(weakest.kind(), reason, List.copyOf(indexes));
    }

    /// Makes the view's tables.
    public void create(Connection connection) throws SQLException {
        for (var stage : stages) {
            stage.create(connection);
        }
        RelationTables.show(connection, shard, relation, catalog);
    }

    /// Takes away what only served to keep the view.
    public void end(Connection connection) throws SQLException {
        for (var stage : inner()) {
            StageTables.drop(connection, stage.relation().id());
        }
    }

    /// Has PostgreSQL look at the statements that keep less than the whole, without running them.
    public void check(Connection connection) throws SQLException {
        for (var stage : stages) {
            stage.check(connection);
        }
    }

    /// Computes all rows as of the position that the transaction's snapshot shows, in place of what
    /// there may be.
    public void fill(Connection connection, long position) throws SQLException {
        for (var stage : stages) {
            String current = RelationTables.current(stage.relation().id());
            execute(connection, "set local role " + ROLE);
            Sql.update(connection, "delete from " + current);
            stage.fill(connection, position);
            execute(connection, "reset role");
            execute(connection, "analyze " + current);
        }
    }

    /// Whether the view reads one of these relations.
    public boolean reads(Set<Integer> relations) {
        return !Collections.disjoint(relations, view.depends());
    }

    /// Brings the view to a later position, with the planner as [Step#plan] leaves it.
    ///
    /// @return whether anything changed in it
    public boolean maintain(Connection connection, Step step) throws SQLException {
        var all = new HashSet<>(step.changed());
        boolean any = false;
        for (var stage : stages) {
            any =
                    (stage.reads(all) || view.clocked())
                            && stage.maintain(connection, step.with(all));
            if (any) {
                all.add(stage.relation().id());
            }
        }
        forget(connection, all, step.upTo());
        return any;
    }

    /// The same by computing all of it.
    public boolean recompute(Connection connection, Step step) throws SQLException {
        boolean any = false;
        var all = new HashSet<Integer>();
        for (var stage : stages) {
            any = stage.recompute(connection, step);
            all.add(stage.relation().id());
        }
        forget(connection, all, step.upTo());
        return any;
    }

    /// Nobody asks what an inner stage was.
    private void forget(Connection connection, Set<Integer> changed, long upTo)
            throws SQLException {
        for (var stage : inner()) {
            int id = stage.relation().id();
            if (changed.contains(id)) {
                Sql.update(
                        connection,
                        "delete from " + RelationTables.history(id) + " where _to <= ?",
                        upTo);
            }
        }
    }

    private List<StageWriter> inner() {
        return stages.subList(0, stages.size() - 1);
    }

    private static void execute(Connection connection, String text) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
