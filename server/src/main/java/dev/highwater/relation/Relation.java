package dev.highwater.relation;

import dev.highwater.journal.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One generation of a table, as of some batch. Immutable.
///
/// @param id names its tables in the store, `highwater_data.r<id>` and `highwater_data.r<id>_h`
/// @param definitions what it looked like, oldest first, never empty
/// @param state how far it can be read
public record Relation(int id, List<Dated> definitions, State state) {

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
        return new Relation(id, all, state);
    }

    /// The same in another state.
    public Relation in(State next) {
        return new Relation(id, definitions, next);
    }

    /// The position from which on it is exact, or null when it never was.
    public @Nullable Long since() {
        return switch (state) {
            case State.Filling _ -> null;
            case State.Live(long since) -> since;
            case State.Stopped(Long since, long _, String _) -> since;
            case State.Ended(Long since, long _, String _) -> since;
        };
    }

    /// Whether rows as of this position can be read.
    public boolean isReadableAt(long position) {
        Long since = since();
        return since != null
                && since <= position
                && switch (state) {
                    case State.Filling _, State.Live _ -> true;
                    case State.Stopped(Long _, long until, String _) -> position < until;
                    case State.Ended(Long _, long until, String _) -> position < until;
                };
    }
}
