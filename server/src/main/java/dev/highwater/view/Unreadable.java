package dev.highwater.view;

import dev.highwater.relation.Catalog;

/// Why a view stops without a fault of its own: what it reads cannot be read any more, or not in
/// the way that its text means. Once it can, such a view is made anew; the reason that is kept with
/// it says that it is one.
public final class Unreadable {
    private static final String READ = ", which it reads, ";

    private Unreadable() {}

    /// The reason of a view that reads a relation.
    ///
    /// @param name the relation's
    /// @param what has become of it
    public static String reason(String name, String what) {
        return name + READ + what;
    }

    /// Whether a view stopped for such a reason.
    ///
    /// @param reason why it stopped
    public static boolean is(String reason, Catalog catalog) {
        return reason.contains(READ)
                && catalog.all().stream()
                        .flatMap(r -> r.definitions().stream())
                        .anyMatch(d -> reason.startsWith(d.definition().name() + READ));
    }
}
