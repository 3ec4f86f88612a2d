package dev.highwater.feed;

/// Where a subscriber's events go.
public interface FeedSink {
    /// Sends one event, and waits while the receiver takes nothing.
    ///
    /// @return whether the receiver is still there
    boolean send(FeedEvent event) throws InterruptedException;

    /// Whether the receiver is still there.
    boolean isOpen();
}
