package dev.highwater.cli;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// PostgreSQL's answer to a wrong statement, in the lines that psql would print.
final class SqlError {

    private static final int BEFORE_CARET = 50;
    private static final int SHOWN = 72;

    private SqlError() {}

    static List<String> lines(SQLException thrown, SqlStatement statement) {
        ServerErrorMessage server =
                thrown instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
        if (server == null) {
            return List.of("ERROR " + thrown.getSQLState() + ": " + thrown.getMessage());
        }
        List<String> lines = new ArrayList<>();
        lines.add(server.getSeverity() + " " + server.getSQLState() + ": " + server.getMessage());
        if (server.getPosition() > 0 && statement.line() > 0) {
            lines.addAll(caret(statement.text(), server.getPosition(), statement.line()));
        }
        if (server.getDetail() != null) {
            lines.add("DETAIL: " + server.getDetail());
        }
        if (server.getHint() != null) {
            lines.add("HINT: " + server.getHint());
        }
        if (server.getWhere() != null) {
            lines.add("CONTEXT: " + server.getWhere());
        }
        return lines;
    }

    /// The line of `sql` that holds the character at `position`, and a caret below that character.
    ///
    /// @param position counted in characters from 1, as PostgreSQL does
    /// @param firstLine the number of the first line of `sql`
    static List<String> caret(String sql, int position, int firstLine) {
        int points = sql.codePointCount(0, sql.length());
        int at = sql.offsetByCodePoints(0, Math.min(position - 1, points));
        int start = sql.lastIndexOf('\n', at - 1) + 1;
        int end = sql.indexOf('\n', at);
        String line = sql.substring(start, end < 0 ? sql.length() : end).replace('\t', ' ');
        int number =
                firstLine + (int) sql.substring(0, start).chars().filter(c -> c == '\n').count();
        int cut = Math.max(0, at - start - BEFORE_CARET);
        String head = "LINE " + number + ": " + (cut > 0 ? "…" : "");
        String shown = line.substring(cut);
        return List.of(
                head + DisplayText.cut(shown, SHOWN),
                " "
                                .repeat(
                                        DisplayText.width(head)
                                                + DisplayText.width(
                                                        line.substring(cut, at - start)))
                        + "^");
    }
}
