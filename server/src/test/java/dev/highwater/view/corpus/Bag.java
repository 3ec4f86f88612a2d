package dev.highwater.view.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGInterval;

/// The rows of a query with their multiplicities, compared as `except all` would, also where a type
/// has no equality: numerics, intervals and the numbers in jsonb by value (1.0 is 1.00), floats
/// with a tolerance, everything else by its text.
///
/// @param columns names and types
/// @param rows by the row's text, in which every float is a `~`, the floats of each such row
public record Bag(List<String> columns, Map<String, List<double[]>> rows) {
    private static final double TOLERANCE = 1e-9;
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");
    private static final Pattern FIXED = Pattern.compile("-?\\d+\\.\\d+");
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    public Bag {
        columns = List.copyOf(columns);
    }

    /// What one bag has and the other lacks, as text.
    public record Difference(List<String> missing, List<String> extra) {
        public boolean isEmpty() {
            return missing.isEmpty() && extra.isEmpty();
        }
    }

    /// Runs a query. It is not prepared by the driver, so that `?` is an operator in it.
    public static Bag of(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData about = result.getMetaData();
            List<String> names = new ArrayList<>();
            List<String> types = new ArrayList<>();
            for (int i = 1; i <= about.getColumnCount(); i++) {
                types.add(about.getColumnTypeName(i));
                names.add(about.getColumnLabel(i) + " " + about.getColumnTypeName(i));
            }
            Map<String, List<double[]>> rows = new TreeMap<>();
            while (result.next()) {
                var floats = new ArrayList<Double>();
                List<String> values = new ArrayList<>();
                for (int i = 0; i < types.size(); i++) {
                    values.add(value(types.get(i), result.getString(i + 1), floats));
                }
                rows.computeIfAbsent(String.join(" | ", values), text -> new ArrayList<>())
                        .add(floats.stream().mapToDouble(Double::doubleValue).toArray());
            }
            return new Bag(names, rows);
        }
    }

    /// How many rows there are.
    public int size() {
        return rows.values().stream().mapToInt(List::size).sum();
    }

    /// Whether both hold exactly the same, floats included.
    public boolean identical(Bag other) {
        return columns.equals(other.columns)
                && rows.keySet().equals(other.rows.keySet())
                && difference(other, 0).isEmpty();
    }

    /// What is missing in `actual` and what is in it beyond this.
    public Difference difference(Bag actual) {
        return difference(actual, TOLERANCE);
    }

    private Difference difference(Bag actual, double tolerance) {
        List<String> missing = new ArrayList<>();
        List<String> extra = new ArrayList<>();
        if (!columns.equals(actual.columns)) {
            missing.add("columns " + columns);
            extra.add("columns " + actual.columns);
        }
        rows.forEach(
                (text, floats) ->
                        unmatched(floats, actual.rows.getOrDefault(text, List.of()), tolerance)
                                .forEach(values -> missing.add(shown(text, values))));
        actual.rows.forEach(
                (text, floats) ->
                        unmatched(floats, rows.getOrDefault(text, List.of()), tolerance)
                                .forEach(values -> extra.add(shown(text, values))));
        return new Difference(missing, extra);
    }

    private static List<double[]> unmatched(
            List<double[]> wanted, List<double[]> found, double tolerance) {
        if (!wanted.isEmpty() && wanted.getFirst().length == 0) {
            return wanted.subList(Math.min(found.size(), wanted.size()), wanted.size());
        }
        List<double[]> left = new ArrayList<>(found);
        List<double[]> unmatched = new ArrayList<>();
        for (double[] row : wanted) {
            int nearest = -1;
            for (int i = 0; i < left.size() && nearest < 0; i++) {
                nearest = near(row, left.get(i), tolerance) ? i : -1;
            }
            if (nearest < 0) {
                unmatched.add(row);
            } else {
                left.remove(nearest);
            }
        }
        return unmatched;
    }

    private static boolean near(double[] one, double[] other, double tolerance) {
        if (one.length != other.length) {
            return false;
        }
        for (int i = 0; i < one.length; i++) {
            double scale = Math.max(1, Math.max(Math.abs(one[i]), Math.abs(other[i])));
            if (Math.abs(one[i] - other[i]) > tolerance * scale) {
                return false;
            }
        }
        return true;
    }

    private static String shown(String text, double[] floats) {
        StringBuilder shown = new StringBuilder();
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '~' && at < floats.length) {
                shown.append(floats[at++]);
            } else {
                shown.append(text.charAt(i));
            }
        }
        return shown.toString();
    }

    private static String value(String type, @Nullable String text, List<Double> floats)
            throws SQLException {
        if (text == null) {
            return "NULL";
        }
        return switch (type) {
            case "float4", "float8", "_float4", "_float8" -> {
                Matcher matcher = NUMBER.matcher(text);
                matcher.results().forEach(found -> floats.add(Double.parseDouble(found.group())));
                yield matcher.replaceAll("~");
            }
            case "numeric" ->
                    Character.isLetter(text.charAt(text.length() - 1)) ? text : plain(text);
            case "_numeric" -> FIXED.matcher(text).replaceAll(found -> plain(found.group()));
            case "jsonb" -> json(text);
            case "interval" -> interval(text);
            // A tilde of the data's own would be taken for a float in the report only.
            default -> text;
        };
    }

    private static String plain(String number) {
        BigDecimal value = new BigDecimal(number);
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    private static String json(String text) {
        try {
            return json(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static String json(JsonNode node) {
        if (node.isNumber()) {
            return plain(node.asText());
        }
        if (node.isArray()) {
            return node.valueStream().map(Bag::json).collect(Collectors.joining(", ", "[", "]"));
        }
        if (node.isObject()) {
            return node.propertyStream()
                    .map(field -> '"' + field.getKey() + "\": " + json(field.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return node.toString();
    }

    /// As PostgreSQL compares them: a month is 30 days, a day is 24 hours.
    private static String interval(String text) throws SQLException {
        if (text.contains("infinity")) {
            return text;
        }
        PGInterval interval = new PGInterval(text);
        long days = (interval.getYears() * 12L + interval.getMonths()) * 30 + interval.getDays();
        long seconds =
                (days * 24 + interval.getHours()) * 3600
                        + interval.getMinutes() * 60L
                        + interval.getWholeSeconds();
        return seconds + " s " + interval.getMicroSeconds() + " us";
    }
}
