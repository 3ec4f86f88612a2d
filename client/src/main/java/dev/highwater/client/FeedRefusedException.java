package dev.highwater.client;

import java.io.IOException;

/// The node refused a request for a feed, and would refuse it again.
public final class FeedRefusedException extends IOException {
    private final int status;
    private final String type;

    FeedRefusedException(int status, String type, String detail) {
        super(detail);
        this.status = status;
        this.type = type;
    }

    /// The HTTP status, such as 404.
    public int status() {
        return status;
    }

    /// The stable word for the problem, such as `highwater:unknown-relation`.
    public String type() {
        return type;
    }
}
