package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import java.util.ArrayList;
import java.util.List;

/// A view, beside the [dev.highwater.relation.Relation] that holds its rows. Immutable.
///
/// @param relation the relation's id
/// @param query as it was asked for
/// @param body the same as PostgreSQL understood it, with every name in full
/// @param depends ids of the relations that it reads
/// @param clocked whether it reads the clock
/// @param stages how it is computed; the last has the relation's id and the ones before it ids that
///   belong to no relation
public record View(
        int relation,
        String query,
        String body,
        List<Integer> depends,
        boolean clocked,
        List<Stage> stages) {
    public View {
        depends = List.copyOf(depends);
        stages = List.copyOf(stages);
    }

    /// The view that was asked for.
    ///
    /// @param first the first of as many free ids as it has stages
    public static View of(int first, ViewRequest request) {
        var stages = new ArrayList<Stage>();
        for (var analysis : request.stages()) {
            stages.add(Stage.of(first + stages.size(), analysis, first));
        }
        var analysis = request.analysis();
        return new View(
                first + stages.size() - 1,
                request.query(),
                analysis.body(),
                analysis.depends().stream().map(Relation::id).toList(),
                analysis.clocked(),
                stages);
    }

    /// The same, to be computed as a whole because taking it apart led nowhere.
    public View undivided() {
        var last = stages.getLast();
        var whole =
                new Stage(
                        relation,
                        last.definition(),
                        body,
                        depends,
                        last.aggregates(),
                        List.of(),
                        clocked,
                        false);
        return new View(relation, query, body, depends, clocked, List.of(whole));
    }

    /// A catalog that has its inner stages too.
    Catalog within(Catalog catalog) {
        var result = catalog;
        for (var stage : stages.subList(0, stages.size() - 1)) {
            result = result.with(stage.asRelation());
        }
        return result;
    }
}
