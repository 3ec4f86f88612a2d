package dev.highwater.relation;

import org.jspecify.annotations.Nullable;

/// What happened to one row at one position.
///
/// @param at commit time, RFC 3339 in UTC
/// @param source index of the relation's [Selection] among those that were read
public record RowChange(long position, String at, int source, Kind kind) {

    /// What happened; rows hold one text for each of [RowFormat#columns].
    public sealed interface Kind {
        /// A row came.
        record Inserted(@Nullable String[] row) implements Kind {}

        /// A row was replaced by another of the same key.
        record Updated(@Nullable String[] old, @Nullable String[] row) implements Kind {}

        /// A row went.
        record Deleted(@Nullable String[] old) implements Kind {}
    }
}
