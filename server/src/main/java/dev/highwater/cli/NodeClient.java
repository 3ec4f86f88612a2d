package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Talks HTTP to one node. Every answer that is not a success becomes the [Failure] that the node
/// described, every broken connection a [Failure.Unavailable]. May be used by several threads.
final class NodeClient {

    /// A successful answer whose body is read as it arrives; closing it ends the request.
    record Answer(HttpHeaders headers, InputStream body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /// The path and query of a request, each part escaped.
    static final class Target {
        private final StringBuilder path = new StringBuilder();
        private final List<String> query = new ArrayList<>();

        Target(String... segments) {
            for (String segment : segments) {
                path.append('/').append(escape(segment));
            }
        }

        Target with(String name, @Nullable Object value) {
            if (value != null) {
                query.add(escape(name) + "=" + escape(value.toString()));
            }
            return this;
        }

        @Override
        public String toString() {
            return query.isEmpty() ? path.toString() : path + "?" + String.join("&", query);
        }

        private static String escape(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }

    /// How a node names what was an option here.
    private static final Pattern PARAMETER = Pattern.compile("^parameter ([a-z_]+): ");

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private final String base;
    private final @Nullable String token;

    NodeClient(URI base, @Nullable String token) {
        this.base = base.toString().replaceAll("/+$", "");
        this.token = token;
    }

    String address() {
        return base;
    }

    JsonNode get(Target target) throws InterruptedException {
        return json("GET", target);
    }

    JsonNode put(Target target) throws InterruptedException {
        return json("PUT", target);
    }

    /// Sends a query.
    JsonNode putSql(Target target, String sql) throws InterruptedException {
        return json(
                request("PUT", target, BodyPublishers.ofString(sql), "application/json")
                        .header("Content-Type", "application/sql"));
    }

    /// Sends a backup.
    JsonNode restore(Target target, Path file, String key) throws InterruptedException {
        try {
            return json(
                    request("POST", target, BodyPublishers.ofFile(file), "application/json")
                            .header("Content-Type", "application/zip")
                            .header("Highwater-Restore-Key", key));
        } catch (FileNotFoundException e) {
            throw new Failure.Refused("no-file", "cannot read " + file, e);
        }
    }

    JsonNode delete(Target target) throws InterruptedException {
        return json("DELETE", target);
    }

    private JsonNode json(String method, Target target) throws InterruptedException {
        return json(request(method, target, BodyPublishers.noBody(), "application/json"));
    }

    private JsonNode json(HttpRequest.Builder request) throws InterruptedException {
        try (Answer answer = open(request)) {
            return Json.parse(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /// Sends the request and returns the answer as soon as its headers are there.
    Answer open(String method, Target target, String accept) throws InterruptedException {
        return open(request(method, target, BodyPublishers.noBody(), accept));
    }

    private HttpRequest.Builder request(
            String method, Target target, BodyPublisher body, String accept) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + target))
                        .method(method, body)
                        .header("Accept", accept);
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private Answer open(HttpRequest.Builder request) throws InterruptedException {
        try {
            HttpResponse<InputStream> response =
                    http.send(request.build(), BodyHandlers.ofInputStream());
            if (response.statusCode() / 100 == 2) {
                return new Answer(response.headers(), response.body());
            }
            try (InputStream body = response.body()) {
                throw failure(
                        response.statusCode(),
                        new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (ConnectException e) {
            throw new Failure.Unavailable(
                    "no-node",
                    "no node answers at "
                            + base
                            + "; start one with `highwater start`, or name another with --node URL",
                    e);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /// The failure for a connection that broke while an answer was read.
    Failure broken(IOException cause) {
        String why = cause.getMessage();
        return new Failure.Unavailable(
                "connection-lost",
                "the connection to "
                        + base
                        + " broke ("
                        + (why == null ? "it was closed" : why)
                        + "); is the node still running?",
                cause);
    }

    private Failure failure(int status, String body) {
        String code = "http-" + status;
        String detail = base + " answered with status " + status;
        if (body.stripLeading().startsWith("{")) {
            JsonNode problem = Json.parse(body);
            code = problem.path("type").asText(code).replaceFirst("^highwater:", "");
            detail =
                    PARAMETER
                            .matcher(
                                    problem.path("detail")
                                            .asText(problem.path("title").asText(detail)))
                            .replaceFirst(m -> "--" + m.group(1).replace('_', '-') + ": ");
        }
        return switch (status) {
            case 401 ->
                    new Failure.Refused(code, detail + "; set HIGHWATER_TOKEN to the node's token");
            case 404 -> new Failure.NotFound(code, detail);
            case 409 -> new Failure.Conflict(code, detail);
            case 410 -> new Failure.Gone(code, detail);
            default ->
                    status < 500
                            ? new Failure.Refused(code, detail)
                            : new Failure.Unavailable(code, detail);
        };
    }
}
