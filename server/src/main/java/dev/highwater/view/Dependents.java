package dev.highwater.view;

import dev.highwater.journal.Column;
import dev.highwater.sql.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.PlainSelect;
import org.jspecify.annotations.Nullable;

/// A query that groups by a table's key may show the table's other columns; PostgreSQL knows that
/// of tables, but not of the subqueries that stand in their place. So these columns are added to
/// the GROUP BY, which changes no group.
final class Dependents {
    private Dependents() {}

    static void add(PlainSelect plain, Occurrences occurrences) {
        var group = plain.getGroupBy();
        if (group == null
                || group.getGroupByExpressionList() == null
                || (group.getGroupingSets() != null && !group.getGroupingSets().isEmpty())) {
            return;
        }
        var tables = new ArrayList<Table>();
        collect(plain.getFromItem(), plain.getJoins(), tables);
        boolean alone = tables.size() == 1;
        var grouped = new ArrayList<String>();
        group.getGroupByExpressionList()
                .forEach(e -> grouped.add(String.valueOf(e).replaceAll("^\\((.*)\\)$", "$1")));
        var shown = new StringBuilder();
        plain.getSelectItems().forEach(i -> shown.append(i.getExpression()).append(' '));
        shown.append(plain.getHaving());
        var added = new ArrayList<Expression>();
        for (var table : tables) {
            var relation = occurrences.relation(Occurrences.in(table.getName()).get(0));
            String alias = table.getAlias().getName();
            if (relation.definition().isBag()
                    || !relation.definition().keyColumns().stream()
                            .allMatch(
                                    c ->
                                            names(alias, c, alone).stream()
                                                    .anyMatch(grouped::contains))) {
                continue;
            }
            for (var column : relation.definition().columns()) {
                for (var name : names(alias, column, alone)) {
                    if (!grouped.contains(name)
                            && Pattern.compile(
                                            "(?<![\\w.\"])" + Pattern.quote(name) + "(?![\\w\"(])")
                                    .matcher(shown)
                                    .find()) {
                        added.add(
                                new net.sf.jsqlparser.schema.Column(
                                        new Table(alias), Identifiers.quote(column.name())));
                        break;
                    }
                }
            }
        }
        if (!added.isEmpty()) {
            var all = new ExpressionList<Expression>();
            for (Object each : group.getGroupByExpressionList()) {
                all.add((Expression) each);
            }
            all.addAll(added);
            group.setGroupByExpressions(all);
        }
    }

    /// How a column may be written.
    private static List<String> names(String alias, Column column, boolean alone) {
        var result = new ArrayList<String>();
        for (var name : List.of(column.name(), Identifiers.quote(column.name()))) {
            result.add(alias + "." + name);
            if (alone) {
                result.add(name);
            }
        }
        return result;
    }

    private static void collect(
            @Nullable FromItem from, @Nullable List<Join> joins, List<Table> tables) {
        if (from instanceof Table table) {
            tables.add(table);
        } else if (from instanceof ParenthesedFromItem group) {
            collect(group.getFromItem(), group.getJoins(), tables);
        }
        if (joins != null) {
            joins.forEach(j -> collect(j.getFromItem(), null, tables));
        }
    }
}
