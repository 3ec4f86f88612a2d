package dev.highwater.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.event.Events.Lease;
import dev.highwater.sql.EventStore;
import dev.highwater.sql.PlainPostgres;
import dev.highwater.sql.Sql;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A dump, restored into another server, whose transactions are numbered anew.
@Timeout(300)
final class RestoreIT {
    @TempDir Path folder;

    /// Those with pg_dump beside them.
    static Stream<Server> servers() {
        return Server.all()
                .filter(server -> server.binaries().resolve("bin/pg_dump").toFile().exists());
    }

    @ParameterizedTest
    @MethodSource("servers")
    void positions_and_views_are_kept_and_the_order_goes_on(Server server) throws Exception {
        Path dump = folder.resolve("dump.sql");
        try (var from = server.fresh(Map.of("fsync", "off"));
                var to = server.fresh(Map.of("fsync", "off"))) {
            List<String> before;
            List<String> all;
            try (var events = Server.events(from)) {
                // Far ahead of the other server's transactions.
                for (int i = 0; i < 2_000; i++) {
                    events.sql().one("select pg_current_xact_id()");
                }
                var sql = events.sql();
                sql.register("v");
                for (int i = 0; i < 20; i++) {
                    sql.append("s" + i % 5);
                }
                sql.one(
                        "select version from append_event('e', gen_random_uuid(), 'd', 'tagged',"
                                + " '{}', null, null, v_tags => '{t}')");
                for (var lease : sql.stream("v", 3)) {
                    sql.ack("v", lease);
                }
                before = ordered(sql);
                assertThat(before).hasSize(21);
                // These have no position yet when the dump is taken.
                sql.append("s0");
                sql.append("late");
                all = sql.all("select event_id from events order by \"offset\"");
                from.client("pg_dump", "-f", dump.toString(), events.address().database());
            }
            restore(to, dump);
            try (var events = new Events(to.address("restored"))) {
                var sql = events.sql();
                assertThat(EventStore.install(events.address())).isEmpty();
                // Before anybody looks at the order here, it goes on as usual.
                sql.append("s0");
                assertThat(ordered(sql).subList(0, 21)).isEqualTo(before);
                for (int i = 0; i < 20; i++) {
                    sql.append("s" + i % 5);
                }
                assertThat(ordered(sql)).hasSize(44);
                assertThat(Model.check(sql)).isEqualTo(44);
                assertThat(
                                sql.all("select event_id from events order by \"offset\"")
                                        .subList(0, 23))
                        .isEqualTo(all);
                assertThat(sql.state("select append_events('[]', '[{\"tags\": [\"t\"]}]', 20)"))
                        .isEqualTo("HW004");
                assertThat(sql.state("select append_events('[]', '[{\"tags\": [\"t\"]}]', 30)"))
                        .isEqualTo("00000");
                var consumed = new ArrayList<Lease>();
                for (var some = sql.stream("v", 50); !some.isEmpty(); some = sql.stream("v", 50)) {
                    for (var lease : some) {
                        sql.ack("v", lease);
                        consumed.add(lease);
                    }
                }
                assertThat(consumed).hasSize(44 - 3);
            }
        }
    }

    private static List<String> ordered(Events.Session sql) throws Exception {
        return sql.all("select position || ' ' || event_id from read_events()");
    }

    private static void restore(PlainPostgres to, Path dump) throws Exception {
        try (var connection = to.connect("postgres")) {
            Sql.update(connection, "create database restored");
            // A dump has no settings of the database.
            Sql.update(connection, "alter database restored set search_path = public, highwater");
        }
        to.client("psql", "-v", "ON_ERROR_STOP=1", "-q", "-d", "restored", "-f", dump.toString());
    }
}
