package dev.highwater.relation;

import static dev.highwater.relation.RelationTables.current;

import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The plain views under which people find a relation in the store, each in a schema named after
/// the source's.
enum RelationViews {
    /// `public.orders`: current rows, exactly the source's columns; an error where they are not
    /// current.
    CURRENT("", "reader, highwater_view") {
        @Override
        String query(int shard, Generations generations) {
            var relation = generations.newest();
            return "select %s from %s where %s and _shard = %d"
                    .formatted(
                            named(relation),
                            each(relation, current(relation.id())),
                            isCurrent(relation),
                            shard);
        }
    },
    /// `public_all.orders`: the same of every shard.
    ALL("_all", "reader") {
        @Override
        String query(int shard, Generations generations) {
            var relation = generations.newest();
            return "select _shard, %s from %s where %s"
                    .formatted(
                            named(relation),
                            each(relation, current(relation.id())),
                            isCurrent(relation));
        }
    },
    /// `public_history.orders`: every version.
    HISTORY("_history", "reader") {
        @Override
        String query(int shard, Generations generations) {
            return "select %s, %s from (%s) v where v._shard = %d"
                    .formatted(SPAN, counted(generations.newest()), generations.versions(), shard);
        }
    },
    /// `public_all_history.orders`: every version of every shard.
    ALL_HISTORY("_all_history", "reader") {
        @Override
        String query(int shard, Generations generations) {
            return "select v._shard, %s, %s from (%s) v"
                    .formatted(SPAN, counted(generations.newest()), generations.versions());
        }
    },
    /// `public_as_of.orders`: the rows at the position in the setting `highwater.as_of`; an error
    /// where the relation is not exact at that.
    AS_OF("_as_of", "reader, highwater_as_of") {
        @Override
        String query(int shard, Generations generations) {
            return generations.asOf(shard);
        }
    };

    private static final String SPAN =
            """
            v._from, v._to,
            (select e.at from highwater.entry e where e.position = v._from) as _from_at,
            (select e.at from highwater.entry e where e.position = v._to) as _to_at
            """;

    private final String suffix;
    private final String readers;

    RelationViews(String suffix, String readers) {
        this.suffix = suffix;
        this.readers = readers;
    }

    abstract String query(int shard, Generations generations);

    /// Whether the view shows the past, which stays when the relation ends.
    boolean isPast() {
        return this == HISTORY || this == ALL_HISTORY;
    }

    /// The statements that make all of them in the place of what there is.
    static List<String> create(int shard, Generations generations) {
        return create(shard, generations, List.of(values()));
    }

    /// The statements that make those that show the past.
    static List<String> createPast(int shard, Generations generations) {
        return create(
                shard, generations, Stream.of(values()).filter(RelationViews::isPast).toList());
    }

    /// The statements that let those that are there show all of the past. What people made of them
    /// and whom they granted them stays.
    static List<String> replacePast(int shard, Generations generations) {
        var definition = generations.newest().definition();
        return Stream.of(HISTORY, ALL_HISTORY, AS_OF)
                .map(
                        view ->
                                "create or replace view "
                                        + view.name(definition)
                                        + " as "
                                        + view.query(shard, generations))
                .toList();
    }

    private static List<String> create(
            int shard, Generations generations, List<RelationViews> views) {
        var statements = new ArrayList<String>();
        var definition = generations.newest().definition();
        for (var view : views) {
            String schema = Identifiers.quote(view.schema(definition));
            String name = view.name(definition);
            statements.add("create schema if not exists " + schema);
            statements.add(granted(view.schema(definition), view.readers));
            // An earlier generation may have left its history under this name.
            statements.add("drop view if exists " + name);
            statements.add("create view " + name + " as " + view.query(shard, generations));
            statements.add("grant select on " + name + " to " + view.readers);
        }
        return statements;
    }

    /// A grant that is there already is not given again: it would write the schema's row in the
    /// catalog, which others may just be writing too.
    private static String granted(String schema, String readers) {
        return """
        do $do$ begin
          if exists (
              select from unnest('{%s}'::text[]) r
              where not has_schema_privilege(r, '%s', 'usage')) then
            grant usage on schema %s to %s;
          end if;
        end $do$
        """
                .formatted(
                        readers.replace(" ", ""),
                        schema.replace("'", "''"),
                        Identifiers.quote(schema),
                        readers);
    }

    /// The statements that take them away.
    ///
    /// @param past whether those that show the past go too
    static List<String> drop(Relation relation, boolean past) {
        var statements = new ArrayList<String>();
        for (var view : values()) {
            if (past || !view.isPast()) {
                statements.add("drop view if exists " + view.name(relation.definition()));
            }
        }
        return statements;
    }

    private String schema(TableDefinition definition) {
        return definition.schema() + suffix;
    }

    private String name(TableDefinition definition) {
        return Identifiers.quote(schema(definition), definition.table());
    }

    private static String named(Relation relation) {
        return relation.definition().columns().stream()
                .map(c -> RelationTables.column(c) + " as " + Identifiers.quote(c.name()))
                .collect(Collectors.joining(", "));
    }

    /// Asked once for a query.
    private static String isCurrent(Relation relation) {
        return "(select highwater.is_current(%d))".formatted(relation.id());
    }

    /// Of a bag also how often the row was there.
    private static String counted(Relation relation) {
        return relation.definition().isBag() ? "_n, " + named(relation) : named(relation);
    }

    /// A stored table; of a bag every row as often as it is there.
    static String each(Relation relation, String table) {
        return relation.definition().isBag()
                ? table + " cross join lateral generate_series(1, _n)"
                : table;
    }
}
