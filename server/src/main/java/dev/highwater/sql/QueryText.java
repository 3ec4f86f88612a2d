package dev.highwater.sql;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// One SQL statement with its parameters found: `:name` or `$1`, outside of quotes and comments.
///
/// @param jdbc the statement with a question mark for each parameter
/// @param parameters what stands at each question mark: a name, or a number from 1
/// @param word the statement's first word, in lower case
public record QueryText(String jdbc, List<String> parameters, String word, List<Moved> moved) {
    public QueryText {
        parameters = List.copyOf(parameters);
        moved = List.copyOf(moved);
    }

    /// From character `sent` on of what PostgreSQL sees, it sees what the client wrote from
    /// `written` on; both from 0.
    public record Moved(int sent, int written) {}

    /// Where a character that PostgreSQL speaks of stands in the client's text; both from 1.
    public int written(int sent) {
        var last = new Moved(0, 0);
        for (var m : moved) {
            if (m.sent <= sent - 1) {
                last = m;
            }
        }
        return last.written + (sent - 1 - last.sent) + 1;
    }

    /// Reads a statement.
    ///
    /// @param given names of the parameters that were given: inside of brackets, where a colon also
    ///   makes a slice, only these are parameters
    /// @throws Failure.Refused `bad-query` for none or several statements
    public static QueryText parse(String sql, Set<String> given) {
        return new Scan(sql, given).run();
    }

    /// One pass over the text.
    private static final class Scan {
        private final String sql;
        private final Set<String> given;
        private final StringBuilder jdbc = new StringBuilder();
        private final List<String> parameters = new ArrayList<>();
        private final List<Moved> moved = new ArrayList<>();
        private String word = "";
        private int at;
        private int copied;
        private int sent;
        private int brackets;
        private int semicolon = -1;

        Scan(String sql, Set<String> given) {
            this.sql = sql;
            this.given = given;
        }

        QueryText run() {
            while (at < sql.length()) {
                step();
            }
            if (word.isEmpty()) {
                throw bad("there is no statement");
            }
            int end = semicolon < 0 ? sql.length() : semicolon;
            jdbc.append(sql, Math.min(copied, end), end);
            return new QueryText(jdbc.toString(), parameters, word, moved);
        }

        private void step() {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (sql.startsWith("--", at)) {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end;
            } else if (sql.startsWith("/*", at)) {
                comment();
            } else {
                token(c);
            }
        }

        private void token(char c) {
            if (semicolon >= 0) {
                throw bad("only one statement is run; a second begins at character " + (at + 1));
            }
            if (c == ';') {
                semicolon = at++;
                return;
            }
            if (word.isEmpty() && !isNameStart(c)) {
                word = String.valueOf(c);
            }
            switch (c) {
                case '\'' -> quoted('\'', false);
                case '"' -> quoted('"', false);
                case '$' -> dollar();
                case ':' -> colon();
                case '?' -> {
                    replace(at, at + 1, "??", 1);
                    at++;
                }
                default -> {
                    if (isNameStart(c)) {
                        name();
                    } else {
                        brackets += c == '[' ? 1 : c == ']' ? -1 : 0;
                        at++;
                    }
                }
            }
        }

        private void name() {
            int start = at;
            while (at < sql.length() && isNamePart(sql.charAt(at))) {
                at++;
            }
            String name = sql.substring(start, at).toLowerCase(Locale.ROOT);
            if (word.isEmpty()) {
                word = name;
            }
            if (name.equals("e") && at < sql.length() && sql.charAt(at) == '\'') {
                quoted('\'', true);
            }
        }

        private void colon() {
            if (sql.startsWith("::", at)) {
                at += 2;
                return;
            }
            int end = at + 1;
            while (end < sql.length() && isNamePart(sql.charAt(end))) {
                end++;
            }
            String name = sql.substring(at + 1, end);
            boolean parameter =
                    !name.isEmpty()
                            && isNameStart(name.charAt(0))
                            && (brackets == 0 || given.contains(name));
            if (parameter) {
                parameter(name, end);
            } else {
                at++;
            }
        }

        private void dollar() {
            int end = at + 1;
            while (end < sql.length() && Character.isDigit(sql.charAt(end))) {
                end++;
            }
            if (end > at + 1) {
                parameter(sql.substring(at + 1, end), end);
                return;
            }
            while (end < sql.length() && isNamePart(sql.charAt(end)) && sql.charAt(end) != '$') {
                end++;
            }
            if (end == sql.length() || sql.charAt(end) != '$') {
                at++;
                return;
            }
            String tag = sql.substring(at, end + 1);
            int close = sql.indexOf(tag, end + 1);
            at = close < 0 ? sql.length() : close + tag.length();
        }

        private void parameter(String name, int end) {
            parameters.add(name);
            replace(at, end, "?", ("$" + parameters.size()).length());
            at = end;
        }

        /// Puts other text in place of [start, end), which PostgreSQL sees as `length` characters.
        private void replace(int start, int end, String text, int length) {
            jdbc.append(sql, copied, start).append(text);
            sent += start - copied + length;
            copied = end;
            moved.add(new Moved(sent, end));
        }

        private void quoted(char quote, boolean backslashEscapes) {
            for (at++; at < sql.length(); at++) {
                char c = sql.charAt(at);
                if (backslashEscapes && c == '\\') {
                    at++;
                } else if (c == quote) {
                    at++;
                    return;
                }
            }
        }

        private void comment() {
            int depth = 0;
            do {
                if (sql.startsWith("/*", at)) {
                    depth++;
                    at += 2;
                } else if (sql.startsWith("*/", at)) {
                    depth--;
                    at += 2;
                } else {
                    at++;
                }
            } while (depth > 0 && at < sql.length());
            at = Math.min(at, sql.length());
        }

        private static boolean isNameStart(char c) {
            return Character.isLetter(c) || c == '_';
        }

        private static boolean isNamePart(char c) {
            return Character.isLetterOrDigit(c) || c == '_' || c == '$';
        }

        private static Failure.Refused bad(String why) {
            return new Failure.Refused("bad-query", Shown.of(why));
        }
    }
}
