package dev.highwater.view;

import dev.highwater.journal.Column;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The indexes on the relations that a view reads, by which its rows are found again.
final class Indexes {
    /// A column as PostgreSQL prints it.
    static final Pattern COLUMN = Pattern.compile("(\\w+|\"[^\"]+\")\\.(\\w+|\"[^\"]+\")");

    /// A condition that two columns are equal.
    static final Pattern EQUALITY = Pattern.compile("\\(*" + COLUMN + " = " + COLUMN + "\\)*");

    /// Types that have no order, and so no index.
    private static final Set<Integer> NO_INDEX =
            Set.of(114, 142, 600, 601, 602, 603, 604, 628, 718, 194);

    /// Types whose values are small.
    private static final Set<Integer> SMALL =
            Set.of(16, 20, 21, 23, 26, 700, 701, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950);

    /// Whether every value of a column fits into a b-tree.
    static boolean isSmall(Column column) {
        return SMALL.contains(column.baseType());
    }

    /// A column's name as it is, from how PostgreSQL prints it.
    static String bare(String name) {
        return name.startsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }

    private final Occurrences occurrences;
    private final Map<String, List<Integer>> tables = new HashMap<>();
    private final Set<String> statements = new LinkedHashSet<>();

    Indexes(Occurrences occurrences) {
        this.occurrences = occurrences;
    }

    /// A table that columns may be of; queries that do not see each other may use a name twice.
    void table(String alias, int occurrence) {
        tables.computeIfAbsent(alias, _ -> new ArrayList<>()).add(occurrence);
    }

    /// What a condition compares will be looked up, if it compares two columns.
    void condition(String condition) {
        var matcher = EQUALITY.matcher(condition);
        if (matcher.matches()) {
            column(matcher.group(1) + "." + matcher.group(2));
            column(matcher.group(3) + "." + matcher.group(4));
        }
    }

    /// Rows will be looked up by this, if it is a column.
    void column(String expression) {
        var matcher = COLUMN.matcher(expression);
        if (!matcher.matches()) {
            return;
        }
        String name = bare(matcher.group(2));
        for (int occurrence : tables.getOrDefault(matcher.group(1), List.of())) {
            var relation = occurrences.relation(occurrence);
            for (var column : relation.definition().columns()) {
                if (column.name().equals(name)) {
                    index(relation, column);
                }
            }
        }
    }

    private void index(Relation relation, Column column) {
        boolean first =
                !relation.isView() && relation.definition().keyColumns().get(0).equals(column);
        if (first || NO_INDEX.contains(column.baseType())) {
            return;
        }
        // A b-tree refuses long values, which would make writing the table fail.
        statements.add(
                "create index concurrently if not exists r%d_c%d on %s using %s (c%d)"
                        .formatted(
                                relation.id(),
                                column.number(),
                                RelationTables.current(relation.id()),
                                SMALL.contains(column.baseType()) ? "btree" : "hash",
                                column.number()));
    }

    List<String> statements() {
        return List.copyOf(statements);
    }
}
