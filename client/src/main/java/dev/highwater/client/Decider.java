package dev.highwater.client;

import java.util.List;

/// A decision as pure functions: what a command brings about in a state, and what an event makes of
/// a state.
///
/// @param <C> commands
/// @param <E> events
/// @param <S> states
public interface Decider<C, E, S> {
    /// The state before the first event.
    S initial();

    /// The events that the command brings about; none when there is nothing to do. A command that
    /// cannot be obeyed is refused by an exception, which goes to whoever gave it.
    List<E> decide(C command, S state);

    /// The state after an event.
    S evolve(S state, E event);

    /// Whether nothing may come after this state: the event that leads to it ends its stream.
    default boolean isTerminal(S state) {
        return false;
    }
}
