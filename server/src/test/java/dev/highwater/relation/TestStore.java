package dev.highwater.relation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.apply.Head;
import dev.highwater.journal.Positions;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.Database;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.Sql;
import dev.highwater.sql.TestPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A store whose versions are written by hand, beside the plain truth about them in memory: the
/// rows of each relation at each position.
public final class TestStore implements AutoCloseable {
    public static final int SHARD = 100;

    private final TestPostgres.Databases databases = TestPostgres.databases();
    private final HikariDataSource pool;
    private final HikariDataSource reader;
    private final Positions positions;
    private final Head head = new Head();

    /// The rows at each position, by relation and key.
    private final List<Map<Integer, Map<List<String>, List<@Nullable String>>>> truth =
            new ArrayList<>();

    private Catalog catalog = new Catalog(List.of());

    public TestStore() throws SQLException {
        try (var connection = Database.single(databases.store(), "test")) {
            Migrations.apply(connection, "store");
        }
        pool = Database.pool(databases.store(), "test", 12);
        reader = Database.pool(databases.storeAsReader(), "reader", 4);
        try (var connection = pool.getConnection()) {
            positions =
                    new Positions(
                            Sql.first(
                                            connection,
                                            "select incarnation from highwater.node",
                                            row -> row.getString(1))
                                    .orElseThrow());
        }
        truth.add(new LinkedHashMap<>());
    }

    public HikariDataSource pool() {
        return pool;
    }

    public HikariDataSource reader() {
        return reader;
    }

    public Head head() {
        return head;
    }

    public Positions positions() {
        return positions;
    }

    public Versions versions() {
        return new Versions(pool, SHARD);
    }

    public Catalog catalog() {
        return catalog;
    }

    public long position() {
        return truth.size() - 1L;
    }

    /// The true rows of a relation at a position.
    public Map<List<String>, List<@Nullable String>> rowsAt(int relation, long position) {
        return truth.get((int) position).getOrDefault(relation, Map.of());
    }

    /// A relation that is live from the next position on.
    public Relation table(String definition) throws SQLException {
        int id = catalog.nextId();
        var live =
                new Relation(
                        id,
                        List.of(new Relation.Dated(position(), parse(definition))),
                        new Relation.State.Live(position()));
        try (var connection = pool.getConnection()) {
            RelationTables.create(connection, SHARD, live, catalog);
            Relations.save(connection, live);
        }
        catalog = catalog.with(live);
        announce();
        return live;
    }

    /// The relation as it is known now.
    public Relation relation(int id) {
        return catalog.byId(id).orElseThrow();
    }

    /// Gives a relation another definition from the next position on.
    public void redefine(int id, String definition) throws SQLException {
        var before = relation(id);
        var after = before.defined(position() + 1, parse(definition));
        try (var connection = pool.getConnection()) {
            RelationTables.alter(connection, SHARD, before, after, catalog);
            Relations.save(connection, after);
        }
        catalog = catalog.with(after);
    }

    /// Moves a relation to another state.
    public void enter(int id, Relation.State state) throws SQLException {
        var after = relation(id).in(state);
        try (var connection = pool.getConnection()) {
            Relations.save(connection, after);
        }
        catalog = catalog.with(after);
        announce();
    }

    /// A row to be put in place of the one of its key, or to go.
    public record Write(int relation, List<@Nullable String> row, boolean goes) {}

    public static Write put(Relation relation, @Nullable String... row) {
        return new Write(relation.id(), asList(row), false);
    }

    /// The row of this key goes; the key's columns are the first.
    public static Write delete(Relation relation, String... key) {
        return new Write(relation.id(), asList(key), true);
    }

    private static List<@Nullable String> asList(@Nullable String[] row) {
        var list = new ArrayList<@Nullable String>();
        Collections.addAll(list, row);
        return list;
    }

