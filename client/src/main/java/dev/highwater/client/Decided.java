package dev.highwater.client;

import java.util.List;

/// What came of a command.
///
/// @param state after the events
/// @param version where the stream is now
/// @param events what was decided
public record Decided<E, S>(S state, long version, List<E> events) {
    public Decided {
        events = List.copyOf(events);
    }
}
