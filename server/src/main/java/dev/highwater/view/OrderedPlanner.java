package dev.highwater.view;

import dev.highwater.journal.Column;
import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Identifiers;
import dev.highwater.view.Parsed.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.PlainSelect;
import org.jspecify.annotations.Nullable;

/// Finds queries over one relation that an index answers, however large the relation is: its first
/// rows in an order, its least or greatest values.
final class OrderedPlanner {
    /// More rows than that are not few.
    private static final long ROWS_MAX = 1000;

    private static final Pattern EXTREME =
            Pattern.compile("(?i)(?:min|max)\\(" + Indexes.COLUMN + "\\)");

    private final Occurrences occurrences;
    private final int relation;
    private final List<Column> columns;

    /// Names of columns that tell the relation's rows apart.
    private final List<String> key;

    private OrderedPlanner(Occurrences occurrences, int occurrence) {
        this.occurrences = occurrences;
        var of = occurrences.relation(occurrence);
        this.relation = of.id();
        var definition = of.definition();
        this.columns = definition.columns();
        this.key =
                of.hasRowHash()
                        ? List.of("hw_row")
                        : definition.keyColumns().stream()
                                .map(c -> Identifiers.quote(c.name()))
                                .toList();
    }

    static Plan plan(PlainSelect plain, Occurrences occurrences) throws Unknown {
        if (!(plain.getFromItem() instanceof Table table)
                || (plain.getJoins() != null && !plain.getJoins().isEmpty())
                || plain.getWhere() != null
                || plain.getGroupBy() != null
                || plain.getHaving() != null
                || plain.getDistinct() != null
                || !Parsed.subqueries(plain).isEmpty()) {
            throw new Unknown("it is more than the first rows of one relation");
        }
        String query = plain.toString();
        Planner.qualify(plain, occurrences);
        var planner = new OrderedPlanner(occurrences, Occurrences.in(table.getName()).get(0));
        return plain.getLimit() != null || plain.getFetch() != null
                ? planner.firstRows(plain, query)
                : planner.extremes(plain, query);
    }

    private Plan firstRows(PlainSelect plain, String query) throws Unknown {
        if (Aggregates.any(plain, Set.of()) || !Aggregates.windows(plain).isEmpty()) {
            throw new Unknown("it computes before it takes the first rows");
        }
        boolean ties = plain.getFetch() != null;
        long rows =
                plain.getFetch() == null
                        ? number(plain.getLimit().getRowCount())
                        : number(plain.getFetch().getExpression());
        rows += plain.getOffset() == null ? 0 : number(plain.getOffset().getOffset());
        var index = new ArrayList<String>();
        if (plain.getOrderByElements() != null) {
            for (var element : plain.getOrderByElements()) {
                var column = column(element.getExpression().toString());
                if (column == null || !Indexes.isSmall(column)) {
                    break;
                }
                String nulls =
                        element.getNullOrdering() == null
                                ? ""
                                : element.getNullOrdering().name().equals("NULLS_FIRST")
                                        ? " nulls first"
                                        : " nulls last";
                index.add(RelationTables.column(column) + (element.isAsc() ? "" : " desc") + nulls);
            }
            if (index.isEmpty()) {
                throw new Unknown("no index can give the order that it takes the first rows of");
            }
        }
        return plan(
                "the first " + rows + " by an index",
                index.isEmpty() ? List.of() : List.of(index(index)),
                ties ? query : ordered(plain));
    }

    /// The query with the key as what to sort by last, so that it has one answer.
    private String ordered(PlainSelect plain) {
        var elements = new ArrayList<OrderByElement>();
        if (plain.getOrderByElements() != null) {
            elements.addAll(plain.getOrderByElements());
        }
        String alias = plain.getFromItem().getAlias().getName();
        for (var column : key) {
            var element = new OrderByElement();
            element.setExpression(new net.sf.jsqlparser.schema.Column(new Table(alias), column));
            elements.add(element);
        }
        plain.setOrderByElements(elements);
        return plain.toString();
    }

    private Plan extremes(PlainSelect plain, String query) throws Unknown {
        var indexes = new ArrayList<String>();
        for (var item : plain.getSelectItems()) {
            String text = item.getExpression().toString();
            var matcher = EXTREME.matcher(text);
            var column =
                    matcher.matches() ? column(matcher.group(1) + "." + matcher.group(2)) : null;
            if (column == null || !Indexes.isSmall(column)) {
                throw new Unknown("it is one row computed from all");
            }
            indexes.add(index(List.of(RelationTables.column(column))));
        }
        return plan("the least and greatest values by an index", indexes, query);
    }

    private Plan plan(String reason, List<String> indexes, String query) {
        return new Plan(
                new Strategy(Strategy.Kind.ORDERED, reason, indexes),
                occurrences,
                Planner.jdbc(query),
                null,
                null);
    }

    private @Nullable Column column(String expression) {
        var matcher = Indexes.COLUMN.matcher(expression);
        if (!matcher.matches()) {
            return null;
        }
        String name = Indexes.bare(matcher.group(2));
        for (var column : columns) {
            if (column.name().equals(name)) {
                return column;
            }
        }
        return null;
    }

    private String index(List<String> parts) {
        String name = String.join("_", parts).replaceAll("\\W+", "_");
        return "create index concurrently if not exists r%d_o_%s on %s (%s)"
                .formatted(
                        relation,
                        name.length() > 40 ? Integer.toHexString(name.hashCode()) : name,
                        RelationTables.current(relation),
                        String.join(", ", parts));
    }

    private static long number(@Nullable Expression expression) throws Unknown {
        String text = String.valueOf(expression).replaceAll("(?i)::bigint|[()']", "");
        if (!text.matches("\\d{1,9}") || Long.parseLong(text) > ROWS_MAX) {
            throw new Unknown("it has a LIMIT that is no small number");
        }
        return Long.parseLong(text);
    }
}
