package dev.highwater.client;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One feed that is followed, over any number of connections. Used by one thread.
final class Following<X extends Exception> {
    private static final System.Logger LOG = System.getLogger(Following.class.getName());

    /// A node sends a progress event at least every 10 s.
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private static final int GONE = 410;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private final HttpClient http;
    private final URI node;
    private final @Nullable String token;
    private final Feeds.Subscriber<X> subscriber;
    private final CountDownLatch closing;
    private final Backoff pause = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);

    /// Where the next connection begins.
    private FeedRequest request;

    /// Whether a part of a snapshot was told that has not ended.
    private boolean inSnapshot;

    private boolean wanted = true;
    private boolean subscriberFailed;

    /// The changes of an event whose last part is still to come.
    private final List<FeedEvent.RowChange> parts = new ArrayList<>();

    Following(
            HttpClient http,
            URI node,
            @Nullable String token,
            FeedRequest request,
            Feeds.Subscriber<X> subscriber,
            CountDownLatch closing) {
        this.http = http;
        this.node = node;
        this.token = token;
        this.request = request;
        this.subscriber = subscriber;
        this.closing = closing;
    }

    void run() throws X, IOException, InterruptedException {
        while (isWanted()) {
            try {
                connect();
            } catch (FeedRefusedException e) {
                throw e;
            } catch (IOException e) {
                if (subscriberFailed) {
                    throw e;
                }
                if (isWanted()) {
                    LOG.log(WARNING, "lost the feed of {0}, trying again: {1}", node, e);
                }
            }
            if (isWanted()) {
                var _ = closing.await(pause.next().toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private boolean isWanted() {
        return wanted && closing.getCount() > 0;
    }

    private void connect() throws X, IOException, InterruptedException {
        var answer = send();
        try (var body = answer.body()) {
            if (answer.statusCode() == GONE) {
                restart(problem(body).path("detail").asText("the position is not kept any more"));
            } else if (answer.statusCode() / 100 == 2) {
                if (inSnapshot) {
                    restart("the snapshot was cut off");
                }
                read(body);
            } else {
                refused(answer.statusCode(), problem(body));
            }
        }
    }

    private HttpResponse<InputStream> send() throws IOException, InterruptedException {
        var ask =
                HttpRequest.newBuilder(
                                URI.create(
                                        node.toString().replaceAll("/+$", "") + request.target()))
                        .header("Accept", "application/x-ndjson");
        if (token != null) {
            ask.header("Authorization", "Bearer " + token);
        }
        var coming = http.sendAsync(ask.build(), HttpResponse.BodyHandlers.ofInputStream());
        try {
            return coming.get(LONGEST_SILENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + LONGEST_SILENCE, e);
        } finally {
            coming.cancel(true);
        }
    }

    private static JsonNode problem(InputStream body) throws IOException {
        var text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        return Json.parse(text.startsWith("{") ? text : "{}");
    }

    private static void refused(int status, JsonNode problem) throws IOException {
        String detail = problem.path("detail").asText("the node answered with status " + status);
        if (status >= SERVER_ERROR || status == TOO_MANY_REQUESTS) {
            throw new IOException(detail);
        }
        throw new FeedRefusedException(status, problem.path("type").asText("about:blank"), detail);
    }

    private void read(InputStream body) throws X, IOException {
        parts.clear();
        try (var watch = new SilenceWatch(body, LONGEST_SILENCE);
                var lines =
                        new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null && isWanted(); line = lines.readLine()) {
                watch.heard();
                pause.reset();
                if (!line.isBlank() && !take(line)) {
                    return;
                }
            }
        }
    }

    /// @return false when the next event is another connection's
    private boolean take(String line) throws X, IOException {
        JsonNode json;
        try {
            json = Json.parse(line);
        } catch (IllegalArgumentException e) {
            throw new IOException("the node sent something else than events", e);
        }
        String position = json.path("position").asText();
        switch (json.path("event").asText()) {
            case "snapshot" -> {
                inSnapshot = true;
                tell(
                        new FeedEvent.Snapshot(
                                json.path("relation").textValue(),
                                json.path("rows").valueStream().toList()));
            }
            case "snapshot-end" -> {
                tell(new FeedEvent.SnapshotEnd(position));
                inSnapshot = false;
                request = request.after(position);
            }
            case "change" -> {
                json.path("changes").forEach(each -> parts.add(FeedEvent.RowChange.read(each)));
                if (!json.path("more").asBoolean()) {
                    tell(
                            new FeedEvent.Change(
                                    position,
                                    Instant.parse(json.path("at").asText()),
                                    List.copyOf(parts)));
                    parts.clear();
                    request = request.after(position);
                }
            }
            case "progress" -> {
                if (!inSnapshot) {
                    tell(new FeedEvent.Progress(position));
                    request = request.after(position);
                }
            }
            case "resync" -> {
                restart(json.path("reason").asText());
                return false;
            }
            default -> {
                // An event of a later version.
            }
        }
        return isWanted();
    }

    private void restart(String reason) throws X {
        inSnapshot = false;
        request = request.after(null);
        tell(new FeedEvent.Resync(reason));
    }

    private void tell(FeedEvent event) throws X {
        try {
            wanted = subscriber.accept(event);
        } catch (Exception e) {
            subscriberFailed = true;
            throw e;
        }
    }
}
