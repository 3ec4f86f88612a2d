package dev.highwater.relation;

import dev.highwater.failure.Failure;
import dev.highwater.journal.TableDefinition;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Reads versions of this node's own shard: the rows of a relation as of a position, and what came
/// and went between two positions.
///
/// A version is valid at p when `_from <= p < _to`. Versions of settled positions never change, so
/// every answer is exact whatever is written meanwhile. Safe for any thread.
public final class Versions {
    private static final String AT =
            """
            (select to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
             from highwater.entry e where e.position = v.p) as at""";

    private static final String NO_SUCH_OPERATOR = "42883";

    private final DataSource store;
    private final int shard;

    public Versions(DataSource store, int shard) {
        this.store = store;
        this.shard = shard;
    }

    /// A query of rows, as they would be stored; it runs in the role `highwater_view`.
    ///
    /// @param reads the relations whose versions it reads
    public record Computed(String query, List<Integer> reads) {
        public Computed {
            reads = List.copyOf(reads);
        }
    }

    /// Which rows are read, and in which order.
    ///
    /// @param relation readable as of `position`
    /// @param position settled
    /// @param order before the key, which is always the last to sort by
    /// @param after texts of the key behind which to begin, where `order` is empty
    /// @param counted whether a row of a bag comes once, with its count, instead of as often as it
    ///   is there
    /// @param computed what takes the place of the versions
    public record RowsQuery(
            Relation relation,
            long position,
            Selection selection,
            List<Ordering> order,
            @Nullable List<String> after,
            @Nullable Long limit,
            long offset,
            boolean counted,
            @Nullable Computed computed) {

        /// The same rows cut elsewhere.
        public RowsQuery page(long limit, long offset) {
            return new RowsQuery(
                    relation, position, selection, order, after, limit, offset, counted, computed);
        }

        /// All rows in the order of their keys, those of a bag counted.
        public static RowsQuery all(
                Relation relation,
                long position,
                Selection selection,
                @Nullable List<String> after) {
            return new RowsQuery(
                    relation, position, selection, List.of(), after, null, 0, true, null);
        }
    }

    /// Sees to it that each condition's values can be compared with its column.
    ///
    /// @throws Failure.Refused `bad-filter`
    public void check(List<Condition> conditions) throws SQLException {
        if (conditions.isEmpty()) {
            return;
        }
        try (var connection = store.getConnection()) {
            for (var condition : conditions) {
                condition.check(connection);
            }
        }
    }

    /// Rows as of a position, in the order asked for, ties by key.
    ///
    /// @throws Failure.Refused `bad-order` where a column's type has no order
    /// @throws Failure.Conflict `view-fails` where what is computed fails by the values of that
    ///   time
    /// @throws Failure.Gone `not-kept` where retention has taken what is needed
    public RowStream rows(RowsQuery query) throws SQLException {
        var definition = query.relation().definitionAt(query.position());
        var format = RowFormat.of(definition, query.selection().select());
        var sql = new SqlText();
        sql.add("select " + texts(format) + " from (");
        String all = stored(definition);
        var computed = query.computed();
        if (computed == null) {
            sql.add("select " + all + " from " + RelationTables.current(query.relation().id()));
            sql.add(" where _shard = ").bind(shard).add(" and _from <= ").bind(query.position());
            restrict(sql, definition, query);
            sql.add(" union all select " + all + " from ");
            sql.add(RelationTables.history(query.relation().id()));
            sql.add(" where _shard = ").bind(shard).add(" and _from <= ").bind(query.position());
            sql.add(" and _to > ").bind(query.position());
            restrict(sql, definition, query);
        } else {
            sql.add("select " + all + " from (" + computed.query() + ") computed where true");
            restrict(sql, definition, query);
        }
        // With the prefix, or the names would mean the texts that are selected.
        sql.add(") v");
        if (definition.isBag() && !query.counted()) {
            sql.add(" cross join lateral generate_series(1, v._n)");
        }
        sql.add(" order by ");
        for (var ordering : query.order()) {
            sql.add("v." + RelationTables.column(ordering.column()) + ordering.sql() + ", ");
        }
        sql.add(RelationTables.columns(definition.keyColumns(), "v."));
        Long limit = query.limit();
        if (limit != null) {
            sql.add(" limit ").bind(limit);
        }
        if (query.offset() > 0) {
            sql.add(" offset ").bind(query.offset());
        }
        try {
            return new RowStream(
                    format,
                    computed == null
                            ? Cursor.open(
                                    store,
                                    sql,
                                    new Cursor.Need(
                                            List.of(query.relation().id()), query.position()))
                            : Cursor.openAsView(
                                    store,
                                    sql,
                                    new Cursor.Need(computed.reads(), query.position())));
        } catch (SQLException e) {
            if (NO_SUCH_OPERATOR.equals(e.getSQLState())) {
                throw new Failure.Refused("bad-order", SqlMessages.line(e), e);
            }
            if (computed != null && isOfValues(e)) {
                throw new Failure.Conflict(
                        "view-fails",
                        "%s cannot be computed as of position %d: %s"
                                .formatted(
                                        query.relation().name(),
                                        query.position(),
                                        SqlMessages.line(e)));
            }
            throw e;
        }
    }

    /// Whether a query failed because of what it reads, or took too long: SQLSTATE classes 22 and
    /// 21, and 57014.
    private static boolean isOfValues(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("22") || state.startsWith("21") || state.equals("57014");
    }

