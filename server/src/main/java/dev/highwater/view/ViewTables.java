package dev.highwater.view;

import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import java.sql.Connection;
import java.sql.SQLException;

/// The tables that hold a view's rows in the store: those of a relation, with a hash as their key
/// and with the hidden columns of the view's plan.
final class ViewTables {
    private ViewTables() {}

    /// Makes them.
    static void create(Connection connection, int shard, Relation relation, Plan plan)
            throws SQLException {
        var sql = new ViewSql(shard, relation, plan.key().size());
        int id = relation.id();
        String current = RelationTables.current(id);
        String history = RelationTables.history(id);
        execute(connection, sql.create(plan.query()));
        execute(connection, sql.createHistory());
        for (var statement :
                new String[] {
                    "alter table "
                            + current
                            + " alter _from set not null, add primary key (_shard, _row)",
                    "create index r" + id + "_from on " + current + " (_from)",
                    "create index r" + id + "_h_to on " + history + " (_to)",
                    "create index r" + id + "_h_from on " + history + " (_from)",
                    "grant select on " + current + ", " + history + " to highwater_as_of"
                }) {
            execute(connection, statement);
        }
        for (int i = 1; i <= plan.key().size(); i++) {
            execute(
                    connection,
                    "create index r" + id + "_k" + i + " on " + current + " (_k" + i + ")");
        }
        RelationTables.show(connection, shard, relation);
    }

    private static void execute(Connection connection, String text) throws SQLException {
        // A prepared statement, because only there the doubled question marks of operators are
        // read.
        try (var statement = connection.prepareStatement(text)) {
            statement.execute();
        }
    }
}