    /// Writes one transaction without announcing it.
    public long write(List<Write> writes) throws SQLException {
        long position = position() + 1;
        var state = new LinkedHashMap<Integer, Map<List<String>, List<@Nullable String>>>();
        truth.getLast().forEach((id, rows) -> state.put(id, new LinkedHashMap<>(rows)));
        try (var connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            for (var write : writes) {
                var relation = relation(write.relation());
                var definition = relation.definition();
                var key = new ArrayList<@Nullable String>();
                definition.key().forEach(i -> key.add(write.row().get(i)));
                long born = close(connection, relation, key, position);
                var rows = state.computeIfAbsent(write.relation(), _ -> new LinkedHashMap<>());
                var keyTexts = key.stream().map(String::valueOf).toList();
                rows.remove(keyTexts);
                if (!write.goes()) {
                    open(connection, relation, write.row(), position, born);
                    rows.put(keyTexts, write.row());
                }
            }
            Sql.update(
                    connection,
                    """
                    insert into highwater.entry values
                      (?, 'commit', ?, 1, ?, ?, clock_timestamp(), ?, '\\x00', '\\x00', true)
                    """,
                    position,
                    SHARD,
                    position,
                    position,
                    (long) writes.size());
            connection.commit();
            connection.setAutoCommit(true);
        }
        truth.add(state);
        return position;
    }

    /// Writes one transaction and announces it.
    public long commit(Write... writes) throws SQLException {
        long position = write(List.of(writes));
        announce();
        return position;
    }

    public void announce() {
        head.announce(new Head.Settled(position(), catalog));
    }

    @Override
    public void close() {
        pool.close();
        reader.close();
        databases.close();
    }

    /// @return since when the key has been there, this position if it has not
    private static long close(
            Connection connection, Relation relation, List<@Nullable String> key, long position)
            throws SQLException {
        var definition = relation.definition();
        String all = RelationTables.columns(definition);
        String where =
                " where _shard = "
                        + SHARD
                        + definition.keyColumns().stream()
                                .map(c -> " and " + RelationTables.column(c) + " = ?::" + c.type())
                                .collect(Collectors.joining());
        int id = relation.id();
        run(
                connection,
                "insert into %s (_shard, _from, _to, %s) select _shard, _from, %d, %s from %s"
                                .formatted(
                                        RelationTables.history(id),
                                        all,
                                        position,
                                        all,
                                        RelationTables.current(id))
                        + where
                        + " and _from < "
                        + position,
                key);
        try (var delete =
                connection.prepareStatement(
                        "delete from "
                                + RelationTables.current(id)
                                + where
                                + " returning "
                                + RelationTables.foundBy(relation))) {
            bind(delete, key);
            try (var row = delete.executeQuery()) {
                return row.next() ? row.getLong(1) : position;
            }
        }
    }

    private static void open(
            Connection connection,
            Relation relation,
            List<@Nullable String> row,
            long position,
            long born)
            throws SQLException {
        var definition = relation.definition();
        run(
                connection,
                "insert into %s (_shard, _from, _born, %s) values (%d, %d, %d, %s)"
                        .formatted(
                                RelationTables.current(relation.id()),
                                RelationTables.columns(definition),
                                SHARD,
                                position,
                                born,
                                definition.columns().stream()
                                        .map(c -> "?::" + c.type())
                                        .collect(Collectors.joining(", "))),
                row);
    }

    private static void run(Connection connection, String sql, List<@Nullable String> values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, List<@Nullable String> values)
            throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            statement.setString(i + 1, values.get(i));
        }
    }

    private static TableDefinition parse(String definition) {
        try {
            return TableDefinition.parse(new ObjectMapper().readTree(definition));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(definition, e);
        }
    }

    /// A definition in the source's form.
    ///
    /// @param columns `name type base`, the first of which is the key
    public static String definition(String table, String... columns) {
        var json = new StringBuilder("{\"oid\":" + Math.floorMod(table.hashCode(), 1 << 30));
        json.append(",\"schema\":\"public\",\"table\":\"").append(table);
        json.append("\",\"key\":[1],\"columns\":[");
        int number = 1;
        for (var column : columns) {
            int name = column.indexOf(' ');
            int base = column.lastIndexOf(' ');
            json.append(number == 1 ? "" : ",")
                    .append(
                            "{\"number\":%1$d,\"name\":\"%2$s\",\"type\":\"%3$s\",\"oid\":%4$s,\"modifier\":-1,\"base\":%4$s,\"loose\":false}"
                                    .formatted(
                                            number++,
                                            column.substring(0, name),
                                            column.substring(name + 1, base),
                                            column.substring(base + 1)));
        }
        return json.append("]}").toString();
    }
}
