package dev.highwater.view;

import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.Versions;
import dev.highwater.sql.Identifiers;
import dev.highwater.view.Parsed.Unknown;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Computes a view as of a position before its own history, from the versions of what it reads.
public final class PastQuery {
    private final int shard;
    private final Catalog catalog;
    private final Map<Integer, View> views;
    private final long position;
    private final Set<Integer> reads = new HashSet<>();

    private PastQuery(int shard, Catalog catalog, Map<Integer, View> views, long position) {
        this.shard = shard;
        this.catalog = catalog;
        this.views = views;
        this.position = position;
    }

    /// The rows as a query that gives what is stored of them; its question marks are those of JDBC.
    /// Nothing where what it reads was not kept then, or where the view's query cannot be taken
    /// apart.
    ///
    /// @param views all views by the ids of their relations
    /// @param position settled
    public static Optional<Versions.Computed> of(
            int shard,
            Relation relation,
            Catalog catalog,
            Map<Integer, View> views,
            long position) {
        try {
            var past = new PastQuery(shard, catalog, views, position);
            String query = new StageSql(shard, relation, 0).counted(past.query(relation.id()));
            return Optional.of(new Versions.Computed(Planner.jdbc(query), List.copyOf(past.reads)));
        } catch (Unknown e) {
            return Optional.empty();
        }
    }

    private String query(int id) throws Unknown {
        var view = views.get(id);
        if (view == null || view.clocked()) {
            throw new Unknown("it reads the clock");
        }
        var last = view.stages().getLast();
        var whole =
                new Stage(
                        id,
                        last.definition(),
                        view.body(),
                        view.depends(),
                        last.aggregates(),
                        last.types(),
                        view.clocked(),
                        view.stages().size() > 1 || last.faithful());
        var parsed = Planner.parse(shard, whole, catalog);
        var texts = new String[parsed.occurrences().size()];
        for (int i = 0; i < texts.length; i++) {
            var relation = parsed.occurrences().relation(i);
            if (relation.isReadableAt(position)) {
                texts[i] = parsed.occurrences().at(i, position);
                reads.add(relation.id());
            } else if (relation.isView()) {
                texts[i] = named(query(relation.id()), relation);
            } else {
                throw new Unknown(relation.name() + " was not kept then");
            }
        }
        return parsed.occurrences().replaced(parsed.select().toString(), texts);
    }

    private static String named(String query, Relation relation) {
        var names =
                relation.definition().columns().stream()
                        .map(c -> Identifiers.quote(c.name()))
                        .toList();
        return "(select * from (%s) as p(%s))".formatted(query, String.join(", ", names));
    }
}
