package dev.highwater.view;

import dev.highwater.relation.Relation;
import java.util.List;
import java.util.Set;

/// A view, beside the [dev.highwater.relation.Relation] that holds its rows. Immutable.
///
/// @param relation the relation's id
/// @param query as it was asked for
/// @param body the same as PostgreSQL understood it, with every name in full
/// @param depends ids of the relations that it reads
/// @param aggregates names of the aggregates that it calls
/// @param faithful whether the body can be taken apart and printed again without a change of
///   meaning
public record View(
        int relation,
        String query,
        String body,
        List<Integer> depends,
        Set<String> aggregates,
        boolean faithful) {
    public View {
        depends = List.copyOf(depends);
        aggregates = Set.copyOf(aggregates);
    }

    /// The view that was asked for.
    public static View of(int relation, ViewRequest request) {
        var analysis = request.analysis();
        return new View(
                relation,
                request.query(),
                analysis.body(),
                analysis.depends().stream().map(Relation::id).toList(),
                analysis.aggregates(),
                analysis.faithful());
    }
}
