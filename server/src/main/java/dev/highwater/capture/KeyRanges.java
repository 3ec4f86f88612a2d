package dev.highwater.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.failure.Failure;
import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import dev.highwater.journal.UserType;
import dev.highwater.sql.CopyLine;
import dev.highwater.sql.CopyRows;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A table's rows in the order of its key, some at a time: each range of them can be read in a
/// transaction of its own, and no row stands in two.
final class KeyRanges {
    /// Reading in the key's order may cost so many times what reading in the table's own does. That
    /// is more for a table that is larger than memory and stands in another order.
    private static final double DEARER_MOST = 10;

    /// The types with OIDs below are PostgreSQL's own.
    private static final long FIRST_OF_OTHERS = 16_384;

    /// What plans consist of that follow an index.
    private static final Set<String> IN_ORDER =
            Set.of(
                    "Limit",
                    "Index Scan",
                    "Index Only Scan",
                    "Append",
                    "Merge Append",
                    "Result",
                    "Subquery Scan");

    /// How a range is to be planned; and operators are those of PostgreSQL's own types.
    private static final String BY_INDEX =
            """
            set local search_path = pg_catalog; set local jit = off; set local max_parallel_workers_per_gather = 0; \
            set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off; \
            set local enable_incremental_sort = off""";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final TableDefinition written;
    private final String rows;
    private final List<Column> key;
    private final String keyNames;

    /// The key of the last row that was read, as literals; null before the first row.
    private @Nullable String after;

    /// The last key there was at the beginning; null in an empty table. Who adds rows behind it all
    /// the time would keep us from ever coming to an end.
    private @Nullable String last;

    private KeyRanges(TableDefinition table, String rows) {
        this.written = table.written();
        this.rows = rows;
        this.key = table.keyColumns();
        this.keyNames =
                key.stream()
                        .map(c -> Identifiers.quote(c.name()))
                        .collect(Collectors.joining(", "));
    }

    /// The ranges of a table, or null where its rows are better read all at once: it has no key, or
    /// one whose order only the types of others know, or no index gives that order, or following
    /// the index would cost far too much.
    ///
    /// @param rows the query that gives all rows
    /// @param connection in a transaction
    static @Nullable KeyRanges of(Connection connection, TableDefinition table, String rows)
            throws SQLException {
        if (table.isBag() || !table.keyColumns().stream().allMatch(c -> isOrdered(table, c))) {
            return null;
        }
        var ranges = new KeyRanges(table, rows);
        double inItsOwnOrder = plan(connection, rows).at("/Total Cost").asDouble();
        var before = connection.setSavepoint();
        ranges.prepare(connection);
        var inOrder = plan(connection, ranges.query(Long.MAX_VALUE));
        if (IN_ORDER.containsAll(inOrder.findValuesAsText("Node Type"))
                && inOrder.at("/Total Cost").asDouble() <= DEARER_MOST * inItsOwnOrder) {
            ranges.last = ranges.lastKey(connection);
            return ranges;
        }
        connection.rollback(before);
        return null;
    }

    private static boolean isOrdered(TableDefinition table, Column column) {
        return column.lacking() == null
                && (column.baseType() < FIRST_OF_OTHERS
                        || table.types().stream()
                                .anyMatch(
                                        t ->
                                                t.oid() == column.baseType()
                                                        && t.shape()
                                                                instanceof
                                                                UserType.Shape.Enumeration));
    }

    private static JsonNode plan(Connection connection, String query) throws SQLException {
        String text =
                Sql.first(connection, "explain (format json) " + query, row -> row.getString(1))
                        .orElseThrow();
        try {
            return JSON.readTree(text).at("/0/Plan");
        } catch (JsonProcessingException e) {
            throw new Failure.Bug("PostgreSQL wrote what is not JSON", e);
        }
    }

    private @Nullable String lastKey(Connection connection) throws SQLException {
        String backwards =
                key.stream()
                        .map(c -> Identifiers.quote(c.name()) + " desc")
                        .collect(Collectors.joining(", "));
        try (var copy =
                CopyRows.start(
                        connection,
                        "copy (" + rows + " order by " + backwards + " limit 1) to stdout",
                        written.columns().size())) {
            CopyLine found = null;
            for (var row = copy.next(); row != null; row = copy.next()) {
                found = row;
            }
            return found == null ? null : literals(connection, found);
        }
    }

    /// Prepares a transaction for reading a range in it.
    void prepare(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(BY_INDEX);
        }
    }

    /// The query for the next range.
    ///
    /// @param limit how many rows at most
    String query(long limit) {
        String from = after == null ? "" : "(" + keyNames + ") > (" + after + ")";
        String to = last == null ? "" : "(" + keyNames + ") <= (" + last + ")";
        return rows
                + (from.isEmpty() && to.isEmpty() ? "" : " where ")
                + from
                + (from.isEmpty() || to.isEmpty() ? "" : " and ")
                + to
                + " order by "
                + keyNames
                + " limit "
                + limit;
    }

    /// The next range begins behind this row.
    void after(Connection connection, CopyLine row) throws SQLException {
        after = literals(connection, row);
    }

    private String literals(Connection connection, CopyLine row) throws SQLException {
        var values = row.values();
        var literals = new ArrayList<String>();
        try (var quoting = connection.createStatement()) {
            for (int i = 0; i < key.size(); i++) {
                var column = key.get(i);
                var value = values[written.key().get(i)];
                if (value == null) {
                    throw new Failure.Corrupt(
                            "row-without-key", written.name() + ": a key is null in the source");
                }
                // Of a domain its type below: a value that is there need not be one any more.
                literals.add(
                        quoting.enquoteLiteral(value)
                                + "::"
                                + (column.under() == null ? column.type() : column.under()));
            }
        }
        return String.join(", ", literals);
    }
}
