package dev.highwater.capture;

import dev.highwater.sql.PgAddress;
import java.util.List;
import java.util.Optional;

/// What a node is told of its source.
///
/// @param tables patterns of the tables that are published by themselves, such as `public.*`; those
///   that begin with `!` leave tables out
/// @param slot the name of the replication slot; without one it is named after the store
/// @param walLimit so many bytes of WAL the source keeps for the slot, before it is given up and
///   healed later
public record SourceSettings(
        PgAddress address, List<String> tables, Optional<String> slot, long walLimit) {
    /// 10 GB.
    public static final long WAL_LIMIT = 10L << 30;

    public SourceSettings {
        tables = List.copyOf(tables);
    }

    /// With the usual slot and limit.
    public static SourceSettings of(PgAddress address, List<String> tables) {
        return new SourceSettings(address, tables, Optional.empty(), WAL_LIMIT);
    }
}
