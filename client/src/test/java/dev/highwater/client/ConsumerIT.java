package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.client.Account.Event;
import dev.highwater.client.EventStoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsumerIT {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Consumer.Pace PACE =
            new Consumer.Pace(10, 4, Duration.ofMillis(50), Duration.ofMillis(5));

    /// What handlers throw here is meant.
    private static final Logger LOG = Logger.getLogger(Consumer.class.getName());

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger crashes = new AtomicInteger();
    private final AtomicInteger lapses = new AtomicInteger();
    private HikariDataSource database;
    private EventStore store;
    private View view;

    @BeforeAll
    static void hush() {
        LOG.setLevel(Level.OFF);
    }

    @BeforeEach
    void create() throws SQLException {
        database = Databases.create();
        store = new EventStore(database);
        store.register(Account.EVENTS);
        view = store.view("mail");
        view.register(Instant.EPOCH, LEASE, 1_000);
        Databases.execute(
                database,
                """
                create table effect (nth bigint generated always as identity, decider_id text, version bigint)""");
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        database.close();
    }

    private void append(int streams, int each) throws SQLException {
        var events = new ArrayList<NewEvent>();
        for (int i = 0; i < each; i++) {
            for (int s = 0; s < streams; s++) {
                events.add(Account.EVENTS.event("s" + s, new Event.Deposited(i)));
            }
        }
        store.append(events);
    }

    private static void effect(Connection connection, StoredEvent event) throws SQLException {
        try (var insert =
                connection.prepareStatement(
                        "insert into effect (decider_id, version) values (?, ?)")) {
            insert.setString(1, event.deciderId());
            insert.setLong(2, event.version());
            insert.executeUpdate();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long effects() throws SQLException {
        return Databases.number(database, "select count(*) from effect");
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    /// What a process that dies leaves: nothing is given back.
    private static final class Crash extends Error {}

    /// Consumers fail, die with what they leased, lose their connections, and take longer than
    /// their lease. Every event has its effect once, in its stream's order.
    @Test
    void an_effect_in_the_same_transaction_is_there_exactly_once() throws Exception {
        append(20, 15);
        var random = new Random(7);
        var consumers = new CopyOnWriteArrayList<Consumer>();
        var running = new ArrayList<Future<?>>();
        for (int i = 0; i < 3; i++) {
            running.add(
                    threads.submit(
                            () -> {
                                while (true) {
                                    var consumer = new Consumer(database, "mail", PACE);
                                    consumers.add(consumer);
                                    try {
                                        consumer.run(
                                                (connection, event) ->
                                                        handle(connection, event, random));
                                        return null;
                                    } catch (Crash _) {
                                        crashes.incrementAndGet();
                                    }
                                }
                            }));
        }
        await(
                "300 effects",
                () -> {
                    assertThat(running).noneMatch(Future::isDone);
                    return effects() >= 300;
                });
        consumers.forEach(Consumer::close);
        for (var each : running) {
            each.get(10, TimeUnit.SECONDS);
        }
        assertThat(crashes.get()).isPositive();
        assertThat(lapses.get()).isPositive();
        assertThat(effects()).isEqualTo(300);
        assertThat(
                        Databases.number(
                                database,
                                """
                                select count(*) from (
                                  select version, row_number() over (partition by decider_id order by nth) as expected
                                  from effect) e
                                where version = expected"""))
                .isEqualTo(300);
        assertThat(view.stream(10, 1)).isEmpty();
    }

    private void handle(Connection connection, StoredEvent event, Random random) throws Exception {
        effect(connection, event);
        switch (random.nextInt(60)) {
            case 0, 1, 2 -> throw new IllegalStateException("not today");
            case 3 -> {
                if (crashes.get() < 4) {
                    throw new Crash();
                }
            }
            case 4 -> execute(connection, "select pg_terminate_backend(pg_backend_pid())");
            case 5 ->
                    // The transaction is aborted, whatever the handler makes of it.
                    assertThatThrownBy(() -> execute(connection, "select 1 / 0"))
                            .isInstanceOf(SQLException.class);
            case 6 -> {
                if (lapses.incrementAndGet() <= 2) {
                    execute(connection, "select pg_sleep(1.2)");
                }
            }
            default -> {}
        }
    }

    @Test
    void who_is_slower_than_its_lease_has_lost_it() throws Exception {
        append(1, 1);
        var slow = view.stream(10, 1).getFirst();
        assertThat(slow.attempt()).isEqualTo(1);
        assertThat(view.stream(10, 1)).isEmpty();

        var next = new ArrayList<LeasedEvent>();
        await("the lease runs out", () -> next.addAll(view.stream(10, 1)));

        assertThat(next.getFirst().attempt()).isEqualTo(2);
        assertThat(next.getFirst().token()).isNotEqualTo(slow.token());
        for (ThrowingAck late : List.<ThrowingAck>of(view::ack, view::nack)) {
            assertThatThrownBy(() -> late.accept(slow))
                    .isInstanceOfSatisfying(
                            EventStoreException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.LEASE_LOST));
        }
        view.ack(next.getFirst());
    }

    private interface ThrowingAck {
        void accept(LeasedEvent event) throws SQLException;
    }

    @Test
    void what_is_given_back_comes_again_when_it_is_due() throws Exception {
        view.register(null, Duration.ofHours(1), 10);
        append(2, 3);
        var leased = view.stream(10, 2);
        assertThat(leased)
                .extracting(each -> each.event().version())
                .containsExactly(1L, 1L, 2L, 2L);

        view.ack(leased.get(0));
        view.nack(leased.get(2));
        view.scheduleNack(leased.get(1), Duration.ofMillis(300), "later");

        assertThat(view.stream(10, 5))
                .extracting(each -> each.event().version())
                .containsExactly(2L, 3L);
        var later = new ArrayList<LeasedEvent>();
        await("it is due", () -> later.addAll(view.stream(10, 1)));
        assertThat(later.getFirst().event().version()).isEqualTo(1);
    }

    @Test
    void an_event_that_always_fails_is_parked_and_others_go_on() throws Exception {
        view.register(null, Duration.ofHours(1), 3);
        append(3, 6);
        Future<?> running;
        try (var consumer = new Consumer(database, "mail", PACE)) {
            running =
                    threads.submit(
                            () -> {
                                consumer.run(
                                        (connection, event) -> {
                                            effect(connection, event);
                                            if (event.deciderId().equals("s1")
                                                    && event.version() == 3) {
                                                throw new IllegalStateException("never");
                                            }
                                        });
                                return null;
                            });
            await(
                    "it is parked",
                    () ->
                            Databases.number(
                                            database,
                                            """
                                            select count(*) from highwater.parked_events
                                            where decider_id = 's1' and version = 3
                                              and parked_because like '%never'""")
                                    == 1);
            await("the others are done", () -> effects() == 14);
        }
        running.get(10, TimeUnit.SECONDS);
        assertThat(
                        Databases.number(
                                database,
                                "select max(version) from effect where decider_id = 's1'"))
                .isEqualTo(2);
    }

    @Test
    void a_notification_wakes_an_idle_consumer() throws Exception {
        var patient = new Consumer.Pace(10, 1, Duration.ofHours(1), Duration.ofSeconds(1));
        BlockingQueue<StoredEvent> seen = new LinkedBlockingQueue<>();
        try (var consumer = new Consumer(database, "mail", patient)) {
            var _ =
                    threads.submit(
                            () -> {
                                consumer.run((_, event) -> seen.add(event));
                                return null;
                            });
            // It has asked in vain for a while and will not ask again for another second.
            await(
                    "it waits long",
                    () ->
                            Databases.number(
                                            database,
                                            """
                                            select count(*) from pg_stat_activity
                                            where datname = current_database() and query ~ 'stream_events'
                                              and pid <> pg_backend_pid()
                                              and clock_timestamp() - state_change > '1500 ms'""")
                                    == 1);
            append(1, 1);
            Databases.execute(database, "select highwater.advance_events()");
            assertThat(seen.poll(800, TimeUnit.MILLISECONDS)).isNotNull();
        }
    }

    @Test
    void a_lost_connection_keeps_no_stream_waiting_for_the_end_of_its_lease() throws Exception {
        append(5, 2);
        view.register(null, Duration.ofHours(1), 10);
        var consumer = new Consumer(database, "mail", PACE);
        var seen = new AtomicInteger();
        consumer.run(
                (connection, event) -> {
                    effect(connection, event);
                    if (seen.incrementAndGet() == 4) {
                        execute(connection, "select pg_terminate_backend(pg_backend_pid())");
                    }
                    if (seen.get() == 12) {
                        consumer.close();
                    }
                });
        assertThat(effects()).isEqualTo(10);
    }

    @Test
    void who_closes_it_gives_back_what_it_has_not_begun() throws Exception {
        append(5, 2);
        view.register(null, Duration.ofHours(1), 10);
        var consumer = new Consumer(database, "mail", PACE);
        consumer.run(
                (connection, event) -> {
                    consumer.close();
                    effect(connection, event);
                });
        assertThat(effects()).isEqualTo(1);
        assertThat(view.stream(10, 1)).hasSize(5);
    }

    @Test
    void an_interrupted_consumer_gives_back_and_ends() throws Exception {
        append(5, 1);
        view.register(null, Duration.ofHours(1), 10);
        var begun = new LinkedBlockingQueue<StoredEvent>();
        var running =
                threads.submit(
                        () -> {
                            new Consumer(database, "mail", PACE)
                                    .run(
                                            (_, event) -> {
                                                begun.add(event);
                                                new LinkedBlockingQueue<String>().take();
                                            });
                            return null;
                        });
        assertThat(begun.poll(10, TimeUnit.SECONDS)).isNotNull();
        running.cancel(true);
        await(
                "all are given back",
                () ->
                        Databases.number(
                                        database,
                                        "select count(*) from highwater.locks where token is null")
                                == 5);
        assertThat(view.stream(10, 1)).hasSize(5);
    }

    @Test
    void a_view_that_is_not_registered_is_an_error() {
        var running =
                threads.submit(
                        () -> {
                            new Consumer(database, "nobody").run((_, _) -> {});
                            return null;
                        });
        assertThatThrownBy(() -> running.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(EventStoreException.class)
                .hasMessageContaining("there is no view nobody");
    }
}
