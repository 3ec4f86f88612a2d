package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.view.Level.Item;
import dev.highwater.view.Level.Kind;
import dev.highwater.view.Parsed.Unknown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.statement.select.PlainSelect;

/// Finds columns of a view that are unique and never null, as far as that can be proved: the keys
/// of the tables that it joins, or what it groups by.
final class Keys {
    private Keys() {}

    /// A column of a table in the query.
    private record Of(String alias, String column) {}

    /// Indexes of the view's columns that are a key; nothing where none is known.
    ///
    /// @param multiplies whether a row can become several by a function in the select list
    static List<Integer> of(Stage stage, Catalog catalog, boolean multiplies) {
        try {
            var parsed = Planner.parse(0, stage, catalog);
            var plain = Planner.plain(parsed.select());
            Planner.qualify(plain, parsed.occurrences());
            if (multiplies
                    || plain.getHaving() != null
                    || plain.getLimit() != null
                    || (plain.getDistinct() != null
                            && plain.getDistinct().getOnSelectItems() != null)) {
                return List.of();
            }
            var level = Level.of(plain, stage.aggregates());
            var tables = tables(level, parsed.occurrences());
            var equal = equalities(level);
            Set<Of> wanted;
            if (plain.getGroupBy() != null || plain.getDistinct() != null) {
                wanted = grouped(plain, tables, equal);
            } else if (Aggregates.any(plain, stage.aggregates())
                    && Aggregates.windows(plain).isEmpty()) {
                return List.of();
            } else {
                wanted = joined(tables, equal);
            }
            return shown(plain, wanted);
        } catch (Unknown e) {
            return List.of();
        }
    }

    /// The key columns of each table.
    private static Map<String, List<String>> tables(Level level, Occurrences occurrences)
            throws Unknown {
        var result = new LinkedHashMap<String, List<String>>();
        for (Item item : level.items()) {
            if (item.kind() != Kind.TABLE || item.nullable()) {
                throw new Unknown("not only tables are joined");
            }
            var definition = occurrences.relation(item.occurrences().get(0)).definition();
            if (definition.isBag()) {
                throw new Unknown("a bag is joined");
            }
            result.put(item.alias(), definition.keyColumns().stream().map(c -> c.name()).toList());
        }
        return result;
    }

    private static Map<Of, Set<Of>> equalities(Level level) {
        var result = new HashMap<Of, Set<Of>>();
        for (var condition : level.conditions()) {
            var matcher = Indexes.EQUALITY.matcher(condition);
            if (matcher.matches()) {
                var one = new Of(matcher.group(1), Indexes.bare(matcher.group(2)));
                var other = new Of(matcher.group(3), Indexes.bare(matcher.group(4)));
                result.computeIfAbsent(one, _ -> new HashSet<>()).add(other);
                result.computeIfAbsent(other, _ -> new HashSet<>()).add(one);
            }
        }
        return result;
    }

    /// The keys of all tables but those that others determine.
    private static Set<Of> joined(Map<String, List<String>> tables, Map<Of, Set<Of>> equal) {
        var left = new LinkedHashMap<>(tables);
        for (var alias : List.copyOf(tables.keySet()).reversed()) {
            boolean determined =
                    left.size() > 1
                            && tables.getOrDefault(alias, List.of()).stream()
                                    .allMatch(
                                            c ->
                                                    equal
                                                            .getOrDefault(
                                                                    new Of(alias, c), Set.of())
                                                            .stream()
                                                            .anyMatch(
                                                                    o ->
                                                                            !o.alias().equals(alias)
                                                                                    && left
                                                                                            .containsKey(
                                                                                                    o
                                                                                                            .alias())));
            if (determined) {
                left.remove(alias);
            }
        }
        var result = new HashSet<Of>();
        left.forEach((alias, key) -> key.forEach(c -> result.add(new Of(alias, c))));
        return result;
    }

    /// What is grouped by, if it is never null.
    private static Set<Of> grouped(
            PlainSelect plain, Map<String, List<String>> tables, Map<Of, Set<Of>> equal)
            throws Unknown {
        var texts = new ArrayList<String>();
        if (plain.getDistinct() != null) {
            plain.getSelectItems().forEach(i -> texts.add(i.getExpression().toString()));
        } else if (plain.getGroupBy().getGroupingSets() != null
                && !plain.getGroupBy().getGroupingSets().isEmpty()) {
            throw new Unknown("it has grouping sets");
        } else {
            plain.getGroupBy().getGroupByExpressionList().forEach(e -> texts.add(e.toString()));
        }
        var columns = new HashSet<Of>();
        for (var text : texts) {
            var matcher = Indexes.COLUMN.matcher(text);
            if (!matcher.matches()) {
                throw new Unknown("it groups by an expression");
            }
            columns.add(new Of(matcher.group(1), Indexes.bare(matcher.group(2))));
        }
        // A table's key determines its other columns.
        tables.forEach(
                (alias, key) -> {
                    if (key.stream().allMatch(c -> columns.contains(new Of(alias, c)))) {
                        columns.removeIf(c -> c.alias().equals(alias) && !key.contains(c.column()));
                    }
                });
        var result = new HashSet<Of>();
        for (var column : columns) {
            boolean never =
                    equal.containsKey(column)
                            || tables.getOrDefault(column.alias(), List.of())
                                    .contains(column.column());
            if (!never) {
                throw new Unknown("it groups by what may be null");
            }
            result.add(column);
        }
        return result;
    }

    private static List<Integer> shown(PlainSelect plain, Set<Of> wanted) {
        var result = new ArrayList<Integer>();
        var missing = new HashSet<>(wanted);
        for (int i = 0; i < plain.getSelectItems().size(); i++) {
            var matcher = Indexes.COLUMN.matcher(plain.getSelectItem(i).getExpression().toString());
            if (matcher.matches()
                    && missing.remove(new Of(matcher.group(1), Indexes.bare(matcher.group(2))))) {
                result.add(i);
            }
        }
        return missing.isEmpty() && !wanted.isEmpty() ? result : List.of();
    }
}
