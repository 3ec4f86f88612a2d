package dev.highwater.apply;

import dev.highwater.failure.Failure;
import dev.highwater.journal.Beginning;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Database;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the past go that the settings do not keep. It first asks the applier to move the positions
/// from which on history is kept; once that is committed, nobody reads what is before, and it is
/// deleted, a little at a time. What a crash leaves is deleted after it.
public final class Retention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final Duration LOOK_AROUND = Duration.ofMinutes(1);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
    private static final int SLICE = 5_000;
    private static final int SLICE_PAGES = 100;

    /// A delete that a crash takes back is done again.
    private static final String SESSION =
            "set synchronous_commit = off; set jit = off; set statement_timeout = '10min'";

    private static final String LAST_CHAINED =
            "select position from highwater.entry where seq > 0 order by position desc limit 1";

    private final RetentionSettings settings;
    private final PgAddress store;
    private final Head head;
    private final Applier applier;
    private final IntToLongFunction needed;
    private final Clock clock;
    private final AtomicLong deleted = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);

    /// Up to where everything is deleted, by table.
    private final Map<String, Long> done = new HashMap<>();

    private volatile long journalKeptFrom;
    private @Nullable Thread thread;

    /// @param needed the position from which on somebody who is reading needs a relation's history
    public Retention(
            RetentionSettings settings,
            PgAddress store,
            Head head,
            Applier applier,
            IntToLongFunction needed,
            Clock clock) {
        this.settings = settings;
        this.store = store;
        this.head = head;
        this.applier = applier;
        this.needed = needed;
        this.clock = clock;
    }

    /// Begins to look, on a thread of its own.
    public void start() {
        thread = Thread.ofVirtual().name("highwater-retention").start(this::run);
    }

    /// How many rows were deleted.
    public long deleted() {
        return deleted.get();
    }

    /// The position up to which the journal's changes are not kept.
    public long journalKeptFrom() {
        return journalKeptFrom;
    }

    private void run() {
        try {
            boolean again = true;
            while (again) {
                try {
                    look();
                    // Once, for what was begun under other settings.
                    again = !settings.isNone();
                } catch (SQLException | Failure.Unavailable e) {
                    LOG.atWarn()
                            .addKeyValue("cause", Transient.line(e))
                            .log("what is not kept any more waits to be deleted");
                }
                again &= !closed.await(LOOK_AROUND.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            if (closed.getCount() > 0) {
                LOG.error("retention ended", e);
            }
        }
    }

    /// Has go what can go now.
    ///
    /// @throws Failure.Unavailable when the store or the applier cannot be reached
    public void look() throws SQLException, InterruptedException {
        try (var connection = Database.single(store, "retention")) {
            try (var statement = connection.createStatement()) {
                statement.execute(SESSION);
            }
            var before = Beginning.load(connection);
            var floors = new HashMap<Integer, Long>();
            var journal = before;
            // One that stopped takes up nothing.
            if (!settings.isNone()
                    && applier.progress().state() instanceof Progress.State.Streaming) {
                var catalog = head.settled().catalog();
                var cutoff = new Cutoff(connection, clock);
                floors.putAll(floors(cutoff, catalog));
                journal = journal(connection, cutoff, catalog, before);
            }
            if (!floors.isEmpty() || before.isBefore(journal)) {
                move(new Work.Cut(Map.copyOf(floors), needed, journal));
            }
            journalKeptFrom = journal.keptFrom();
            delete(connection, head.settled().catalog());
            delete(connection, "highwater.change", "position", journal.keptFrom());
            delete(connection, "highwater.entry", "position", journal.entriesFrom());
        }
    }

    /// From where on relations are to have history, of those where that moves.
    private Map<Integer, Long> floors(Cutoff cutoff, Catalog catalog) throws SQLException {
        var floors = new HashMap<Integer, Long>();
        for (var relation : catalog.all()) {
            Long since = relation.since();
            var limit = settings.of(relation.name());
            if (since == null || limit.isNone()) {
                continue;
            }
            long position = cutoff.of(limit, RelationTables.history(relation.id()), "_to");
            long floor = Math.min(cutoff.settled(position), last(relation));
            if (floor > since) {
                floors.put(relation.id(), floor);
            }
        }
        return floors;
    }

    /// The rows of a relation that stopped are still shown; one that ended goes altogether.
    private static long last(Relation relation) {
        long until = relation.until().orElse(Long.MAX_VALUE);
        return relation.state() instanceof Relation.State.Stopped ? until - 1 : until;
    }

    /// Where the journal is to begin. Its entries stay as long as there is history that they tell
    /// the time of.
    private Beginning journal(
            Connection connection, Cutoff cutoff, Catalog catalog, Beginning before)
            throws SQLException {
        long position = cutoff.ofJournal(settings.journal());
        long changes = Math.max(cutoff.settled(position), before.keptFrom());
        long told = changes;
        for (var relation : catalog.all()) {
            told = Math.min(told, first(relation));
        }
        long chained = Sql.first(connection, LAST_CHAINED, row -> row.getLong(1)).orElse(0L);
        long entries = Math.max(cutoff.settled(Math.min(told, chained - 1)), before.entriesFrom());
        return changes == before.keptFrom() && entries == before.entriesFrom()
                ? before
                : before.movedTo(connection, changes, entries);
    }

    /// The first position that a relation has anything to say about.
    private static long first(Relation relation) {
        Long since = relation.since();
        if (relation.state() instanceof Relation.State.Filling) {
            return relation.definitions().getFirst().position();
        }
        return since == null || since >= relation.until().orElse(Long.MAX_VALUE)
                ? Long.MAX_VALUE
                : since;
    }

    private void move(Work.Cut cut) throws InterruptedException {
        try {
            applier.cut(cut).get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new Failure.Bug("the applier failed at retention", e);
        } catch (TimeoutException e) {
            throw new Failure.Unavailable("not-arrived", "the applier has not come to it yet", e);
        }
    }

    private void delete(Connection connection, Catalog catalog)
            throws SQLException, InterruptedException {
        for (var relation : catalog.all()) {
            if (relation.keptFrom() == 0) {
                continue;
            }
            int id = relation.id();
            delete(connection, RelationTables.history(id), "_to", relation.keptFrom());
            if (relation.state() instanceof Relation.State.Ended(Long _, long until, String _)
                    && until <= relation.keptFrom()) {
                deleteAll(connection, RelationTables.current(id));
            }
        }
    }

    private void delete(Connection connection, String table, String column, long upTo)
            throws SQLException, InterruptedException {
        long before = done.getOrDefault(table, 0L);
        if (before >= upTo) {
            return;
        }
        long from = before;
        long count = SLICE;
        try (var slice = connection.prepareStatement(firstRows(table, column))) {
            while (count == SLICE) {
                if (closed.getCount() == 0) {
                    throw new InterruptedException();
                }
                slice.setLong(1, from);
                slice.setLong(2, upTo);
                slice.setInt(3, SLICE);
                try (var row = slice.executeQuery()) {
                    row.next();
                    count = row.getLong(1);
                    from = Math.max(from, row.getLong(2));
                }
                deleted.addAndGet(count);
            }
        }
        done.put(table, upTo);
    }

    /// Deletes the current rows of a relation of which nothing can be read any more, as they are
    /// stored.
    private void deleteAll(Connection connection, String table)
            throws SQLException, InterruptedException {
        if (done.containsKey(table)) {
            return;
        }
        long pages =
                Sql.first(
                                connection,
                                "select pg_relation_size(?::regclass) / current_setting('block_size')::int",
                                row -> row.getLong(1),
                                table)
                        .orElseThrow();
        for (long page = 0; page < pages; page += SLICE_PAGES) {
            if (closed.getCount() == 0) {
                throw new InterruptedException();
            }
            deleted.addAndGet(
                    Sql.update(
                            connection,
                            "delete from %s where ctid >= '(%d,0)' and ctid < '(%d,0)'"
                                    .formatted(table, page, page + SLICE_PAGES)));
        }
        done.put(table, Long.MAX_VALUE);
    }

    /// Deletes the first rows from one position on and up to another.
    private static String firstRows(String table, String column) {
        return """
        with gone as (
          delete from %1$s where ctid = any (array(
            select ctid from %1$s where %2$s >= ? and %2$s <= ? order by %2$s limit ?))
          returning %2$s)
        select count(*), max(%2$s) from gone
        """
                .formatted(table, column);
    }

    @Override
    public void close() {
        closed.countDown();
        var running = thread;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            running.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
