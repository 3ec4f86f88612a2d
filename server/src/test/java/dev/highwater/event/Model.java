package dev.highwater.event;

import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.event.Events.Lease;
import dev.highwater.sql.PgAddress;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What clients were told, against what the event store holds.
///
/// Of each view and stream, every version is acknowledged once, and none is given out before the
/// acknowledgement of the one before it was at least sent. While PostgreSQL is killed a commit may
/// be in doubt: then the client doesn't know, and the model takes both.
final class Model {
    static final List<String> VIEWS = List.of("a", "b");
    private static final int STREAMS = 40;

    private final PgAddress address;
    private final Map<String, Long> written = new ConcurrentHashMap<>();
    private final Map<String, Long> sent = new ConcurrentHashMap<>();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable String> broken = new AtomicReference<>();
    private final AtomicLong stale = new AtomicLong();
    private final AtomicLong redelivered = new AtomicLong();
    private volatile boolean mayFail;

    Model(PgAddress address) {
        this.address = address;
    }

    void prepare() throws SQLException {
        try (var events = new Events(address)) {
            for (String view : VIEWS) {
                events.sql()
                        .one(
                                "select view from register_view(?, '2020-01-01'::timestamptz, 1,"
                                        + " v_max_attempts => 1000000)",
                                view);
            }
        }
    }

    /// Connections may break from now on.
    void connectionsMayBreak() {
        mayFail = true;
    }

    Client client(int number) {
        return new Client(number);
    }

    /// An append was committed.
    void appended(String stream, long version) {
        written.merge(stream, version, Math::max);
    }

    /// An event was given out.
    private void given(String view, Lease lease, boolean first) {
        long before = sent.getOrDefault(view + " " + lease.id(), 0L);
        if (first && lease.version() > before + 1) {
            fail(
                    "%s %s: %d before %d was done"
                            .formatted(view, lease.id(), lease.version(), before));
        }
    }

    /// An acknowledgement is sent.
    private void acks(String view, Lease lease) {
        sent.merge(view + " " + lease.id(), lease.version(), Math::max);
    }

    /// An acknowledgement was committed.
    private void acked(String view, Lease lease) {
        if (!acknowledged.add(view + " " + lease.id() + " " + lease.version())) {
            fail("%s %s: %d twice".formatted(view, lease.id(), lease.version()));
        }
    }

    private void fail(String what) {
        broken.compareAndSet(null, what);
    }

    /// Consumes what is left, and compares.
    ///
    /// @return what happened, in a line
    String drainAndCheck() throws Exception {
        try (var events = new Events(address)) {
            var sql = events.sql();
            for (String view : VIEWS) {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                while (sql.number(
                                """
                                select count(*) from (select decider, decider_id, max(version) as version from events group by 1, 2) e
                                left join locks l on l.view = ? and l.decider = e.decider and l.decider_id = e.decider_id
                                where l.last_version is distinct from e.version
                                """,
                                view)
                        > 0) {
                    for (var lease : sql.stream(view, 100, 10, 1)) {
                        given(view, lease, true);
                        acks(view, lease);
                        sql.ack(view, lease);
                        acked(view, lease);
                    }
                    assertThat(System.nanoTime()).as("drained in time").isLessThan(end);
                }
            }
            assertThat(broken.get()).isNull();
            var streams = new TreeMap<String, Long>();
            for (String row :
                    sql.all(
                            "select decider_id || ' ' || max(version) from events group by decider_id")) {
                String[] parts = row.split(" ", 2);
                streams.put(parts[0], Long.parseLong(parts[1]));
            }
            if (mayFail) {
                // What a client was told is there; what it was not told may be.
                written.forEach(
                        (stream, version) ->
                                assertThat(streams.getOrDefault(stream, 0L))
                                        .isGreaterThanOrEqualTo(version));
            } else {
                assertThat(streams).isEqualTo(new TreeMap<>(written));
                for (String view : VIEWS) {
                    for (var stream : streams.entrySet()) {
                        for (long version = 1; version <= stream.getValue(); version++) {
                            assertThat(acknowledged)
                                    .contains(view + " " + stream.getKey() + " " + version);
                        }
                    }
                }
            }
            return check(sql)
                    + " events, "
                    + redelivered
                    + " given out again, "
                    + stale
                    + " stale leases refused";
        }
    }

    /// The invariants of what is stored.
    static long check(Events.Session sql) throws Exception {
        while (sql.number("select count(*) from events") > sql.number("select advance_events()")) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        long count = sql.number("select count(*) from events");
        assertThat(sql.all("select position from read_events(0, ?)", count))
                .isEqualTo(LongStream.rangeClosed(1, count).mapToObj(Long::toString).toList());
        assertThat(
                        sql.all(
                                """
                                select e.decider_id || ' ' || e.version from (
                                  select o.decider_id, o.version, o.event_id, o.previous_id,
                                    row_number() over stream as nth, lag(o.event_id) over stream as before
                                  from ordered_events o window stream as (partition by o.decider, o.decider_id order by o.position)) e
                                where e.version <> e.nth or e.previous_id is distinct from e.before
                                """))
                .as("out of order")
                .isEmpty();
        return count;
    }

