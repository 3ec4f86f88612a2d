package dev.highwater.feed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The events of (start, end], of which the oldest are forgotten when they grow too many bytes. Not
/// thread-safe.
final class Window {
    private record Part(long position, FeedEvent event) {}

    private final int bytesMax;
    private final ArrayDeque<Part> parts = new ArrayDeque<>();
    private int bytes;
    private long start;
    private long end;

    Window(int bytesMax, long start) {
        this.bytesMax = bytesMax;
        this.start = start;
        this.end = start;
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    /// Whether everything behind this position is here.
    boolean reaches(long after) {
        return after >= start;
    }

    void add(long position, FeedEvent event) {
        parts.addLast(new Part(position, event));
        bytes += event.json().length;
    }

    /// Everything up to this position has been added. Only now are old events forgotten, so that
    /// one position is either here with all its parts or not at all.
    void endAt(long position) {
        end = position;
        while (bytes > bytesMax) {
            start = parts.getFirst().position();
            while (!parts.isEmpty() && parts.getFirst().position() == start) {
                bytes -= parts.removeFirst().event().json().length;
            }
        }
    }

    /// Forgets everything and begins behind a position.
    void restart(long position) {
        parts.clear();
        bytes = 0;
        start = position;
        end = position;
    }

    /// The events behind a position that it [reaches][#reaches].
    List<FeedEvent> behind(long after) {
        var result = new ArrayList<FeedEvent>();
        for (var i = parts.descendingIterator(); i.hasNext(); ) {
            var part = i.next();
            if (part.position() <= after) {
                break;
            }
            result.add(part.event());
        }
        return result.reversed();
    }
}
