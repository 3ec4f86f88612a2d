package dev.highwater.relation;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.sql.QualifiedName;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds the relation that a reader names, or says why it cannot be read.
public final class Lookup {
    private static final int SUGGESTIONS_MAX = 3;

    private Lookup() {}

    /// The newest generation of this name.
    ///
    /// @throws Failure.NotFound `unknown-relation`
    public static Relation named(Catalog catalog, QualifiedName name) {
        return catalog.newest(name.schema(), name.name())
                .orElseThrow(
                        () ->
                                new Failure.NotFound(
                                        "unknown-relation",
                                        "there is no relation "
                                                + Shown.of(name.toString())
                                                + "; "
                                                + suggestions(catalog, name)));
    }

    /// The generation of this name that is exact at a settled position.
    ///
    /// @throws Failure.NotFound `unknown-relation`
    /// @throws Failure.Conflict `filling`, `stopped`
    /// @throws Failure.Gone `not-kept` for a position before the relation's first, or after its end
    public static Relation readable(Catalog catalog, QualifiedName name, long position) {
        return catalog.readableAt(name.schema(), name.name(), position)
                .orElseThrow(
                        () ->
                                unreadable(
                                        catalog.readableFrom(name.schema(), name.name(), position)
                                                .orElseGet(() -> named(catalog, name)),
                                        position));
    }

    private static Failure unreadable(Relation relation, long position) {
        String name = relation.name();
        Long since = relation.since();
        if (since != null && position < since) {
            return new Failure.Gone(
                    "not-kept",
                    name + ": " + relation.known(Long::toString) + ", so not as of " + position);
        }
        return switch (relation.state()) {
            case Relation.State.Filling _ ->
                    new Failure.Conflict(
                            "filling",
                            name + " is still being filled with the rows from before; try again");
            case Relation.State.Live _ ->
                    new Failure.Conflict("filling", name + " cannot be read as of " + position);
            case Relation.State.Stopped(Long _, long until, String reason) ->
                    new Failure.Conflict(
                            "stopped",
                            name
                                    + " stopped at position "
                                    + until
                                    + ": "
                                    + reason
                                    + past(since, until));
            case Relation.State.Ended(Long _, long until, String reason) ->
                    new Failure.Gone(
                            "ended",
                            name
                                    + " ended at position "
                                    + until
                                    + ": "
                                    + reason
                                    + past(since, until));
        };
    }

    private static String past(@Nullable Long since, long until) {
        return since == null
                ? "; it was never filled"
                : "; it can still be read as of a position before " + until;
    }

    private static String suggestions(Catalog catalog, QualifiedName name) {
        List<String> names =
                catalog.all().stream().map(Relation::name).distinct().sorted().toList();
        if (names.isEmpty()) {
            return "no table is published yet";
        }
        String wanted = name.name().toLowerCase(Locale.ROOT);
        var near =
                names.stream()
                        .filter(n -> distance(wanted, lastPart(n)) <= 1 + wanted.length() / 3)
                        .sorted(Comparator.comparingInt(n -> distance(wanted, lastPart(n))))
                        .limit(SUGGESTIONS_MAX)
                        .collect(Collectors.joining(" or "));
        return near.isEmpty()
                ? "there are "
                        + names.stream().limit(10).collect(Collectors.joining(", "))
                        + (names.size() > 10 ? ", …" : "")
                : "did you mean " + near + "?";
    }

    private static String lastPart(String name) {
        return name.substring(name.indexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /// Levenshtein's distance.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
