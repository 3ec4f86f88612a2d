package dev.highwater.relation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.failure.Failure;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keeps the catalog in the store: the tables `highwater.relation` and `highwater.definition`.
public final class Relations {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String LOAD =
            "select id, state, reason, since, until, kept_from from highwater.relation order by id";

    private static final String LOAD_DEFINITIONS =
            "select relation, position, body from highwater.definition order by relation, position";

    private static final String SAVE =
            """
            insert into highwater.relation
              (id, source_oid, schema_name, table_name, state, reason, since, until)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (id) do update set
              schema_name = excluded.schema_name, table_name = excluded.table_name,
              state = excluded.state, reason = excluded.reason,
              since = excluded.since, until = excluded.until
            """;

    private static final String SAVE_DEFINITION =
            """
            insert into highwater.definition (relation, position, body) values (?, ?, ?)
            on conflict (relation, position) do update set body = excluded.body
            """;

    private static final String SAVE_KEPT =
            """
            update highwater.relation r set kept_from = k.position
            from unnest(?::int[], ?::bigint[]) as k(id, position) where r.id = k.id
            """;

    private Relations() {}

    private record Row(
            int id,
            String state,
            @Nullable String reason,
            @Nullable Long since,
            long until,
            long keptFrom) {}

    private record Dated(int relation, Relation.Dated definition) {}

    /// Reads the catalog.
    public static Catalog load(Connection connection) throws SQLException {
        Map<Integer, List<Relation.Dated>> definitions = new LinkedHashMap<>();
        for (var dated :
                Sql.query(
                        connection,
                        LOAD_DEFINITIONS,
                        row ->
                                new Dated(
                                        row.getInt(1),
                                        new Relation.Dated(
                                                row.getLong(2), parse(row.getString(3)))))) {
            definitions
                    .computeIfAbsent(dated.relation(), _ -> new ArrayList<>())
                    .add(dated.definition());
        }
        var rows =
                Sql.query(
                        connection,
                        LOAD,
                        row ->
                                new Row(
                                        row.getInt(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getObject(4, Long.class),
                                        row.getLong(5),
                                        row.getLong(6)));
        return new Catalog(
                rows.stream()
                        .map(
                                row ->
                                        new Relation(
                                                row.id(),
                                                definitions.getOrDefault(row.id(), List.of()),
                                                state(row),
                                                row.keptFrom()))
                        .toList());
    }

    /// Writes a relation's state and newest definition.
    public static void save(Connection connection, Relation relation) throws SQLException {
        var definition = relation.definition();
        String state;
        String reason = null;
        Long until = null;
        switch (relation.state()) {
            case Relation.State.Filling _ -> state = "filling";
            case Relation.State.Live _ -> state = "live";
            case Relation.State.Stopped(Long _, long at, String why) -> {
                state = "stopped";
                reason = why;
                until = at;
            }
            case Relation.State.Ended(Long _, long at, String why) -> {
                state = "ended";
                reason = why;
                until = at;
            }
        }
        Sql.update(
                connection,
                SAVE,
                relation.id(),
                definition.oid(),
                definition.schema(),
                definition.table(),
                state,
                reason,
                relation.since(),
                until);
        var newest = relation.definitions().getLast();
        Sql.update(
                connection,
                SAVE_DEFINITION,
                relation.id(),
                newest.position(),
                newest.definition().json());
    }

    /// Writes from where on relations have history.
    public static void saveKept(Connection connection, Collection<Relation> relations)
            throws SQLException {
        Sql.update(
                connection,
                SAVE_KEPT,
                connection.createArrayOf("int4", relations.stream().map(Relation::id).toArray()),
                connection.createArrayOf(
                        "int8", relations.stream().map(Relation::keptFrom).toArray()));
    }

    /// Reads a definition as the source wrote it.
    public static TableDefinition parse(String json) {
        try {
            return TableDefinition.parse(JSON.readTree(json));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new Failure.Corrupt(
                    "bad-definition", "a table's definition cannot be read: " + json);
        }
    }

    private static Relation.State state(Row row) {
        String reason = String.valueOf(row.reason());
        return switch (row.state()) {
            case "filling" -> new Relation.State.Filling();
            case "live" -> {
                Long since = row.since();
                yield new Relation.State.Live(since == null ? 0 : since);
            }
            case "stopped" -> new Relation.State.Stopped(row.since(), row.until(), reason);
            case "ended" -> new Relation.State.Ended(row.since(), row.until(), reason);
            default ->
                    throw new Failure.Corrupt(
                            "bad-state",
                            "relation " + row.id() + " is in the unknown state " + row.state());
        };
    }
}
