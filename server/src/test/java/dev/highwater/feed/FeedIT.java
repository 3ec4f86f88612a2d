package dev.highwater.feed;

import static dev.highwater.relation.TestStore.definition;
import static dev.highwater.relation.TestStore.delete;
import static dev.highwater.relation.TestStore.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import dev.highwater.relation.Condition;
import dev.highwater.relation.Relation;
import dev.highwater.relation.Selection;
import dev.highwater.relation.TestStore;
import dev.highwater.relation.Versions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FeedIT {
    private static final FeedSettings SETTINGS =
            new FeedSettings(
                    Duration.ofMillis(200), 256 << 10, 1 << 20, 1000, 4, Duration.ofSeconds(20));

    private TestStore store;
    private Relation orders;
    private CountedSource source;
    private Feeds feeds;

    @BeforeEach
    void open() throws SQLException {
        store = new TestStore();
        orders = store.table(definition("orders", "id bigint 20", "state text 25", "n int 23"));
        source = new CountedSource(store.pool());
        feeds = feeds(SETTINGS);
    }

    @AfterEach
    void close() {
        feeds.close();
        store.close();
    }

    private Feeds feeds(FeedSettings settings) {
        return new Feeds(
                new Versions(source, TestStore.SHARD), store.head(), store.positions(), settings);
    }

    private Receiver subscribe(OptionalLong after, Selection... selections) throws SQLException {
        return Receiver.of(feeds.subscribe(List.of(selections), selections.length > 1, after));
    }

    private static Selection all(Relation relation) {
        return new Selection(relation.id(), List.of(), null);
    }

    @Test
    void a_feed_resumes_from_every_position_with_nothing_lost_or_doubled() throws Exception {
        var random = new Random(7);
        for (int i = 0; i < 20; i++) {
            store.write(
                    List.of(
                            put(orders, "" + random.nextInt(5), "s" + i, "" + i),
                            put(orders, "" + (5 + random.nextInt(5)), "s" + i, "" + i)));
        }
        store.announce();
        for (long after = 0; after <= 20; after++) {
            try (var receiver = subscribe(OptionalLong.of(after), all(orders))) {
                if (after < 20) {
                    receiver.awaitPosition(20);
                }
                assertThat(receiver.positions())
                        .containsExactlyElementsOf(
                                java.util.stream.LongStream.rangeClosed(after + 1, 20)
                                        .boxed()
                                        .toList());
                assertThat(receiver.appliedTo(store.rowsAt(orders.id(), after)))
                        .isEqualTo(store.rowsAt(orders.id(), 20));
            }
        }
    }

    @Test
    void a_snapshot_and_what_follows_make_the_current_rows() throws Exception {
        store.commit(put(orders, "1", "new", "1"), put(orders, "2", "new", "2"));
        try (var receiver = subscribe(OptionalLong.empty(), all(orders))) {
            receiver.awaitPosition(1);
            store.commit(put(orders, "1", "paid", "1"), delete(orders, "2"));
            store.commit(put(orders, "3", "new", null));
            receiver.awaitPosition(3);
            assertThat(receiver.kinds())
                    .containsExactly("snapshot", "snapshot-end", "change", "change");
            assertThat(receiver.applied()).isEqualTo(store.rowsAt(orders.id(), 3));
        }
    }

    @Test
    void a_row_that_leaves_the_filter_is_deleted_and_one_that_enters_is_inserted()
            throws Exception {
        var open =
                new Selection(
                        orders.id(),
                        List.of(Condition.parse(orders.definition(), "state", "eq.open")),
                        null);
        try (var receiver = subscribe(OptionalLong.of(0), open)) {
            store.commit(put(orders, "1", "open", "1"), put(orders, "2", "shut", "2"));
            store.commit(put(orders, "1", "open", "9"));
            store.commit(put(orders, "1", "shut", "9"), put(orders, "2", "open", "2"));
            store.commit(put(orders, "1", "shut", "10"));
            store.commit(delete(orders, "2"));
            receiver.awaitPosition(5);
            assertThat(receiver.ops())
                    .containsExactly(
                            "1 insert 1", "2 update 1", "3 delete 1", "3 insert 2", "5 delete 2");
        }
    }

    @Test
    void quiet_subscribers_hear_of_progress() throws Exception {
        try (var receiver = subscribe(OptionalLong.of(0), all(orders))) {
            receiver.await(() -> receiver.kinds().size() >= 3);
            assertThat(receiver.kinds()).containsOnly("progress");
            assertThat(receiver.lastId()).isEqualTo(store.positions().format(0));
        }
    }

    @Test
    void progress_follows_positions_that_brought_nothing() throws Exception {
        var other = store.table(definition("other", "id bigint 20"));
        try (var receiver = subscribe(OptionalLong.of(0), all(orders))) {
            store.commit(put(other, "1"));
            receiver.await(() -> store.positions().format(1).equals(receiver.lastId()));
        }
    }

    @Test
    void one_read_serves_all_subscribers_at_the_head() throws Exception {
        var receivers = new ArrayList<Receiver>();
        for (int i = 0; i < 50; i++) {
            receivers.add(subscribe(OptionalLong.of(store.position()), all(orders)));
        }
        for (var receiver : receivers) {
            receiver.await(() -> !receiver.kinds().isEmpty());
        }
        int before = source.taken();
        for (int i = 0; i < 10; i++) {
            store.commit(put(orders, "1", "s", "" + i));
            for (var receiver : receivers) {
                receiver.awaitPosition(i + 1);
            }
        }
        assertThat(source.taken() - before).isEqualTo(10);
        for (var receiver : receivers) {
            receiver.close();
        }
    }

    @Test
    void a_subscriber_far_slower_than_the_writers_misses_nothing() throws Exception {
        feeds.close();
        feeds =
                feeds(
                        new FeedSettings(
                                Duration.ofSeconds(10), 1000, 2000, 100, 4, Duration.ofNanos(1)));
        var turns = new Semaphore(0);
        try (var slow =
                        Receiver.slow(
                                feeds.subscribe(List.of(all(orders)), false, OptionalLong.of(0)),
                                turns);
                var quick = subscribe(OptionalLong.of(0), all(orders))) {
            for (int i = 0; i < 200; i++) {
                store.commit(put(orders, "" + i % 7, "state " + i, "" + i));
                if (i % 10 == 0) {
                    turns.release();
                }
            }
            quick.awaitPosition(200);
            turns.release(1_000_000);
            slow.awaitPosition(200);
            assertThat(slow.positions()).containsExactlyElementsOf(quick.positions()).hasSize(200);
            assertThat(slow.applied()).isEqualTo(store.rowsAt(orders.id(), 200));
        }
    }

    @Test
    void a_snapshot_that_is_held_too_long_goes_on_where_it_was() throws Exception {
        feeds.close();
        feeds =
                feeds(
                        new FeedSettings(
                                Duration.ofSeconds(10), 500, 2000, 100, 4, Duration.ofNanos(1)));
        var writes = new ArrayList<TestStore.Write>();
        for (int i = 0; i < 300; i++) {
            writes.add(put(orders, "" + i, "a state of some length", "" + i));
        }
        store.write(writes);
        store.announce();
        var turns = new Semaphore(0);
        try (var receiver =
                Receiver.slow(
                        feeds.subscribe(List.of(all(orders)), false, OptionalLong.empty()),
                        turns)) {
            for (int i = 0; i < 20; i++) {
                turns.release();
                store.commit(
                        put(orders, "" + i, "changed", "" + i), delete(orders, "" + (299 - i)));
            }
            turns.release(1_000_000);
            receiver.awaitPosition(21);
            assertThat(receiver.applied()).isEqualTo(store.rowsAt(orders.id(), 21));
        }
    }

    @Test
    void a_large_event_comes_in_parts_of_which_the_last_has_the_id() throws Exception {
        feeds.close();
        feeds =
                feeds(
                        new FeedSettings(
                                Duration.ofSeconds(10),
                                1000,
                                1 << 20,
                                5000,
                                4,
                                Duration.ofSeconds(20)));
        try (var receiver = subscribe(OptionalLong.of(0), all(orders))) {
            var writes = new ArrayList<TestStore.Write>();
            for (int i = 0; i < 100; i++) {
                writes.add(put(orders, "" + i, "a state of some length", "" + i));
            }
            store.write(writes);
            store.announce();
            receiver.awaitPosition(1);
            assertThat(receiver.events().size()).isGreaterThan(5);
            for (var event : receiver.events()) {
                boolean more = Receiver.json(event).path("more").asBoolean();
                assertThat(event.id() == null).isEqualTo(more);
            }
            assertThat(receiver.applied()).isEqualTo(store.rowsAt(orders.id(), 1));
        }
    }

    @Test
    void a_transaction_larger_than_the_window_reaches_everyone_whole() throws Exception {
        feeds.close();
        feeds =
                feeds(
                        new FeedSettings(
                                Duration.ofSeconds(10), 500, 2000, 50, 4, Duration.ofSeconds(20)));
        try (var one = subscribe(OptionalLong.of(0), all(orders));
                var other = subscribe(OptionalLong.of(0), all(orders))) {
            store.commit(put(orders, "1", "small", "1"));
            var writes = new ArrayList<TestStore.Write>();
            for (int i = 0; i < 300; i++) {
                writes.add(put(orders, "" + i, "a state of some length", "" + i));
            }
            store.commit(writes.toArray(new TestStore.Write[0]));
            store.commit(delete(orders, "1"));
            for (var receiver : List.of(one, other)) {
                receiver.awaitPosition(3);
                assertThat(receiver.positions()).containsExactly(1L, 2L, 3L);
                assertThat(receiver.applied()).isEqualTo(store.rowsAt(orders.id(), 3));
            }
        }
    }

    @Test
    void several_relations_come_as_one_event_a_position() throws Exception {
        var lines = store.table(definition("lines", "id bigint 20", "order_id bigint 20"));
        store.commit(put(orders, "1", "new", "1"), put(lines, "10", "1"));
        try (var receiver = subscribe(OptionalLong.empty(), all(orders), all(lines))) {
            receiver.awaitPosition(1);
            store.commit(put(orders, "2", "new", "1"), put(lines, "20", "2"));
            receiver.awaitPosition(2);
            assertThat(receiver.kinds())
                    .containsExactly("snapshot", "snapshot", "snapshot-end", "change");
            assertThat(
                            Receiver.json(receiver.events().getLast())
                                    .at("/changes/0/relation")
                                    .asText())
                    .isEqualTo("public.orders");
            assertThat(
                            Receiver.json(receiver.events().getLast())
                                    .at("/changes/1/relation")
                                    .asText())
                    .isEqualTo("public.lines");
        }
    }

    @Test
    void renamed_and_added_columns_are_followed() throws Exception {
        try (var receiver = subscribe(OptionalLong.of(0), all(orders))) {
            store.commit(put(orders, "1", "new", "1"));
            receiver.awaitPosition(1);
            store.redefine(
                    orders.id(),
                    definition(
                            "orders",
                            "id bigint 20",
                            "status text 25",
                            "n int 23",
                            "note text 25"));
            store.commit(put(orders, "1", "paid", "1", "x"));
            receiver.awaitPosition(2);
            var change = Receiver.json(receiver.events().getLast()).at("/changes/0");
            assertThat(change.toString())
                    .isEqualTo(
                            "{\"op\":\"update\",\"key\":{\"id\":1},"
                                    + "\"row\":{\"id\":1,\"status\":\"paid\",\"n\":1,\"note\":\"x\"},"
                                    + "\"old\":{\"id\":1,\"status\":\"new\",\"n\":1,\"note\":null}}");
        }
    }

    @Test
    void a_relation_that_ends_tells_its_subscribers_to_resync() throws Exception {
        try (var receiver = subscribe(OptionalLong.of(0), all(orders))) {
            store.commit(put(orders, "1", "new", "1"));
            store.commit();
            store.enter(orders.id(), new Relation.State.Ended(0L, 2, "it was dropped"));
            receiver.await(() -> receiver.kinds().contains("resync"));
            assertThat(receiver.positions()).containsExactly(1L);
            assertThat(receiver.kinds().getLast()).isEqualTo("resync");
            receiver.awaitEnd();
        }
        try (var late = subscribe(OptionalLong.of(0), all(orders))) {
            late.awaitEnd();
            assertThat(late.positions()).containsExactly(1L);
            assertThat(late.kinds().getLast()).isEqualTo("resync");
        }
    }

    @Test
    void positions_of_the_future_and_from_before_are_refused() throws Exception {
        assertThatThrownBy(() -> subscribe(OptionalLong.of(5), all(orders)))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining(store.positions().format(0));
        store.commit();
        store.commit();
        var later = store.table(definition("later", "id bigint 20"));
        assertThatThrownBy(() -> subscribe(OptionalLong.of(1), all(later)))
                .isInstanceOf(Failure.Gone.class)
                .hasMessageContaining(store.positions().format(2));
    }

    @Test
    void subscribers_who_come_and_go_while_others_write_miss_nothing() throws Exception {
        feeds.close();
        feeds =
                feeds(
                        new FeedSettings(
                                Duration.ofMillis(20), 400, 1500, 30, 2, Duration.ofMillis(5)));
        int last = 300;
        var writer =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    var random = new Random(3);
                                    try {
                                        for (int i = 0; i < last; i++) {
                                            store.write(
                                                    List.of(
                                                            put(
                                                                    orders,
                                                                    "" + random.nextInt(20),
                                                                    "s",
                                                                    "" + i)));
                                            if (random.nextInt(4) == 0) {
                                                store.announce();
                                            }
                                        }
                                        store.announce();
                                    } catch (SQLException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
        var receivers = new ArrayList<Receiver>();
        var random = new Random(4);
        while (writer.isAlive() || receivers.size() < 20) {
            long position = store.head().settled().position();
            boolean snapshot = random.nextInt(3) == 0;
            receivers.add(
                    subscribe(
                            snapshot
                                    ? OptionalLong.empty()
                                    : OptionalLong.of(random.nextLong(position + 1)),
                            all(orders)));
            receivers.getLast().await(receivers.getLast()::hasSome);
        }
        writer.join();
        for (var receiver : receivers) {
            receiver.awaitPosition(last);
            var positions = receiver.positions();
            assertThat(positions)
                    .containsExactlyElementsOf(
                            java.util.stream.LongStream.rangeClosed(
                                            receiver.startedBehind(positions), last)
                                    .boxed()
                                    .toList());
            if (receiver.kinds().contains("snapshot-end")) {
                assertThat(receiver.applied()).isEqualTo(store.rowsAt(orders.id(), last));
            }
            receiver.close();
        }
    }
}
