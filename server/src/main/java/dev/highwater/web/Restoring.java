package dev.highwater.web;

import java.io.InputStream;

/// Takes a backup that takes the place of all that the store holds.
@FunctionalInterface
public interface Restoring {
    /// Reads and checks a whole backup.
    ///
    /// @return makes the node end what it is doing, restore the backup, and begin again
    /// @throws dev.highwater.failure.Failure.Refused `bad-backup`
    /// @throws dev.highwater.failure.Failure.Unavailable `restore-failed` when it did not arrive
    ///   whole
    Runnable accept(InputStream backup);
}
