package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PaceTest {
    private static final double FASTEST = 40e6;
    private static final int CHUNK = 2_500_000;

    /// A source in which writers commit so often when they are alone, and lose a part of that at
    /// the backfill's full speed; the applier takes at most [#FASTEST] bytes a second.
    private static final class Source implements Pace.Writers, Pace.Time {
        private final double alone;
        private final double loss;
        private long nanos;
        private double transactions;

        Source(double alone, double loss) {
            this.alone = alone;
            this.loss = loss;
        }

        @Override
        public long transactions() {
            return (long) transactions;
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public void sleep(long duration) {
            transactions += duration / 1e9 * alone;
            nanos += duration;
        }

        /// Takes a chunk as fast as it can.
        void take() {
            double seconds = CHUNK / FASTEST;
            transactions += seconds * alone * (1 - loss);
            nanos += (long) (seconds * 1e9);
        }

        /// What writers had of their rate.
        double kept(double from, long since) {
            return (transactions - from) * 1e9 / (nanos - since) / alone;
        }
    }

    private record Outcome(double kept, double speed) {}

    /// Lets a backfill run for a minute, and says how it was in the last half.
    private static Outcome run(Source source) throws Exception {
        var pace = new Pace(source, () -> {}, source);
        double from = 0;
        long since = 0;
        long bytes = 0;
        while (source.nanos < 60_000_000_000L) {
            if (since == 0 && source.nanos > 30_000_000_000L) {
                since = source.nanos;
                from = source.transactions;
            }
            source.take();
            pace.after(CHUNK);
            bytes += since == 0 ? 0 : CHUNK;
        }
        return new Outcome(source.kept(from, since), bytes * 1e9 / (source.nanos - since));
    }

    @Test
    void writers_keep_most_of_their_rate() throws Exception {
        var outcome = run(new Source(4_000, 0.8));
        assertThat(outcome.kept()).isBetween(0.65, 0.8);
        assertThat(outcome.speed()).isBetween(0.25 * FASTEST, 0.5 * FASTEST);
    }

    @Test
    void who_hurts_nobody_is_not_held_back() throws Exception {
        var outcome = run(new Source(4_000, 0.1));
        assertThat(outcome.speed()).isGreaterThan(0.9 * FASTEST);
    }

    @Test
    void a_quiet_source_is_not_waited_for() throws Exception {
        var outcome = run(new Source(Pace.BUSY - 10, 0.9));
        assertThat(outcome.speed()).isGreaterThan(0.999 * FASTEST);
    }

    @Test
    void a_silent_source_sees_a_short_rest() throws Exception {
        var source = new Source(2, 0.9);
        var pace = new Pace(source, () -> {}, source);
        long taken = 0;
        while (source.nanos < 5_000_000_000L) {
            source.take();
            taken++;
            pace.after(CHUNK);
        }
        assertThat(taken * CHUNK).isGreaterThan((long) (4.8 * FASTEST));
    }

    @Test
    void it_always_goes_on() throws Exception {
        var outcome = run(new Source(4_000, 1));
        assertThat(outcome.speed()).isGreaterThan(0.15 * FASTEST);
        assertThat(outcome.kept()).isGreaterThan(0.6);
    }
}
