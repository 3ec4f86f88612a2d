package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "restore",
        description = {
            "Replace all that a running node's store holds by a backup, and verify it.",
            "The node begins again with it, fills anew what has changed in the source since, and",
            "tells followers that know later positions to start again."
        },
        footer = {"", "Example:", "  highwater restore /backups/2026-11-21"})
final class RestoreCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 200;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    @Parameters(paramLabel = "DIR", description = "What `highwater backup DIR` made.")
    Path directory = Path.of("");

    RestoreCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path file = directory.resolve(BackupCommand.FILE);
        if (!Files.isReadable(file)) {
            throw new Failure.Refused(
                    "no-backup",
                    directory + " holds no backup: there is no " + file + " that can be read");
        }
        NodeClient client = options.client(console.environment());
        JsonNode before = status(client);
        String key = NodeFile.read(options.data).restoreKey();
        client.restore(new NodeClient.Target("api", "restore"), file, key == null ? "" : key);
        JsonNode after = await(client, before);
        if (!options.json()) {
            console.line(
                    "restored: the store is now %s, at position %s"
                            .formatted(
                                    after.path("incarnation").asText(),
                                    after.path("position").asText()));
        }
        return VerifyCommand.check(client, console, options.json());
    }

    /// Waits until the node is there again.
    private JsonNode await(NodeClient client, JsonNode before) throws InterruptedException {
        long patience = System.nanoTime() + PATIENCE_NANOS;
        boolean said = false;
        while (true) {
            try {
                JsonNode status = status(client);
                if (!status.path("incarnation").equals(before.path("incarnation"))) {
                    return status;
                }
                if (!status.path("started").equals(before.path("started"))) {
                    throw new Failure.Conflict(
                            "restore-failed",
                            "nothing was restored, the store is as before: "
                                    + status.path("restore_error")
                                            .asText("the node was started again"));
                }
            } catch (Failure.Unavailable e) {
                // It is on its way.
            }
            if (!said && System.nanoTime() - patience > 0) {
                console.note(
                        "the node answers again when all is restored; its log says how it goes");
                said = true;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private static JsonNode status(NodeClient client) throws InterruptedException {
        return client.get(new NodeClient.Target("api", "status"));
    }
}
