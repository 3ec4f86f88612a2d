package dev.highwater.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.capture.WalEvent;
import dev.highwater.capture.WalPart;
import dev.highwater.failure.Failure;
import dev.highwater.journal.ChangeText;
import dev.highwater.journal.Entry;
import dev.highwater.journal.Journal;
import dev.highwater.journal.TableDefinition;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.relation.Relations;
import dev.highwater.relation.VersionWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes transactions into the store: journal entries, versions, definitions; all in the
/// transaction that is open on its connection. It lives as long as that connection, and after any
/// failure it is thrown away with it, so that what it holds in memory is always what the store
/// holds.
final class Batch {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// So many keys collect before they are written.
    private static final int PENDING_MAX = 10_000;

    private final Connection connection;
    private final int shard;
    private final boolean careful;
    private final Journal journal;
    private Catalog catalog;

    /// The relations that are followed, by the OID of their table.
    private final Map<Long, Followed> followed = new HashMap<>();

    /// Relations whose table was rewritten by the DDL that is about to tell its new definition.
    private final Set<Integer> rewritten = new HashSet<>();

    private int pending;
    private long changes;

    /// The last position of which every version is written.
    private long written;

    /// A relation with what is needed to write it.
    private record Followed(Relation relation, ChangeText text, VersionWriter writer) {}

    /// @param careful whether to find out which relation it is that cannot be written, at the price
    ///   of a savepoint for each
    Batch(Connection connection, int shard, Journal journal, Catalog catalog, boolean careful) {
        this.connection = connection;
        this.shard = shard;
        this.journal = journal;
        this.catalog = catalog;
        this.careful = careful;
        this.written = journal.position();
        catalog.all().stream().filter(Relation::isFollowed).forEach(this::follow);
    }

    Catalog catalog() {
        return catalog;
    }

    /// The last position that was written.
    long position() {
        return journal.position();
    }

    /// How many changes were written since the last call.
    long takeChanges() {
        long result = changes;
        changes = 0;
        return result;
    }

    /// Writes a transaction or a part of it.
    void apply(WalPart part) throws SQLException {
        for (var event : part.events()) {
            apply(event);
        }
        if (part.end().isPresent() && !journal.isEmpty()) {
            journal.complete(Entry.Kind.COMMIT, part.committedAt());
        }
        flushWhenLarge();
    }

    /// Writes rows from before a table was published, as an entry of their own, without those whose
    /// keys newer changes have touched.
    void fill(int id, List<@Nullable String[]> rows, Instant now) throws SQLException {
        var f = filling(id);
        if (f == null) {
            return;
        }
        f.writer().flush();
        var loaded = f.writer().load(journal.nextPosition(), rows);
        for (var row : loaded.inserted()) {
            add(f, f.text().insert(row));
        }
        for (var row : loaded.completed()) {
            add(f, f.text().update(null, row));
        }
        if (!journal.isEmpty()) {
            journal.complete(Entry.Kind.BACKFILL, now);
        }
        journal.flushChanges(connection);
    }

    /// Opens a relation for reading: its rows from before are all there.
    void filled(int id, Instant now) throws SQLException {
        var f = filling(id);
        if (f == null) {
            return;
        }
        f.writer().flush();
        RelationTables.filled(connection, f.relation());
        add(f, f.text().filled());
        replace(f.relation().in(new Relation.State.Live(journal.nextPosition())));
        journal.complete(Entry.Kind.BACKFILL, now);
    }

    /// Starts filling a relation over, as a new generation.
    void refill(int id, String reason, Instant now) throws SQLException {
        var f = filling(id);
        if (f != null) {
            begin(f.relation().definition(), false, reason);
            journal.complete(Entry.Kind.BACKFILL, now);
        }
    }

    /// Writes everything that was collected.
    ///
    /// @return how many entries
    int flush() throws SQLException {
        flushWriters();
        return journal.flush(connection);
    }

    private void apply(WalEvent event) throws SQLException {
        switch (event) {
            case WalEvent.Inserted(long oid, @Nullable String[] row) -> {
                var f = followed.get(oid);
                if (f != null) {
                    add(f, f.text().insert(row));
                    f.writer().insert(journal.nextPosition(), row);
                }
            }
            case WalEvent.Updated(
                            long oid,
                            @Nullable String @Nullable [] old,
                            @Nullable String[] row) -> {
                var f = followed.get(oid);
                if (f != null) {
                    add(f, f.text().update(old, row));
                    if (!f.writer().update(journal.nextPosition(), old, row)) {
                        begin(
                                f.relation().definition(),
                                false,
                                "a row moved to another key while it was being filled");
                    }
                }
            }
            case WalEvent.Deleted(long oid, @Nullable String[] keyRow) -> {
                var f = followed.get(oid);
                if (f != null) {
                    add(f, f.text().delete(keyRow));
                    f.writer().delete(journal.nextPosition(), keyRow);
                }
            }
            case WalEvent.Truncated(List<Long> oids) -> {
                for (long oid : oids) {
                    truncate(oid);
                }
            }
            case WalEvent.TableSeen seen -> check(seen);
            case WalEvent.Told(String content) -> told(content);
        }
    }

    private void truncate(long oid) throws SQLException {
        var f = followed.get(oid);
        if (f == null) {
            return;
        }
        add(f, f.text().truncate());
        f.writer().truncate(journal.nextPosition());
        if (f.relation().state() instanceof Relation.State.Filling) {
            begin(f.relation().definition(), false, "truncated while it was being filled");
        }
    }

