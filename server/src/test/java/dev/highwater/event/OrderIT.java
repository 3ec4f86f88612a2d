package dev.highwater.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.event.Events.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// The global order: gapless, the same for every reader, without loss, and in each stream's order.
@ParameterizedClass
@MethodSource("servers")
@Timeout(120)
final class OrderIT {
    static Stream<Server> servers() {
        return Server.all();
    }

    @Parameter Server server;
    private Events events;
    private Events.Session sql;

    @BeforeEach
    void create() {
        events = server.events();
        sql = events.sql();
    }

    @AfterEach
    void close() throws Exception {
        events.close();
    }

    @Test
    void a_long_transaction_holds_up_nobody_and_its_events_come_when_it_commits() throws Exception {
        var slow = events.session();
        slow.begin();
        slow.append("slow");
        sql.append("quick");
        assertThat(sql.all("select decider_id from read_events()")).containsExactly("quick");
        slow.append("slow");
        sql.append("quick");
        sql.append("quick");
        assertThat(sql.all("select decider_id from read_events(1)"))
                .containsExactly("quick", "quick");
        slow.commit();
        sql.append("last");
        assertThat(sql.all("select decider_id || ' ' || position from read_events(3)"))
                .containsExactly("slow 4", "slow 5", "last 6");
    }

    @Test
    void what_is_rolled_back_has_no_position_and_leaves_no_gap() throws Exception {
        sql.append("a");
        var gone = events.session();
        gone.begin();
        gone.append("gone");
        // Sequenced by the transaction that is rolled back then.
        assertThat(gone.all("select position from read_events()")).containsExactly("1", "2");
        gone.rollback();
        sql.append("b");
        assertThat(sql.all("select decider_id || ' ' || position from read_events()"))
                .containsExactly("a 1", "b 2");
    }

    @Test
    void a_transaction_that_orders_in_between_loses_none_of_its_later_events() throws Exception {
        var other = events.session();
        sql.begin();
        sql.append("own");
        // Others complete with greater transaction numbers: this one's own number is then below
        // its snapshot's end.
        other.append("other");
        other.append("other");
        assertThat(sql.number("select max(position) from read_events()")).isEqualTo(3);
        sql.append("own");
        assertThat(sql.number("select max(position) from read_events()")).isEqualTo(4);
        sql.append("own");
        sql.commit();
        other.append("other");
        assertThat(other.number("select max(position) from read_events()")).isEqualTo(6);
        assertOrder();
    }

    @Test
    void a_transaction_that_orders_and_stays_open_stops_no_writer() throws Exception {
        var reader = events.session();
        sql.append("a");
        reader.begin();
        assertThat(reader.all("select position from read_events()")).hasSize(1);
        sql.append("b");
        sql.append("a");
        // Nobody else can give positions until it ends; what has one can be read.
        assertThat(sql.all("select position from read_events()")).isEmpty();
        reader.commit();
        assertThat(sql.all("select position from read_events()")).hasSize(3);
    }

