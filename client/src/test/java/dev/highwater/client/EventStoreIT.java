package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.client.Account.Event;
import dev.highwater.client.EventStoreException.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventStoreIT {
    private HikariDataSource database;
    private EventStore store;

    @BeforeEach
    void create() throws SQLException {
        database = Databases.create();
        store = new EventStore(database);
        store.register(Account.EVENTS);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static NewEvent deposited(String account, long amount) {
        return Account.EVENTS.event(account, new Event.Deposited(amount));
    }

    private List<Event> events(String account) throws SQLException {
        return store.load(Account.EVENTS, account).stream().map(Recorded::event).toList();
    }

    private static Reason reason(ThrowingCallable call) {
        return catchThrowableOfType(EventStoreException.class, call).reason();
    }

    @Test
    void records_come_back_as_they_were_appended() throws Exception {
        var opened = new Event.Opened("Ann \"\u00fc\" O'Neill");
        store.append(Account.EVENTS, "ann", 0, List.of(opened, new Event.Deposited(5)));
        store.append(Account.EVENTS, "ann", 2, List.of(new Event.Deposited(Long.MAX_VALUE)));

        var loaded = store.load(Account.EVENTS, "ann");
        assertThat(loaded.stream().map(Recorded::event))
                .containsExactly(
                        opened, new Event.Deposited(5), new Event.Deposited(Long.MAX_VALUE));
        assertThat(loaded.stream().map(each -> each.stored().version()))
                .containsExactly(1L, 2L, 3L);
        assertThat(loaded.getLast().stored().createdAt())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        assertThat(events("bob")).isEmpty();
    }

    @Test
    void an_append_to_another_version_is_refused_and_worth_deciding_again() throws Exception {
        store.append(Account.EVENTS, "ann", 0, List.of(new Event.Opened("ann")));

        var refused =
                catchThrowableOfType(
                        EventStoreException.class,
                        () -> store.append(Account.EVENTS, "ann", 0, List.of(new Event.Closed())));
        assertThat(refused.reason()).isEqualTo(Reason.OTHER_VERSION);
        assertThat(refused.reason().isWorthDecidingAgain()).isTrue();
        assertThat(refused.getSQLState()).isEqualTo("HW001");
        assertThat(events("ann")).containsExactly(new Event.Opened("ann"));
    }

    @Test
    void a_repeated_append_appends_once() throws Exception {
        var both = List.of(deposited("ann", 1).expecting(0), deposited("bob", 2).expecting(0));

        var first = store.append(both);
        assertThat(store.append(both)).isEqualTo(first);
        assertThat(Databases.number(database, "select count(*) from highwater.events"))
                .isEqualTo(2);
        assertThat(first.stream().map(StoredEvent::id))
                .containsExactly(both.getFirst().id(), both.getLast().id());

        assertThat(
                        reason(
                                () ->
                                        store.append(
                                                List.of(
                                                        deposited("ann", 9)
                                                                .withId(first.getFirst().id())))))
                .isEqualTo(Reason.ID_TAKEN);
    }

    @Test
    void a_batch_is_appended_as_a_whole_or_not_at_all() throws Exception {
        store.append(List.of(deposited("ann", 1), deposited("bob", 2), deposited("ann", 3)));
        assertThat(events("ann")).containsExactly(new Event.Deposited(1), new Event.Deposited(3));

        assertThat(
                        reason(
                                () ->
                                        store.append(
                                                List.of(
                                                        deposited("cyd", 1),
                                                        deposited("bob", 2).expecting(7)))))
                .isEqualTo(Reason.OTHER_VERSION);
        assertThat(events("cyd")).isEmpty();
    }

    @Test
    void nothing_comes_after_a_final_event() throws Exception {
        store.append(List.of(Account.EVENTS.event("ann", new Event.Closed()).asFinal()));

        assertThat(reason(() -> store.append(List.of(deposited("ann", 1)))))
                .isEqualTo(Reason.ENDED);
        assertThat(store.load(Account.EVENTS, "ann").getFirst().stored().isFinal()).isTrue();
    }

    @Test
    void an_append_with_a_condition_sees_what_came_after_its_decision() throws Exception {
        store.append(List.of(deposited("ann", 1).tagged("customer:7")));
        long seen = store.read(0, 10).getLast().position();
        var unless = new Unless(List.of("customer:7"), List.of("Deposited"));

        store.append(List.of(deposited("bob", 1).tagged("customer:7", "gift")), seen, unless);

        assertThat(
                        reason(
                                () ->
                                        store.append(
                                                List.of(deposited("cyd", 1)),
                                                seen,
                                                new Unless(List.of("other"), List.of()),
                                                unless)))
                .isEqualTo(Reason.CONDITION);
        store.append(
                List.of(deposited("cyd", 1)),
                seen,
                new Unless(List.of("customer:7"), List.of("Closed")));
        assertThat(reason(() -> store.append(List.of(deposited("dan", 1)), 99, unless)))
                .isEqualTo(Reason.UNKNOWN);
    }

    @Test
    void what_an_event_comes_from_is_kept_with_it() throws Exception {
        var trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        UUID command = UUID.randomUUID();
        var cause =
                store.append(List.of(deposited("ann", 1).with(new Metadata(null, "page", trace))))
                        .getFirst();
        var effect =
                store.append(
                                List.of(
                                        deposited("bob", 1)
                                                .with(Metadata.causedBy(cause))
                                                .withCommand(command)
                                                .tagged("a", "b")))
                        .getFirst();

        String id = cause.id().toString();
        assertThat(effect.metadata()).isEqualTo(new Metadata(id, id, trace));
        assertThat(effect.commandId()).isEqualTo(command);
        assertThat(effect.tags()).containsExactly("a", "b");
        assertThat(Metadata.causedBy(effect).correlationId()).isEqualTo(id);
    }

    @Test
    void every_event_has_one_position_without_gaps() throws Exception {
        for (int i = 0; i < 7; i++) {
            store.append(List.of(deposited("a" + i, i), deposited("ann", i)));
        }
        var read = new ArrayList<PositionedEvent>();
        long after = 0;
        for (var page = store.read(after, 5); !page.isEmpty(); page = store.read(after, 5)) {
            read.addAll(page);
            after = page.getLast().position();
        }
        assertThat(read).hasSize(14);
        assertThat(read.getFirst().position()).isEqualTo(1);
        assertThat(after).isEqualTo(14);
        assertThat(read.stream().filter(e -> e.event().deciderId().equals("ann")))
                .extracting(e -> e.event().version())
                .isSorted();
    }

    @Test
    void it_takes_part_in_a_transaction_of_the_caller() throws Exception {
        Databases.execute(database, "create table effect (id int)");
        for (boolean commit : new boolean[] {false, true}) {
            try (var connection = database.getConnection();
                    var statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("insert into effect values (1)");
                store.on(connection).append(List.of(deposited("ann", 1)));
                assertThat(store.on(connection).load(Account.EVENTS, "ann")).hasSize(1);
                if (commit) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
            }
            assertThat(events("ann")).hasSize(commit ? 1 : 0);
            assertThat(Databases.number(database, "select count(*) from effect"))
                    .isEqualTo(commit ? 1 : 0);
        }
    }

    @Test
    void a_pool_without_auto_commit_loses_nothing() throws Exception {
        try (var careful = new HikariDataSource()) {
            careful.setDataSource(database.getDataSource());
            careful.setAutoCommit(false);
            careful.setMaximumPoolSize(2);
            new EventStore(careful).append(List.of(deposited("ann", 1)));
        }
        assertThat(events("ann")).hasSize(1);
    }

    @Test
    void a_long_stream_is_handed_out_in_parts() throws Exception {
        for (int i = 0; i < 5; i++) {
            store.append(
                    Account.EVENTS,
                    "ann",
                    i * 500L,
                    Collections.nCopies(500, new Event.Deposited(1)));
        }
        var versions = new ArrayList<Long>();
        store.load(Account.EVENTS, "ann", 100, each -> versions.add(each.stored().version()));
        assertThat(versions).hasSize(2_400).startsWith(101L).endsWith(2_500L).isSorted();
    }

    @Test
    void what_the_database_refuses_says_why() throws Exception {
        var other = new EventTypes<>("other", Event.class);
        assertThatThrownBy(() -> store.append(List.of(other.event("ann", new Event.Closed()))))
                .isInstanceOf(SQLException.class)
                .isNotInstanceOf(EventStoreException.class)
                .hasMessageContaining("decider other does not publish event Closed");
        assertThatThrownBy(() -> Databases.execute(database, "delete from highwater.events"))
                .matches(
                        e ->
                                EventStoreException.of((SQLException) e)
                                                instanceof EventStoreException own
                                        && own.reason() == Reason.IMMUTABLE);
        assertThat(reason(() -> store.view("nobody").stream(1, 1))).isEqualTo(Reason.UNKNOWN);

        var view = store.view("mail");
        view.register(Instant.EPOCH, Duration.ofMinutes(1), 10);
        var event = store.append(List.of(deposited("ann", 1))).getFirst();
        assertThat(reason(() -> view.ack(new LeasedEvent(event, 1, 1))))
                .isEqualTo(Reason.NOT_LEASED);
        var leased = view.stream(1, 1).getFirst();
        view.ack(leased);
        assertThat(reason(() -> view.ack(leased))).isEqualTo(Reason.LEASE_LOST);
    }
}
