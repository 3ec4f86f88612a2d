package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.client.Account.Command;
import dev.highwater.client.Account.Event;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What docs/client.md shows.
class ExampleIT {
    @Test
    void from_a_command_to_an_effect() throws Exception {
        try (var database = Databases.create()) {
            var store = new EventStore(database);
            store.register(Account.EVENTS);

            var accounts = new Decisions<>(store, Account.EVENTS, new Account());
            accounts.decide("ann", new Command.Open("Ann"));
            var decided = accounts.decide("ann", new Command.Deposit(5));
            assertThat(decided.state().balance()).isEqualTo(5);

            var first = Account.EVENTS.event("bob", new Event.Opened("Bob")).expecting(0);
            var second = Account.EVENTS.event("ann", new Event.Withdrawn(1)).expecting(2);
            store.append(List.of(first, second.tagged("customer:7")));

            System.Logger log = System.getLogger("example");
            for (var recorded : store.load(Account.EVENTS, "ann")) {
                log.log(System.Logger.Level.DEBUG, recorded.event());
            }
            List<PositionedEvent> all = store.read(0, 100);
            assertThat(all).hasSize(4);

            long seen = all.getLast().position();
            store.append(
                    List.of(Account.EVENTS.event("cyd", new Event.Opened("Cyd")).expecting(0)),
                    seen,
                    new Unless(List.of("customer:7"), List.of("Opened")));

            Databases.execute(
                    database, "create table balance (id text primary key, amount bigint)");
            var told = new LinkedBlockingQueue<String>();
            store.view("balances").register(Instant.EPOCH, Duration.ofMinutes(1), 10);
            try (var consumer = new Consumer(database, "balances")) {
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        consume(consumer);
                                    } catch (SQLException | InterruptedException e) {
                                        told.add(String.valueOf(e));
                                    }
                                });
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (Databases.number(database, "select count(*) from balance") < 3) {
                    assertThat(told.poll(20, TimeUnit.MILLISECONDS)).isNull();
                    assertThat(System.nanoTime()).isLessThan(end);
                }
            }
            assertThat(Databases.number(database, "select amount from balance where id = 'ann'"))
                    .isEqualTo(4);
        }
    }

    private static void consume(Consumer consumer) throws SQLException, InterruptedException {
        consumer.run(
                (connection, stored) -> {
                    long change =
                            switch (Account.EVENTS.read(stored)) {
                                case Event.Deposited(var amount) -> amount;
                                case Event.Withdrawn(var amount) -> -amount;
                                case Event.Opened _, Event.Closed _ -> 0;
                            };
                    try (var update =
                            connection.prepareStatement(
                                    """
                                    insert into balance values (?, ?)
                                    on conflict (id) do update set amount = balance.amount + excluded.amount""")) {
                        update.setString(1, stored.deciderId());
                        update.setLong(2, change);
                        update.executeUpdate();
                    }
                });
    }
}
