package dev.highwater.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.sql.PgAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The addresses of a node, as it writes them to node.json in its data directory.
///
/// @param http where its HTTP answers
/// @param source the source database
/// @param store the store database, likewise
/// @param token what HTTP asks for, null when it asks for nothing
/// @param restoreKey what it asks for before it restores
public record NodeFile(
        URI http,
        PgAddress source,
        PgAddress store,
        @Nullable String token,
        @Nullable String restoreKey) {

    /// Reads `directory`/node.json.
    public static NodeFile read(Path directory) {
        Path file = directory.resolve("node.json");
        try {
            JsonNode json = Json.MAPPER.readTree(Files.readString(file));
            return new NodeFile(
                    URI.create(member(json, "http", file)),
                    PgAddress.parse(member(json, "source", file)),
                    PgAddress.parse(member(json, "store", file)),
                    json.path("token").textValue(),
                    json.path("restore_key").textValue());
        } catch (NoSuchFileException e) {
            throw new Failure.NotFound(
                    "no-node",
                    "there is no node.json in "
                            + directory
                            + "; start a node with `highwater start`, or name one with --node URL"
                            + " or --data DIR");
        } catch (JsonProcessingException | IllegalArgumentException | Failure.Refused e) {
            throw new Failure.Unavailable(
                    "bad-node-file", file + " is not what a node writes; restart the node", e);
        } catch (IOException e) {
            throw new Failure.Unavailable(
                    "bad-node-file", file + " cannot be read: " + Shown.of(e), e);
        }
    }

    private static String member(JsonNode json, String name, Path file) {
        String value = json.path(name).textValue();
        if (value == null) {
            throw new Failure.Unavailable(
                    "bad-node-file", file + " has no \"" + name + "\"; restart the node");
        }
        return value;
    }
}
