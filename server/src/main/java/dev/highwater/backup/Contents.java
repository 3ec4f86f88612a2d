package dev.highwater.backup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.failure.Failure;
import java.io.IOException;
import java.util.List;

/// What a backup says of itself, its first member: which store it is of, and how the types and
/// tables are made whose rows follow.
///
/// @param format of the file; this program writes and reads [#FORMAT]
/// @param incarnation of the store that was backed up
/// @param position up to which everything is in it
/// @param step the newest step of the store's schema
/// @param types that columns have and PostgreSQL does not bring, each before those that need it
/// @param tables in the order in which their rows follow; the node's own first
record Contents(
        int format,
        String incarnation,
        long position,
        int step,
        List<Type> types,
        List<Table> tables) {
    static final int FORMAT = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    Contents {
        types = List.copyOf(types);
        tables = List.copyOf(tables);
    }

    /// A type, its schema quoted, and the statement that makes it.
    record Type(String schema, String name, String definition) {}

    /// A table.
    ///
    /// @param name in full, quoted
    /// @param own whether the schema's steps make it; else the statements here do
    /// @param columns those whose values are copied, quoted, comma-separated
    /// @param before statements to make it without rows
    /// @param after statements that complete it once its rows are there
    record Table(
            String name, boolean own, String columns, List<String> before, List<String> after) {
        Table {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }

    /// The last member: how many rows each table has, in the order of the tables.
    record Counts(List<Long> rows) {
        @JsonCreator
        Counts {
            rows = List.copyOf(rows);
        }

        long sum() {
            return rows.stream().mapToLong(Long::longValue).sum();
        }
    }

    static byte[] json(Record member) throws IOException {
        return JSON.writeValueAsBytes(member);
    }

    static <T> T parse(byte[] json, Class<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JacksonException e) {
            throw unreadable(e.getOriginalMessage());
        } catch (IOException e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
    }

    static Failure.Refused unreadable(String reason) {
        return new Failure.Refused(
                "bad-backup", "this is no backup that can be restored: " + reason);
    }
}
