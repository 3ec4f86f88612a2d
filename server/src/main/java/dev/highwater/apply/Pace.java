package dev.highwater.apply;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds a backfill back, so that those who write to the source meanwhile keep most of their rate.
///
/// How much they write is told by the transaction ids that the source gives out. While there are
/// many, the backfill rests now and then to see how many there would be without it, and takes as
/// many bytes a second as let them keep [#KEPT] of the best of the last rests: what they lose is
/// taken as proportional to its speed, and corrected each second. A source in which little is
/// written is not waited for. One thread, the backfill's.
final class Pace {
    private static final Logger LOG = LoggerFactory.getLogger(Pace.class);

    private static final long NEVER = Long.MIN_VALUE;

    /// What writers are to keep of their rate.
    private static final double KEPT = 0.7;

    /// With fewer transactions a second nobody is waited for.
    static final double BUSY = 50;

    /// It always comes to an end: bytes a second.
    private static final double LEAST = 1 << 20;

    private static final long LOOK = TimeUnit.SECONDS.toNanos(1);
    private static final long REST_AGAIN = TimeUnit.SECONDS.toNanos(15);

    /// Writers take a while until they are as fast as they can be.
    private static final long CALM = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long REST = TimeUnit.MILLISECONDS.toNanos(500);

    /// Where nobody writes it is seen sooner: not more than this in so long.
    private static final long PEEK = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int SILENT_MOST = 1;

    /// Half a second may be a lull: the best of so many is believed.
    private static final int RESTS = 3;

    /// A second may be unlike the others.
    private static final double SLOWER_MOST = 0.6;

    private static final double FASTER_MOST = 1.25;

    /// Tells how far the source has come.
    interface Writers {
        /// How many transaction ids it has given out.
        long transactions() throws SQLException;
    }

    /// Waits until everything that was handed over is committed.
    interface Applied {
        void await() throws InterruptedException;
    }

    /// Time as it passes, and waiting.
    interface Time {
        Time REAL =
                new Time() {
                    @Override
                    public long nanos() {
                        return System.nanoTime();
                    }

                    @Override
                    public void sleep(long nanos) throws InterruptedException {
                        TimeUnit.NANOSECONDS.sleep(nanos);
                    }
                };

        long nanos();

        void sleep(long nanos) throws InterruptedException;
    }

    private final Writers writers;
    private final Applied applied;
    private final Time time;

    /// Bytes a second.
    private double limit = Double.POSITIVE_INFINITY;

    /// When the limit lets the next bytes go.
    private long next;

    /// Transactions a second without the backfill as they were seen at the last rests, the newest
    /// last, and when that was.
    private final ArrayDeque<Double> rests = new ArrayDeque<>();

    private long restedAt = NEVER;

    /// When it was last looked, how many transactions there had been by then, and how many bytes
    /// were handed over since.
    private long lookedAt;

    private long transactions = NEVER;
    private long bytes;

    /// Asks nothing before the first second is over.
    Pace(Writers writers, Applied applied, Time time) {
        this.writers = writers;
        this.applied = applied;
        this.time = time;
        this.lookedAt = time.nanos();
    }

    /// Waits before more is handed over.
    ///
    /// @param handed bytes since the last call
    void after(long handed) throws SQLException, InterruptedException {
        bytes += handed;
        if (limit < Double.POSITIVE_INFINITY) {
            long now = time.nanos();
            next = Math.max(now, next + (long) (handed * 1e9 / limit));
            time.sleep(next - now);
        }
        if (time.nanos() - lookedAt >= LOOK) {
            if (transactions != NEVER) {
                look();
            }
            lookAgain();
        }
    }

    private void look() throws SQLException, InterruptedException {
        double seconds = (time.nanos() - lookedAt) / 1e9;
        double rate = (writers.transactions() - transactions) / seconds;
        double speed = bytes / seconds;
        if (restedAt == NEVER
                || (time.nanos() - restedAt >= REST_AGAIN
                        && Math.max(rate, undisturbed()) >= BUSY)) {
            rest();
        }
        adapt(rate, speed);
    }

    private void rest() throws SQLException, InterruptedException {
        applied.await();
        long before = writers.transactions();
        long start = time.nanos();
        time.sleep(PEEK);
        if (writers.transactions() - before > SILENT_MOST) {
            time.sleep(CALM - PEEK);
            before = writers.transactions();
            start = time.nanos();
            time.sleep(REST);
        }
        restedAt = time.nanos();
        if (rests.size() == RESTS) {
            rests.removeFirst();
        }
        rests.addLast((writers.transactions() - before) * 1e9 / (restedAt - start));
    }

    private double undisturbed() {
        return rests.isEmpty() ? 0 : Collections.max(rests);
    }

    private void adapt(double rate, double speed) {
        double undisturbed = undisturbed();
        if (undisturbed < BUSY) {
            limit = Double.POSITIVE_INFINITY;
            return;
        }
        double lost = 1 - rate / undisturbed;
        boolean free = limit == Double.POSITIVE_INFINITY;
        if (free && lost <= 1 - KEPT) {
            return;
        }
        if (free) {
            next = time.nanos();
            LOG.atInfo()
                    .addKeyValue("kept", "%.2f".formatted(rate / undisturbed))
                    .log("writers to the source lose too much to a backfill: holding it back");
        }
        double factor = (1 - KEPT) / Math.max(lost, 0.01);
        limit =
                Math.max(
                        LEAST,
                        Math.min(limit, speed) * Math.clamp(factor, SLOWER_MOST, FASTER_MOST));
    }

    private void lookAgain() throws SQLException {
        lookedAt = time.nanos();
        transactions = writers.transactions();
        bytes = 0;
    }
}
