package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Sql;
import dev.highwater.view.Occurrences.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Fills one stage of a view and keeps it, as its plan says. Each call works in the transaction
/// that is open on the connection that it is given. Not thread-safe.
final class StageWriter {
    /// From so many keys on the whole view is computed.
    private static final int KEYS_MAX = 50_000;

    private final Relation relation;
    private final Stage stage;
    private final Plan plan;
    private final StageSql sql;
    private final String query;

    /// Statements by what has changed, and by which parts of the keys are null.
    private final Map<Step.Changed, Occurrences.Text> keyQueries = new LinkedHashMap<>();

    private final Map<List<Boolean>, String> changes = new LinkedHashMap<>();
    private List<String> keyTypes = List.of();

    /// Where sums are kept, and the statements by what has changed.
    private final @Nullable SumsSql sums;

    private final Map<Step.Changed, Occurrences.Text> additions = new LinkedHashMap<>();

    /// @param catalog the relations as they are now
    StageWriter(int shard, Relation relation, Stage stage, Catalog catalog) {
        this.relation = relation;
        this.stage = stage;
        this.plan = Planner.plan(shard, stage, catalog);
        this.sql = new StageSql(shard, relation, plan.keyColumns());
        var kept = plan.sums();
        this.sums =
                kept == null
                        ? null
                        : new SumsSql(shard, relation, kept, stage.types(), plan.occurrences());
        this.query = plan.occurrences().render(plan.query(), _ -> State.NEW).sql();
    }

    Relation relation() {
        return relation;
    }

    Strategy strategy() {
        return plan.strategy();
    }

    /// Makes the tables.
    void create(Connection connection) throws SQLException {
        StageTables.create(
                connection,
                relation.id(),
                plan.keyColumns(),
                sums == null
                        ? List.of(sql.create(query), sql.createHistory())
                        : List.of(sums.create(), sums.createHistory()));
    }

    /// Computes all rows as of the position that the transaction's snapshot shows.
    ///
    /// @return how many rows there are, equal ones counted once
    long fill(Connection connection, long position) throws SQLException {
        String text = sums == null ? sql.fill(query) : sums.fill();
        try (var fill = connection.prepareStatement(text)) {
            fill.setLong(1, position);
            return fill.executeLargeUpdate();
        }
    }

    /// Has PostgreSQL look at the statements of a plan that keeps less than the whole, without
    /// running them.
    void check(Connection connection) throws SQLException {
        var all = new Step.Changed(Set.copyOf(stage.depends()), Set.of());
        if (sums != null) {
            explain(connection, sums.add(all).sql());
            explain(connection, sums.recompute().sql());
        }
        var byKey = plan.byKey();
        if (byKey != null) {
            explain(connection, keyQuery(byKey, all).sql());
            keyTypes = keyTypes(connection, byKey.key().size());
            explain(connection, partsQuery(byKey, Collections.nCopies(byKey.key().size(), false)));
        }
    }

    private static void explain(Connection connection, String text) throws SQLException {
        if (text.isEmpty()) {
            return;
        }
        try (var explain = connection.prepareStatement("explain " + text)) {
            for (int i = explain.getParameterMetaData().getParameterCount(); i > 0; i--) {
                explain.setNull(i, Types.NULL);
            }
            explain.execute();
        }
    }

    /// Whether the stage reads one of these relations.
    boolean reads(Set<Integer> relations) {
        return !Collections.disjoint(relations, stage.depends());
    }

    /// Brings the stage to a later position by computing all of it.
    boolean recompute(Connection connection, Step step) throws SQLException {
        step.planFreely(connection);
        boolean any;
        if (sums == null) {
            try (var change = connection.prepareStatement(sql.change("", query, sql.all()))) {
                for (int i : List.of(1, 2, 3)) {
                    change.setLong(i, step.upTo());
                }
                try (var row = change.executeQuery()) {
                    row.next();
                    any = row.getLong(1) > 0;
                }
            }
        } else {
            any = merge(connection, sums.recompute(), step).changed() > 0;
        }
        step.plan(connection);
        return any;
    }

    /// Brings the stage to a later position.
    ///
    /// @return whether anything changed in it
    boolean maintain(Connection connection, Step step) throws SQLException {
        if (sums != null) {
            return add(connection, sums, step);
        }
        var byKey = plan.byKey();
        if (byKey == null || !Collections.disjoint(byKey.global(), step.changed())) {
            return recompute(connection, step);
        }
        var keys = keys(connection, byKey, step);
        if (keys.size() > KEYS_MAX) {
            return recompute(connection, step);
        }
        var byNulls = new LinkedHashMap<List<Boolean>, List<@Nullable String[]>>();
        for (var key : keys) {
            var nulls = new ArrayList<Boolean>();
            for (var part : key) {
                nulls.add(part == null);
            }
            byNulls.computeIfAbsent(nulls, _ -> new ArrayList<>()).add(key);
        }
        boolean any = false;
        for (var each : byNulls.entrySet()) {
            any |= parts(connection, byKey, each.getKey(), each.getValue(), step.upTo());
        }
        return any;
    }

    private boolean add(Connection connection, SumsSql kept, Step step) throws SQLException {
        var text = additions.computeIfAbsent(step.changed(stage.depends()), kept::add);
        var added = step.planned(connection, text, () -> merge(connection, text, step));
        if (added.unknowable() == 0) {
            return added.changed() > 0;
        }
        // NaN and infinity cannot be taken away again.
        return recompute(connection, step) || added.changed() > 0;
    }

    private record Merged(long changed, long unknowable) {}

    private static Merged merge(Connection connection, Occurrences.Text text, Step step)
            throws SQLException {
        try (var change = connection.prepareStatement(text.sql())) {
            text.bind(change, step);
            try (var row = change.executeQuery()) {
                row.next();
                return new Merged(row.getLong(1), row.getLong(2));
            }
        }
    }

