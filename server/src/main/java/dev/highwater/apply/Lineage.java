package dev.highwater.apply;

import dev.highwater.capture.Source;
import dev.highwater.failure.Failure;
import java.sql.SQLException;
import java.util.Optional;

/// Whether a source is still the one that a mark was set in, and still tells everything that came
/// after it.
final class Lineage {
    private Lineage() {}

    /// Refuses a source that the mark does not speak of.
    ///
    /// @throws Failure.Conflict `other-source`
    static void check(Source source, Source.Identity identity, CaptureMark mark)
            throws SQLException {
        String slot = mark.slot();
        if (slot == null) {
            return;
        }
        if (!identity.system().equals(mark.systemIdentifier())) {
            throw other(
                    "PostgreSQL system %s, not %s"
                            .formatted(mark.systemIdentifier(), identity.system()));
        }
        var elsewhere = source.slotElsewhere(slot);
        if (elsewhere.isPresent()) {
            throw other(
                    "database %s of this server, not %s"
                            .formatted(elsewhere.get(), source.address().database()));
        }
    }

    private static Failure.Conflict other(String which) {
        return new Failure.Conflict(
                "other-source",
                "this store follows another source ("
                        + which
                        + "): give that one, or another data directory, and so another store");
    }

    /// Why changes after the mark may be missing, or changes before it may never have happened;
    /// empty when capture can go on.
    ///
    /// @param slotName the mark's slot
    static Optional<String> gap(
            Source source, Source.Identity identity, CaptureMark mark, String slotName)
            throws SQLException {
        var mine = mark.lsn();
        var slot = source.slot(slotName);
        if (slot.isEmpty()) {
            return Optional.of("the source has no replication slot " + slotName + " any more");
        }
        if (slot.get().lost()) {
            return Optional.of(
                    "the source has given up the WAL that replication slot " + slotName + " needs");
        }
        if (slot.get().confirmed().compareTo(mine) > 0) {
            return Optional.of(
                    "replication slot %s stands at %s, beyond the store's mark %s"
                            .formatted(
                                    slotName, slot.get().confirmed().asString(), mine.asString()));
        }
        if (mark.timeline() != 0 && mark.timeline() != identity.timeline()) {
            var left = source.leftTimeline(mark.timeline(), identity.timeline());
            if (left.isEmpty() || left.get().compareTo(mine) < 0) {
                return Optional.of(
                        "the source went on from %s on timeline %d, before the store's mark %s"
                                .formatted(
                                        left.isEmpty() ? "elsewhere" : left.get().asString(),
                                        identity.timeline(),
                                        mine.asString()));
            }
        }
        if (identity.walEnd().compareTo(mine) < 0) {
            return Optional.of(
                    "the source stands at %s, before the store's mark %s"
                            .formatted(identity.walEnd().asString(), mine.asString()));
        }
        return Optional.empty();
    }
}
