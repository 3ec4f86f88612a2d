package dev.highwater.capture;

import java.util.List;
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
            implements WalEvent {}

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
