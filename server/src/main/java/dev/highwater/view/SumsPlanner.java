package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.view.Level.Kind;
import dev.highwater.view.Parsed.Unknown;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Sees whether a view's sums can be kept by adding what came and taking away what went.
final class SumsPlanner {
    /// Types of keys where equal values are the same text.
    private static final Set<String> KEYS =
            Set.of(
                    "int2",
                    "int4",
                    "int8",
                    "oid",
                    "bool",
                    "text",
                    "varchar",
                    "date",
                    "timestamp",
                    "timestamptz",
                    "uuid",
                    "name");

    /// Types of which the least and the greatest value can be kept.
    private static final Set<String> COMPARED =
            Set.of(
                    "int2",
                    "int4",
                    "int8",
                    "float4",
                    "float8",
                    "numeric",
                    "oid",
                    "money",
                    "text",
                    "varchar",
                    "bpchar",
                    "date",
                    "time",
                    "timetz",
                    "timestamp",
                    "timestamptz",
                    "interval",
                    "inet",
                    "uuid");

    private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");

    /// Expressions in which 1.0 and 1.00 are not the same.
    private static final Pattern DIGITS =
            Pattern.compile(
                    "(?i)text|varchar|char\\b|\\|\\||concat|format\\(|json|row\\(|scale\\(|hash");

    private SumsPlanner() {}

    /// A query whose sums may be kept, with its tables.
    private record Candidate(Sums sums, Occurrences occurrences, Indexes indexes) {}

    /// @throws Unknown why the sums cannot be kept
    static Plan plan(int shard, Stage stage, Catalog catalog) throws Unknown {
        var candidate = candidate(shard, stage, catalog);
        var sums = candidate.sums();
        if (stage.types().size() != sums.expressions().size()) {
            throw new Unknown("its types are not known");
        }
        check(sums, stage.types());
        if (sums.terms().stream().anyMatch(Sums.Term::isExtreme)) {
            // By these a lost extreme is looked for; counts and sums never ask for a group's rows.
            sums.keys().forEach(candidate.indexes()::column);
        }
        return new Plan(
                new Strategy(
                        Strategy.Kind.ALGEBRAIC,
                        sums.keys().isEmpty()
                                ? "sums and counts of all rows"
                                : "sums and counts by " + String.join(", ", sums.keys()),
                        candidate.indexes().statements()),
                candidate.occurrences(),
                "",
                null,
                sums);
    }

    /// The types of what the view groups by and sums, as PostgreSQL names them, numerics with their
    /// scale where they have one; nothing for a query without sums.
    ///
    /// @param connection where the relations can be found under their own names
    static List<String> types(Connection connection, Stage stage, Catalog catalog)
            throws SQLException {
        Candidate candidate;
        try {
            candidate = candidate(0, stage, catalog);
        } catch (Unknown e) {
            return List.of();
        }
        var expressions = candidate.sums().expressions();
        if (expressions.isEmpty()) {
            return List.of();
        }
        String text =
                Planner.jdbc(
                        candidate
                                        .occurrences()
                                        .named(
                                                candidate
                                                        .sums()
                                                        .core()
                                                        .replace(
                                                                Sums.ITEMS,
                                                                String.join(", ", expressions)))
                                + " limit 0");
        try (var select = connection.prepareStatement(text);
                var row = select.executeQuery()) {
            var meta = row.getMetaData();
            var types = new ArrayList<String>();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                String type = meta.getColumnTypeName(i);
                boolean scaled = type.equals("numeric") && meta.getPrecision(i) > 0;
                boolean sized = type.equals("bpchar") && meta.getPrecision(i) < Integer.MAX_VALUE;
                types.add(
                        scaled
                                ? "numeric(" + meta.getScale(i) + ")"
                                : sized ? "bpchar(" + meta.getPrecision(i) + ")" : type);
            }
            return types;
        }
    }

    private static Candidate candidate(int shard, Stage stage, Catalog catalog) throws Unknown {
        var parsed = Planner.parse(shard, stage, catalog);
        var plain = Planner.plain(parsed.select());
        Planner.qualify(plain, parsed.occurrences());
        var level = Level.of(plain, stage.aggregates());
        var indexes = new Indexes(parsed.occurrences());
        var aliases = new HashSet<String>();
        for (var item : level.items()) {
            if (item.nullable() || (item.kind() != Kind.TABLE && item.kind() != Kind.FUNCTION)) {
                throw new Unknown("it sums over more than a join");
            }
            if (item.kind() == Kind.TABLE) {
                indexes.table(item.alias(), item.occurrences().get(0));
            }
            if (!aliases.add(item.alias())) {
                throw new Unknown("two of its tables have the same name");
            }
        }
        level.conditions().forEach(indexes::condition);
        var sums = Sums.of(plain, stage.aggregates());
        for (var shown : sums.shown()) {
            if (!Level.mentioned(shown, aliases).isEmpty()) {
                throw new Unknown("it shows more than keys and sums");
            }
        }
        if (!Level.mentioned(sums.having(), aliases).isEmpty()) {
            throw new Unknown("its HAVING reads more than keys and sums");
        }
        for (var expression : sums.expressions()) {
            if (Level.hasSubquery(expression)) {
                throw new Unknown("it has a subquery");
            }
        }
        return new Candidate(sums, parsed.occurrences(), indexes);
    }

    private static void check(Sums sums, List<String> types) throws Unknown {
        int keys = sums.keys().size();
        for (int i = 0; i < keys; i++) {
            if (types.get(i).equals("numeric")) {
                checkDigits(sums, Sums.key(i));
            } else if (!KEYS.contains(types.get(i)) && !types.get(i).endsWith(")")) {
                throw new Unknown("it groups by a value of type " + types.get(i));
            }
            if (sums.keys().get(i).matches("\\d+")) {
                throw new Unknown("it groups by a constant");
            }
        }
        for (int i = 0; i < sums.terms().size(); i++) {
            var term = sums.terms().get(i);
            String type = types.get(keys + i);
            if (term.isExtreme() && !COMPARED.contains(type.replaceAll("\\(.*", ""))) {
                throw new Unknown("the " + term.function() + " of a " + type + " is not kept");
            }
            boolean exact =
                    term.isExtreme()
                            || term.isOfBooleans()
                            || INTEGERS.contains(type)
                            || type.startsWith("numeric(")
                            || (type.equals("numeric") && term.function().equals("sum"));
            if (!term.function().equals("count") && !exact) {
                throw new Unknown("the " + term.function() + " of a " + type + " is not exact");
            }
            // A sum has as many digits as the longest of its numbers, until that one leaves.
            if (type.equals("numeric")) {
                checkDigits(sums, Sums.term(i));
            }
        }
    }

    private static void checkDigits(Sums sums, String mark) throws Unknown {
        if (sums.shown().stream().anyMatch(s -> s.contains(mark) && DIGITS.matcher(s).find())) {
            throw new Unknown("it shows the digits of a number whose scale can change");
        }
    }
}
