package dev.highwater.relation;

import static dev.highwater.relation.RelationTables.current;
import static dev.highwater.relation.RelationTables.history;

import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The plain views under which people find a relation in the store, each in a schema named after
/// the source's.
enum RelationViews {
    /// `public.orders`: current rows, exactly the source's columns; an error where they are not
    /// current.
    CURRENT("", "reader, highwater_view") {
        @Override
        String query(int shard, Relation relation) {
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
        String query(int shard, Relation relation) {
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
        String query(int shard, Relation relation) {
            return "select %s, %s from %s where v._shard = %d"
                    .formatted(SPAN, counted(relation), versions(relation), shard);
        }
    },
    /// `public_all_history.orders`: every version of every shard.
    ALL_HISTORY("_all_history", "reader") {
        @Override
        String query(int shard, Relation relation) {
            return "select v._shard, %s, %s from %s"
                    .formatted(SPAN, counted(relation), versions(relation));
        }
    },
    /// `public_as_of.orders`: the rows at the position in the setting `highwater.as_of`; an error
    /// where the relation is not exact at that.
    AS_OF("_as_of", "reader, highwater_as_of") {
        @Override
        String query(int shard, Relation relation) {
            String position = "(select highwater.as_of(%d))".formatted(relation.id());
            // Asked for by itself, it is an error also where there is no row to compare it with.
            String then =
                    "%s is not null and _shard = %d and _from <= %s"
                            .formatted(position, shard, position);
            return """
            select %s from %s where %s
            union all
            select %s from %s where %s and _to > %s
            """
                    .formatted(
                            named(relation),
                            each(relation, current(relation.id())),
                            then,
                            named(relation),
                            each(relation, history(relation.id())),
                            then,
                            position);
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

    abstract String query(int shard, Relation relation);

    /// Whether the view shows the past, which stays when the relation ends.
    boolean isPast() {
        return this == HISTORY || this == ALL_HISTORY;
    }

    /// The statements that make all of them.
    static List<String> create(int shard, Relation relation) {
        var statements = new ArrayList<String>();
        for (var view : values()) {
            String schema = Identifiers.quote(view.schema(relation.definition()));
            String name = view.name(relation.definition());
            statements.add("create schema if not exists " + schema);
            statements.add(granted(view.schema(relation.definition()), view.readers));
            // A relation of an earlier generation may have left its history under this name.
            statements.add("drop view if exists " + name);
            statements.add("create view " + name + " as " + view.query(shard, relation));
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
    private static String each(Relation relation, String table) {
        return relation.definition().isBag()
                ? table + " cross join lateral generate_series(1, _n)"
                : table;
    }

    private static String versions(Relation relation) {
        String columns = RelationTables.columns(relation.definition());
        if (relation.definition().isBag()) {
            columns = "_n, " + columns;
        }
        return """
        (select _shard, _from, null::bigint as _to, %s from %s
         union all select _shard, _from, _to, %s from %s) v
        """
                .formatted(columns, current(relation.id()), columns, history(relation.id()));
    }
}
