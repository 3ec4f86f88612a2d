package dev.highwater.event;

import dev.highwater.sql.Database;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// A database with the event store, decider `d` with the event `e`, and sessions in it.
final class Events implements AutoCloseable {
    private final PgAddress address;
    private final ConcurrentLinkedDeque<Session> sessions = new ConcurrentLinkedDeque<>();
    private final Session first;

    Events(PgAddress address) throws SQLException {
        this.address = address;
        this.first = session();
        first.one("select event from register_decider_event('d', 'e')");
    }

    PgAddress address() {
        return address;
    }

    /// A session that is there from the beginning.
    Session sql() {
        return first;
    }

    /// Another session, as an application has it: the search path is the database's.
    Session session() {
        var session = new Session(Database.single(address, "test"));
        sessions.add(session);
        return session;
    }

    @Override
    public void close() throws SQLException {
        for (var session : sessions) {
            session.close();
        }
    }

    /// What is leased.
    record Lease(String id, long offset, long version, long token, int attempt) {}

    /// One connection, in auto-commit mode unless [#begin] was called.
    static final class Session implements AutoCloseable {
        final Connection connection;

        Session(Connection connection) {
            this.connection = connection;
        }

        /// The first column of the first row as text; `(none)` without a row.
        String one(String sql, @Nullable Object... parameters) throws SQLException {
            return Sql.first(connection, sql, row -> String.valueOf(row.getString(1)), parameters)
                    .orElse("(none)");
        }

        long number(String sql, @Nullable Object... parameters) throws SQLException {
            return Long.parseLong(one(sql, parameters));
        }

        /// The first columns of all rows as text.
        List<String> all(String sql, @Nullable Object... parameters) throws SQLException {
            return Sql.query(connection, sql, row -> String.valueOf(row.getString(1)), parameters);
        }

        void begin() throws SQLException {
            connection.setAutoCommit(false);
        }

        void commit() throws SQLException {
            connection.commit();
            connection.setAutoCommit(true);
        }

        void rollback() throws SQLException {
            connection.rollback();
            connection.setAutoCommit(true);
        }

        /// Appends an event at the end of a stream of decider `d`, whatever is there, and returns
        /// its id.
        UUID append(String stream) throws SQLException {
            UUID id = UUID.randomUUID();
            one(
                    "select event_id from append_event('e', ?, 'd', ?, '{}', ?, null,"
                            + " v_expected_version => -1)",
                    id,
                    stream,
                    id);
            return id;
        }

        /// Appends after a certain event; null for a new stream.
        UUID append(String stream, @Nullable UUID previous) throws SQLException {
            UUID id = UUID.randomUUID();
            one(
                    "select event_id from append_event('e', ?, 'd', ?, '{}', ?, ?)",
                    id,
                    stream,
                    id,
                    previous);
            return id;
        }

        void register(String view) throws SQLException {
            one("select view from register_view(?, '2020-01-01'::timestamptz)", view);
        }

        List<Lease> stream(String view, int limit) throws SQLException {
            return leases("select * from stream_events(?, ?)", view, limit);
        }

        List<Lease> stream(String view, int limit, int seconds, int perStream) throws SQLException {
            return leases(
                    "select * from stream_events(?, ?, ?, ?)", view, limit, seconds, perStream);
        }

        private List<Lease> leases(String sql, Object... parameters) throws SQLException {
            return Sql.query(
                    connection,
                    sql,
                    row ->
                            new Lease(
                                    row.getString("decider_id"),
                                    row.getLong("offset"),
                                    row.getLong("version"),
                                    row.getLong("token"),
                                    row.getInt("attempt")),
                    parameters);
        }

        void ack(String view, Lease lease) throws SQLException {
            one(
                    "select view from ack_event(?, ?, ?, ?)",
                    view,
                    lease.id(),
                    lease.offset(),
                    lease.token());
        }

        void nack(String view, Lease lease) throws SQLException {
            one("select view from nack_event(?, ?, ?)", view, lease.id(), lease.token());
        }

        /// The SQLSTATE that a statement fails with; `00000` when it does not.
        String state(String sql, @Nullable Object... parameters) {
            try {
                one(sql, parameters);
                return "00000";
            } catch (SQLException e) {
                return String.valueOf(e.getSQLState());
            }
        }

        /// What a statement is refused with, detail and hint included; empty when it is not.
        String refusal(String sql, @Nullable Object... parameters) {
            try {
                one(sql, parameters);
                return "";
            } catch (SQLException e) {
                return String.valueOf(e.getMessage());
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
