package dev.highwater.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.journal.TableDefinition;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.QueryText;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;

/// What PostgreSQL makes of a view's query. It is the judge: the query is created as a plain view
/// over *shapes*, empty tables with the columns and keys that the relations have, in a transaction
/// that is always rolled back.
///
/// @param body the query as PostgreSQL prints it, with every name in full
/// @param definition the view's name, columns, and key where one can be proved
/// @param depends the relations that it reads
/// @param clocked whether it reads the clock, such as by `now()`
/// @param aggregates names of the aggregates that it calls
/// @param types of what it groups by and sums, where sums could be kept
/// @param faithful whether PostgreSQL understands the body in the same way once it has been taken
///   apart and printed again
public record Analysis(
        String body,
        TableDefinition definition,
        List<Relation> depends,
        boolean clocked,
        Set<String> aggregates,
        List<String> types,
        boolean faithful) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> WORDS = Set.of("select", "with", "values", "table", "(");

    private static final String DEFINITION =
            """
            select json_build_object('oid', 0, 'schema', n.nspname, 'table', c.relname, 'columns',
              (select json_agg(json_build_object(
                  'number', a.attnum, 'name', a.attname,
                  'type', format_type(a.atttypid, a.atttypmod),
                  'oid', a.atttypid::bigint, 'modifier', a.atttypmod, 'base', b.base::bigint, 'loose', true)
                order by a.attnum)
               from pg_attribute a
               join lateral (
                 with recursive up(id) as (
                   select a.atttypid
                   union all
                   select t.typbasetype from up join pg_type t on t.oid = up.id where t.typtype = 'd')
                 select up.id as base from up join pg_type t on t.oid = up.id where t.typtype <> 'd'
               ) b on true
               where a.attrelid = c.oid and a.attnum > 0),
              'key', '[]'::json)::text
            from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ?::regclass
            """;

    private static final String PSEUDO =
            """
            select a.attname || ' has type ' || format_type(a.atttypid, a.atttypmod) from pg_attribute a
            join pg_type t on t.oid = a.atttypid
            where a.attrelid = ?::regclass and a.attnum > 0 and t.typtype = 'p'
            """;

    /// Every relation in the analysed query. Not from `pg_depend`, which leaves the system's own
    /// tables out.
    private static final String DEPENDS =
            """
            select distinct m[1]::oid::regclass::text
            from pg_rewrite r
            cross join lateral regexp_matches(r.ev_action::text, ':relid ([0-9]+)', 'g') m
            where r.ev_class = ?::regclass and m[1]::oid not in (0, r.ev_class)
            """;

    /// What matters of the functions that the analysed query calls, by operators and aggregates
    /// too.
    private static final String FUNCTIONS =
            """
            select distinct p.proname::text, p.provolatile::text, p.prokind::text, n.nspname::text
            from pg_rewrite r
            cross join lateral regexp_matches(
              r.ev_action::text, ':(?:funcid|opfuncid|aggfnoid|winfnoid) ([0-9]+)', 'g') m
            join pg_proc p on p.oid = m[1]::oid
            join pg_namespace n on n.oid = p.pronamespace
            where r.ev_class = ?::regclass and (p.provolatile <> 'i' or p.prokind = 'a')
            order by 2 desc, 1
            """;

    /// Moves the types and extensions of one schema to another.
    private static final String MOVES =
            """
            select format('alter extension %I set schema %I', e.extname, p.target)
            from (select ?::text as target, ?::text as source) p
            join pg_namespace n on n.nspname = p.source
            join pg_extension e on e.extnamespace = n.oid and e.extrelocatable
            union all
            select format('alter type %I.%I set schema %I', n.nspname, t.typname, p.target)
            from (select ?::text as target, ?::text as source) p
            join pg_namespace n on n.nspname = p.source
            join pg_type t on t.typnamespace = n.oid
            left join pg_class c on c.oid = t.typrelid
            where (t.typtype in ('e', 'd', 'r') or c.relkind = 'c')
              and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid
                              and d.deptype = 'e')
            """;

    private static final String CLOCK =
            "select ev_action::text ~ 'SQLVALUEFUNCTION :op [0-8] ' from pg_rewrite where ev_class = ?::regclass";

    private static final String ASKS_WHO =
            "select ev_action::text ~ 'SQLVALUEFUNCTION :op (9|1[0-9]) ' from pg_rewrite where ev_class = ?::regclass";

    /// Stable functions of PostgreSQL that tell of the database or the session.
    private static final Pattern OF_THE_DATABASE =
            Pattern.compile(
                    "(pg_|txid_|has_|to_reg|inet_).*|.*_to_xml.*|.*_description|current_(setting|database|schemas?|user)|session_user|version|getdatabaseencoding");

    private static final String LOCKS =
            "select ev_action::text ~ ':rowMarks \\(' from pg_rewrite where ev_class = ?::regclass";

    private static final String MULTIPLIES =
            "select ev_action::text ~ ':hasTargetSRFs true' from pg_rewrite where ev_class = ?::regclass";

    private static final Set<String> CLOCKS =
            Set.of("now", "transaction_timestamp", "statement_timestamp");

    private static final String OWN = "highwater_analysis";

    public Analysis {
        depends = List.copyOf(depends);
        aggregates = Set.copyOf(aggregates);
        types = List.copyOf(types);
    }

    /// Analyses a query.
    ///
    /// @param connection in auto-commit mode, of a role that may make schemas
    /// @param catalog the relations that it may read: those that can be read now
    /// @throws Failure.Refused `bad-view` with PostgreSQL's reason, or ours
    public static Analysis of(
            Connection connection, Catalog catalog, QualifiedName name, String query)
            throws SQLException {
        var text = QueryText.parse(query, Set.of());
        if (!WORDS.contains(text.word())) {
            throw refused(
                    "a view is a query, such as select; this one begins with "
                            + Shown.of(text.word()));
        }
        if (!text.parameters().isEmpty()) {
            throw refused("a view has no parameters, but it names " + text.parameters().get(0));
        }
        connection.setAutoCommit(false);
        try {
            return analyse(connection, catalog, shapes(catalog, query), name, text);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static Analysis analyse(
            Connection connection,
            Catalog catalog,
            Map<QualifiedName, Relation> shapes,
            QualifiedName name,
            QueryText text)
            throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var schema : rooms(shapes.keySet())) {
                makeRoom(connection, schema);
                moveTypes(connection, schema);
            }
            for (var shape : shapes.entrySet()) {
                statement.execute(shape(shape.getKey(), shape.getValue().definition()));
            }
            moveFunctions(connection, text);
            statement.execute("create schema " + OWN);
            statement.execute(
                    "set local search_path = public, " + Identifiers.quote(before("public")));
        }
        String own = OWN + "." + Identifiers.quote(name.name());
        String start = "create view " + own + " as\n";
        try (var create = connection.prepareStatement(start + text.jdbc())) {
            create.execute();
        } catch (SQLException e) {
            throw explained(e, text, start.length());
        }
        try (var statement = connection.createStatement()) {
            statement.execute("set local search_path = pg_catalog");
        }
        Sql.first(connection, PSEUDO, row -> row.getString(1), own)
                .ifPresent(
                        column -> {
                            throw refused("column " + column + ", which cannot be stored");
                        });
        RowTypes.obstacle(connection, own)
                .ifPresent(
                        why -> {
                            throw refused(why);
                        });
        if (Sql.first(connection, LOCKS, row -> row.getBoolean(1), own).orElse(false)) {
            throw refused("it locks rows, by for update or for share, which a view cannot");
        }
        boolean clocked = Sql.first(connection, CLOCK, row -> row.getBoolean(1), own).orElse(false);
        if (Sql.first(connection, ASKS_WHO, row -> row.getBoolean(1), own).orElse(false)) {
            throw refused("it asks who is asking, such as by current_user, which is not data");
        }
        var aggregates = new HashSet<String>();
        for (var function :
                Sql.query(
                        connection,
                        FUNCTIONS,
                        row ->
                                List.of(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4)),
                        own)) {
            if (function.get(1).equals("v")) {
                throw refused(
                        "function "
                                + function.get(0)
                                + " is volatile: it gives another answer each time, so that its view"
                                + " could not be kept current");
            }
            if (function.get(1).equals("s")) {
                checkStable(function.get(0), function.get(3));
            }
            clocked |= CLOCKS.contains(function.get(0));
            if (function.get(2).equals("a")) {
                aggregates.add(function.get(0));
            }
        }
        var depends = new ArrayList<Relation>();
        for (var table : Sql.query(connection, DEPENDS, row -> row.getString(1), own)) {
            var relation = shapes.get(Identifiers.parse(table));
            if (relation == null) {
                throw refused(
                        "it reads "
                                + table
                                + ", which is no published table and no view; `highwater tables`"
                                + " lists them");
            }
            depends.add(relation);
        }
        String body =
                Sql.first(
                                connection,
                                "select pg_get_viewdef(?::regclass)",
                                row -> row.getString(1),
                                own)
                        .orElseThrow();
        var definition =
                parse(
                        Sql.first(connection, DEFINITION, row -> row.getString(1), own)
                                .orElseThrow(),
                        name);
        body = body.replace(Identifiers.quote(before("public")) + ".", "public.");
        String bare = body.strip().replaceAll(";$", "");
        boolean multiplies =
                Sql.first(connection, MULTIPLIES, row -> row.getBoolean(1), own).orElse(true);
        var plain =
                new Analysis(
                        bare,
                        definition,
                        depends,
                        clocked,
                        aggregates,
                        List.of(),
                        isFaithful(connection, bare, body));
        var stage = Stage.draft(plain);
        return new Analysis(
                bare,
                definition.keyed(Keys.of(stage, catalog, multiplies)),
                depends,
                clocked,
                aggregates,
                types(connection, stage, catalog),
                plain.faithful());
    }

    /// Nothing where PostgreSQL does not take what would be summed; then no sums are kept.
    private static List<String> types(Connection connection, Stage stage, Catalog catalog)
            throws SQLException {
        var before = connection.setSavepoint();
        try {
            return SumsPlanner.types(connection, stage, catalog);
        } catch (SQLException e) {
            connection.rollback(before);
            return List.of();
        }
    }

    /// A stable function may read what no change tells of.
    private static void checkStable(String name, String schema) {
        boolean builtIn = schema.equals("pg_catalog");
        if (builtIn && OF_THE_DATABASE.matcher(name).matches()) {
            throw refused(
                    "function "
                            + name
                            + " tells of the database or the session, whose changes a view cannot"
                            + " follow");
        }
        if (!builtIn) {
            throw refused(
                    "function "
                            + name
                            + " is stable: it may read what a view cannot follow; if its result"
                            + " depends on its arguments alone, mark it immutable");
        }
    }

    private static boolean isFaithful(Connection connection, String bare, String body)
            throws SQLException {
        String printed;
        try {
            printed = Parsed.printed(bare);
        } catch (Parsed.Unknown e) {
            return false;
        }
        var before = connection.setSavepoint();
        try (var create =
                connection.prepareStatement(
                        "create view " + OWN + ".again as " + Planner.jdbc(printed))) {
            create.execute();
            return Sql.first(
                            connection,
                            "select pg_get_viewdef(?::regclass)",
                            row -> row.getString(1),
                            OWN + ".again")
                    .orElseThrow()
                    .equals(body);
        } catch (SQLException e) {
            connection.rollback(before);
            return false;
        }
    }

    /// The relations that the query may mean, by name. Looking for each name in the text leaves out
    /// the many that it cannot mean.
    private static Map<QualifiedName, Relation> shapes(Catalog catalog, String query) {
        var spokenOf = Identifiers.spokenOfIn(query);
        var result = new LinkedHashMap<QualifiedName, Relation>();
        for (var relation : catalog.all()) {
            var definition = relation.definition();
            if (relation.state() instanceof Relation.State.Live
                    && spokenOf.test(definition.table())) {
                result.put(new QualifiedName(definition.schema(), definition.table()), relation);
            }
        }
        return result;
    }

    private static Set<String> rooms(Set<QualifiedName> shapes) {
        var schemas = new HashSet<>(Set.of("public"));
        shapes.forEach(name -> schemas.add(name.schema()));
        return schemas;
    }

    private static String before(String schema) {
        return schema + " before";
    }

    /// The schema's name becomes free, for this transaction; types and operators that a person made
    /// in it are still found.
    private static void makeRoom(Connection connection, String schema) throws SQLException {
        try (var statement = connection.createStatement()) {
            String name = Identifiers.quote(schema);
            if (Sql.first(
                            connection,
                            "select 1 from pg_namespace where nspname = ?",
                            row -> true,
                            schema)
                    .isPresent()) {
                statement.execute(
                        "alter schema " + name + " rename to " + Identifiers.quote(before(schema)));
            }
            statement.execute("create schema " + name);
        }
    }

    /// Columns have types of the source's schemas, and a query may give their full names.
    private static void moveTypes(Connection connection, String schema) throws SQLException {
        for (var move :
                Sql.query(
                        connection,
                        MOVES,
                        row -> row.getString(1),
                        schema,
                        before(schema),
                        schema,
                        before(schema))) {
            Sql.update(connection, move);
        }
    }

    /// A query may give the full name of a function in schema public.
    private static void moveFunctions(Connection connection, QueryText text) throws SQLException {
        for (var function :
                Sql.query(
                        connection,
                        """
                        select p.oid::regprocedure::text from pg_proc p
                        join pg_namespace n on n.oid = p.pronamespace
                        where n.nspname = 'public before' and position(lower(p.proname) in lower(?)) > 0
                        """,
                        row -> row.getString(1),
                        text.jdbc())) {
            Sql.update(connection, "alter routine " + function + " set schema public");
        }
    }

    private static String shape(QualifiedName name, TableDefinition definition) {
        String columns =
                definition.columns().stream()
                        .map(c -> Identifiers.quote(c.name()) + " " + c.type())
                        .collect(Collectors.joining(", "));
        String key =
                definition.isBag()
                        ? ""
                        : definition.keyColumns().stream()
                                .map(c -> Identifiers.quote(c.name()))
                                .collect(Collectors.joining(", ", ", primary key (", ")"));
        return "create table "
                + Identifiers.quote(name.schema(), name.name())
                + " ("
                + columns
                + key
                + ")";
    }

    private static TableDefinition parse(String json, QualifiedName name) {
        try {
            var node = (ObjectNode) JSON.readTree(json);
            node.put("schema", name.schema()).put("table", name.name());
            if (!node.path("columns").isArray()) {
                throw refused("it has no column");
            }
            return TableDefinition.parse(node);
        } catch (JsonProcessingException e) {
            throw new Failure.Bug("a view's definition cannot be read", e);
        }
    }

    private static RuntimeException explained(SQLException e, QueryText text, int start)
            throws SQLException {
        var server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        String state = String.valueOf(e.getSQLState());
        if (server == null || state.startsWith("08") || state.startsWith("57P")) {
            throw e;
        }
        var line = new StringBuilder(String.valueOf(server.getMessage()));
        if (server.getPosition() > start) {
            line.append(" at character ").append(text.written(server.getPosition() - start));
        }
        if (server.getHint() != null) {
            line.append("; ").append(server.getHint());
        }
        return refused(line.toString());
    }

    private static Failure.Refused refused(String why) {
        return new Failure.Refused("bad-view", why.replaceAll("\\s+", " "));
    }
}
