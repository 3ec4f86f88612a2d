package dev.highwater.client;

/// An event that was given out.
///
/// @param token tells this lease from those before and after it; events of one stream that were
///   given out together have it in common
/// @param attempt 1, 2, 3 …: how often the event was given out
public record LeasedEvent(StoredEvent event, long token, int attempt) {}