    /// What came and went in a span, by position, then selection, then key. A key's version that
    /// went and the one that came at the same position are one update. A condition is applied to
    /// each version by itself, so that a row that leaves what is selected is a delete.
    ///
    /// @throws Failure.Gone `not-kept` where retention has taken some of it
    public ChangeStream changes(Span span) throws SQLException {
        var formats = span.formats();
        var relations = span.selections().stream().map(Selection::relation).toList();
        return new ChangeStream(
                formats,
                Cursor.openPrepared(
                        store,
                        changesSql(span, formats),
                        new Cursor.Need(relations, span.after())));
    }

    SqlText changesSql(Span span, List<RowFormat> formats) {
        int width = formats.stream().mapToInt(f -> f.columns().size()).max().orElse(0);
        var sql = new SqlText();
        sql.add("select p, source, rank, came, " + AT);
        for (int i = 0; i < width; i++) {
            sql.add(", t" + i);
        }
        for (int i = 0; i < formats.size(); i++) {
            sql.add(i == 0 ? " from (" : " union all ");
            cameAndWent(sql, span, i, formats.get(i), width);
        }
        return sql.add(") v order by p, source, rank, came");
    }

    private void cameAndWent(SqlText sql, Span span, int source, RowFormat format, int width) {
        var selection = span.selections().get(source);
        var definition = span.definitions().get(source);
        long after = span.after();
        long upTo = span.upTo();
        String key = RelationTables.columns(definition.keyColumns(), "");
        String all = stored(definition);
        String current = RelationTables.current(selection.relation());
        String history = RelationTables.history(selection.relation());

        sql.add("select p, " + source + " as source");
        sql.add(", dense_rank() over (order by p, " + key + ") as rank, came");
        int i = 0;
        for (var column : format.columns()) {
            sql.add(", " + ColumnSql.text(column) + " as t" + i++);
        }
        for (; i < width; i++) {
            sql.add(", null::text as t" + i);
        }
        sql.add(" from (select _to as p, 0 as came, " + all + " from " + history);
        sql.add(" where _shard = ").bind(shard);
        sql.add(" and _to > ").bind(after).add(" and _to <= ").bind(upTo);
        selection.conditions().forEach(c -> c.appendTo(sql));
        // A version that came behind `after` and is closed was closed behind it too. The upper
        // bound of _to holds always; without it a generic plan expects a third of the history.
        sql.add(" union all select _from, 1, " + all + " from " + history);
        sql.add(" where _shard = ").bind(shard);
        sql.add(" and _to > ").bind(after).add(" and _to <= " + Long.MAX_VALUE);
        sql.add(" and _from > ").bind(after).add(" and _from <= ").bind(upTo);
        selection.conditions().forEach(c -> c.appendTo(sql));
        boolean hasBorn = RelationTables.hasBorn(definition);
        sql.add(" union all select _from, 1, " + all + " from " + current);
        sql.add(" where _shard = ").bind(shard);
        sql.add(" and _from > ").bind(after).add(" and _from <= ").bind(upTo);
        if (hasBorn) {
            sql.add(" and _born > ").bind(after).add(" and _born <= ").bind(upTo);
        }
        selection.conditions().forEach(c -> c.appendTo(sql));
        if (hasBorn) {
            stayedAndChanged(sql, span, selection, definition);
        }
        sql.add(") d");
    }

    /// Current rows that came in the span under keys that were there before it: a version of each
    /// was open then and went in the span. `offset 0` leaves the planner no other way than from
    /// these.
    private void stayedAndChanged(
            SqlText sql, Span span, Selection selection, TableDefinition definition) {
        var key = definition.keyColumns();
        sql.add(" union all select c.* from (select ");
        for (int i = 0; i < key.size(); i++) {
            sql.add((i == 0 ? "" : ", ") + RelationTables.column(key.get(i)) + " as k" + i);
        }
        sql.add(" from " + RelationTables.history(selection.relation()));
        sql.add(" where _shard = ").bind(shard);
        sql.add(" and _to > ").bind(span.after()).add(" and _to <= ").bind(span.upTo());
        sql.add(" and _from + 0 <= ")
                .bind(span.after()); // not by the index, which would give nearly all
        sql.add(") h cross join lateral (select _from, 1, " + stored(definition));
        sql.add(" from " + RelationTables.current(selection.relation()));
        sql.add(" where _shard = ").bind(shard);
        for (int i = 0; i < key.size(); i++) {
            String column = RelationTables.column(key.get(i));
            sql.add(" and " + definition.equal(key.get(i), column, "h.k" + i));
        }
        sql.add(" and (_born > ").bind(span.after()).add(") is not true");
        sql.add(" and _from > ").bind(span.after()).add(" and _from <= ").bind(span.upTo());
        selection.conditions().forEach(c -> c.appendTo(sql));
        sql.add(" offset 0) c");
    }

    /// What is stored of each row.
    private static String stored(TableDefinition definition) {
        String columns = RelationTables.columns(definition);
        return definition.isBag() ? "_row, _n, " + columns : columns;
    }

    private static void restrict(SqlText sql, TableDefinition definition, RowsQuery query) {
        query.selection().conditions().forEach(c -> c.appendTo(sql));
        var after = query.after();
        if (after != null) {
            var columns = definition.keyColumns();
            sql.add(" and (" + RelationTables.columns(columns, "") + ") > (");
            for (int i = 0; i < columns.size(); i++) {
                sql.add(i == 0 ? "cast(" : ", cast(").bind(after.get(i));
                sql.add(" as " + ColumnSql.comparedType(columns.get(i)) + ")");
            }
            sql.add(")");
        }
    }

    private static String texts(RowFormat format) {
        return format.columns().isEmpty()
                ? "null"
                : format.columns().stream().map(ColumnSql::text).collect(Collectors.joining(", "));
    }
}
