package dev.highwater.web;

/// Headers of our own.
final class Names {
    /// The position that an answer shows.
    static final String POSITION = "highwater-position";

    /// `true` where the limit cut the rows.
    static final String TRUNCATED = "highwater-truncated";

    private Names() {}
}
