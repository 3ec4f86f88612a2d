package dev.highwater.bench;

import java.time.Duration;

/// How much is measured.
///
/// @param rounds how often each pair is run, alternately
/// @param insertRows rows of an insert turn, in transactions of [#TRANSACTION]
/// @param liveRows rows of the relation that has a history
/// @param closedVersions how long that history is
/// @param updates rows of an update turn
/// @param orders rows that views are made of; a tenth as many customers
/// @param eventLength of the long stream
/// @param eventPending streams with an event to consume
/// @param eventStreams streams with nothing to consume
record Sizes(
        int rounds,
        Duration latencyWarmUp,
        Duration latencyTurn,
        int pgbenchScale,
        Duration pgbenchTurn,
        int insertRows,
        int liveRows,
        int closedVersions,
        int updates,
        int orders,
        int restarts,
        Duration eventTurn,
        int eventLength,
        int eventPending,
        int eventStreams) {

    static final int TRANSACTION = 1_000;

    /// What the published numbers are measured with.
    static Sizes full() {
        return new Sizes(
                3,
                Duration.ofSeconds(10),
                Duration.ofSeconds(15),
                10,
                Duration.ofSeconds(30),
                1_000_000,
                100_000,
                10_000_000,
                200_000,
                200_000,
                5,
                Duration.ofSeconds(10),
                50_000,
                30_000,
                200_000);
    }

    /// A tenth, to try a change.
    static Sizes quick() {
        return new Sizes(
                2,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                10,
                Duration.ofSeconds(10),
                200_000,
                100_000,
                1_000_000,
                100_000,
                20_000,
                3,
                Duration.ofSeconds(4),
                50_000,
                30_000,
                50_000);
    }

    /// Just enough to see that everything still works; its numbers mean nothing.
    static Sizes smoke() {
        return new Sizes(
                1,
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                1,
                Duration.ofSeconds(1),
                3_000,
                1_000,
                3_000,
                2_000,
                1_000,
                1,
                Duration.ofSeconds(1),
                200,
                800,
                1_000);
    }
}
