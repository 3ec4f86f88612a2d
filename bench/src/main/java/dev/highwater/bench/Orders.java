package dev.highwater.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.postgresql.PGConnection;

/// The table that the throughput measurements write: seven columns, about a hundred bytes a row.
/// One client, transactions of [Sizes#TRANSACTION] rows.
final class Orders {
    private static final Instant PLACED = Instant.parse("2026-01-01T00:00:00Z");
    private static final String[] STATES = {"placed", "paid", "packed", "sent"};

    private final String table;

    Orders(String table) {
        this.table = table;
    }

    /// How rows are written.
    enum Way {
        INSERT("INSERT of many rows"),
        COPY("COPY");

        final String words;

        Way(String words) {
            this.words = words;
        }
    }

    String create() {
        return """
        create table %s (id bigint primary key, customer int not null, amount numeric(12,2) not null,
          state text not null, note text, placed timestamptz not null, quantity int not null)
        """
                .formatted(table);
    }

    /// A query that has a row when a row of this id is there.
    String has(long id) {
        return "select 1 from %s where id = %d".formatted(table, id);
    }

    /// As [#has] for an update's last row.
    String has(long id, int quantity) {
        return has(id) + " and quantity = " + quantity;
    }

    /// Writes rows with the ids `first` up to `first + rows`, exclusive.
    ///
    /// @param perTransaction rows of one transaction
    void write(Connection connection, Way way, long first, int rows, int perTransaction)
            throws SQLException, IOException {
        connection.setAutoCommit(false);
        switch (way) {
            case INSERT -> insert(connection, first, rows, perTransaction);
            case COPY -> copy(connection, first, rows, perTransaction);
        }
        connection.setAutoCommit(true);
    }

    private void insert(Connection connection, long first, int rows, int perTransaction)
            throws SQLException {
        try (var insert =
                connection.prepareStatement(
                        "insert into %s values (?, ?, ?, ?, ?, ?::timestamptz, ?)"
                                .formatted(table))) {
            for (int i = 0; i < rows; i++) {
                long id = first + i;
                insert.setLong(1, id);
                insert.setInt(2, customer(id));
                insert.setBigDecimal(3, java.math.BigDecimal.valueOf(id % 1_000_000, 2));
                insert.setString(4, state(id));
                insert.setString(5, note(id));
                insert.setString(6, placed(id));
                insert.setInt(7, 1);
                insert.addBatch();
                if ((i + 1) % perTransaction == 0 || i + 1 == rows) {
                    insert.executeBatch();
                    connection.commit();
                }
            }
        }
    }

    private void copy(Connection connection, long first, int rows, int perTransaction)
            throws SQLException {
        var api = connection.unwrap(PGConnection.class).getCopyAPI();
        for (int from = 0; from < rows; from += perTransaction) {
            var copy = api.copyIn("copy " + table + " from stdin");
            int to = Math.min(rows, from + perTransaction);
            var text = new StringBuilder();
            for (int i = from; i < to; i++) {
                long id = first + i;
                text.append(id).append('\t').append(customer(id)).append('\t');
                text.append(id % 1_000_000 / 100).append('.').append(id % 100 / 10).append(id % 10);
                text.append('\t').append(state(id)).append('\t').append(note(id)).append('\t');
                text.append(placed(id)).append("\t1\n");
                if (text.length() > 60_000 || i + 1 == to) {
                    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
                    copy.writeToCopy(bytes, 0, bytes.length);
                    text.setLength(0);
                }
            }
            copy.endCopy();
            connection.commit();
        }
    }

    /// Updates random rows of the first `live`, each transaction distinct ones.
    ///
    /// @return the last row's id
    long update(Connection connection, RandomGenerator random, int live, int rows, int quantity)
            throws SQLException {
        connection.setAutoCommit(false);
        long last = 0;
        try (var update =
                connection.prepareStatement(
                        "update %s set quantity = ?, amount = amount + 1 where id = any(?)"
                                .formatted(table))) {
            for (int done = 0; done < rows; done += Sizes.TRANSACTION) {
                var ids =
                        random.longs(1, live + 1L)
                                .distinct()
                                .limit(Math.min(live, Sizes.TRANSACTION))
                                .boxed()
                                .toArray(Long[]::new);
                update.setInt(1, quantity);
                update.setArray(2, connection.createArrayOf("int8", ids));
                update.executeUpdate();
                connection.commit();
                last = ids[ids.length - 1];
            }
        }
        connection.setAutoCommit(true);
        return last;
    }

    private static int customer(long id) {
        return (int) (id * 7919 % 10_000);
    }

    private static String state(long id) {
        return STATES[(int) (id % STATES.length)];
    }

    private static String note(long id) {
        return "order " + id + " of customer " + customer(id);
    }

    private static String placed(long id) {
        return PLACED.plusMillis(id).toString();
    }
}
