package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.sql.Database;
import dev.highwater.sql.EventStore;
import dev.highwater.sql.Sql;
import dev.highwater.sql.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// While a node runs, events have positions without anybody who reads or consumes.
final class EventOrderIT {
    private static final String APPEND =
            """
            select highwater.append_event('Deposited', gen_random_uuid(), 'account', 'ann', '{}', null, null,
              v_expected_version => -1)
            """;

    private static final String POSITIONS = "select count(*) from highwater.event_order";

    @Test
    void positions_are_given_and_consumers_are_told_that_they_need_not() throws Exception {
        var databases = TestPostgres.databases();
        EventStore.install(databases.source());
        try (var connection = Database.single(databases.source(), "test");
                var _ = new EventOrder(databases.source())) {
            ask(connection, "select highwater.register_decider_event('account', 'Deposited')");
            ask(connection, APPEND);
            await(connection, POSITIONS, "1");
            ask(connection, APPEND);
            await(connection, POSITIONS, "2");
            await(connection, "select highwater.order_is_kept()", "t");

            ask(
                    connection,
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                            + " where application_name = 'highwater event order'"
                            + " and datname = current_database()");
            ask(connection, APPEND);
            await(connection, POSITIONS, "3");
        }
        try (var connection = Database.single(databases.source(), "test")) {
            await(connection, "select highwater.order_is_kept()", "f");
        }
    }

    @Test
    void a_source_without_the_event_store_is_left_alone() throws Exception {
        var databases = TestPostgres.databases();
        try (var connection = Database.single(databases.source(), "test");
                var _ = new EventOrder(databases.source())) {
            assertThat(ask(connection, "select to_regclass('highwater.event_order') is null"))
                    .isEqualTo("t");
        }
    }

    private static String ask(Connection connection, String query) throws SQLException {
        return Sql.first(connection, query, row -> String.valueOf(row.getString(1))).orElse("");
    }

    private static void await(Connection connection, String query, String expected)
            throws SQLException, InterruptedException {
        long latest = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!ask(connection, query).equals(expected)) {
            assertThat(System.nanoTime()).as(query + " is " + expected).isLessThan(latest);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
