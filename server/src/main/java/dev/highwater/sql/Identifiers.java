package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The one place where names are quoted into SQL, and where names typed by people are read.
public final class Identifiers {

    /// The schema of a name that is given without one.
    public static final String DEFAULT_SCHEMA = "public";

    private static final int BYTES_MAX = 63;
    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");

    private Identifiers() {}

    /// The identifier in double quotes, whatever it holds.
    public static String quote(String identifier) {
        if (identifier.indexOf('\0') >= 0) {
            throw bad(identifier, "a name cannot hold a zero character");
        }
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /// `"schema"."name"`.
    public static String quote(String schema, String name) {
        return quote(schema) + "." + quote(name);
    }

    /// Reads `orders`, `sales.orders` or `"Mixed ""Case"".x` as SQL does: parts without quotes fold
    /// to lower case, a single part is in schema `public`.
    ///
    /// @throws Failure.Refused `bad-name`
    public static QualifiedName parse(String text) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        while (true) {
            at = skipSpaces(text, at);
            int end =
                    at < text.length() && text.charAt(at) == '"'
                            ? endOfQuoted(text, at)
                            : endOfPlain(text, at);
            parts.add(part(text, at, end));
            at = skipSpaces(text, end);
            if (at == text.length()) {
                break;
            }
            if (text.charAt(at) != '.') {
                throw bad(text, "character " + (at + 1) + " is unexpected");
            }
            at++;
        }
        return switch (parts.size()) {
            case 1 -> new QualifiedName(DEFAULT_SCHEMA, parts.get(0));
            case 2 -> new QualifiedName(parts.get(0), parts.get(1));
            default -> throw bad(text, "it has " + parts.size() + " parts");
        };
    }

    /// Tells of names whether a statement may speak of them: of each that it does speak of, and
    /// maybe of others.
    public static Predicate<String> spokenOfIn(String sql) {
        String text = sql.toLowerCase(Locale.ROOT).replace("\"\"", "\"");
        if (text.contains("u&\"")) {
            return _ -> true; // Characters of names by their numbers.
        }
        return name -> text.contains(name.toLowerCase(Locale.ROOT));
    }

    /// The identifier as a person would type it: quoted only when [#parse] would read it
    /// differently.
    static String display(String identifier) {
        return PLAIN.matcher(identifier).matches() ? identifier : quote(identifier);
    }

    private static String part(String text, int start, int end) {
        if (start == end) {
            throw bad(text, "a part is missing at character " + (start + 1));
        }
        boolean quoted = text.charAt(start) == '"';
        String part =
                quoted
                        ? text.substring(start + 1, end - 1).replace("\"\"", "\"")
                        : foldAscii(text.substring(start, end));
        if (part.isEmpty() || part.indexOf('\0') >= 0) {
            throw bad(text, "a part is empty or holds a zero character");
        }
        if (part.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            throw bad(text, "a part is longer than " + BYTES_MAX + " bytes");
        }
        return part;
    }

    private static int endOfQuoted(String text, int start) {
        int at = start + 1;
        while (at < text.length()) {
            if (text.charAt(at) != '"') {
                at++;
            } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
                at += 2;
            } else {
                return at + 1;
            }
        }
        throw bad(text, "a double quote is not closed");
    }

    private static int endOfPlain(String text, int start) {
        int at = start;
        while (at < text.length() && isPlain(text.charAt(at), at == start)) {
            at++;
        }
        return at;
    }

    private static boolean isPlain(char c, boolean first) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
        return letter || (!first && ((c >= '0' && c <= '9') || c == '$'));
    }

    /// PostgreSQL folds only ASCII letters in a UTF-8 database.
    private static String foldAscii(String part) {
        StringBuilder folded = new StringBuilder(part.length());
        part.chars().forEach(c -> folded.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c)));
        return folded.toString();
    }

    private static int skipSpaces(String text, int start) {
        int at = start;
        while (at < text.length() && text.charAt(at) <= ' ' && text.charAt(at) != '\0') {
            at++;
        }
        return at;
    }

    private static Failure.Refused bad(String text, String why) {
        String shown = text.length() > 200 ? text.substring(0, 200) + "…" : text;
        return new Failure.Refused(
                "bad-name",
                "'"
                        + shown.replaceAll("\\p{Cntrl}", "?")
                        + "' is not a table name: "
                        + why
                        + "; write name or schema.name, with double quotes where SQL needs them");
    }
}
