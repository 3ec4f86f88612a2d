package dev.highwater.view;

/// A view that somebody wants.
///
/// @param query as it was written
/// @param analysis what PostgreSQL makes of it
/// @param replace whether a view of the same name gives way
public record ViewRequest(String query, Analysis analysis, boolean replace) {}
