package dev.highwater.view;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a view is filled and kept. Texts are for JDBC and hold a [Occurrences] mark for each table.
///
/// @param strategy what it comes to
/// @param occurrences the tables that the texts mean
/// @param query the rows: the view's columns, then one for each expression of its key
/// @param byKey how to compute only parts anew; null where that cannot be done
record Plan(Strategy strategy, Occurrences occurrences, String query, @Nullable ByKey byKey) {

    /// A view falls into parts by its key, and each part can be computed by itself.
    ///
    /// @param restricted the query with [#WHERE] in place of a further condition
    /// @param key the expressions that make the key
    /// @param affected by relation: queries of the keys that changes of it concern, with the
    ///   occurrence that has changed in each
    /// @param global relations of which every change can concern every part
    record ByKey(
            String restricted,
            List<String> key,
            Map<Integer, List<Affected>> affected,
            Set<Integer> global) {
        static final String WHERE = "hw_further_condition";

        ByKey {
            key = List.copyOf(key);
            affected = Map.copyOf(affected);
            global = Set.copyOf(global);
        }
    }

    /// A query of keys.
    ///
    /// @param occurrence the table of which only what came and went is read
    record Affected(int occurrence, String query) {}

    int keyColumns() {
        return byKey == null ? 0 : byKey.key().size();
    }
}
