package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.client.FeedEvent.Change;
import dev.highwater.client.FeedEvent.Resync;
import dev.highwater.client.FeedEvent.Snapshot;
import dev.highwater.client.FeedEvent.SnapshotEnd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Feeds of a node that runs, and that dies meanwhile.
class FeedsIT {
    @TempDir private static Path folder;

    private static RunningNode node;

    private record Note(int id, String body, int noteSize) {}

    @BeforeAll
    static void start() throws Exception {
        node = new RunningNode(folder.resolve("node"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /// What a feed comes to, as a subscriber keeps it.
    private static final class Copy implements Feeds.Subscriber<RuntimeException> {
        final Map<Integer, Note> notes = new HashMap<>();
        final List<String> positions = new ArrayList<>();
        final BlockingQueue<FeedEvent> events = new LinkedBlockingQueue<>();
        int resyncs;

        @Override
        public boolean accept(FeedEvent event) {
            switch (event) {
                case Snapshot(_, var rows) -> rows.forEach(this::put);
                case SnapshotEnd(var position) -> positions.add(position);
                case Change(var position, _, var changes) -> {
                    positions.add(position);
                    for (var change : changes) {
                        if (change.row() != null) {
                            put(change.row());
                        } else {
                            notes.remove(Objects.requireNonNull(change.key()).path("id").asInt());
                        }
                    }
                }
                case Resync _ -> {
                    notes.clear();
                    resyncs++;
                }
                case FeedEvent.Progress _ -> {}
            }
            events.add(event);
            return true;
        }

        private void put(JsonNode row) {
            var note = Feeds.row(row, Note.class);
            notes.put(note.id(), note);
        }

        void awaitChanges(int count) throws InterruptedException {
            for (int seen = 0; seen < count; ) {
                var event = events.poll(30, TimeUnit.SECONDS);
                assertThat(event).as("%d of %d changes came", seen, count).isNotNull();
                seen += event instanceof Change ? 1 : 0;
            }
        }
    }

    private static Future<?> follow(Feeds feeds, FeedRequest request, Copy copy) {
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var following =
                threads.submit(
                        () -> {
                            feeds.follow(request, copy);
                            return null;
                        });
        threads.shutdown();
        return following;
    }

    @Test
    void a_feed_goes_on_where_it_was_when_the_node_was_killed() throws Exception {
        node.run(
                "create table note (id int primary key, body text, note_size int)",
                "insert into note values (1, 'a', 1), (2, 'bb', 2)");
        node.awaitRelation("note");
        var copy = new Copy();
        Future<?> following;
        try (var feeds = new Feeds(node.address(), null)) {
            following = follow(feeds, FeedRequest.of("note"), copy);
            while (!(copy.events.poll(30, TimeUnit.SECONDS) instanceof SnapshotEnd)) {
                assertThat(following.isDone()).isFalse();
            }
            node.run("insert into note values (3, 'ccc', 3)", "delete from note where id = 1");
            copy.awaitChanges(2);

            node.kill();
            node.startAgain();
            node.run("update note set body = 'b', note_size = 1 where id = 2");
            copy.awaitChanges(1);
            assertThat(following.isDone()).isFalse();
        }
        following.get(10, TimeUnit.SECONDS);
        assertThat(copy.notes.values())
                .containsExactlyInAnyOrder(new Note(2, "b", 1), new Note(3, "ccc", 3));
        assertThat(copy.resyncs).isZero();
        assertThat(copy.positions).doesNotHaveDuplicates();

        // Another subscriber, from the middle.
        var later = new Copy();
        try (var feeds = new Feeds(node.address(), null)) {
            following =
                    follow(
                            feeds,
                            FeedRequest.of("note")
                                    .after(copy.positions.get(copy.positions.size() - 2)),
                            later);
            later.awaitChanges(1);
        }
        following.get(10, TimeUnit.SECONDS);
        assertThat(later.notes.values()).containsExactly(new Note(2, "b", 1));
        assertThat(later.positions).containsExactly(copy.positions.getLast());
    }

    @Test
    void a_foreign_position_begins_anew_and_an_unknown_relation_is_refused() throws Exception {
        node.run("create table several (id int primary key)", "insert into several values (1)");
        node.awaitRelation("several");
        try (var feeds = new Feeds(node.address(), null)) {
            var events = new ArrayList<FeedEvent>();
            feeds.follow(
                    FeedRequest.of("several").after("0a0a0a0a.3"),
                    event -> {
                        events.add(event);
                        return !(event instanceof SnapshotEnd);
                    });
            assertThat(events).hasSize(3).first().isInstanceOf(Resync.class);
            assertThatThrownBy(() -> feeds.follow(FeedRequest.of("nowhere"), _ -> true))
                    .isInstanceOfSatisfying(
                            FeedRefusedException.class, e -> assertThat(e.status()).isEqualTo(404));
        }
    }
}
