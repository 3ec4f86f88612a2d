package dev.highwater.relation;

import dev.highwater.journal.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// One generation of a table, as of some batch. Immutable.
///
/// @param id names its tables in the store, `highwater_data.r<id>` and `highwater_data.r<id>_h`
/// @param definitions what it looked like, oldest first, never empty
/// @param state how far it can be read
/// @param keptFrom history before this position is not kept any more; 0 while retention took none
public record Relation(int id, List<Dated> definitions, State state, long keptFrom) {

    /// A definition and the position from which on it holds.
    public record Dated(long position, TableDefinition definition) {}

    /// What can be read of a relation.
    public sealed interface State {
        /// The rows from before it was published are still coming; nothing can be read.
        record Filling() implements State {}

        /// Exact at every position from `since` on.
        record Live(long since) implements State {}

        /// It could not be followed beyond `until`, exclusive; `since` is null when it never was
        /// live.
        record Stopped(@Nullable Long since, long until, String reason) implements State {}

        /// The table is gone or not published any more, from `until` on.
        record Ended(@Nullable Long since, long until, String reason) implements State {}
    }

    public Relation {
        definitions = List.copyOf(definitions);
    }

    /// One whose history is all kept.
    public Relation(int id, List<Dated> definitions, State state) {
        this(id, definitions, state, 0);
    }

    /// The newest definition.
    public TableDefinition definition() {
        return definitions.getLast().definition();
    }

    /// The definition that held at a position.
    public TableDefinition definitionAt(long position) {
        for (int i = definitions.size() - 1; i > 0; i--) {
            if (definitions.get(i).position() <= position) {
                return definitions.get(i).definition();
            }
        }
        return definitions.getFirst().definition();
    }

    public String name() {
        return definition().name();
    }

    /// The position from which on it has the name that it has now.
    long namedFrom() {
        long from = definitions.getLast().position();
        for (var dated : definitions.reversed()) {
            if (!dated.definition().name().equals(name())) {
                break;
            }
            from = dated.position();
        }
        return from;
    }

    /// Whether it is a view and not a table of the source.
    public boolean isView() {
        return definition().isView();
    }

    /// Whether its stored rows have a hash, `_row`, to tell them apart.
    public boolean hasRowHash() {
        return isView() || definition().isBag();
    }

    /// Whether changes still arrive for it.
    public boolean isFollowed() {
        return switch (state) {
            case State.Filling _, State.Live _ -> true;
            case State.Stopped _, State.Ended _ -> false;
        };
    }

    /// The same with a further definition.
    public Relation defined(long position, TableDefinition definition) {
        var all = new ArrayList<>(definitions);
        all.add(new Dated(position, definition));
        return new Relation(id, all, state, keptFrom);
    }

    /// The same in another state.
    public Relation in(State next) {
        return new Relation(id, definitions, next, keptFrom);
    }

    /// The same with history from this position on, or from where it was kept already.
    public Relation keptFrom(long position) {
        return position <= keptFrom ? this : new Relation(id, definitions, state, position);
    }

    /// The position from which on it is exact, or null when it never was.
    public @Nullable Long since() {
        Long since =
                switch (state) {
                    case State.Filling _ -> null;
                    case State.Live(long from) -> from;
                    case State.Stopped(Long from, long _, String _) -> from;
                    case State.Ended(Long from, long _, String _) -> from;
                };
        return since == null ? null : Long.valueOf(Math.max(since, keptFrom));
    }

    /// The first position that it lacks at its end, if it has one.
    public OptionalLong until() {
        return switch (state) {
            case State.Filling _, State.Live _ -> OptionalLong.empty();
            case State.Stopped(Long _, long until, String _) -> OptionalLong.of(until);
            case State.Ended(Long _, long until, String _) -> OptionalLong.of(until);
        };
    }

    /// From where on it can be read, in words.
    ///
    /// @param positions how a position is written
    public String known(LongFunction<String> positions) {
        Long since = since();
        if (since == null) {
            return "it was never filled";
        }
        String position = positions.apply(since);
        return keptFrom == since
                ? "history before position " + position + " is not kept any more (retention)"
                : "it is known from position " + position + " on";
    }

    /// Whether rows as of this position can be read.
    public boolean isReadableAt(long position) {
        Long since = since();
        return since != null && since <= position && position < until().orElse(Long.MAX_VALUE);
    }
}
