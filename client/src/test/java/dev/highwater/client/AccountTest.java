package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.client.Account.Command;
import dev.highwater.client.Account.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountTest {
    private final Account account = new Account();

    private List<Event> decide(Command command, Event... before) {
        var state = account.initial();
        for (var event : before) {
            state = account.evolve(state, event);
        }
        return account.decide(command, state);
    }

    @Test
    void what_is_left_is_paid_out_when_it_closes() {
        assertThat(decide(new Command.Close(), new Event.Opened("ann"), new Event.Deposited(7)))
                .containsExactly(new Event.Withdrawn(7), new Event.Closed());
    }

    @Test
    void nobody_withdraws_more_than_there_is() {
        assertThatThrownBy(
                        () ->
                                decide(
                                        new Command.Withdraw(8),
                                        new Event.Opened("ann"),
                                        new Event.Deposited(7)))
                .hasMessage("there is only 7");
    }
}
