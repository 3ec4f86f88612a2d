package dev.highwater.view;

import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Keeps the table `highwater.view`.
public final class Views {
    private static final String LOAD =
            """
            select relation, query, body, depends, clocked, stages::text
            from highwater.view order by relation
            """;

    private static final String SAVE =
            """
            insert into highwater.view (relation, query, body, depends, clocked, stages)
            values (?, ?, ?, ?, ?, ?::jsonb)
            """;

    private Views() {}

    /// All views that ever were, by their relation's id, older ones first.
    public static Map<Integer, View> load(Connection connection) throws SQLException {
        var result = new LinkedHashMap<Integer, View>();
        for (var view :
                Sql.query(
                        connection,
                        LOAD,
                        row ->
                                new View(
                                        row.getInt(1),
                                        row.getString(2),
                                        row.getString(3),
                                        List.of((Integer[]) row.getArray(4).getArray()),
                                        row.getBoolean(5),
                                        Stage.parse(row.getString(6))))) {
            result.put(view.relation(), view);
        }
        return result;
    }

    /// Adds a view whose relation is saved already.
    public static void save(Connection connection, View view) throws SQLException {
        Sql.update(
                connection,
                SAVE,
                view.relation(),
                view.query(),
                view.body(),
                connection.createArrayOf("int4", view.depends().toArray()),
                view.clocked(),
                Stage.toJson(view.stages()));
    }
}
