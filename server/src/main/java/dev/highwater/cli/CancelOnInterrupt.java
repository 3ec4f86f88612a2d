package dev.highwater.cli;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/// While open, Ctrl-C (and SIGTERM) cancel the statement that runs on a connection: PostgreSQL
/// would go on with it for nobody.
final class CancelOnInterrupt implements AutoCloseable {

    private final Connection connection;
    private final Thread hook = new Thread(this::cancel, "cancel-on-interrupt");

    CancelOnInterrupt(Connection connection) {
        this.connection = connection;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    void cancel() {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            // The process ends, and its connection with it.
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // the hook runs
        }
    }
}
