package dev.highwater.apply;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Tells failures that pass by themselves from those that a repetition meets again.
public final class Transient {
    private Transient() {}

    /// Lost connections, servers that stop or start, cancelled statements, locks and deadlocks,
    /// full disks.
    public static boolean is(SQLException e) {
        String state = e.getSQLState();
        if (state == null) {
            return true;
        }
        return state.startsWith("08") // connection
                || state.startsWith("40") // deadlock, serialization
                || state.startsWith("53") // out of disk, memory, connections
                || state.equals("57014") // a statement that somebody cancelled
                || state.startsWith("57P") // shutdown, crash, starting up
                || state.startsWith("58") // input and output
                || isLocked(e)
                || state.equals("55006"); // the slot is still in use
    }

    /// A lock that was not free in time.
    static boolean isLocked(SQLException e) {
        return "55P03".equals(e.getSQLState());
    }

    /// One line of an error for people.
    public static String line(@Nullable Throwable e) {
        if (e == null) {
            return "unknown";
        }
        String text = e.getMessage() == null ? e.toString() : e.getMessage();
        return text.lines().map(String::strip).reduce((a, b) -> a + "; " + b).orElse(text);
    }
}
