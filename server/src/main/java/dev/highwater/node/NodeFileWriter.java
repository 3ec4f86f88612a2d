package dev.highwater.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;

/// DIR/node.json: where a running node is reached, passwords included, for the commands of the same
/// user alone (mode 0600). It is there exactly while the node is ready.
record NodeFileWriter(Path path) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Replaces the file as a whole.
    void write(String http, String source, String store, List<String> tokens, String restoreKey) {
        var content = new LinkedHashMap<String, Object>();
        content.put("pid", ProcessHandle.current().pid());
        content.put("http", http);
        content.put("source", source);
        content.put("store", store);
        if (!tokens.isEmpty()) {
            content.put("token", tokens.getFirst());
        }
        content.put("restore_key", restoreKey);
        try {
            var fresh = path.resolveSibling("node.json.new");
            Files.deleteIfExists(fresh);
            Files.createFile(
                    fresh,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            JSON.writeValue(fresh.toFile(), content);
            Files.move(
                    fresh,
                    path,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new Failure.Unavailable(
                    "data-directory-unusable", "cannot write " + path + ": " + Shown.of(e), e);
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(path);
    }
}
