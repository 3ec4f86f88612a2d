/// Feeds: the changes of one or several relations, from any position on, to any number of
/// subscribers.
///
/// Read in this order: [Feeds] (where a subscription begins), [Subscription] (the loop of one
/// subscriber: snapshot, what it has missed, then what comes), [Channel] (the one read at the head
/// that serves all who want the same), [Window] (the recent events they share), [EventWriter]
/// (changes to JSON), [Stride] (how much to read at a time).
@NullMarked
package dev.highwater.feed;

import org.jspecify.annotations.NullMarked;