    /// One client with a session of its own; after a crash, with another one.
    final class Client {
        private final Thread thread;
        private volatile boolean ending;

        private Client(int number) {
            thread =
                    Thread.ofPlatform()
                            .name("client-" + number)
                            .unstarted(
                                    () -> {
                                        while (!ending && broken.get() == null) {
                                            session();
                                        }
                                    });
        }

        void start() {
            thread.start();
        }

        void end() throws InterruptedException {
            ending = true;
            thread.join();
        }

        private void session() {
            try (var events = new Events(address)) {
                var random = ThreadLocalRandom.current();
                while (!ending && random.nextInt(200) > 0) {
                    switch (random.nextInt(4)) {
                        case 0, 1 -> append(events.sql(), random);
                        default -> consume(events.sql(), random);
                    }
                }
            } catch (SQLException | RuntimeException e) {
                if (mayFail) {
                    pause(20);
                } else {
                    fail(e.toString());
                }
            }
        }

        private void append(Events.Session sql, ThreadLocalRandom random) throws SQLException {
            boolean block = random.nextBoolean();
            int count = block ? random.nextInt(1, 4) : 1;
            boolean stays = !block || random.nextInt(8) > 0;
            var versions = new ArrayList<Map.Entry<String, Long>>();
            if (block) {
                sql.begin();
            }
            for (int i = 0; i < count; i++) {
                // Ascending, so that transactions do not wait for each other in a circle.
                String stream = "s" + (char) ('a' + i) + random.nextInt(STREAMS);
                versions.add(
                        Map.entry(
                                stream,
                                sql.number(
                                        "select version from append_event('e', gen_random_uuid(),"
                                                + " 'd', ?, '{}', null, null, v_expected_version =>"
                                                + " -1)",
                                        stream)));
                stall(random);
            }
            if (block && stays) {
                sql.commit();
            } else if (block) {
                sql.rollback();
            }
            if (stays) {
                versions.forEach(each -> appended(each.getKey(), each.getValue()));
            }
        }

        private void consume(Events.Session sql, ThreadLocalRandom random) throws SQLException {
            String view = VIEWS.get(random.nextInt(VIEWS.size()));
            boolean block = random.nextInt(3) == 0;
            if (block) {
                sql.begin();
            }
            var leases =
                    sql.stream(
                            view,
                            random.nextInt(1, 20),
                            random.nextInt(10) == 0 ? 0 : 1,
                            random.nextInt(1, 4));
            var done = new ArrayList<Lease>();
            String last = "";
            for (var lease : leases) {
                if (lease.attempt() > 1) {
                    redelivered.incrementAndGet();
                }
            }
            for (var lease : leases.stream().sorted(comparing(Lease::id)).toList()) {
                given(view, lease, !lease.id().equals(last));
                last = lease.id();
            }
            stall(random);
            if (random.nextInt(20) == 0) {
                // It crashes with its leases: they run out.
                if (block) {
                    sql.rollback();
                }
                return;
            }
            if (!block && random.nextInt(20) == 0) {
                pause(1_200);
            }
            var over = new HashSet<String>();
            for (var lease : leases) {
                if (over.contains(lease.id())) {
                    continue;
                }
                boolean nack = random.nextInt(10) == 0;
                String state =
                        nack
                                ? sql.state(
                                        "select view from nack_event(?, ?, ?)",
                                        view,
                                        lease.id(),
                                        lease.token())
                                : ack(sql, view, lease, block ? done : null);
                if (nack) {
                    over.add(lease.id());
                }
                switch (state) {
                    case "00000" -> {}
                    case "HW006", "HW007" -> {
                        stale.incrementAndGet();
                        if (block) {
                            sql.rollback();
                            return;
                        }
                        over.add(lease.id());
                    }
                    default -> throw new SQLException("client: " + state, state);
                }
            }
            if (block) {
                sql.commit();
                done.forEach(lease -> acked(view, lease));
            }
        }

        private String ack(
                Events.Session sql, String view, Lease lease, @Nullable List<Lease> later) {
            acks(view, lease);
            String state =
                    sql.state(
                            "select view from ack_event(?, ?, ?, ?)",
                            view,
                            lease.id(),
                            lease.offset(),
                            lease.token());
            if (state.equals("00000")) {
                if (later != null) {
                    later.add(lease);
                } else {
                    acked(view, lease);
                }
            }
            return state;
        }

        private void stall(ThreadLocalRandom random) {
            if (random.nextInt(50) == 0) {
                pause(random.nextInt(300));
            }
        }

        private void pause(int milliseconds) {
            try {
                TimeUnit.MILLISECONDS.sleep(milliseconds);
            } catch (InterruptedException e) {
                fail("interrupted");
            }
        }
    }
}
