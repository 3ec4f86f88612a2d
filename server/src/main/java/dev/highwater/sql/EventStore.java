package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The event store: tables and functions of SQL in a database's schema `highwater`. They work
/// without this program; it only brings them there.
public final class EventStore {
    private static final int OLDEST_MAJOR = 15;

    private EventStore() {}

    /// Installs what is missing, in place; what is there already is kept.
    ///
    /// @return the steps that were missing, as `1 name`
    /// @throws Failure.Refused `postgres-too-old`
    /// @throws Failure.Unavailable `database-unavailable`
    public static List<String> install(PgAddress address) throws SQLException {
        try (Connection connection = Database.single(address, "event store")) {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            if (major < OLDEST_MAJOR) {
                throw new Failure.Refused(
                        "postgres-too-old",
                        address
                                + " is PostgreSQL "
                                + major
                                + "; the event store needs "
                                + OLDEST_MAJOR
                                + " or newer");
            }
            return Migrations.apply(connection, "event");
        }
    }
}
