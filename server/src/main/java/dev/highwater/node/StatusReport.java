package dev.highwater.node;

import dev.highwater.apply.Applier;
import dev.highwater.apply.Head;
import dev.highwater.apply.Progress;
import dev.highwater.apply.Retention;
import dev.highwater.capture.Source;
import dev.highwater.relation.Relation;
import dev.highwater.web.NodeStatus;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How the node is doing, put together for HTTP.
record StatusReport(
        String name,
        int shard,
        Instant started,
        Applier applier,
        Head head,
        Source source,
        Retention retention,
        Optional<String> restoreError,
        Clock clock) {

    NodeStatus now() {
        var progress = applier.progress();
        var lsn = progress.lsn();
        String error = null;
        String state;
        switch (progress.state()) {
            case Progress.State.Connecting _ -> state = "connecting";
            case Progress.State.Streaming _ -> state = "streaming";
            case Progress.State.Retrying(String why) -> {
                state = "connecting";
                error = why;
            }
            case Progress.State.Stopped(String why) -> {
                state = "stopped";
                error = why;
            }
        }
        long lagBytes = 0;
        try {
            lagBytes = Math.max(0, source.walEnd().asLong() - lsn.asLong());
        } catch (SQLException | dev.highwater.failure.Failure e) {
            error = error == null ? "the source does not answer: " + e.getMessage() : error;
        }
        var capture =
                new NodeStatus.Capture(
                        state,
                        lsn.asString(),
                        lagBytes,
                        lagSeconds(progress.oldestWaiting()),
                        error);
        var counts = progress.counts();
        return new NodeStatus(
                name,
                shard,
                started,
                capture,
                followers(
                        new NodeStatus.Follower("capture", lsn.asString(), lagBytes, state, error)),
                new NodeStatus.Applied(counts.batches(), counts.entries(), counts.changes()),
                new NodeStatus.Kept(retention.journalKeptFrom(), retention.deleted()),
                restoreError.orElse(null));
    }

    /// Capture, and each view that has stopped.
    private List<NodeStatus.Follower> followers(NodeStatus.Follower capture) {
        var result = new ArrayList<NodeStatus.Follower>();
        result.add(capture);
        var settled = head.settled();
        for (var relation : settled.catalog().all()) {
            if (relation.isView()
                    && relation.state()
                            instanceof Relation.State.Stopped(Long _, long until, String reason)) {
                result.add(
                        new NodeStatus.Follower(
                                "view " + relation.name(),
                                Long.toString(until - 1),
                                settled.position() - until + 1,
                                "stopped",
                                reason));
            }
        }
        return result;
    }

    private double lagSeconds(@Nullable Instant since) {
        return since == null
                ? 0
                : Math.max(0, Duration.between(since, clock.instant()).toNanos() / 1e9);
    }
}
