package dev.highwater.web;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Checks the whole journal against its hashes.
public interface Verifier {
    /// Hears how far it has come; false ends the check.
    @FunctionalInterface
    interface Listener {
        boolean checked(long entries, long of) throws InterruptedException;
    }

    /// What was found.
    sealed interface Verdict {
        /// Everything is as it was hashed.
        ///
        /// @param head the last hash, hexadecimal
        /// @param keptFrom the changes up to this position are not kept any more
        record Whole(long entries, long changes, String head, long keptFrom) implements Verdict {}

        /// An entry is not what was hashed; those before it are.
        record Broken(long entries, long position, int shard, @Nullable Long seq, String reason)
                implements Verdict {}
    }

    Verdict verify(Listener listener) throws SQLException, InterruptedException;
}
