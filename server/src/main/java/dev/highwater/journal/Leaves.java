package dev.highwater.journal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;

/// Makes changes ready for an entry: what of it does not depend on the entry, so that another
/// thread than the applier's can do it. Not thread-safe; every thread has its own.
public final class Leaves {
    private static final int DRAWN = 256;

    private final MessageDigest digest = Hashes.sha256();
    private final SecureRandom random = Hashes.random();

    /// Random bytes, many at a time because each draw costs something by itself.
    private final byte[] pool = new byte[DRAWN * MerkleTree.SALT_LENGTH];

    private int used = pool.length;

    /// A change with a salt of its own.
    ///
    /// @param text as [ChangeText] writes it
    public Leaf of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The same of a text in UTF-8, which is kept.
    private Leaf of(byte[] body) {
        byte[] salt = salt();
        return new Leaf(body, null, salt, MerkleTree.leaf(digest, salt, body));
    }

    /// A change with a salt of its own, whose text stands around values.
    ///
    /// @param buffer has the text in UTF-8 behind [MerkleTree#LEAF_HEAD] bytes, which are
    ///   overwritten; not kept
    /// @param length of both
    Leaf of(byte[] buffer, int length, Pieces pieces, byte[] values) {
        byte[] salt = salt();
        return new Leaf(values, pieces, salt, MerkleTree.leaf(digest, salt, buffer, length));
    }

    private byte[] salt() {
        if (used == pool.length) {
            random.nextBytes(pool);
            used = 0;
        }
        var salt = new byte[MerkleTree.SALT_LENGTH];
        System.arraycopy(pool, used, salt, 0, salt.length);
        used += salt.length;
        return salt;
    }
}
