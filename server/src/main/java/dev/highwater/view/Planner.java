package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.sql.QueryText;
import java.util.List;
import java.util.Set;

/// Finds the best way to keep a view.
final class Planner {
    private Planner() {}

    /// The plan for a view over relations as they are now.
    static Plan plan(View view, Catalog catalog) {
        return new Plan(
                new Strategy(Strategy.Kind.WHOLE, "no cheaper way is known for it", List.of()),
                QueryText.parse(view.body(), Set.of()).jdbc(),
                List.of());
    }
}
