package dev.highwater.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Supplier;

/// Requests to a node over HTTP.
final class Http {
    static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private static final Duration AT_MOST = Duration.ofMinutes(1);

    private final Supplier<URI> node;

    /// @param node where the node answers now
    Http(Supplier<URI> node) {
        this.node = node;
    }

    /// What came back.
    record Answer(String request, int status, HttpHeaders headers, String body) {
        JsonNode json() {
            return Json.parse(body);
        }

        Answer expect(int expected) {
            assertThat(status)
                    .as("status of %s, which answered %s", request, body)
                    .isEqualTo(expected);
            return this;
        }

        /// Fails unless this is a problem of that kind, said in one line.
        ///
        /// @return the line
        String problem(int expected, String type) {
            expect(expected);
            assertThat(headers.firstValue("content-type").orElse(""))
                    .startsWith("application/problem+json");
            JsonNode problem = json();
            assertThat(problem.path("type").asText()).isEqualTo("highwater:" + type);
            assertThat(problem.path("status").asInt()).isEqualTo(expected);
            String detail = problem.path("detail").asText();
            assertThat(detail).isNotBlank().doesNotContain("\n", "Exception");
            return detail;
        }

        /// The position that stands in it, as a number.
        long settled() {
            String text = json().path("position").asText();
            return Long.parseLong(text.substring(text.indexOf('.') + 1));
        }

        /// The position that the answer shows.
        String position() {
            return headers.firstValue("highwater-position").orElseThrow();
        }
    }

    Answer get(String path) {
        return send("GET", path, "", "");
    }

    Answer put(String path) {
        return send("PUT", path, "", "");
    }

    Answer delete(String path) {
        return send("DELETE", path, "", "");
    }

    Answer post(String path, String json) {
        return send("POST", path, "application/json", json);
    }

    Answer send(String method, String path, String contentType, String body) {
        var request =
                HttpRequest.newBuilder(URI.create(node.get() + path))
                        .timeout(AT_MOST)
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        try {
            var response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
            return new Answer(
                    method + " " + path,
                    response.statusCode(),
                    response.headers(),
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String escape(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
