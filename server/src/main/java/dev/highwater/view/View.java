package dev.highwater.view;

import java.util.List;

/// A view, beside the [dev.highwater.relation.Relation] that holds its rows. Immutable.
///
/// @param relation the relation's id
/// @param query as it was asked for
/// @param body the same as PostgreSQL understood it, with every name in full
/// @param depends ids of the relations that it reads
public record View(int relation, String query, String body, List<Integer> depends) {
    public View {
        depends = List.copyOf(depends);
    }
}