    private void told(String content) throws SQLException {
        var message = parse(content);
        String kind = message.path("kind").asText();
        switch (kind) {
            case "publish" ->
                    begin(
                            TableDefinition.parse(message.required("definition")),
                            message.path("born").asBoolean(),
                            "published again");
            case "define" -> define(TableDefinition.parse(message.required("definition")));
            case "rewrite" -> {
                var f = followed.get(message.required("oid").asLong());
                if (f != null) {
                    rewritten.add(f.relation().id());
                }
            }
            case "end" -> {
                var f = followed.get(message.required("oid").asLong());
                if (f != null) {
                    end(f, message.path("reason").asText());
                }
            }
            case "nudge" -> {}
            default ->
                    throw new Failure.Corrupt(
                            "unknown-message", "the source told something unknown: " + content);
        }
    }

    /// Follows a table from here on, as a new relation.
    ///
    /// @param born whether the table has no rows from before
    /// @param reason why an earlier generation ends that is still followed
    private void begin(TableDefinition definition, boolean born, String reason)
            throws SQLException {
        var before = followed.get(definition.oid());
        if (before != null) {
            end(before, reason);
        }
        long position = journal.nextPosition();
        var relation =
                new Relation(
                        catalog.nextId(),
                        List.of(new Relation.Dated(position, definition)),
                        born ? new Relation.State.Live(position) : new Relation.State.Filling());
        String refusal = attempt(() -> RelationTables.create(connection, shard, relation));
        journal.add(relation.id(), new ChangeText(definition).define());
        changes++;
        replace(
                refusal == null
                        ? relation
                        : relation.in(new Relation.State.Stopped(null, position, refusal)));
    }

    /// Takes over a table's new definition, in place where its rows can follow.
    private void define(TableDefinition next) throws SQLException {
        var f = followed.get(next.oid());
        if (f == null) {
            return;
        }
        var relation = f.relation();
        boolean rewrite = rewritten.remove(relation.id());
        if (!rewrite && relation.definition().equals(next)) {
            return;
        }
        // Rows from before are on their way in the old shape while it is being filled.
        boolean inPlace =
                relation.state() instanceof Relation.State.Live
                        && relation.definition().continuesAs(next)
                        && !rewrite;
        if (!inPlace) {
            begin(next, false, "its rows were rewritten by DDL");
            return;
        }
        f.writer().flush();
        var defined = relation.defined(journal.nextPosition(), next);
        String refusal = attempt(() -> RelationTables.alter(connection, shard, relation, defined));
        add(f, new ChangeText(next).define());
        if (refusal == null) {
            replace(defined);
        } else {
            stop(f, refusal);
        }
    }

    private void end(Followed f, String reason) throws SQLException {
        f.writer().flush();
        var relation = f.relation();
        if (relation.since() == null) {
            RelationTables.drop(connection, relation);
        } else {
            RelationTables.end(connection, relation);
        }
        add(f, f.text().end());
        replace(
                relation.in(
                        new Relation.State.Ended(
                                relation.since(), journal.nextPosition(), reason)));
    }

    /// Rows arrive in the shape that the source says here; if it is not the one that was told, the
    /// table must not go on.
    private void check(WalEvent.TableSeen seen) throws SQLException {
        var f = followed.get(seen.oid());
        if (f == null) {
            return;
        }
        var known = f.relation().definition().columns().stream().map(c -> c.name()).toList();
        if (!known.equals(seen.columns())) {
            f.writer().flush();
            stop(
                    f,
                    "its columns are "
                            + seen.columns()
                            + ", but the last definition that arrived says "
                            + known
                            + "; unpublish it and publish it again");
        }
    }

    private void stop(Followed f, String reason) throws SQLException {
        var relation = f.relation();
        replace(relation.in(new Relation.State.Stopped(relation.since(), written + 1, reason)));
    }

    private void replace(Relation relation) throws SQLException {
        followed.values().removeIf(f -> f.relation().id() == relation.id());
        catalog = catalog.with(relation);
        Relations.save(connection, relation);
        if (relation.isFollowed()) {
            follow(relation);
        }
    }

    private void follow(Relation relation) {
        followed.put(
                relation.definition().oid(),
                new Followed(
                        relation,
                        new ChangeText(relation.definition()),
                        VersionWriter.of(connection, shard, relation)));
    }

    private @Nullable Followed filling(int id) {
        for (var f : followed.values()) {
            if (f.relation().id() == id && f.relation().state() instanceof Relation.State.Filling) {
                return f;
            }
        }
        return null;
    }

    private void add(Followed f, String body) {
        journal.add(f.relation().id(), body);
        changes++;
        pending++;
    }

    private void flushWhenLarge() throws SQLException {
        if (pending >= PENDING_MAX) {
            flushWriters();
            journal.flushChanges(connection);
        }
    }

    private void flushWriters() throws SQLException {
        pending = 0;
        for (var f : List.copyOf(followed.values())) {
            if (!careful || f.writer().size() == 0) {
                f.writer().flush();
                continue;
            }
            String refusal = attempt(f.writer()::flush);
            if (refusal != null) {
                stop(f, refusal);
            }
        }
        written = journal.position();
    }

    private interface Step {
        void run() throws SQLException;
    }

    /// Runs a step that concerns one relation alone, so that its failure stays with it.
    ///
    /// @return why it failed, or null
    private @Nullable String attempt(Step step) throws SQLException {
        var before = connection.setSavepoint();
        try {
            step.run();
            connection.releaseSavepoint(before);
            return null;
        } catch (SQLException e) {
            if (Transient.is(e)) {
                throw e;
            }
            connection.rollback(before);
            return Transient.line(e);
        }
    }

    private static JsonNode parse(String content) {
        try {
            return JSON.readTree(content);
        } catch (JsonProcessingException e) {
            throw new Failure.Corrupt(
                    "unknown-message", "the source told something unreadable: " + content);
        }
    }
}
