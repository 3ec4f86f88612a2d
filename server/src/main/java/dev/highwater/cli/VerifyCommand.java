package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "verify",
        description = {
            "Check the whole journal: every hash, every chain, no gap.",
            "Exits with 1 and names the first broken entry when one is broken."
        },
        footer = {"", "Example:", "  highwater verify"})
final class VerifyCommand implements Callable<Integer> {

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        return check(options.client(console.environment()), console, options.json());
    }

    /// Has a node check its journal, and says what it found.
    ///
    /// @return the exit code
    static int check(NodeClient client, Console console, boolean json) throws InterruptedException {
        ProgressBar bar = new ProgressBar(console, "entries");
        try (NodeClient.Answer answer =
                        client.open(
                                "POST",
                                new NodeClient.Target("api", "verify"),
                                "application/x-ndjson");
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode said = Json.parse(line);
                if (json) {
                    console.line(line);
                    console.flush();
                }
                if (said.has("ok")) {
                    bar.clear();
                    return verdict(said, console, json);
                }
                if (!json) {
                    bar.show(said.path("checked").asLong(), said.path("of").asLong());
                }
            }
        } catch (IOException e) {
            bar.clear();
            throw client.broken(e);
        }
        bar.clear();
        throw new Failure.Unavailable(
                "connection-lost", "the node stopped answering before the journal was checked");
    }

    private static int verdict(JsonNode result, Console console, boolean json) {
        if (!result.path("ok").asBoolean()) {
            JsonNode broken = result.path("broken");
            console.error(
                    "entry %s (shard %s, seq %s) is broken: %s"
                            .formatted(
                                    Json.text(broken.path("position")),
                                    Json.text(broken.path("shard")),
                                    Json.text(broken.path("seq")),
                                    Json.text(broken.path("reason"))));
            return 1;
        }
        if (!json) {
            console.line(
                    console.paint(Colour.GREEN, "whole")
                            + ": %,d entries, %,d changes, head %s"
                                    .formatted(
                                            result.path("entries").asLong(),
                                            result.path("changes").asLong(),
                                            Json.text(result.path("head")))
                            + beginning(result.path("kept_from").asText("")));
        }
        return 0;
    }

    /// Where the journal begins, if retention has taken some of it.
    private static String beginning(String keptFrom) {
        return keptFrom.isEmpty() || keptFrom.endsWith(".0")
                ? ""
                : ", kept from position " + keptFrom + " on";
    }
}
