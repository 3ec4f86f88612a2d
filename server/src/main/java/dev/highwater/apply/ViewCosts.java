package dev.highwater.apply;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What it takes to keep each view, since the node started. Safe for any thread.
public final class ViewCosts {
    private final Map<Integer, Cost> costs = new ConcurrentHashMap<>();

    /// What one view took.
    ///
    /// @param batches how many batches the view was brought through
    /// @param nanos how long that took, all in all
    public record Cost(long batches, long nanos) {
        public static final Cost NONE = new Cost(0, 0);

        /// The mean of a batch, in milliseconds; 0 before the first.
        public double meanMillis() {
            return batches == 0 ? 0 : nanos / 1e6 / batches;
        }
    }

    void add(int view, long nanos) {
        costs.merge(
                view,
                new Cost(1, nanos),
                (a, b) -> new Cost(a.batches + b.batches, a.nanos + b.nanos));
    }

    /// What a view, by the id of its relation, has taken.
    public Cost of(int view) {
        return costs.getOrDefault(view, Cost.NONE);
    }
}
