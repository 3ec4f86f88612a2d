package dev.highwater.apply;

import dev.highwater.capture.Snapshot;
import dev.highwater.capture.Source;
import dev.highwater.failure.Failure;
import dev.highwater.journal.InsertText;
import dev.highwater.journal.MerkleTree;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.sql.CopyLine;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the rows that were in a table before it was published, one table after the other, while
/// changes go on being applied.
///
/// Changes since the publication are applied as they come, and win: by the time that a row from the
/// snapshot is handed to the applier, everything up to the snapshot is applied, so a key that a
/// change has touched is right already. Only values that such a change left out, because they were
/// large and stayed the same, are taken from the snapshot's row.
final class Backfill implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backfill.class);

    /// What a row takes in memory beside its bytes.
    private static final int ROW_BYTES = 200;

    private final Source source;
    private final Inbox inbox;
    private final Progress progress;
    private final LinkedBlockingQueue<Relation> waiting = new LinkedBlockingQueue<>();
    private final Set<Integer> seen = new HashSet<>();
    private final Background thread;

    Backfill(Source source, Inbox inbox, Progress progress) {
        this.source = source;
        this.inbox = inbox;
        this.progress = progress;
        this.thread = Background.start("highwater-backfill", this::run);
    }

    /// Takes on the relations that wait for rows; called by the applier after each batch that may
    /// have brought one.
    void consider(Catalog catalog) throws InterruptedException {
        for (var relation : catalog.all()) {
            if (!relation.isView()
                    && relation.state() instanceof Relation.State.Filling
                    && seen.add(relation.id())) {
                waiting.put(relation);
            }
        }
    }

    private void run() throws InterruptedException {
        while (true) {
            fill(waiting.take());
        }
    }

    private void fill(Relation relation) throws InterruptedException {
        long started = System.nanoTime();
        String slot =
                "highwater_fill_%d_%08x"
                        .formatted(relation.id(), ThreadLocalRandom.current().nextInt());
        try (var snapshot = Snapshot.take(source, slot, relation.definition())) {
            progress.awaitLsn(snapshot.at());
            if (relation.definition().isBag()) {
                inbox.put(new Work.Snapshot(relation.id(), snapshot.at()), 0);
            }
            progress.filling(relation.id(), 0);
            var text = new InsertText(relation.definition());
            var pace = new Pace(snapshot::transactions, this::awaitApplied, Pace.Time.REAL);
            Snapshot.Chunks taking = lines -> pace.after(handOver(relation.id(), lines, text));
            while (snapshot.read(taking)) {
                snapshot.renew();
                progress.awaitLsn(snapshot.at());
            }
            inbox.put(new Work.Filled(relation.id()), 0);
            LOG.atInfo()
                    .addKeyValue("relation", relation.name())
                    .addKeyValue("seconds", (System.nanoTime() - started) / 1e9)
                    .log("backfilled");
        } catch (SQLException | Failure e) {
            LOG.atWarn()
                    .addKeyValue("relation", relation.name())
                    .addKeyValue("error", Transient.line(e))
                    .log("backfill failed, starting it again");
            TimeUnit.SECONDS.sleep(1);
            inbox.put(new Work.Refill(relation.id(), Transient.line(e)), 0);
        }
    }

    /// Hands rows over with the changes that the journal will hold: what can be done beside the
    /// applier is done here.
    ///
    /// @return how many bytes
    private long handOver(int relation, List<CopyLine> lines, InsertText text)
            throws InterruptedException {
        var rows = new ArrayList<Work.Row>(lines.size());
        var tree = new MerkleTree();
        long bytes = 0;
        for (var line : lines) {
            var inserted = text.leaf(line);
            rows.add(new Work.Row(line, inserted));
            tree.addLeaf(inserted.hash());
            bytes += ROW_BYTES + line.bytes().length + inserted.body().length;
        }
        inbox.put(new Work.Rows(relation, rows, tree), bytes);
        progress.filling(relation, progress.filled(relation) + rows.size());
        return bytes;
    }

    private void awaitApplied() throws InterruptedException {
        var done = new CompletableFuture<Integer>();
        inbox.put(new Work.Passed(done), 0);
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new Failure.Bug("nobody fails it", e);
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
