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

    /// A tenth goes too, or a little would go again and again, each time at the price of a count.
    private static final double KEPT = 0.9;

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

    /// What PostgreSQL stores of a change beside its texts and salts.
    private static final int CHANGE = 24 + 2 * Long.BYTES + 3 * Integer.BYTES;

    /// How many rows the journal has, and how large they are: of pages here and there, because one
    /// row can be hundreds of changes and another a single one.
    private static final String JOURNAL =
            """
            select pg_stat_get_live_tuples('highwater.change'::regclass),
              (select avg(pg_column_size(body) + coalesce(pg_column_size(salt), 0)) + %d
               from highwater.change tablesample system (
                 least(100, 100.0 * %d * current_setting('block_size')::int / greatest(1, pg_relation_size('highwater.change'))))),
              pg_table_size('highwater.change')
            """
                    .formatted(CHANGE, SAMPLE);

    /// The position of the first row, from the end, with which they are larger than that.
    private static final String LARGER =
            """
            select position from (
              select position, sum(pg_column_size(body) + coalesce(pg_column_size(salt), 0) + %d)
                over (order by position desc, ordinal desc rows unbounded preceding) as size
              from highwater.change) c
            where size > ? order by position desc limit 1
            """
                    .formatted(CHANGE);

    private record Rows(long live, double bytes, long file) {
        /// How large all of them are together.
        double size() {
            double count = live > 0 ? live : file / bytes;
            return bytes == 0 ? 0 : count * bytes;
        }
    }

    /// The position behind which a limit keeps everything; 0 where it keeps all there is.
    ///
    /// @param table what is past
    /// @param column the position at which each row went
    long of(RetentionSettings.Limit limit, String table, String column) throws SQLException {
        long byTime = limit.time().isPresent() ? byTime(limit.time().get()) : 0;
        long bySize = limit.size().isPresent() ? bySize(limit.size().get(), table, column) : 0;
        return Math.max(byTime, bySize);
    }

    /// The same for the changes of the journal.
    long ofJournal(RetentionSettings.Limit limit) throws SQLException {
        long byTime = limit.time().isPresent() ? byTime(limit.time().get()) : 0;
        long bySize = limit.size().isPresent() ? journalBySize(limit.size().get()) : 0;
        return Math.max(byTime, bySize);
    }

    private long journalBySize(long size) throws SQLException {
        var rows =
                Sql.first(
                                connection,
                                JOURNAL,
                                row -> new Rows(row.getLong(1), row.getDouble(2), row.getLong(3)))
                        .orElseThrow();
        return rows.size() <= size
                ? 0
                : Sql.first(connection, LARGER, row -> row.getLong(1), (long) (size * KEPT))
                        .orElse(0L);
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

    private long bySize(long size, String table, String column) throws SQLException {
        var rows = rows(table, column);
        if (rows.size() <= size) {
            return 0;
        }
        long kept = (long) (size * KEPT / rows.bytes());
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
