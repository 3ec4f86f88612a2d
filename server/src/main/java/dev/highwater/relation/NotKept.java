package dev.highwater.relation;

import dev.highwater.failure.Failure;
import java.sql.SQLException;

/// What the store says where somebody asks for history that it does not keep.
public final class NotKept {
    private static final String STATE = "HW410";

    private NotKept() {}

    /// Whether this is what the store says.
    public static boolean is(SQLException e) {
        return STATE.equals(e.getSQLState());
    }

    /// Throws the failure that people are told, if this is what the store says.
    ///
    /// @throws Failure.Gone `not-kept`
    public static void check(SQLException e) {
        if (is(e)) {
            throw new Failure.Gone("not-kept", SqlMessages.line(e));
        }
    }
}
