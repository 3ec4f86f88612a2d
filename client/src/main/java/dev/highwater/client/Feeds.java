package dev.highwater.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Follows feeds of a node over HTTP. Thread-safe.
public final class Feeds implements AutoCloseable {
    private static final Duration CONNECT_AT_MOST = Duration.ofSeconds(5);

    /// Takes what a feed tells.
    @FunctionalInterface
    public interface Subscriber<X extends Exception> {
        /// Takes one event.
        ///
        /// @return whether to go on
        boolean accept(FeedEvent event) throws X;
    }

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_AT_MOST)
                    .build();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final URI node;
    private final @Nullable String token;

    /// @param node such as `http://127.0.0.1:4747`
    /// @param token where the node wants one
    public Feeds(URI node, @Nullable String token) {
        this.node = node;
        this.token = token;
    }

    /// Hands every event of a feed to the subscriber, once and in order, until it answers false or
    /// [#close]. When the connection breaks or stays silent, or the node is not there, it tries
    /// again with pauses of up to five seconds, and goes on after the last event; where it cannot,
    /// since the position is not kept any more, it says [FeedEvent.Resync] and begins with a
    /// snapshot.
    ///
    /// @throws FeedRefusedException for a request that the node refuses, such as for an unknown
    ///   relation or without a valid token
    public <X extends Exception> void follow(FeedRequest request, Subscriber<X> subscriber)
            throws X, IOException, InterruptedException {
        new Following<>(http, node, token, request, subscriber, closing).run();
    }

    /// A row as a record: the column `customer_id` is its component `customerId`. Further columns
    /// are left out.
    ///
    /// @throws IllegalArgumentException when the record does not take the row's values
    public static <T> T row(JsonNode row, Class<T> type) {
        try {
            return Objects.requireNonNull(Json.ROWS.treeToValue(row, type));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "a row cannot be read as a %s: %s"
                            .formatted(type.getName(), e.getOriginalMessage()),
                    e);
        }
    }

    /// Ends every [#follow].
    @Override
    public void close() {
        closing.countDown();
        http.shutdownNow();
    }
}
