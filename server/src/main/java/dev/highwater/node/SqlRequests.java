package dev.highwater.node;

import dev.highwater.failure.Failure;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import dev.highwater.web.Viewing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Does what people ask for by SQL in the store, in the order of their commits' requests: the table
/// `highwater.request`, where each also finds how it ended. A request that a crash cut short is
/// done again, which comes to the same.
final class SqlRequests implements AutoCloseable {
    private static final Duration LOOK_AROUND = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private static final String WAITING =
            """
            select id, kind, name, query, further from highwater.request
            where state = 'waiting' order by id
            """;

    private static final String ENDED =
            "update highwater.request set state = ?, error = ?, ended = now() where id = ?";

    private record Request(
            long id, String kind, String name, @Nullable String query, boolean further) {}

    private final Viewing viewing;
    private final ConnectedWork work;

    SqlRequests(PgAddress store, Viewing viewing) {
        this.viewing = viewing;
        this.work = new ConnectedWork("requests made by SQL", store, this::listen);
    }

    /// Goes on until it fails.
    private Duration listen(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("listen highwater_request");
        }
        var notices = connection.unwrap(PGConnection.class);
        while (true) {
            var pause = takeUp(connection) ? LOOK_AROUND : RETRY;
            notices.getNotifications((int) pause.toMillis());
        }
    }

    /// @return whether nothing is left that waits for a relation to be filled
    private boolean takeUp(Connection connection) throws SQLException {
        for (var request : waiting(connection)) {
            try {
                String error = error(request);
                String state = error == null ? "done" : "failed";
                Sql.update(connection, ENDED, state, error, request.id());
            } catch (Failure.Conflict _) {
                return false;
            }
        }
        return true;
    }

    private static List<Request> waiting(Connection connection) throws SQLException {
        return Sql.query(
                connection,
                WAITING,
                row ->
                        new Request(
                                row.getLong(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getBoolean(5)));
    }

    /// @return why it could not be done, or null
    /// @throws Failure.Conflict when it has to wait for what it reads
    private @Nullable String error(Request request) {
        try {
            var name = Identifiers.parse(request.name());
            switch (request.kind()) {
                case "create view" -> {
                    String query = String.valueOf(request.query());
                    return viewing.create(name, query, request.further()).view().error();
                }
                case "drop view" -> viewing.drop(name, request.further());
                default -> throw new Failure.Corrupt("bad-request", "what is " + request.kind());
            }
            return null;
        } catch (Failure.Unavailable passing) {
            throw passing;
        } catch (Failure e) {
            if (e instanceof Failure.Conflict && e.code().equals(KeptQueries.FILLING)) {
                throw e;
            }
            return e.line();
        }
    }

    @Override
    public void close() throws SQLException {
        work.close();
    }
}
