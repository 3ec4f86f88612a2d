package dev.highwater.relation;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A condition on one column of a relation, as PostgREST writes them: `column=op.value`. It goes on
/// meaning the same column when that is renamed.
///
/// @param negated whether rows that do not fulfil it are meant (`not.`)
/// @param values one text for most operators, any number for IN
public record Condition(Column column, boolean negated, Operator operator, List<String> values) {

    /// What a column is compared by.
    public enum Operator {
        EQ("="),
        NEQ("<>"),
        GT(">"),
        GTE(">="),
        LT("<"),
        LTE("<="),
        LIKE("like"),
        ILIKE("ilike"),
        IN("in"),
        IS("is");

        private final String sql;

        Operator(String sql) {
            this.sql = sql;
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String OPERATORS =
            Arrays.stream(Operator.values()).map(Operator::word).collect(Collectors.joining(" "));

    private static final List<String> IS_VALUES =
            List.of("null", "not_null", "true", "false", "unknown");

    public Condition {
        values = List.copyOf(values);
    }

    /// Reads `op.value`, such as `gte.10`, `not.in.(a,"b,c")`, `like.A*`, `is.null`.
    ///
    /// @throws Failure.Refused `unknown-column` or `bad-filter`
    public static Condition parse(TableDefinition definition, String name, String expression) {
        var column = column(definition, name);
        boolean negated = expression.startsWith("not.");
        String rest = negated ? expression.substring(4) : expression;
        int dot = rest.indexOf('.');
        String word = dot < 0 ? rest : rest.substring(0, dot);
        var operator =
                Arrays.stream(Operator.values())
                        .filter(o -> o.word().equals(word))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        bad(
                                                name,
                                                "'"
                                                        + Shown.of(word)
                                                        + "' is not an operator; there are "
                                                        + OPERATORS));
        if (dot < 0) {
            throw bad(
                    name,
                    "a value is missing after " + word + "; write " + name + "=" + word + ".…");
        }
        String value = rest.substring(dot + 1);
        return new Condition(
                column,
                negated,
                operator,
                switch (operator) {
                    case IN -> list(name, value);
                    case IS -> List.of(isValue(name, value));
                    case LIKE, ILIKE -> List.of(pattern(name, value));
                    case EQ, NEQ, GT, GTE, LT, LTE -> List.of(value);
                });
    }

    /// The column of this name.
    ///
    /// @throws Failure.Refused `unknown-column`
    public static Column column(TableDefinition definition, String name) {
        for (var column : definition.columns()) {
            if (column.name().equals(name)) {
                return column;
            }
        }
        throw new Failure.Refused(
                "unknown-column",
                definition.name()
                        + " has no column '"
                        + Shown.of(name)
                        + "'; it has "
                        + definition.columns().stream()
                                .map(Column::name)
                                .collect(Collectors.joining(", ")));
    }

    /// Has PostgreSQL read the values and find the operator.
    ///
    /// @throws Failure.Refused `bad-filter`
    void check(Connection connection) throws SQLException {
        String type = ColumnSql.comparedType(column);
        var sql = new SqlText().add("select true");
        switch (operator) {
            case EQ, NEQ, GT, GTE, LT, LTE, IN -> {
                String compare = operator == Operator.IN ? "=" : operator.sql;
                for (var value : values) {
                    sql.add(" and cast(").bind(value).add(" as " + type + ") " + compare);
                    sql.add(" cast(").bind(value).add(" as " + type + ")");
                }
            }
            case LIKE, ILIKE -> sql.add(" and '' " + operator.sql + " ").bind(values.getFirst());
            case IS -> sql.add(" and cast(null as " + type + ") is " + word(values.getFirst()));
        }
        try (var statement = sql.prepare(connection)) {
            statement.executeQuery().close();
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith("22") || state.startsWith("42") || state.startsWith("23")) {
                throw new Failure.Refused(
                        "bad-filter",
                        "filter "
                                + this
                                + ": column "
                                + column.name()
                                + " is of type "
                                + column.type()
                                + ": "
                                + SqlMessages.line(e),
                        e);
            }
            throw e;
        }
    }

    /// Appends ` and …`.
    void appendTo(SqlText sql) {
        String stored = RelationTables.column(column);
        sql.add(negated ? " and not (" : " and (");
        switch (operator) {
            case EQ, NEQ, GT, GTE, LT, LTE -> {
                sql.add(stored + " " + operator.sql + " ");
                appendValue(sql, values.getFirst());
            }
            case LIKE, ILIKE -> {
                sql.add(ColumnSql.text(column) + " " + operator.sql + " ");
                sql.bind(values.getFirst());
            }
            case IN -> {
                if (values.isEmpty()) {
                    sql.add("false");
                } else {
                    sql.add(stored);
                    String separator = " in (";
                    for (var value : values) {
                        sql.add(separator);
                        appendValue(sql, value);
                        separator = ", ";
                    }
                    sql.add(")");
                }
            }
            case IS -> sql.add(stored + " is " + word(values.getFirst()));
        }
        sql.add(")");
    }

    /// As a person wrote it, for messages.
    @Override
    public String toString() {
        String value =
                operator == Operator.IN ? "(" + String.join(",", values) + ")" : values.getFirst();
        return Shown.of(
                column.name() + "=" + (negated ? "not." : "") + operator.word() + "." + value);
    }

    private void appendValue(SqlText sql, String value) {
        sql.add("cast(").bind(value).add(" as " + ColumnSql.comparedType(column) + ")");
    }

    private static String word(String isValue) {
        return isValue.equals("not_null") ? "not null" : isValue;
    }

    private static String isValue(String name, String value) {
        String word = value.toLowerCase(Locale.ROOT);
        if (!IS_VALUES.contains(word)) {
            throw bad(name, "is." + Shown.of(value) + " is none of " + String.join(" ", IS_VALUES));
        }
        return word;
    }

    private static String pattern(String name, String value) {
        int backslashes = 0;
        while (backslashes < value.length()
                && value.charAt(value.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        if (backslashes % 2 == 1) {
            throw bad(name, "the pattern must not end with a single backslash");
        }
        return value.replace('*', '%');
    }

    /// Reads `(a,b,"c,\"d\"")`.
    private static List<String> list(String name, String text) {
        if (text.length() < 2 || !text.startsWith("(") || !text.endsWith(")")) {
            throw bad(name, "in needs a list in parentheses, such as in.(1,2,3)");
        }
        String inner = text.substring(1, text.length() - 1);
        var result = new ArrayList<String>();
        if (inner.isEmpty()) {
            return result;
        }
        int at = 0;
        while (true) {
            var value = new StringBuilder();
            boolean quoted = at < inner.length() && inner.charAt(at) == '"';
            if (quoted) {
                at++;
                while (at < inner.length() && inner.charAt(at) != '"') {
                    if (inner.charAt(at) == '\\' && at + 1 < inner.length()) {
                        at++;
                    }
                    value.append(inner.charAt(at++));
                }
                if (at == inner.length()) {
                    throw bad(name, "a double quote in the list is not closed");
                }
                at++;
            } else {
                while (at < inner.length() && inner.charAt(at) != ',') {
                    value.append(inner.charAt(at++));
                }
            }
            result.add(value.toString());
            if (at == inner.length()) {
                return result;
            }
            if (inner.charAt(at) != ',') {
                throw bad(
                        name,
                        "a comma is missing in the list after \""
                                + Shown.of(value.toString())
                                + "\"");
            }
            at++;
        }
    }

    private static Failure.Refused bad(String name, String why) {
        return new Failure.Refused("bad-filter", "filter on " + Shown.of(name) + ": " + why);
    }
}
