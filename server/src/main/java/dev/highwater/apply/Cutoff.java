package dev.highwater.apply;

import dev.highwater.relation.NotKept;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/// Finds the position up to which a limit has the past go. Belongs to one look of [Retention].
final class Cutoff {
    /// So many of the newest rows say how large rows are.
    private static final int SAMPLE = 1_000;

    /// What PostgreSQL adds to each row: a pointer to it, and half of the padding to eight bytes.
    private static final int OVERHEAD = 8;

    private static final String SETTLED =
            """
            select position from highwater.entry
            where position <= ? and settled order by position desc limit 1
            """;

    private final Connection connection;
    private final Clock clock;
    private final Map<Duration, Long> times = new HashMap<>();

    Cutoff(Connection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
    }

    private record Rows(long live, double bytes, long file) {}

    /// The position behind which a limit keeps everything; 0 where it keeps all there is.
    ///
    /// @param table what is past
    /// @param column the position at which each row went
    long of(RetentionSettings.Limit limit, String table, String column) throws SQLException {
        long byTime = limit.time().isPresent() ? byTime(limit.time().get()) : 0;
        long bySize = limit.size().isPresent() ? bySize(limit.size().get(), table, column) : 0;
        return Math.max(byTime, bySize);
    }

    /// The last settled position up to this one; 0 where it is not known any more.
    long settled(long position) throws SQLException {
        return Sql.first(connection, SETTLED, row -> row.getLong(1), position).orElse(0L);
    }

    private long byTime(Duration time) throws SQLException {
        var known = times.get(time);
        if (known != null) {
            return known;
        }
        long position;
        try {
            position =
                    Sql.first(
                                    connection,
                                    "select highwater.position_at(?)",
                                    row -> row.getLong(1),
                                    clock.instant().minus(time).atOffset(ZoneOffset.UTC))
                            .orElseThrow();
        } catch (SQLException e) {
            if (!NotKept.is(e)) {
                throw e;
            }
            position = 0;
        }
        times.put(time, position);
        return position;
    }

    /// A tenth goes too, or a little would go again and again, each time at the price of a count.
    private long bySize(long size, String table, String column) throws SQLException {
        var rows = rows(table, column);
        if (rows.bytes() == 0) {
            return 0;
        }
        double live = rows.live() > 0 ? rows.live() : rows.file() / rows.bytes();
        if (live * rows.bytes() <= size) {
            return 0;
        }
        long kept = (long) (size * 0.9 / rows.bytes());
        var first =
                Sql.first(
                        connection,
                        "select %s from %s order by %s desc offset ? limit 1"
                                .formatted(column, table, column),
                        row -> row.getLong(1),
                        kept);
        return first.orElse(0L);
    }

    /// How many rows there are, how large the newest of them are, and how large their file is. The
    /// count is PostgreSQL's own; after a crash there is none.
    private Rows rows(String table, String column) throws SQLException {
        String query =
                """
                select pg_stat_get_live_tuples('%1$s'::regclass),
                  (select avg(pg_column_size(s)) + %2$d
                   from (select * from %1$s order by %3$s desc limit %4$d) s),
                  pg_table_size('%1$s'::regclass)
                """
                        .formatted(table, OVERHEAD, column, SAMPLE);
        return Sql.first(
                        connection,
                        query,
                        row -> new Rows(row.getLong(1), row.getDouble(2), row.getLong(3)))
                .orElseThrow();
    }
}
