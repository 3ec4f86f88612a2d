package dev.highwater.feed;

import java.time.Duration;

/// How feeds use time and memory.
///
/// @param progressEvery how long a subscriber hears nothing at most
/// @param partBytes an event larger than about this goes out in parts
/// @param windowBytes how much of the recent past a channel keeps for its subscribers
/// @param pageChanges about so many changes are read at a time
/// @param readers how many subscribers read the past at the same time
/// @param holdAtMost how long a slow subscriber keeps a read open before it has to begin another
public record FeedSettings(
        Duration progressEvery,
        int partBytes,
        int windowBytes,
        int pageChanges,
        int readers,
        Duration holdAtMost) {

    /// What fits a node of ordinary size.
    public static FeedSettings standard() {
        return new FeedSettings(
                Duration.ofSeconds(10), 256 << 10, 2 << 20, 2_000, 4, Duration.ofSeconds(20));
    }
}
