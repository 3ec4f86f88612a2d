package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.client.Account.Command;
import dev.highwater.client.Account.Event;
import dev.highwater.client.EventStoreException.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecisionsIT {
    private static final int DECIDERS = 8;
    private static final int COMMANDS = 60;

    private HikariDataSource database;
    private EventStore store;
    private Decisions<Command, Event, Account.State> accounts;

    @BeforeEach
    void create() throws SQLException {
        database = Databases.create();
        store = new EventStore(database);
        store.register(Account.EVENTS);
        accounts = new Decisions<>(store, Account.EVENTS, new Account());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void a_command_becomes_events_and_a_state() throws Exception {
        accounts.decide("ann", new Command.Open("Ann"));
        var decided = accounts.decide("ann", new Command.Deposit(5));

        assertThat(decided)
                .isEqualTo(
                        new Decided<>(
                                new Account.State(Account.Phase.OPEN, 5),
                                2,
                                List.of(new Event.Deposited(5))));
        assertThatThrownBy(() -> accounts.decide("ann", new Command.Withdraw(6)))
                .hasMessage("there is only 5");
        assertThat(store.load(Account.EVENTS, "ann")).hasSize(2);
    }

    @Test
    void a_terminal_state_ends_the_stream() throws Exception {
        accounts.decide("ann", new Command.Open("Ann"));
        accounts.decide("ann", new Command.Deposit(5));
        var closed = accounts.decide("ann", new Command.Close());

        assertThat(closed.version()).isEqualTo(4);
        assertThat(store.load(Account.EVENTS, "ann").stream().map(each -> each.stored().isFinal()))
                .containsExactly(false, false, false, true);
        assertThatThrownBy(
                        () ->
                                store.append(
                                        Account.EVENTS, "ann", 4, List.of(new Event.Deposited(1))))
                .isInstanceOfSatisfying(
                        EventStoreException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.ENDED));
    }

    @Test
    void a_repeated_command_is_decided_once() throws Exception {
        accounts.decide("ann", new Command.Open("Ann"));
        accounts.decide("ann", new Command.Deposit(5));
        UUID command = UUID.randomUUID();

        var first = accounts.decide("ann", new Command.Withdraw(4), command, Metadata.NONE);
        accounts.decide("ann", new Command.Deposit(1));
        var again = accounts.decide("ann", new Command.Withdraw(4), command, Metadata.NONE);

        assertThat(again.events()).isEqualTo(first.events());
        assertThat(again.state().balance()).isEqualTo(2);
        assertThat(again.version()).isEqualTo(4);
    }

    @Test
    void in_a_transaction_of_the_caller_decisions_come_and_go_with_it() throws Exception {
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            var inside = new Decisions<>(store.on(connection), Account.EVENTS, new Account());
            inside.decide("ann", new Command.Open("Ann"));
            assertThat(inside.decide("ann", new Command.Deposit(5)).version()).isEqualTo(2);
            connection.rollback();
        }
        assertThat(store.load(Account.EVENTS, "ann")).isEmpty();
    }

    /// Everyone pays in and takes out of the same three accounts. Each decision that was told as
    /// done is there once, and none rests on a balance that was over.
    @Test
    void concurrent_deciders_lose_no_update() throws Exception {
        var ids = List.of("ann", "bob", "cyd");
        for (var id : ids) {
            accounts.decide(id, new Command.Open(id));
        }
        var done = new ArrayList<Future<List<Long>>>();
        long seed = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < DECIDERS; i++) {
                var random = new Random(seed + i);
                done.add(threads.submit(() -> payInAndOut(ids, random)));
            }
        }
        var expected = new long[ids.size()];
        for (var each : done) {
            var sums = each.get();
            for (int i = 0; i < expected.length; i++) {
                expected[i] += sums.get(i);
            }
        }
        var account = new Account();
        for (int i = 0; i < expected.length; i++) {
            var state = account.initial();
            for (var recorded : store.load(Account.EVENTS, ids.get(i))) {
                state = account.evolve(state, recorded.event());
                assertThat(state.balance()).as("seed %d: %s", seed, recorded).isNotNegative();
            }
            assertThat(state.balance()).as("seed %d: %s", seed, ids.get(i)).isEqualTo(expected[i]);
        }
    }

    private List<Long> payInAndOut(List<String> ids, Random random) throws SQLException {
        var sums = new ArrayList<>(List.of(0L, 0L, 0L));
        for (int i = 0; i < COMMANDS; i++) {
            int which = random.nextInt(ids.size());
            long amount = random.nextLong(1, 11);
            boolean in = random.nextInt(5) < 2;
            try {
                decideAtLast(
                        ids.get(which),
                        in ? new Command.Deposit(amount) : new Command.Withdraw(amount));
                sums.set(which, sums.get(which) + (in ? amount : -amount));
            } catch (IllegalStateException overdrawn) {
                assertThat(overdrawn).hasMessageStartingWith("there is only");
            }
        }
        return sums;
    }

    /// Twenty attempts may all lose; the caller goes on.
    private void decideAtLast(String id, Command command) throws SQLException {
        while (true) {
            try {
                accounts.decide(id, command);
                return;
            } catch (EventStoreException e) {
                assertThat(e.reason()).isEqualTo(Reason.OTHER_VERSION);
            }
        }
    }
}