    @Test
    void who_keeps_the_order_all_the_time_frees_consumers_from_it() throws Exception {
        sql.register("v");
        var keeper = events.session();
        var kept =
                CompletableFuture.runAsync(
                        () -> {
                            try (var call =
                                    keeper.connection.prepareCall(
                                            "call highwater.keep_order(1, 3)")) {
                                call.execute();
                            } catch (java.sql.SQLException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        while (sql.one("select highwater.order_is_kept()").equals("f")) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        var consumer = events.session();
        consumer.begin();
        sql.append("a");
        List<Lease> given = new ArrayList<>();
        while (given.isEmpty()) {
            given = consumer.stream("v", 1);
        }
        // Its transaction stays open, and others go on with what is new.
        sql.append("b");
        given = new ArrayList<>();
        while (given.isEmpty()) {
            given = sql.stream("v", 1);
        }
        assertThat(given).extracting(Lease::id).containsExactly("b");
        consumer.commit();
        kept.get();
    }

    @Test
    void in_strict_order_an_append_has_its_position_at_once() throws Exception {
        sql.append("before");
        sql.one("select highwater.set_strict_order(true)");
        sql.begin();
        UUID id = sql.append("s");
        assertThat(
                        sql.one(
                                "select position from ordered_events where event_id = ?::uuid",
                                id.toString()))
                .isEqualTo("2");
        var other = events.session();
        var waiting =
                CompletableFuture.supplyAsync(
                        () ->
                                other.state(
                                        "select append_event('e', gen_random_uuid(), 'd', 'o', '{}',"
                                                + " null, null)"));
        TimeUnit.MILLISECONDS.sleep(200);
        assertThat(waiting).isNotDone();
        sql.rollback();
        assertThat(waiting.get()).isEqualTo("00000");
        sql.one("select highwater.set_strict_order(false)");
        sql.append("after");
        assertThat(sql.all("select decider_id || ' ' || position from read_events()"))
                .containsExactly("before 1", "o 2", "after 3");
    }

    @Test
    void setting_the_order_is_silent() throws Exception {
        for (boolean strict : new boolean[] {false, true, true, false, false}) {
            try (var statement = sql.connection.createStatement()) {
                statement.execute("select highwater.set_strict_order(" + strict + ")");
                assertThat((Throwable) statement.getWarnings()).isNull();
            }
            assertThat(
                            sql.number(
                                    "select count(*) from pg_trigger where tgname = 'strict_order'"
                                            + " and tgenabled = 'A'"))
                    .isEqualTo(strict ? 1 : 0);
        }
    }

    @Test
    void in_other_isolation_levels_reading_works_and_consuming_says_why_not() throws Exception {
        sql.register("v");
        sql.append("a");
        sql.one("select sequence_events()");
        sql.connection.setTransactionIsolation(java.sql.Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(sql.all("select position from read_events()")).containsExactly("1");
        assertThat(sql.state("select stream_events('v')")).isEqualTo("0A000");
        assertThat(sql.state("select sequence_events()")).isEqualTo("0A000");
        sql.append("a");
    }

    @Test
    void with_stalls_rollbacks_and_many_sequencers_nothing_is_lost_doubled_or_out_of_order()
            throws Exception {
        var writers = new ArrayList<CompletableFuture<Integer>>();
        var total = new AtomicInteger(-1);
        for (int w = 0; w < 8; w++) {
            var session = events.session();
            writers.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return write(session);
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            r -> Thread.ofPlatform().start(r)));
        }
        var readers = new ArrayList<CompletableFuture<List<String>>>();
        for (int r = 0; r < 3; r++) {
            var session = events.session();
            readers.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return read(session, total);
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            r1 -> Thread.ofPlatform().start(r1)));
        }
        int written = 0;
        for (var writer : writers) {
            written += writer.get();
        }
        total.set(written);
        var first = readers.getFirst().get();
        assertThat(first).hasSize(written);
        for (var reader : readers) {
            assertThat(reader.get()).isEqualTo(first);
        }
        assertOrder();
    }

    private static int write(Events.Session session) throws Exception {
        var random = ThreadLocalRandom.current();
        int written = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            session.begin();
            int count = random.nextInt(1, 4);
            boolean appended = true;
            for (int i = 0; i < count && appended; i++) {
                // Streams in ascending order: these transactions do not wait in a circle.
                appended =
                        session.state(
                                        "select append_event('e', gen_random_uuid(), 'd', ?, '{}',"
                                                + " null, null, v_expected_version => -1)",
                                        "s" + (i * 10 + random.nextInt(10)))
                                .equals("00000");
                if (random.nextInt(50) == 0) {
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
                }
            }
            if (appended && random.nextInt(10) > 0) {
                session.commit();
                written += count;
            } else {
                session.rollback();
            }
        }
        return written;
    }

    private static List<String> read(Events.Session session, AtomicInteger total) throws Exception {
        var all = new ArrayList<String>();
        while (all.size() != total.get()) {
            all.addAll(
                    session.all(
                            "select position || ' ' || event_id from read_events(?)", all.size()));
        }
        return all;
    }

    private void assertOrder() throws Exception {
        long count = sql.number("select count(*) from events");
        assertThat(sql.all("select position from event_order order by 1"))
                .isEqualTo(LongStream.rangeClosed(1, count).mapToObj(Long::toString).toList());
        assertThat(
                        sql.all(
                                """
                                select e.decider_id from (
                                  select o.decider_id, o.version,
                                    row_number() over (partition by o.decider, o.decider_id order by o.position) as nth
                                  from ordered_events o) e
                                where e.version <> e.nth
                                """))
                .isEmpty();
    }
}
