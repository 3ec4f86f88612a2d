package dev.highwater.view;

import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The tables that hold a stage's rows in the store: those of a relation, with a hash as their key
/// and with the hidden columns of the stage's plan.
final class StageTables {
    private StageTables() {}

    /// Makes them.
    ///
    /// @param keyColumns how many hidden columns hold a key
    /// @param statements those that make the two tables
    static void create(Connection connection, int id, int keyColumns, List<String> statements)
            throws SQLException {
        String current = RelationTables.current(id);
        String history = RelationTables.history(id);
        for (var statement : statements) {
            execute(connection, statement);
        }
        var obstacle = RowTypes.obstacle(connection, current);
        if (obstacle.isPresent()) {
            throw new SQLException(obstacle.get(), "42809");
        }
        for (var statement :
                new String[] {
                    "alter table "
                            + current
                            + " alter _from set not null, add primary key (_shard, _row)",
                    "create index r" + id + "_from on " + current + " (_from)",
                    "create index r" + id + "_h_to on " + history + " (_to)",
                    "create index r" + id + "_h_from on " + history + " (_from)",
                    "grant select on " + current + ", " + history + " to highwater_as_of",
                    "grant select, insert, update, delete on "
                            + current
                            + ", "
                            + history
                            + " to highwater_view"
                }) {
            execute(connection, statement);
        }
        for (int i = 1; i <= keyColumns; i++) {
            // A b-tree refuses long values.
            String kind = isLong(connection, current, "_k" + i) ? "hash" : "btree";
            execute(
                    connection,
                    "create index r%d_k%d on %s using %s (_k%d)"
                            .formatted(id, i, current, kind, i));
        }
    }

    /// Takes them away.
    static void drop(Connection connection, int id) throws SQLException {
        execute(connection, "drop table if exists " + RelationTables.current(id));
        execute(connection, "drop table if exists " + RelationTables.history(id));
    }

    private static boolean isLong(Connection connection, String table, String column)
            throws SQLException {
        return Sql.first(
                        connection,
                        """
                        select t.typlen < 0 and t.typname <> 'numeric' from pg_attribute a
                        join pg_type t on t.oid = a.atttypid
                        where a.attrelid = ?::regclass and a.attname = ?
                        """,
                        row -> row.getBoolean(1),
                        table,
                        column)
                .orElseThrow();
    }

    private static void execute(Connection connection, String text) throws SQLException {
        // A prepared statement, because only there the doubled question marks of operators are
        // read.
        try (var statement = connection.prepareStatement(text)) {
            statement.execute();
        }
    }
}
