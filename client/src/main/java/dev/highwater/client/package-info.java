/// A client in Java of the event store, on any PostgreSQL that has it, and of a node's feeds.
///
/// Read [EventTypes] first: records as events, and their names. [EventStore] appends, loads and
/// reads them; [Decisions] does the round from a command to events of a [Decider]. [View] leases
/// events and acknowledges them, [Consumer] does so in a loop. [Feeds] follows tables and views of
/// a node over HTTP. What the database refuses is an [EventStoreException].
@NullMarked
package dev.highwater.client;

import org.jspecify.annotations.NullMarked;
