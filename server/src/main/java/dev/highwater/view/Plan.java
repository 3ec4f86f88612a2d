package dev.highwater.view;

import java.util.List;

/// How a view is filled and kept, as SQL over the stored tables of the relations that it reads.
///
/// @param strategy what it comes to
/// @param query the rows: the view's columns, then one for each of `key`; statement text of JDBC
/// @param key what tells the parts of the view apart that can be computed anew by themselves; empty
///   where it can only be computed as a whole
record Plan(Strategy strategy, String query, List<String> key) {
    Plan {
        key = List.copyOf(key);
    }
}
