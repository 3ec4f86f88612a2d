package dev.highwater.feed;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One message of a feed, rendered.
///
/// @param id the position from which a subscriber resumes who has seen this message; null where the
///   event goes on in the next message
/// @param json the event's object in UTF-8, on one line; shared, never to be written to
public record FeedEvent(Kind kind, @Nullable String id, byte[] json) {

    /// What a message tells.
    public enum Kind {
        SNAPSHOT,
        SNAPSHOT_END,
        CHANGE,
        PROGRESS,
        RESYNC;

        /// The word that goes out, such as `snapshot-end`.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static FeedEvent of(Kind kind, @Nullable String id, CharSequence json) {
        return new FeedEvent(kind, id, json.toString().getBytes(StandardCharsets.UTF_8));
    }
}
