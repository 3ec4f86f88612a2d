package dev.highwater.cli;

import dev.highwater.failure.Failure;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One condition on rows, as the HTTP filter `column=operator.value` says it.
record Where(String column, String operator, String value) {

    private static final String NAME = "\\s*(\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)";
    private static final String WORD = "(eq|neq|gte?|lte?|i?like|in|is)";
    private static final Pattern FILTER =
            Pattern.compile(NAME + "=" + WORD + "\\.(.*)", Pattern.DOTALL);
    private static final Pattern WORDS =
            Pattern.compile(
                    NAME + "\\s+" + WORD + "\\s+(.*)", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    private static final Pattern SIGNS =
            Pattern.compile(NAME + "\\s*(>=|<=|<>|!=|=|>|<)\\s*(.*)", Pattern.DOTALL);
    private static final Map<String, String> OPERATOR_OF_SIGN =
            Map.of(
                    "=", "eq", "!=", "neq", "<>", "neq", ">", "gt", ">=", "gte", "<", "lt", "<=",
                    "lte");

    private static final Set<String> WORDS_OF_REQUESTS =
            Set.of(
                    "after",
                    "as_of",
                    "format",
                    "limit",
                    "offset",
                    "order",
                    "relations",
                    "select",
                    "ticket");

    /// Reads `column=op.value` as HTTP has it, `column op value` in words (`status like A%`, `id in
    /// 1,2`, `note is null`) or with a sign (`amount>=5`).
    static Where parse(String text) {
        Matcher filter = FILTER.matcher(text);
        if (filter.matches()) {
            return new Where(name(filter), filter.group(2), filter.group(3));
        }
        Matcher words = WORDS.matcher(text);
        if (words.matches()) {
            String operator = words.group(2).toLowerCase(Locale.ROOT);
            return new Where(name(words), operator, operand(operator, words.group(3).strip()));
        }
        Matcher signs = SIGNS.matcher(text);
        if (signs.matches()) {
            return new Where(
                    name(signs),
                    OPERATOR_OF_SIGN.getOrDefault(signs.group(2), "eq"),
                    unquoted(signs.group(3).strip()));
        }
        throw new Failure.Refused(
                Cli.USAGE,
                "cannot read the condition '"
                        + text
                        + "'; write column=value, column>5, 'column like A%' or column=gt.5");
    }

    /// The name of the query parameter: the column's, quoted where it would mean something else.
    String parameter() {
        return WORDS_OF_REQUESTS.contains(column) || column.startsWith("\"")
                ? "\"" + column.replace("\"", "\"\"") + "\""
                : column;
    }

    /// What it carries.
    String filter() {
        return operator + "." + value;
    }

    private static String operand(String operator, String text) {
        return switch (operator) {
            case "in" -> text.startsWith("(") ? text : "(" + text + ")";
            case "is" -> text.toLowerCase(Locale.ROOT).replaceAll("\\s+", "_");
            default -> unquoted(text);
        };
    }

    private static String name(Matcher matcher) {
        String name = matcher.group(1);
        return name.startsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("'") && value.endsWith("'");
        return quoted ? value.substring(1, value.length() - 1).replace("''", "'") : value;
    }
}
