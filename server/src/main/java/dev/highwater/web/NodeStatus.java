package dev.highwater.web;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the node is doing.
///
/// @param followers everything that follows, capture first
/// @param restoreError why the last restore did not happen
public record NodeStatus(
        String node,
        int shard,
        Instant started,
        Capture capture,
        List<Follower> followers,
        Applied applied,
        Kept kept,
        @Nullable String restoreError) {

    /// How capture is doing.
    ///
    /// @param state one of `connecting`, `streaming`, `stopped`
    /// @param mark the source's LSN up to which everything is in the store
    public record Capture(
            String state, String mark, long lagBytes, double lagSeconds, @Nullable String error) {}

    /// A follower: how far it has come and how it is doing.
    public record Follower(
            String name, String mark, long lag, String state, @Nullable String error) {}

    /// What retention took.
    ///
    /// @param journalFrom the position up to which the journal's changes are not kept
    /// @param deleted how many rows were deleted since the start
    public record Kept(long journalFrom, long deleted) {}

    /// What was applied since the start.
    public record Applied(long batches, long entries, long changes) {}
}
