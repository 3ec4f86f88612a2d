package dev.highwater.view.corpus;

import java.util.List;

/// A schema, the views over it, and rows and changes for its tables.
public interface Corpus {

    /// The name that failures are reported under.
    String name();

    /// The statements that make the tables in the source.
    List<String> schema();

    /// The statements that make what view texts call, in the source and in the store.
    default List<String> functions() {
        return List.of();
    }

    /// In an order in which they can be created.
    List<CorpusView> views();

    /// The rows to begin with and then changes without end, all decided by the seed.
    ///
    /// @param scale about how many rows the largest tables begin with
    Changes changes(long seed, int scale);
}
