package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.QueryText;
import dev.highwater.view.Parsed.Unknown;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SetOperationList;

/// Finds the best way to keep a view.
final class Planner {
    private Planner() {}

    /// The plan for a view over relations as they are now.
    static Plan plan(int shard, Stage stage, Catalog catalog) {
        Parsed parsed;
        try {
            parsed = parse(shard, stage, catalog);
        } catch (Unknown e) {
            // The store's own views have the names that the text means.
            return whole(new Occurrences(shard), stage.body(), String.valueOf(e.getMessage()));
        }
        String query = parsed.select().toString();
        if (stage.clocked()) {
            return whole(parsed.occurrences(), query, "it reads the clock");
        }
        try {
            return SumsPlanner.plan(shard, stage, catalog);
        } catch (Unknown e) {
            // It is kept in another way.
        }
        Unknown last;
        try {
            var names = stage.definition().columns().stream().map(c -> c.name()).toList();
            return parsed.select() instanceof SetOperationList set
                    ? SetPlanner.plan(set, names, parsed.occurrences())
                    : ByKeyPlanner.plan(stage, plain(parsed.select()), parsed.occurrences());
        } catch (Unknown e) {
            last = e;
        }
        try {
            // A planner uses up what it takes apart.
            var again = parse(shard, stage, catalog);
            return OrderedPlanner.plan(plain(again.select()), again.occurrences());
        } catch (Unknown e) {
            return whole(parsed.occurrences(), query, String.valueOf(last.getMessage()));
        }
    }

    private static Plan whole(Occurrences occurrences, String query, String reason) {
        return new Plan(
                new Strategy(Strategy.Kind.WHOLE, reason, List.of()),
                occurrences,
                jdbc(query),
                null,
                null);
    }

    static Parsed parse(int shard, Stage stage, Catalog catalog) throws Unknown {
        if (!stage.faithful()) {
            throw new Unknown("PostgreSQL reads it differently once it is taken apart");
        }
        return Parsed.parse(stage.body(), relations(stage, catalog), shard);
    }

    /// Question marks are operators in the text of a view.
    static String jdbc(String text) {
        return QueryText.parse(text, Set.of()).jdbc();
    }

    static PlainSelect plain(Select select) throws Unknown {
        return switch (select) {
            case PlainSelect plain -> plain;
            case ParenthesedSelect inner -> plain(inner.getSelect());
            default -> throw new Unknown("it combines several queries");
        };
    }

    /// Whether a column's name stands alone.
    static boolean isBare(Column column) {
        return column.getTable() == null
                && !column.getColumnName().matches("(?i)true|false|null|unknown");
    }

    /// In a query over one thing PostgreSQL prints column names alone.
    static void qualify(PlainSelect plain, Occurrences occurrences) throws Unknown {
        var from = plain.getFromItem();
        if (from == null
                || from instanceof ParenthesedFromItem
                || (plain.getJoins() != null && !plain.getJoins().isEmpty())) {
            return;
        }
        if (from.getAlias() == null) {
            throw new Unknown("it has a derived table without a name");
        }
        String alias = from.getAlias().getName();
        var names = new HashSet<String>();
        if (from instanceof Table table) {
            for (var column :
                    occurrences
                            .relation(Occurrences.in(table.getName()).get(0))
                            .definition()
                            .columns()) {
                names.add(column.name());
            }
        }
        boolean any = !(from instanceof Table);
        var qualifier =
                new ExpressionVisitorAdapter<Void>() {
                    @Override
                    public <S> Void visit(Column column, S context) {
                        if (isBare(column)
                                && (any || names.contains(column.getUnquotedColumnName()))) {
                            column.setTable(new Table(alias));
                        }
                        return null;
                    }

                    @Override
                    public <S> Void visit(ParenthesedSelect subquery, S context) {
                        return null;
                    }
                };
        for (var expression : Parsed.expressions(plain)) {
            expression.accept(qualifier, null);
        }
    }

    private static Map<QualifiedName, Relation> relations(Stage stage, Catalog catalog) {
        var result = new HashMap<QualifiedName, Relation>();
        for (int id : stage.depends()) {
            var relation = catalog.byId(id).orElseThrow();
            var definition = relation.definition();
            result.put(new QualifiedName(definition.schema(), definition.table()), relation);
        }
        return result;
    }
}
