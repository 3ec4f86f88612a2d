package dev.highwater.client;

/// An event as a record, and how the database has it.
public record Recorded<E>(E event, StoredEvent stored) {}
