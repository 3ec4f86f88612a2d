package dev.highwater.node;

import dev.highwater.backup.Restore;
import dev.highwater.failure.Failure;
import dev.highwater.sql.DataDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A backup on its way into the store: DIR/restore.zip. It is there until the store's transaction
/// is committed; a node that was killed before restores it at its next start.
record Upload(Path data) {
    private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /// Takes a backup, which is on the disk and whole when this returns.
    ///
    /// @throws Failure.Refused `bad-backup`
    /// @throws Failure.Unavailable `restore-failed` when it does not arrive, or cannot be kept
    void receive(InputStream backup) {
        Path part = data.resolve("restore.part");
        try {
            Files.deleteIfExists(part);
            try (var file = FileChannel.open(part, NEW, OWNER_ONLY)) {
                backup.transferTo(Channels.newOutputStream(file));
                file.force(true);
            }
            var summary = Restore.check(part);
            LOG.atInfo()
                    .addKeyValue("of", summary.incarnation() + "." + summary.position())
                    .addKeyValue("rows", summary.rows())
                    .log("a backup is to be restored");
            Files.move(part, file(), StandardCopyOption.ATOMIC_MOVE);
            DataDirectory.sync(data);
        } catch (IOException e) {
            throw new Failure.Unavailable(
                    "restore-failed", "the backup could not be taken: " + e.getMessage(), e);
        } finally {
            discard(part);
        }
    }

    /// Restores what was received, if anything was.
    ///
    /// @return why nothing was restored, if something should have been
    Optional<String> restore(Connection store) {
        if (!Files.exists(file())) {
            return Optional.empty();
        }
        try {
            var formerSlot = Restore.into(store, file());
            LOG.atInfo().log("restored");
            formerSlot.ifPresent(new FormerSlot(data)::note);
            return Optional.empty();
        } catch (SQLException | IOException | Failure e) {
            String error = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
            LOG.atError().addKeyValue("error", error).log("nothing was restored");
            return Optional.of(error);
        } finally {
            discard(file());
            sync();
        }
    }

    private Path file() {
        return data.resolve("restore.zip");
    }

    private void sync() {
        try {
            DataDirectory.sync(data);
        } catch (IOException e) {
            throw new Failure.Unavailable(
                    "data-directory-unusable", "cannot write " + data + ": " + e, e);
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new Failure.Unavailable(
                    "data-directory-unusable",
                    "cannot remove " + file + ", which would be restored again: " + e,
                    e);
        }
    }
}
