package dev.highwater.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/// Reads the first changes behind a position from a feed and goes away again.
final class Events {
    private Events() {}

    static List<JsonNode> read(RunningNode node, String path, String lastEventId, int count)
            throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(node.address() + path))
                        .header("Accept", "text/event-stream")
                        .header("Last-Event-ID", lastEventId)
                        .build();
        var response = Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElse(""))
                .startsWith("text/event-stream");
        var changes = new ArrayList<JsonNode>();
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
            String event = "";
            while (changes.size() < count) {
                String line = lines.readLine();
                assertThat(line).as("the feed ended after %s", changes).isNotNull();
                if (line.startsWith("event: ")) {
                    event = line.substring(7);
                    assertThat(event).isIn("change", "progress");
                } else if (line.startsWith("data: ") && event.equals("change")) {
                    changes.add(Json.parse(line.substring(6)));
                }
            }
        }
        return changes;
    }
}
