package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.apply.Retention;
import dev.highwater.apply.RetentionSettings;
import dev.highwater.apply.RetentionSettings.Limit;
import dev.highwater.apply.RetentionSettings.Rule;
import dev.highwater.feed.FeedEvent;
import dev.highwater.feed.FeedSink;
import dev.highwater.journal.Verification;
import dev.highwater.relation.Relation;
import dev.highwater.relation.Selection;
import dev.highwater.sql.Database;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import dev.highwater.view.ViewRequest;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Limit BY_HOUR = new Limit(Optional.of(HOUR), Optional.empty());
    private static final RetentionSettings RELATIONS =
            new RetentionSettings(Limit.NONE, List.of(new Rule("public.*", BY_HOUR)));
    private static final RetentionSettings ALL =
            new RetentionSettings(BY_HOUR, List.of(new Rule("public.*", BY_HOUR)));

    private ServedSpine served;

    /// The positions after each statement of [#start].
    private final List<Long> positions = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        served = new ServedSpine();
        served.spine.run(
                "create table orders (id int primary key, state text)",
                "create table audit (id int primary key, note text)");
        served.spine.settleFilled();
        served.spine.createView("states", "select state, count(*) as n from orders group by state");
        for (int i = 0; i < 10; i++) {
            run(
                    "insert into orders values (" + i + ", 'new')",
                    "update orders set state = 'state " + i + "' where id < " + i,
                    "insert into audit values (" + i + ", 'a'); update audit set note = 'b'");
        }
    }

    private void run(String... statements) throws SQLException {
        served.spine.run(statements);
        positions.add(served.spine.settle());
    }

    @AfterEach
    void stop() throws SQLException {
        served.close();
    }

    /// Retention that keeps what can be read as of a position and later.
    private Retention from(RetentionSettings settings, long position) throws SQLException {
        return served.retention(settings, Clock.fixed(at(position).plus(HOUR), ZoneOffset.UTC));
    }

    private Instant at(long position) throws SQLException {
        return Sql.first(
                        served.spine.store,
                        "select at from highwater.entry where position = ?",
                        row -> row.getObject(1, OffsetDateTime.class).toInstant(),
                        position)
                .orElseThrow();
    }

    private long since(String relation) {
        return Objects.requireNonNull(served.newest(relation).since());
    }

    private long count(String table) throws SQLException {
        return Long.parseLong(served.spine.stored("select count(*) from " + table).getFirst());
    }

    private String history(String relation) {
        return "highwater_data.r" + served.newest(relation).id() + "_h";
    }

    private void assertGone(String path) throws Exception {
        var answer = served.answer(path);
        assertThat(answer.statusCode()).as(path + answer.body()).isEqualTo(410);
        assertThat(answer.body()).as(path).contains("not kept any more (retention)");
    }

    private List<String> rows(String relation, long position) throws Exception {
        var rows = new ArrayList<String>();
        served.get("/api/relations/" + relation + "/rows?as_of=" + position)
                .forEach(row -> rows.add(row.toString()));
        Collections.sort(rows);
        return rows;
    }

    @Test
    void what_is_older_than_the_time_goes_and_what_is_not_is_exact() throws Exception {
        long cut = positions.get(5);
        var then = rows("orders", cut);
        var states = rows("states", cut);
        var before = count(history("orders"));
        var audit = rows("audit", positions.getFirst());
        var settings =
                new RetentionSettings(
                        Limit.NONE,
                        List.of(
                                new Rule("public.*", BY_HOUR),
                                new Rule("public.audit", Limit.NONE)));
        var retention = from(settings, cut);
        retention.look();

        assertThat(since("orders")).isEqualTo(cut);
        assertThat(since("states")).isEqualTo(cut);
        assertThat(served.get("/api/tables/orders").path("since").asText()).endsWith("." + cut);
        assertThat(rows("orders", cut)).isEqualTo(then);
        assertThat(rows("states", cut)).isEqualTo(states);
        assertThat(rows("audit", positions.getFirst())).isEqualTo(audit);
        assertThat(count(history("orders"))).isLessThan(before);
        assertThat(count(history("orders") + " where _to <= " + cut)).isZero();
        assertThat(retention.deleted()).isPositive();

        long earlier = cut - 1;
        assertGone("/api/relations/orders/rows?as_of=" + earlier);
        assertGone("/api/relations/orders/rows?as_of=" + at(positions.get(4)));
        assertGone("/api/relations/states/rows?as_of=" + earlier);
        assertGone("/api/relations/orders/feed?after=" + earlier);
        assertGone("/api/feed?relations=audit,orders&after=" + earlier);
        for (String relation : List.of("orders", "states")) {
            var answer =
                    served.post(
                            "/api/query",
                            "{\"sql\":\"select count(*) from audit, %s\",\"as_of\":%d}"
                                    .formatted(relation, earlier));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(410);
            assertThat(answer.body()).contains("not kept any more (retention)");
        }
        assertThatThrownBy(
                        () ->
                                served.spine.stored(
                                        "select count(*) from public_as_of.orders,"
                                                + " set_config('highwater.as_of', '"
                                                + earlier
                                                + "', false)"))
                .hasMessageContaining("not kept any more (retention)");
        served.assertSame("orders", "audit");
        assertThat(Verification.run(served.spine.store, _ -> true).keptFrom()).isZero();
    }

    @Test
    void a_view_s_past_is_computed_only_from_what_is_kept() throws Exception {
        long cut = positions.get(5);
        served.spine.createView("late", "select count(*) as n from orders where state <> 'new'");
        var then = rows("late", cut);
        from(RELATIONS, cut).look();
        assertThat(rows("late", cut)).isEqualTo(then);
        var answer = served.answer("/api/relations/late/rows?as_of=" + (cut - 1));
        assertThat(answer.statusCode()).isEqualTo(410);
    }

    @Test
    void about_as_much_is_kept_as_the_size_says() throws Exception {
        for (int i = 0; i < 20; i++) {
            run(
                    "insert into orders select n, 'x' from generate_series(100, 1099) n"
                            + " on conflict (id) do update set state = repeat('y', "
                            + (50 + i)
                            + ")");
        }
        long last = positions.getLast();
        var then = rows("orders", last - 1);
        // 20,000 versions of about 100 bytes.
        var limit = new Limit(Optional.empty(), Optional.of(1L << 20));
        var retention =
                served.retention(
                        new RetentionSettings(
                                Limit.NONE, List.of(new Rule("public.orders", limit))),
                        Clock.systemUTC());
        // PostgreSQL's counts come late.
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        for (int i = 100; retention.deleted() == 0 && System.nanoTime() < end; i++) {
            run("insert into audit values (" + i + ", 'x')");
            retention.look();
        }
        assertThat(count(history("orders"))).isBetween(6_000L, 11_000L);
        assertThat(since("orders")).isBetween(positions.get(10), last - 1);
        assertThat(rows("orders", last - 1)).isEqualTo(then);
        assertGone("/api/relations/orders/rows?as_of=" + positions.getFirst());
    }

    /// Many changes in one row, and one.
    @Test
    void of_the_journal_about_as_much_is_kept_as_the_size_says() throws Exception {
        for (int i = 0; i < 20; i++) {
            run(
                    "insert into orders select n, md5(n::text) from generate_series(100, 1099) n"
                            + " on conflict (id) do update set state = md5(orders.state || "
                            + i
                            + ")");
        }
        for (int i = 0; i < 400; i++) {
            run("insert into audit values (" + (1_000 + i) + ", 'x')");
        }
        String size =
                "(select sum(pg_column_size(body) + coalesce(pg_column_size(salt), 0) + 60) from highwater.change) x(n), generate_series(1, n)";
        long before = count(size);
        var retention =
                served.retention(
                        new RetentionSettings(
                                new Limit(Optional.empty(), Optional.of(before / 2)), List.of()),
                        Clock.systemUTC());
        // PostgreSQL's counts come late.
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (retention.deleted() == 0 && System.nanoTime() < end) {
            retention.look();
        }
        assertThat(count("highwater.change where changes > 1")).isPositive();
        assertThat(count(size)).isBetween(before * 35 / 100, before * 52 / 100);
    }

    @Test
    void everything_is_kept_unless_told_otherwise() throws Exception {
        long before = count(history("orders"));
        long since = since("orders");
        served.retention(
                        RetentionSettings.everything(),
                        Clock.offset(Clock.systemUTC(), Duration.ofDays(10_000)))
                .look();
        assertThat(count(history("orders"))).isEqualTo(before);
        assertThat(since("orders")).isEqualTo(since);
        assertThat(count("highwater.change")).isPositive();
    }

    /// A subscriber that takes an event only for a permit.
    private record Slow(Semaphore turns, List<String> events) implements FeedSink {
        @Override
        public boolean send(FeedEvent event) throws InterruptedException {
            turns.acquire();
            if (event.kind() != FeedEvent.Kind.PROGRESS) {
                synchronized (events) {
                    events.add(new String(event.json(), StandardCharsets.UTF_8));
                }
            }
            return true;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        int count() {
            synchronized (events) {
                return events.size();
            }
        }
    }

    @Test
    void a_slow_subscriber_holds_it_back_and_reads_everything() throws Exception {
        long first = positions.getFirst();
        for (int i = 0; i < 49; i++) {
            served.spine.run("update orders set state = 'again " + i + "' where id = " + i % 10);
        }
        run("update orders set state = 'once more'");
        long last = positions.getLast();
        var selection = new Selection(served.newest("orders").id(), List.of(), null);
        var slow = new Slow(new Semaphore(0), new ArrayList<>());
        var subscription =
                served.feeds().subscribe(List.of(selection), false, OptionalLong.of(first));
        var thread =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        subscription.run(slow);
                                    } catch (SQLException | InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        slow.turns().release();
        served.spine.await("the first event", () -> slow.count() == 1);
        var retention = from(RELATIONS, last);
        retention.look();
        assertThat(since("orders")).isEqualTo(first);
        assertThat(since("audit")).isEqualTo(last);

        slow.turns().release(1_000_000);
        // none.
        int events =
                Integer.parseInt(
                        served.spine
                                .stored(
                                        "select count(distinct position) from highwater.change where relation = %d and position > %d"
                                                .formatted(served.newest("orders").id(), first))
                                .getFirst());
        served.spine.await("all events", () -> slow.count() == events);
        assertThat(slow.events()).noneMatch(e -> e.contains("reason"));
        served.spine.await(
                "the subscriber to be there",
                () -> served.feeds().needed(served.newest("orders").id()) >= last);
        retention.look();
        assertThat(since("orders")).isEqualTo(last);
        thread.interrupt();
        thread.join();
    }

    @Test
    void one_who_is_overtaken_is_told_to_begin_anew() throws Exception {
        long first = positions.getFirst();
        var selection = new Selection(served.newest("orders").id(), List.of(), null);
        var subscription =
                served.feeds().subscribe(List.of(selection), false, OptionalLong.of(first));
        from(RELATIONS, positions.getLast()).look();
        var sink = new Slow(new Semaphore(100), new ArrayList<>());
        subscription.run(sink);
        assertThat(sink.events())
                .singleElement()
                .asString()
                .contains("not kept any more (retention)");
    }

    @Test
    void a_view_that_is_being_filled_holds_it_back() throws Exception {
        var spine = served.spine;
        try (var other = Database.single(spine.databases.store(), "test");
                var statement = other.createStatement()) {
            statement.execute(
                    """
                    create function public.held(n int) returns int language plpgsql immutable as $$
                    begin perform pg_advisory_xact_lock_shared(4711); return n; end $$
                    """);
            statement.execute("select pg_advisory_lock(4711)");
            var request =
                    ViewRequest.of(
                            spine.store,
                            spine.head.settled().catalog(),
                            new QualifiedName("public", "slow"),
                            "select public.held(id) as id, state from orders",
                            false);
            spine.applier().createView(request).get();
            long made = spine.head.settled().position();
            run("update orders set state = 'meanwhile'", "delete from orders where id = 3");
            assertThat(served.state("slow")).isInstanceOf(Relation.State.Filling.class);
            var retention = from(ALL, positions.getLast());
            retention.look();
            retention.look();
            assertThat(since("orders")).isLessThanOrEqualTo(made);
            assertThat(since("audit")).isEqualTo(positions.getLast());
            statement.execute("select pg_advisory_unlock(4711)");
            spine.await("the view", () -> served.state("slow") instanceof Relation.State.Live);
            assertThat(spine.stored("select id || ' ' || state from slow order by id"))
                    .isEqualTo(source());
            retention.look();
            assertThat(since("orders")).isGreaterThanOrEqualTo(positions.getLast());
        }
    }

    @Test
    void the_journal_s_changes_go_and_what_is_left_verifies() throws Exception {
        long cut = positions.get(5);
        long entries = count("highwater.entry");
        var journal = new RetentionSettings(BY_HOUR, List.of());
        var retention = from(journal, cut);
        retention.look();
        assertThat(count("highwater.change where position <= " + cut)).isZero();
        assertThat(count("highwater.change")).isPositive();
        // Relations keep their history, so its times are kept too.
        assertThat(count("highwater.entry where position >= " + since("orders"))).isPositive();
        assertThat(count("highwater.entry")).isGreaterThan(entries - since("orders") - 1);
        var result = Verification.run(served.spine.store, _ -> true);
        assertThat(result.broken()).isEmpty();
        assertThat(result.keptFrom()).isEqualTo(cut);
        assertThat(retention.journalKeptFrom()).isEqualTo(cut);
        assertGone("/api/journal?after=" + (cut - 1));
        assertThat(served.get("/api/journal?limit=1").path(0).path("position").asText())
                .endsWith("." + (cut + 1));
        assertThat(
                        served.get("/api/journal?limit=1&after=" + cut)
                                .path(0)
                                .path("position")
                                .asText())
                .endsWith("." + (cut + 1));
        assertThat(rows("orders", positions.getFirst())).isNotEmpty();
        assertThat(rows("orders", positions.getFirst()))
                .isEqualTo(textsAt(at(positions.getFirst())));
        tamper(
                "update highwater.entry set at = at + interval '1 microsecond' where position = "
                        + positions.get(3));
        assertBroken(positions.get(3));
    }

    private List<String> textsAt(Instant time) throws Exception {
        var rows = new ArrayList<String>();
        served.get("/api/relations/orders/rows?as_of=" + time)
                .forEach(row -> rows.add(row.toString()));
        Collections.sort(rows);
        return rows;
    }

    private void tamper(String statement) throws SQLException {
        assertThat(Sql.update(served.spine.store, statement)).isEqualTo(1);
    }

    private void assertBroken(long position) throws Exception {
        assertThat(
                        Verification.run(served.spine.store, _ -> true)
                                .broken()
                                .map(Verification.Broken::position)
                                .orElse(0L))
                .isEqualTo(position);
    }

    @Test
    void where_entries_went_too_the_first_that_is_left_cannot_be_another() throws Exception {
        long cut = positions.get(5);
        var retention = from(ALL, cut);
        var earlier = at(positions.get(4));
        retention.look();
        // Entries go only where no history is any more that they tell the time of.
        assertThat(count("highwater.entry where position <= " + (since("orders") - 1)))
                .isPositive();
        retention.look();
        assertThat(count("highwater.entry where position <= " + cut)).isZero();
        var result = Verification.run(served.spine.store, _ -> true);
        assertThat(result.broken()).isEmpty();
        assertThat(result.entries()).isPositive();

        assertGone("/api/relations/orders/rows?as_of=" + (cut - 1));
        assertThat(served.answer("/api/relations/orders/rows?as_of=" + earlier).statusCode())
                .isEqualTo(410);
        assertThatThrownBy(
                        () ->
                                served.spine.stored(
                                        "select highwater.position_at('" + earlier + "')"))
                .hasMessageContaining("not known any more (retention)");
        assertThat(rows("orders", cut)).isNotEmpty();
        assertThat(
                        served.post(
                                        "/api/query",
                                        "{\"sql\":\"select count(*) as n from states\",\"as_of\":%d}"
                                                .formatted(cut))
                                .statusCode())
                .isEqualTo(200);
        served.spine.stop();
        served.spine.start();
        run("insert into orders values (1000, 'later')");
        served.assertSame("orders", "audit");

        String change = "update highwater.change set body = %s where ordinal = 0 and position = %d";
        tamper(change.formatted("body || ' '", cut + 1));
        assertBroken(cut + 1);
        tamper(change.formatted("rtrim(body)", cut + 1));
        String entry = "update highwater.entry set lamport = lamport %s 1 where position = %d";
        tamper(entry.formatted("+", cut + 1));
        assertBroken(cut + 1);
        tamper(entry.formatted("-", cut + 1));
        assertBroken(0);
        tamper("delete from highwater.change where ordinal = 0 and position = " + (cut + 1));
        assertBroken(cut + 1);
        tamper("delete from highwater.entry where position = " + (cut + 1));
        assertBroken(cut + 2);
    }

    @Test
    void the_last_entry_stays_whatever_the_limits_say() throws Exception {
        for (int i = 0; i < 3; i++) {
            served.retention(ALL, Clock.offset(Clock.systemUTC(), HOUR.multipliedBy(2))).look();
        }
        assertThat(count("highwater.entry")).isPositive();
        assertThat(count("highwater.change")).isZero();
        assertThat(count(history("orders"))).isZero();
        served.spine.stop();
        served.spine.start();
        run("update orders set state = 'on'");
        served.assertSame("orders", "audit");
        assertThat(
                        served.spine.stored(
                                "select count(distinct seq) = count(*) from highwater.entry where seq > 0"))
                .containsExactly("t");
    }

    @Test
    void what_a_crash_leaves_is_not_read_and_goes_after_it() throws Exception {
        long cut = positions.get(5);
        var killed = from(ALL, cut);
        killed.close();
        assertThatThrownBy(killed::look).isInstanceOf(InterruptedException.class);
        served.spine.stop();
        Sql.update(
                served.spine.store,
                "delete from %s where ctid = any (array(select ctid from %s where _to <= %d limit 5))"
                        .formatted(history("orders"), history("orders"), cut));
        served.spine.start();
        assertThat(since("orders")).isEqualTo(cut);
        assertThat(count(history("orders") + " where _to <= " + cut)).isPositive();
        assertGone("/api/relations/orders/rows?as_of=" + (cut - 1));
        assertGone("/api/journal?after=" + (cut - 1));
        assertThat(Verification.run(served.spine.store, _ -> true).broken()).isEmpty();

        served.retention(RetentionSettings.everything(), Clock.systemUTC()).look();
        assertThat(count(history("orders") + " where _to <= " + cut)).isZero();
        assertThat(count("highwater.change where position <= " + cut)).isZero();
        served.assertSame("orders", "audit");
    }

    @Test
    void floors_hold_whatever_becomes_of_a_relation() throws Exception {
        long cut = positions.get(5);
        from(RELATIONS, cut).look();
        run("alter table orders add column more int default 3");
        run("update orders set more = 4 where id = 1");
        assertThat(since("orders")).isEqualTo(cut);
        var old = served.newest("orders");
        run("drop table orders");
        served.spine.await("the end", () -> served.state("orders") instanceof Relation.State.Ended);
        assertThat(since("orders")).isEqualTo(cut);
        assertThat(count("highwater_data.r" + old.id())).isPositive();
        run("insert into audit values (99, 'x')");
        from(RELATIONS, positions.getLast()).look();
        assertThat(count("highwater_data.r" + old.id())).isZero();
        assertThat(count("highwater_data.r" + old.id() + "_h")).isZero();
        assertThat(served.answer("/api/relations/orders/rows?as_of=" + cut).statusCode())
                .isEqualTo(410);
        // A view that stopped still shows what it was.
        assertThat(served.state("states")).isInstanceOf(Relation.State.Stopped.class);
        assertThat(count("highwater_data.r" + served.newest("states").id())).isPositive();
    }

    @Test
    void readers_of_the_past_get_all_of_it_or_an_error() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        var past = new ConcurrentSkipListMap<Long, List<String>>();
        past.put(served.spine.settle(), source());
        var stop = new AtomicBoolean();
        var exact = new AtomicInteger();
        var gone = new AtomicInteger();
        var retention =
                served.retention(
                        new RetentionSettings(
                                Limit.NONE,
                                List.of(
                                        new Rule(
                                                "public.*",
                                                new Limit(
                                                        Optional.of(Duration.ofSeconds(2)),
                                                        Optional.empty())))),
                        Clock.systemUTC());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var readers = new ArrayList<java.util.concurrent.Future<?>>();
            for (int r = 0; r < 3; r++) {
                var random = new Random(seed + r);
                boolean bySql = r == 0;
                readers.add(
                        threads.submit(
                                () -> {
                                    while (!stop.get()) {
                                        read(past, random, bySql, exact, gone);
                                    }
                                    return null;
                                }));
            }
            var looking =
                    threads.submit(
                            () -> {
                                while (!stop.get()) {
                                    retention.look();
                                }
                                return null;
                            });
            try {
                var random = new Random(seed);
                long enough = System.nanoTime() + Duration.ofSeconds(4).toNanos();
                long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
                boolean seen = false;
                while (System.nanoTime() < (seen ? enough : end)) {
                    served.spine.run(
                            "update orders set state = 'r%d' where id %% 3 = %d"
                                    .formatted(random.nextInt(1000), random.nextInt(3)),
                            "delete from orders where id = " + random.nextInt(10),
                            "insert into orders values (%d, 'back') on conflict do nothing"
                                    .formatted(random.nextInt(10)));
                    long position = served.spine.settle();
                    past.put(position, source());
                    seen = exact.get() > 0 && gone.get() > 0 && retention.deleted() > 0;
                }
            } finally {
                stop.set(true);
            }
            looking.get();
            for (var reader : readers) {
                reader.get();
            }
        }
        System.out.println(
                exact
                        + " exact, "
                        + gone
                        + " not kept any more, "
                        + retention.deleted()
                        + " deleted");
        assertThat(exact.get()).as("seed " + seed).isPositive();
        assertThat(gone.get()).as("seed " + seed).isPositive();
        assertThat(retention.deleted()).as("seed " + seed).isPositive();
        served.assertSame("orders");
    }

    private List<String> source() throws SQLException {
        return served.spine.stored("select id || ' ' || state from orders order by id", true);
    }

    private void read(
            Map<Long, List<String>> past,
            Random random,
            boolean bySql,
            AtomicInteger exact,
            AtomicInteger gone)
            throws Exception {
        var known = List.copyOf(past.keySet());
        // Mostly recent ones, where the past is just going.
        int back = random.nextInt(random.nextBoolean() ? known.size() : Math.min(40, known.size()));
        long position = known.get(known.size() - 1 - back);
        var answer =
                bySql
                        ? served.post(
                                "/api/query",
                                "{\"sql\":\"select id, state from orders order by id\",\"as_of\":%d}"
                                        .formatted(position))
                        : served.answer("/api/relations/orders/rows?order=id&as_of=" + position);
        if (answer.statusCode() == 410) {
            gone.incrementAndGet();
            return;
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var rows = new ArrayList<String>();
        var json = ServedSpine.tree(answer.body());
        (bySql ? json.path("rows") : json)
                .forEach(
                        row ->
                                rows.add(
                                        row.path("id").asText()
                                                + " "
                                                + row.path("state").asText()));
        assertThat(rows).as("as of " + position).isEqualTo(past.get(position));
        exact.incrementAndGet();
    }

    @Test
    void views_of_the_past_that_an_older_store_has_are_replaced() throws Exception {
        int id = served.newest("orders").id();
        var store = served.spine.store;
        String shown = definition();
        try (var statement = store.createStatement()) {
            statement.execute(
                    """
                    create or replace view public_as_of.orders as
                    select c1 as id, c2 as state from highwater_data.r%1$d
                    where _shard = 100 and _from <= (select highwater.as_of())
                    union all
                    select c1 as id, c2 as state from highwater_data.r%1$d_h
                    where _shard = 100 and _from <= (select highwater.as_of())
                      and _to > (select highwater.as_of())
                    """
                            .formatted(id));
            String step = Migrations.text("store", "retention");
            statement.setEscapeProcessing(false);
            statement.execute(step.substring(step.indexOf("-- The views that are there already.")));
            statement.execute("reset search_path");
        }
        assertThat(definition().replaceAll("[() \n]|AS as_of", ""))
                .isEqualTo(shown.replaceAll("[() \n]|AS as_of", ""));
    }

    private String definition() throws SQLException {
        return served.spine
                .stored("select pg_get_viewdef('public_as_of.orders'::regclass)")
                .getFirst();
    }
}
