package dev.highwater.capture;

import dev.highwater.journal.ChangeText;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What happened inside a transaction of the source, in its order. Rows hold one text for each
/// column of the table, null for SQL's null and [dev.highwater.journal.ChangeText#UNCHANGED] for a
/// large value that was not touched and not sent.
public sealed interface WalEvent {

    /// The columns that rows of a table have from here on.
    ///
    /// @param keyed whether they say which of them are the key; where the source logs whole rows,
    ///   they do not
    record TableSeen(long oid, boolean keyed, List<SeenColumn> columns) implements WalEvent {
        /// Copies the list.
        public TableSeen {
            columns = List.copyOf(columns);
        }
    }

    /// A column as it comes with rows.
    ///
    /// @param modifier the type's modifier, -1 for none
    record SeenColumn(String name, long typeOid, int modifier, boolean key) {
        @Override
        public String toString() {
            return name
                    + " (type "
                    + typeOid
                    + (modifier == -1 ? "" : ", modifier " + modifier)
                    + (key ? ", key)" : ")");
        }
    }

    /// A row came.
    record Inserted(long oid, @Nullable String[] row) implements WalEvent {}

    /// A row changed.
    ///
    /// @param oldKeyRow holds the former key; null when the key did not change
    record Updated(long oid, @Nullable String @Nullable [] oldKeyRow, @Nullable String[] row)
            implements WalEvent {
        /// The same for a table with this key, given as indexes: the source sends a former key
        /// without need where it logs whole rows, and with need where a large key was not touched
        /// and is not in the row.
        @SuppressWarnings("ReferenceEquality") // UNCHANGED is an identity
        public Updated withKey(List<Integer> key) {
            if (oldKeyRow == null) {
                return this;
            }
            var complete = row.clone();
            boolean moved = false;
            for (int index : key) {
                if (row[index] == ChangeText.UNCHANGED) {
                    complete[index] = oldKeyRow[index];
                } else {
                    moved |= !Objects.equals(row[index], oldKeyRow[index]);
                }
            }
            return new Updated(oid, moved ? oldKeyRow : null, complete);
        }

        /// The same with its rows made into others.
        public Updated map(UnaryOperator<@Nullable String[]> rows) {
            return new Updated(
                    oid, oldKeyRow == null ? null : rows.apply(oldKeyRow), rows.apply(row));
        }

        /// The same with whole rows, where the source logs whole rows.
        @SuppressWarnings("ReferenceEquality") // UNCHANGED is an identity
        public Updated whole() {
            if (oldKeyRow == null) {
                return this;
            }
            var complete = row.clone();
            for (int i = 0; i < complete.length; i++) {
                if (complete[i] == ChangeText.UNCHANGED) {
                    complete[i] = oldKeyRow[i];
                }
            }
            return new Updated(oid, oldKeyRow, complete);
        }
    }

    /// A row went.
    ///
    /// @param keyRow holds at least its key
    record Deleted(long oid, @Nullable String[] keyRow) implements WalEvent {}

    /// All rows of these tables went.
    record Truncated(List<Long> oids) implements WalEvent {
        /// Copies the list.
        public Truncated {
            oids = List.copyOf(oids);
        }
    }

    /// A message that our own functions in the source wrote at this place.
    record Told(String content) implements WalEvent {}
}
