package dev.highwater.view;

import dev.highwater.sql.Identifiers;
import dev.highwater.view.Parsed.Unknown;
import dev.highwater.view.Plan.Affected;
import dev.highwater.view.Plan.ByKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SetOperationList;

/// Plans UNION, INTERSECT and EXCEPT, however nested, of relations with the same columns: equal
/// rows stand for themselves, so that the row is the key.
final class SetPlanner {
    /// The name that each relation goes by in its branch.
    static final String ALIAS = "q";

    private final Occurrences occurrences;
    private final Map<Integer, List<Affected>> affected = new HashMap<>();
    private final Indexes indexes;
    private List<String> key = List.of();

    private SetPlanner(Occurrences occurrences) {
        this.occurrences = occurrences;
        this.indexes = new Indexes(occurrences);
    }

    static Plan plan(Select select, List<String> names, Occurrences occurrences) throws Unknown {
        if (!(select instanceof SetOperationList set)
                || set.getLimit() != null
                || set.getOffset() != null
                || set.getFetch() != null) {
            throw new Unknown("it combines several queries");
        }
        return new SetPlanner(occurrences).plan(set, names);
    }

    private Plan plan(SetOperationList set, List<String> names) throws Unknown {
        set.setOrderByElements(null);
        String query = wrapped(set.toString(), names);
        visit(set);
        String restricted = wrapped(set.toString(), names);
        // A few columns find the rows again nearly as well as all do.
        key.stream().limit(3).forEach(indexes::column);
        return new Plan(
                new Strategy(Strategy.Kind.BY_KEY, "by the row", indexes.statements()),
                occurrences,
                Planner.jdbc(query),
                new ByKey(Planner.jdbc(restricted), key, affected, Set.of()),
                null);
    }

    private static String wrapped(String text, List<String> names) {
        String columns = names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
        String keys =
                names.stream()
                        .map(n -> "u." + Identifiers.quote(n))
                        .collect(Collectors.joining(", "));
        return "select u.*, " + keys + " from (" + text + ") u(" + columns + ")";
    }

    private void visit(Select select) throws Unknown {
        switch (select) {
            case SetOperationList set -> {
                for (var each : set.getSelects()) {
                    visit(each);
                }
            }
            case ParenthesedSelect inner -> visit(inner.getSelect());
            case PlainSelect leaf -> leaf(leaf);
            default -> throw new Unknown("it combines several queries");
        }
    }

    private void leaf(PlainSelect leaf) throws Unknown {
        if (!(leaf.getFromItem() instanceof Table table)
                || (leaf.getJoins() != null && !leaf.getJoins().isEmpty())
                || leaf.getWhere() != null
                || leaf.getGroupBy() != null
                || leaf.getHaving() != null
                || leaf.getDistinct() != null
                || leaf.getLimit() != null
                || leaf.getOffset() != null
                || leaf.getFetch() != null
                || !table.getAlias().getName().equals(ALIAS)) {
            throw new Unknown("it combines several queries");
        }
        Planner.qualify(leaf, occurrences);
        var columns = new ArrayList<String>();
        for (var item : leaf.getSelectItems()) {
            if (!(item.getExpression() instanceof Column column) || column.getTable() == null) {
                throw new Unknown("it combines several queries");
            }
            columns.add(column.toString());
        }
        if (key.isEmpty()) {
            key = List.copyOf(columns);
        }
        if (!key.equals(columns)) {
            throw new Unknown("it combines several queries");
        }
        int occurrence = Occurrences.in(table.getName()).get(0);
        indexes.table(ALIAS, occurrence);
        affected.computeIfAbsent(occurrences.relation(occurrence).id(), _ -> new ArrayList<>())
                .add(new Affected(occurrence, Planner.jdbc(leaf.toString())));
        Expression marker = new Column(ByKey.WHERE);
        leaf.setWhere(marker);
    }
}
