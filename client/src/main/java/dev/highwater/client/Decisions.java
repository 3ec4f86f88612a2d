package dev.highwater.client;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/// Has a decider decide: loads a stream, folds its events to a state, decides, and appends if the
/// stream is still where it was. Otherwise it goes on from what has come meanwhile and decides
/// again, so that no decision rests on a state that is over. In a transaction of the caller there
/// is one attempt, since a refused append ends it.
///
/// Thread-safe if store and decider are.
public final class Decisions<C, E, S> {
    private static final int ATTEMPTS = 20;

    private final EventStore store;
    private final EventTypes<E> types;
    private final Decider<C, E, S> decider;

    public Decisions(EventStore store, EventTypes<E> types, Decider<C, E, S> decider) {
        this.store = store;
        this.types = types;
        this.decider = decider;
    }

    /// Decides on a command that is given once.
    public Decided<E, S> decide(String deciderId, C command) throws SQLException {
        return decide(deciderId, command, UUID.randomUUID(), Metadata.NONE);
    }

    /// Decides on a command. When it is repeated with its id, after a failure that left its outcome
    /// open, the events that it brought about are returned and not decided again.
    ///
    /// @throws EventStoreException `OTHER_VERSION` when others were faster twenty times, or `ENDED`
    public Decided<E, S> decide(String deciderId, C command, UUID commandId, Metadata metadata)
            throws SQLException {
        var stream = new Stream(commandId);
        for (int attempt = 1; ; attempt++) {
            store.load(types, deciderId, stream.version, stream);
            if (!stream.decidedBefore.isEmpty()) {
                return new Decided<>(stream.state, stream.version, stream.decidedBefore);
            }
            var events = decider.decide(command, stream.state);
            var state = stream.state;
            var append = new ArrayList<NewEvent>();
            for (var event : events) {
                state = decider.evolve(state, event);
                var one =
                        types.event(deciderId, event)
                                .expecting(stream.version + append.size())
                                .withCommand(commandId)
                                .with(metadata);
                append.add(decider.isTerminal(state) ? one.asFinal() : one);
            }
            try {
                if (!append.isEmpty()) {
                    store.append(append);
                }
                return new Decided<>(state, stream.version + append.size(), events);
            } catch (EventStoreException e) {
                if (attempt == ATTEMPTS || !stream.mayHaveMoved(e) || !store.outlivesErrors()) {
                    throw e;
                }
            }
        }
    }

    /// A stream as far as it was loaded.
    private final class Stream implements Consumer<Recorded<E>> {
        final UUID commandId;
        final List<E> decidedBefore = new ArrayList<>();
        S state = decider.initial();
        long version;
        boolean ended;

        Stream(UUID commandId) {
            this.commandId = commandId;
        }

        @Override
        public void accept(Recorded<E> next) {
            state = decider.evolve(state, next.event());
            version = next.stored().version();
            ended = next.stored().isFinal();
            if (commandId.equals(next.stored().commandId())) {
                decidedBefore.add(next.event());
            }
        }

        boolean mayHaveMoved(EventStoreException e) {
            return switch (e.reason()) {
                case OTHER_VERSION -> true;
                case ENDED -> !ended;
                default -> false;
            };
        }
    }
}
