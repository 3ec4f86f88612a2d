package dev.highwater.apply;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Runs a step that concerns one relation alone, so that its failure stays with it.
final class Isolated {
    private Isolated() {}

    interface Step {
        void run() throws SQLException;
    }

    /// Runs the step; what it did is undone when it fails, and nothing else.
    ///
    /// @return why it failed, or null
    /// @throws SQLException what passes by itself, or takes the whole connection with it
    static @Nullable String run(Connection connection, Step step) throws SQLException {
        var before = connection.setSavepoint();
        try {
            step.run();
            connection.releaseSavepoint(before);
            return null;
        } catch (SQLException e) {
            if (Transient.is(e)) {
                throw e;
            }
            connection.rollback(before);
            return Transient.line(e);
        }
    }
}
