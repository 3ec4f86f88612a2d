package dev.highwater.relation;

import org.jspecify.annotations.Nullable;

/// Where the rows stand that were changed in a table of current rows, by `ctid`: whoever wants to
/// see next what changed need not look for them. A row that changed again has its former address
/// among them, under which nothing is found. Good until the transaction ends. Not thread-safe.
final class RowAddresses {
    /// So many are not worth it any more.
    private static final long MAX = 100_000;

    private final StringBuilder list = new StringBuilder();
    private long count;

    /// Takes further ones.
    ///
    /// @param array an array's text, as PostgreSQL prints it; null for none
    void add(long more, @Nullable String array) {
        count += more;
        if (count > MAX) {
            list.setLength(0);
        } else if (array != null) {
            list.append(list.isEmpty() ? "" : ",").append(array, 1, array.length() - 1);
        }
    }

    /// All since it was last called, as the text of an array of `tid`; null when they were too
    /// many.
    @Nullable String take() {
        String result = count > MAX ? null : "{" + list + "}";
        list.setLength(0);
        count = 0;
        return result;
    }
}
