package dev.highwater.view.corpus;

import dev.highwater.sql.Database;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.Sql;
import dev.highwater.sql.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// A node whose source is its store and whose views are PostgreSQL's own: never wrong, so that what
/// an oracle finds here is the corpus' fault. On request it keeps every settled state, so that the
/// past can be read.
final class PlainNode implements ViewedNode, AutoCloseable {
    private final TestPostgres.Databases databases = TestPostgres.databases();
    private final Connection connection = Database.single(databases.source(), "plain node");
    private final boolean remembering;
    private final List<String> views = new ArrayList<>();
    private long position;

    PlainNode(boolean remembering) throws SQLException {
        this.remembering = remembering;
        Sql.update(connection, "create schema public_as_of");
        Sql.update(connection, "create schema kept");
    }

    @Override
    public Connection source() {
        return connection;
    }

    @Override
    public Connection store() {
        return connection;
    }

    @Override
    public void createView(String name, String sql) throws SQLException {
        String quoted = Identifiers.quote(name);
        CorpusRun.execute(connection, List.of("create view " + quoted + " as " + sql));
        if (remembering) {
            CorpusRun.execute(
                    connection,
                    List.of(
                            "create table kept.%1$s (position bigint, contents %1$s)"
                                    .formatted(quoted),
                            """
                            create view public_as_of.%1$s as select (contents).* from kept.%1$s
                            where position = current_setting('highwater.as_of')::bigint
                            """
                                    .formatted(quoted)));
        }
        views.add(name);
    }

    @Override
    public long settle() throws SQLException {
        position++;
        if (remembering) {
            for (String view : views) {
                CorpusRun.execute(
                        connection,
                        List.of(
                                "insert into kept.%1$s select %2$d, v from public.%1$s v"
                                        .formatted(Identifiers.quote(view), position)));
            }
        }
        return position;
    }

    @Override
    public String strategy(String view) {
        return "plain";
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        databases.close();
    }
}
