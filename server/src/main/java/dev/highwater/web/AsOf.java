package dev.highwater.web;

import dev.highwater.apply.Head;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.journal.Positions;
import dev.highwater.relation.NotKept;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import javax.sql.DataSource;

/// Reads what clients write as a point of the past: a position or an RFC 3339 time.
final class AsOf {
    private final DataSource store;
    private final Positions positions;
    private final Clock clock;

    AsOf(DataSource store, Positions positions, Clock clock) {
        this.store = store;
        this.positions = positions;
        this.clock = clock;
    }

    /// The position meant.
    ///
    /// @throws Failure.Refused `bad-position`, `position-in-future`
    /// @throws Failure.Gone `resync` when it belongs to another store; `not-kept` when which
    ///   position it was is not known any more
    long position(String text, Head.Settled settled) throws SQLException {
        if (text.indexOf('-') > 0) {
            return Math.min(at(time(text)), settled.position());
        }
        long position = positions.parse(text);
        if (position > settled.position()) {
            throw future(Shown.of(text), positions.format(settled.position()));
        }
        return position;
    }

    private long at(OffsetDateTime time) throws SQLException {
        try (var connection = store.getConnection()) {
            return Sql.first(
                            connection,
                            "select highwater.position_at(?)",
                            row -> row.getLong(1),
                            time)
                    .orElseThrow();
        } catch (SQLException e) {
            NotKept.check(e);
            throw e;
        }
    }

    private OffsetDateTime time(String text) {
        OffsetDateTime time;
        try {
            // A plus sign that nobody escaped has become a space on its way here.
            String plus = text.replaceFirst(" (?=\\d\\d:\\d\\d$)", "+");
            time = OffsetDateTime.parse(plus, DateTimeFormatter.ISO_OFFSET_DATE_TIME);
            if (time.getYear() < 1) {
                throw new DateTimeException("before year 1");
            }
        } catch (DateTimeException e) {
            throw new Failure.Refused(
                    "bad-position",
                    "'"
                            + Shown.of(text)
                            + "' is neither a position, such as "
                            + positions.format(42)
                            + ", nor a time, such as 2026-11-20T09:30:00Z",
                    e);
        }
        var now = clock.instant();
        if (time.toInstant().isAfter(now)) {
            throw future(Shown.of(text), now.atOffset(ZoneOffset.UTC).toString());
        }
        return time.withOffsetSameInstant(ZoneOffset.UTC);
    }

    /// The error for what has not come yet.
    static Failure.Refused future(String wanted, String now) {
        return new Failure.Refused(
                "position-in-future", wanted + " is in the future; now is " + now);
    }
}