    /// The keys of the parts that changes concern.
    private List<@Nullable String[]> keys(Connection connection, Plan.ByKey byKey, Step step)
            throws SQLException {
        var text =
                keyQueries.computeIfAbsent(step.changed(stage.depends()), r -> keyQuery(byKey, r));
        if (text.sql().isEmpty()) {
            return List.of();
        }
        return step.planned(
                connection, text, () -> read(connection, text, byKey.key().size(), step));
    }

    private static List<@Nullable String[]> read(
            Connection connection, Occurrences.Text text, int width, Step step)
            throws SQLException {
        var result = new ArrayList<@Nullable String[]>();
        try (var select = connection.prepareStatement(text.sql())) {
            text.bind(select, step);
            select.setMaxRows(KEYS_MAX + 1);
            try (var row = select.executeQuery()) {
                while (row.next()) {
                    var key = new @Nullable String[width];
                    for (int i = 0; i < width; i++) {
                        key[i] = row.getString(i + 1);
                    }
                    result.add(key);
                }
            }
        }
        return result;
    }

    private Occurrences.Text keyQuery(Plan.ByKey byKey, Step.Changed changed) {
        var parts = new ArrayList<Occurrences.Text>();
        for (int id : changed.relations()) {
            for (var affected : byKey.affected().getOrDefault(id, List.of())) {
                parts.add(
                        plan.occurrences()
                                .render(
                                        affected.query(),
                                        o -> {
                                            int other = plan.occurrences().relation(o).id();
                                            return o == affected.occurrence()
                                                    ? changed.located(other)
                                                            ? State.CHANGED_ROWS
                                                            : State.CHANGED
                                                    : changed.relations().contains(other)
                                                            ? State.BOTH
                                                            : State.NEW;
                                        }));
            }
        }
        if (parts.isEmpty()) {
            return Occurrences.Text.EMPTY;
        }
        String names =
                IntStream.rangeClosed(1, byKey.key().size())
                        .mapToObj(i -> "_k" + i)
                        .collect(Collectors.joining(", "));
        String texts =
                IntStream.rangeClosed(1, byKey.key().size())
                        .mapToObj(i -> "_k" + i + "::text")
                        .collect(Collectors.joining(", "));
        var all = Occurrences.Text.join(" union all ", parts);
        return all.in("select distinct %s from (%s) as a(%s)".formatted(texts, all.sql(), names));
    }

    /// Computes the parts with these keys anew.
    private boolean parts(
            Connection connection,
            Plan.ByKey byKey,
            List<Boolean> nulls,
            List<@Nullable String[]> keys,
            long upTo)
            throws SQLException {
        if (keyTypes.isEmpty()) {
            keyTypes = keyTypes(connection, byKey.key().size());
        }
        String text = changes.computeIfAbsent(nulls, n -> partsQuery(byKey, n));
        try (var change = connection.prepareStatement(text)) {
            int width = byKey.key().size();
            for (int k = 0; k < width; k++) {
                var values = new @Nullable String[keys.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = keys.get(i)[k];
                }
                change.setArray(k + 1, connection.createArrayOf("text", values));
            }
            for (int i = 1; i <= 3; i++) {
                change.setLong(width + i, upTo);
            }
            try (var row = change.executeQuery()) {
                row.next();
                return row.getLong(1) > 0;
            }
        }
    }

    private String partsQuery(Plan.ByKey byKey, List<Boolean> nulls) {
        int width = byKey.key().size();
        var given = new ArrayList<String>();
        var present = new ArrayList<String>();
        var presentNames = new ArrayList<String>();
        var conditions = new ArrayList<String>();
        var stored = new ArrayList<String>();
        for (int i = 0; i < width; i++) {
            String name = "_k" + (i + 1);
            given.add("u.%s::%s as %s".formatted(name, keyTypes.get(i), name));
            String expression = "(" + byKey.key().get(i) + ")";
            if (nulls.get(i)) {
                conditions.add(Planner.jdbc(expression) + " is null");
                stored.add("c." + name + " is null");
            } else {
                present.add(Planner.jdbc(expression));
                presentNames.add(name);
                stored.add("c." + name + " = k." + name);
            }
        }
        if (!present.isEmpty()) {
            conditions.add(
                    "(%s) in (select %s from k)"
                            .formatted(
                                    String.join(", ", present), String.join(", ", presentNames)));
        }
        String names =
                IntStream.rangeClosed(1, width)
                        .mapToObj(i -> "_k" + i)
                        .collect(Collectors.joining(", "));
        String with =
                "k as materialized (select distinct %s from unnest(%s) as u(%s)),"
                        .formatted(
                                String.join(", ", given),
                                String.join(", ", Collections.nCopies(width, "?::text[]")),
                                names);
        String restricted =
                plan.occurrences()
                        .render(byKey.restricted(), _ -> State.NEW)
                        .sql()
                        .replace(Plan.ByKey.WHERE, String.join(" and ", conditions));
        return sql.change(with, restricted, sql.of(String.join(" and ", stored)));
    }

    private List<String> keyTypes(Connection connection, int width) throws SQLException {
        var result = new ArrayList<String>();
        for (int i = 1; i <= width; i++) {
            result.add(
                    Sql.first(
                                    connection,
                                    """
                                    select format_type(atttypid, atttypmod) from pg_attribute
                                    where attrelid = ?::regclass and attname = ?
                                    """,
                                    row -> row.getString(1),
                                    RelationTables.current(relation.id()),
                                    "_k" + i)
                            .orElseThrow());
        }
        return List.copyOf(result);
    }
}
