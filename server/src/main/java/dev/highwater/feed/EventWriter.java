package dev.highwater.feed;

import dev.highwater.journal.JsonText;
import dev.highwater.journal.Positions;
import dev.highwater.relation.RowChange;
import dev.highwater.relation.RowFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gathers the changes of each position into one event, in parts when it grows large. Not
/// thread-safe.
final class EventWriter {
    /// Takes finished parts.
    @FunctionalInterface
    interface Output<E extends Exception> {
        void part(long position, FeedEvent event) throws E;
    }

    private final Positions positions;
    private final int partBytes;
    private final List<RowFormat> formats;
    private final @Nullable List<String> names;
    private final StringBuilder out = new StringBuilder(1024);

    private long position = -1;
    private String at = "";

    /// @param names the relations' names where each change says its own, else null
    EventWriter(
            Positions positions,
            int partBytes,
            List<RowFormat> formats,
            @Nullable List<String> names) {
        this.positions = positions;
        this.partBytes = partBytes;
        this.formats = formats;
        this.names = names;
    }

    /// Adds a change; those of one position follow each other.
    <E extends Exception> void add(RowChange change, Output<E> output) throws E {
        var format = formats.get(change.source());
        if (format.isBag()) {
            for (var kind : counted(format, change.kind())) {
                write(new RowChange(change.position(), change.at(), change.source(), kind), output);
            }
        } else {
            write(change, output);
        }
    }

    /// What happened to a bag, in rows that it shows: a stored row of it may have changed in what
    /// it shows, in how often it is there, or in neither.
    private static List<RowChange.Kind> counted(RowFormat format, RowChange.Kind kind) {
        return switch (kind) {
            case RowChange.Kind.Inserted(var row) ->
                    format.count(row) == 0 ? List.of() : List.of(kind);
            case RowChange.Kind.Deleted(var old) ->
                    format.count(old) == 0 ? List.of() : List.of(kind);
            case RowChange.Kind.Updated(var old, var row) -> {
                if (format.showsSame(old, row)) {
                    yield format.count(old) == format.count(row) ? List.of() : List.of(kind);
                }
                var both = new ArrayList<RowChange.Kind>();
                both.addAll(counted(format, new RowChange.Kind.Deleted(old)));
                both.addAll(counted(format, new RowChange.Kind.Inserted(row)));
                yield both;
            }
        };
    }

    private <E extends Exception> void write(RowChange change, Output<E> output) throws E {
        if (change.position() != position) {
            finish(output);
            position = change.position();
            at = change.at();
        } else if (out.length() > partBytes) {
            output.part(
                    position,
                    FeedEvent.of(FeedEvent.Kind.CHANGE, null, out.append("],\"more\":true}")));
            out.setLength(0);
        }
        if (out.isEmpty()) {
            out.append("{\"position\":\"").append(positions.format(position));
            out.append("\",\"at\":\"").append(at).append("\",\"changes\":[");
        } else {
            out.append(',');
        }
        change(change);
    }

    /// Ends the event that is being gathered, if there is one.
    <E extends Exception> void finish(Output<E> output) throws E {
        if (!out.isEmpty()) {
            String id = positions.format(position);
            output.part(position, FeedEvent.of(FeedEvent.Kind.CHANGE, id, out.append("]}")));
            out.setLength(0);
        }
    }

    private void change(RowChange change) {
        var format = formats.get(change.source());
        out.append('{');
        if (names != null) {
            out.append("\"relation\":");
            JsonText.quote(out, names.get(change.source()));
            out.append(',');
        }
        if (format.isBag()) {
            diff(format, change.kind());
            out.append('}');
            return;
        }
        switch (change.kind()) {
            case RowChange.Kind.Inserted(var row) -> {
                out.append("\"op\":\"insert\",\"key\":");
                format.key(out, row);
                out.append(",\"row\":");
                format.row(out, row);
            }
            case RowChange.Kind.Updated(var old, var row) -> {
                out.append("\"op\":\"update\",\"key\":");
                format.key(out, row);
                out.append(",\"row\":");
                format.row(out, row);
                out.append(",\"old\":");
                format.row(out, old);
            }
            case RowChange.Kind.Deleted(var old) -> {
                out.append("\"op\":\"delete\",\"key\":");
                format.key(out, old);
                out.append(",\"old\":");
                format.row(out, old);
            }
        }
        out.append('}');
    }

    /// A row of a bag has no key: its count changes by `diff`.
    private void diff(RowFormat format, RowChange.Kind kind) {
        long diff =
                switch (kind) {
                    case RowChange.Kind.Inserted(var row) -> format.count(row);
                    case RowChange.Kind.Updated(var old, var row) ->
                            format.count(row) - format.count(old);
                    case RowChange.Kind.Deleted(var old) -> -format.count(old);
                };
        var row =
                switch (kind) {
                    case RowChange.Kind.Inserted(var inserted) -> inserted;
                    case RowChange.Kind.Updated(var _, var updated) -> updated;
                    case RowChange.Kind.Deleted(var old) -> old;
                };
        out.append(diff > 0 ? "\"op\":\"insert\",\"row\":" : "\"op\":\"delete\",\"old\":");
        format.row(out, row);
        out.append(",\"diff\":").append(diff);
    }
}
