package dev.highwater.web;

import java.io.InputStream;

/// Takes a backup that takes the place of all that the store holds.
@FunctionalInterface
public interface Restoring {
    /// Reads and checks a whole backup.
    ///
    /// @param key what the node wrote for its owner alone: a backup holds statements, which run as
    ///   the owner of the store
    /// @return makes the node end what it is doing, restore the backup, and begin again
    /// @throws dev.highwater.failure.Failure.Refused `bad-backup`, or `forbidden` with another key
    /// @throws dev.highwater.failure.Failure.Unavailable `restore-failed` when it did not arrive
    ///   whole
    Runnable accept(String key, InputStream backup);
}
