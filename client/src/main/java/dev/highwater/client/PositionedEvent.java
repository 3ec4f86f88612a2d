package dev.highwater.client;

/// An event with its place in the global order: 1, 2, 3 … without a gap, the same for every reader,
/// for good.
public record PositionedEvent(long position, StoredEvent event) {}
