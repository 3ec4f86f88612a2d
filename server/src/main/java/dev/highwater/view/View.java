package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/// A view, beside the [dev.highwater.relation.Relation] that holds its rows. Immutable.
///
/// @param relation the relation's id
/// @param query as it was asked for
/// @param body the same as PostgreSQL understood it, with every name in full
/// @param depends ids of the relations that it reads
/// @param aggregates names of the aggregates that it calls
/// @param types of what it groups by and sums, as [#described] found them
/// @param clocked whether it reads the clock
/// @param faithful whether the body can be taken apart and printed again without a change of
///   meaning
public record View(
        int relation,
        String query,
        String body,
        List<Integer> depends,
        Set<String> aggregates,
        List<String> types,
        boolean clocked,
        boolean faithful) {
    public View {
        types = List.copyOf(types);
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
                List.of(),
                analysis.clocked(),
                analysis.faithful());
    }

    /// Indexes of the view's columns that are a key: unique and never null; nothing where none is
    /// known.
    ///
    /// @param multiplies whether a function in its select list can make several rows of one
    public List<Integer> key(int shard, Catalog catalog, boolean multiplies) {
        return Keys.of(shard, this, catalog, multiplies);
    }

    /// The same with the types that a plan has to know, asked of PostgreSQL.
    ///
    /// @param catalog the relations that it reads
    public View described(Connection connection, int shard, Catalog catalog) throws SQLException {
        return new View(
                relation,
                query,
                body,
                depends,
                aggregates,
                SumsPlanner.types(connection, shard, this, catalog),
                clocked,
                faithful);
    }

    /// The same, to be computed as a whole because taking it apart led nowhere.
    public View undivided() {
        return new View(relation, query, body, depends, aggregates, List.of(), clocked, false);
    }
}
