package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.QueryText;
import dev.highwater.view.Parsed.Unknown;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;

/// Finds the best way to keep a view.
final class Planner {
    private Planner() {}

    /// The plan for a view over relations as they are now.
    static Plan plan(int shard, View view, Catalog catalog) {
        Parsed parsed;
        try {
            if (!view.faithful()) {
                throw new Unknown("PostgreSQL reads it differently once it is taken apart");
            }
            parsed = Parsed.parse(view.body(), relations(view, catalog), shard);
        } catch (Unknown e) {
            // The store's own views have the names that the text means.
            return whole(new Occurrences(shard), view.body(), String.valueOf(e.getMessage()));
        }
        String query = parsed.select().toString();
        try {
            return ByKeyPlanner.plan(view, plain(parsed.select()), parsed.occurrences());
        } catch (Unknown e) {
            return whole(parsed.occurrences(), query, String.valueOf(e.getMessage()));
        }
    }

    private static Plan whole(Occurrences occurrences, String query, String reason) {
        return new Plan(
                new Strategy(Strategy.Kind.WHOLE, reason, List.of()),
                occurrences,
                jdbc(query),
                null);
    }

    /// Question marks are operators in the text of a view.
    static String jdbc(String text) {
        return QueryText.parse(text, Set.of()).jdbc();
    }

    private static PlainSelect plain(Select select) throws Unknown {
        return switch (select) {
            case PlainSelect plain -> plain;
            case ParenthesedSelect inner -> plain(inner.getSelect());
            default -> throw new Unknown("it combines several queries");
        };
    }

    private static Map<QualifiedName, Relation> relations(View view, Catalog catalog) {
        var result = new HashMap<QualifiedName, Relation>();
        for (int id : view.depends()) {
            var relation = catalog.byId(id).orElseThrow();
            var definition = relation.definition();
            result.put(new QualifiedName(definition.schema(), definition.table()), relation);
        }
        return result;
    }
}
