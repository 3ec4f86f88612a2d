package dev.highwater.node;

import dev.highwater.backup.Restore;
import dev.highwater.failure.Failure;
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

/// What became of a backup that was to be restored when the node began.
///
/// @param formerSlot a replication slot that nobody reads now
/// @param error why nothing was restored, if something should have been
record Restored(Optional<String> formerSlot, Optional<String> error) {
    private static final Logger LOG = LoggerFactory.getLogger(Restored.class);

    private static final Restored NOTHING = new Restored(Optional.empty(), Optional.empty());

    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /// A backup on its way into the store: DIR/restore.zip. It is there until the store's
    /// transaction is committed; a node that was killed before restores it at its next start.
    record Upload(Path data) {

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
            } catch (IOException e) {
                throw new Failure.Unavailable(
                        "restore-failed", "the backup could not be taken: " + e.getMessage(), e);
            } finally {
                discard(part);
            }
        }

        /// Restores what was received, if anything was.
        Restored into(Connection store) {
            if (!Files.exists(file())) {
                return NOTHING;
            }
            try {
                var formerSlot = Restore.into(store, file());
                LOG.atInfo().log("restored");
                return new Restored(formerSlot, Optional.empty());
            } catch (SQLException | IOException | Failure e) {
                String error = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
                LOG.atError().addKeyValue("error", error).log("nothing was restored");
                return new Restored(Optional.empty(), Optional.of(error));
            } finally {
                discard(file());
            }
        }

        private Path file() {
            return data.resolve("restore.zip");
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
}
