package dev.highwater.apply;

import java.sql.SQLException;
import java.util.Set;

/// A view took more than it may. It would again, so this does not pass by itself.
final class TooCostly extends SQLException {
    private static final long serialVersionUID = 1;

    /// A statement that was ended because of its time.
    static final String TIME = "57014";

    private static final String MEMORY = "53200";
    private static final String DISK = "53400";

    private final int relation;

    TooCostly(int relation, String reason, SQLException cause) {
        super(reason, "54001", cause);
        this.relation = relation;
    }

    /// Whether a failure tells of time, memory or disk; where it is a view that runs, the view took
    /// too much of them.
    static boolean is(SQLException e) {
        return Set.of(TIME, MEMORY, DISK).contains(String.valueOf(e.getSQLState()));
    }

    /// The view's relation.
    int relation() {
        return relation;
    }
}
