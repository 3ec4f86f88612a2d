package dev.highwater.node;

import dev.highwater.capture.Source;
import dev.highwater.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The slot of a store that was backed up, where the restored one reads another: nobody reads it
/// any more, and it would keep the source's WAL for ever. Its name is in DIR/former-slot until it
/// is dropped.
record FormerSlot(Path data) {
    private static final Logger LOG = LoggerFactory.getLogger(FormerSlot.class);

    /// Remembers it; where that is not possible, a person has to drop it.
    void note(String slot) {
        try {
            Files.writeString(file(), slot);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("slot", slot)
                    .addKeyValue("error", e.getMessage())
                    .log(
                            "the slot of the store that was backed up keeps WAL in its source: drop it there");
        }
    }

    /// Drops it if nobody reads it; what fails is tried again at the next start.
    void release(Source source) {
        String slot = "";
        try {
            if (!Files.exists(file())) {
                return;
            }
            slot = Files.readString(file()).strip();
            source.dropIdleSlot(slot);
            Files.delete(file());
        } catch (SQLException | IOException | Failure e) {
            LOG.atWarn()
                    .addKeyValue("slot", slot)
                    .addKeyValue("error", e.getMessage())
                    .log("the slot of the store that was backed up stays until the next start");
        }
    }

    private Path file() {
        return data.resolve("former-slot");
    }
}
