package dev.highwater.journal;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;

/// Positions as clients see them: `incarnation.position`, so that one of another store is never
/// taken for one of this.
///
/// @param incarnation the store's identity, eight hexadecimal digits
public record Positions(String incarnation) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern FOREIGN = Pattern.compile("[0-9a-f]{8}\\.[0-9]{1,18}");

    /// The incarnation that a store has.
    public static String incarnation(Connection connection) throws SQLException {
        return Sql.first(
                        connection,
                        "select incarnation from highwater.node",
                        row -> row.getString(1))
                .orElseThrow();
    }

    /// The position as it goes out.
    public String format(long position) {
        return incarnation + "." + position;
    }

    /// Reads `incarnation.position` or a bare number.
    ///
    /// @throws Failure.Refused `bad-position`
    /// @throws Failure.Gone `resync` when it belongs to another store
    public long parse(String text) {
        String number =
                text.startsWith(incarnation + ".")
                        ? text.substring(incarnation.length() + 1)
                        : text;
        if (NUMBER.matcher(number).matches()) {
            return Long.parseLong(number);
        }
        if (FOREIGN.matcher(text).matches()) {
            throw new Failure.Gone(
                    "resync",
                    "position "
                            + text
                            + " belongs to another store than "
                            + incarnation
                            + ": read a new snapshot");
        }
        throw new Failure.Refused(
                "bad-position",
                "'"
                        + Shown.of(text)
                        + "' is not a position: write one as it was given, such as "
                        + format(42));
    }
}
