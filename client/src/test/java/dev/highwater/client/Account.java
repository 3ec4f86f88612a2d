package dev.highwater.client;

import java.util.List;

/// An account that cannot be overdrawn: the example of docs/client.md.
final class Account implements Decider<Account.Command, Account.Event, Account.State> {
    sealed interface Command {
        record Open(String owner) implements Command {}

        record Deposit(long amount) implements Command {}

        record Withdraw(long amount) implements Command {}

        record Close() implements Command {}
    }

    sealed interface Event {
        record Opened(String owner) implements Event {}

        record Deposited(long amount) implements Event {}

        record Withdrawn(long amount) implements Event {}

        record Closed() implements Event {}
    }

    enum Phase {
        NEW,
        OPEN,
        CLOSED
    }

    record State(Phase phase, long balance) {}

    static final EventTypes<Event> EVENTS = new EventTypes<>("account", Event.class);

    @Override
    public State initial() {
        return new State(Phase.NEW, 0);
    }

    @Override
    public List<Event> decide(Command command, State state) {
        if (command instanceof Command.Open == (state.phase() != Phase.NEW)) {
            throw new IllegalStateException("the account is " + state.phase());
        }
        return switch (command) {
            case Command.Open(var owner) -> List.of(new Event.Opened(owner));
            case Command.Deposit(var amount) -> List.of(new Event.Deposited(amount));
            case Command.Withdraw(var amount) when amount > state.balance() ->
                    throw new IllegalStateException("there is only " + state.balance());
            case Command.Withdraw(var amount) -> List.of(new Event.Withdrawn(amount));
            case Command.Close() when state.balance() > 0 ->
                    List.of(new Event.Withdrawn(state.balance()), new Event.Closed());
            case Command.Close() -> List.of(new Event.Closed());
        };
    }

    @Override
    public State evolve(State state, Event event) {
        return switch (event) {
            case Event.Opened _ -> new State(Phase.OPEN, 0);
            case Event.Deposited(var amount) -> new State(Phase.OPEN, state.balance() + amount);
            case Event.Withdrawn(var amount) -> new State(Phase.OPEN, state.balance() - amount);
            case Event.Closed() -> new State(Phase.CLOSED, 0);
        };
    }

    @Override
    public boolean isTerminal(State state) {
        return state.phase() == Phase.CLOSED;
    }
}
