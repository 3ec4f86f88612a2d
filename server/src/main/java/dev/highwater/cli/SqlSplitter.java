package dev.highwater.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Splits a script into statements at the semicolons that end one: not those in quotes, dollar
/// quotes, comments, parentheses, or the body of a function (`begin atomic … end`). The rules are
/// those of psql's scanner.
final class SqlSplitter {

    /// @param statements the complete ones
    /// @param rest what follows the last semicolon; blank when that is only space and comments
    record Split(List<SqlStatement> statements, String rest) {}

    private static final int WORDS_KEPT = 8;
    private static final Set<String> ROUTINES = Set.of("function", "procedure");

    private final String script;
    private final List<SqlStatement> statements = new ArrayList<>();

    private int at;
    private int line;

    /// Of the statement being read: where it begins (-1 before its first word or sign) and what is
    /// open in it.
    private int start = -1;

    private int startLine;
    private int parentheses;
    private int bodies;
    private List<String> words = new ArrayList<>();

    private SqlSplitter(String script, int firstLine) {
        this.script = script;
        this.line = firstLine;
    }

    /// @param firstLine the number of the script's first line
    static Split split(String script, int firstLine) {
        return new SqlSplitter(script, firstLine).split();
    }

    /// Every statement of a whole script; the last one needs no semicolon.
    static List<SqlStatement> all(String script) {
        SqlSplitter splitter = new SqlSplitter(script, 1);
        splitter.split();
        if (splitter.start >= 0) {
            splitter.end(script.length());
        }
        return List.copyOf(splitter.statements);
    }

    private Split split() {
        while (at < script.length()) {
            char c = script.charAt(at);
            if (Character.isWhitespace(c)) {
                advance(at + 1);
            } else if (script.startsWith("--", at)) {
                advance(endOfLine());
            } else if (script.startsWith("/*", at)) {
                advance(endOfComment());
            } else if (c == ';' && parentheses == 0 && bodies == 0) {
                if (start >= 0) {
                    end(at);
                }
                advance(at + 1);
            } else {
                token(c);
            }
        }
        return new Split(List.copyOf(statements), start < 0 ? "" : script.substring(start));
    }

    private void token(char c) {
        if (start < 0) {
            start = at;
            startLine = line;
            if (c == '\\') {
                advance(endOfLine());
                end(at);
                return;
            }
        }
        if (c == '\'') {
            advance(endOfQuoted('\'', false));
        } else if (c == '"') {
            advance(endOfQuoted('"', false));
        } else if (c == '$') {
            advance(endOfDollarQuoted());
        } else if (Character.isLetter(c) || c == '_') {
            word();
        } else {
            parentheses += c == '(' ? 1 : c == ')' && parentheses > 0 ? -1 : 0;
            advance(at + 1);
        }
    }

    private void word() {
        int end = at;
        while (end < script.length() && isWordPart(script.charAt(end))) {
            end++;
        }
        String word = script.substring(at, end).toLowerCase(Locale.ROOT);
        boolean escapes = word.equals("e") && end < script.length() && script.charAt(end) == '\'';
        advance(end);
        if (escapes) {
            advance(endOfQuoted('\'', true));
            return;
        }
        if (words.size() < WORDS_KEPT) {
            words.add(word);
        }
        if (parentheses == 0 && createsRoutine()) {
            if (word.equals("begin") || (word.equals("case") && bodies > 0)) {
                bodies++;
            } else if (word.equals("end") && bodies > 0) {
                bodies--;
            }
        }
    }

    private boolean createsRoutine() {
        int kind = words.size() > 2 && words.get(1).equals("or") ? 3 : 1;
        return words.size() > kind
                && words.getFirst().equals("create")
                && ROUTINES.contains(words.get(kind));
    }

    private void end(int end) {
        statements.add(
                new SqlStatement(
                        script.substring(start, end).strip(), startLine, List.copyOf(words)));
        start = -1;
        parentheses = 0;
        bodies = 0;
        words = new ArrayList<>();
    }

    private void advance(int to) {
        for (int i = at; i < to; i++) {
            if (script.charAt(i) == '\n') {
                line++;
            }
        }
        at = to;
    }

    private int endOfLine() {
        int end = script.indexOf('\n', at);
        return end < 0 ? script.length() : end;
    }

    private int endOfComment() {
        int depth = 0;
        int i = at;
        do {
            if (script.startsWith("/*", i)) {
                depth++;
                i += 2;
            } else if (script.startsWith("*/", i)) {
                depth--;
                i += 2;
            } else {
                i++;
            }
        } while (depth > 0 && i < script.length());
        if (depth > 0 && start < 0) {
            // an open comment is something to go on with, not nothing
            start = at;
            startLine = line;
        }
        return i;
    }

    private int endOfQuoted(char quote, boolean backslashEscapes) {
        for (int i = at + 1; i < script.length(); i++) {
            char c = script.charAt(i);
            if (backslashEscapes && c == '\\') {
                i++;
            } else if (c == quote) {
                return i + 1;
            }
        }
        return script.length();
    }

    private int endOfDollarQuoted() {
        int tagEnd = at + 1;
        while (tagEnd < script.length()
                && isWordPart(script.charAt(tagEnd))
                && script.charAt(tagEnd) != '$') {
            tagEnd++;
        }
        boolean opens =
                tagEnd < script.length()
                        && script.charAt(tagEnd) == '$'
                        && (tagEnd == at + 1 || !Character.isDigit(script.charAt(at + 1)));
        if (!opens) {
            return at + 1;
        }
        String tag = script.substring(at, tagEnd + 1);
        int end = script.indexOf(tag, tagEnd + 1);
        return end < 0 ? script.length() : end + tag.length();
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }
}
