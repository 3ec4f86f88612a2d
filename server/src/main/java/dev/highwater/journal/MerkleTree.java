package dev.highwater.journal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;

/// The root over an entry's changes, taken leaf by leaf in the memory of its height: the Merkle
/// tree hash of RFC 6962, section 2.1, whose leaf data here is the salt followed by the change's
/// text in UTF-8. The salt keeps a withheld or erased change from being guessed by its hash. Not
/// thread-safe.
public final class MerkleTree {
    /// Length of a leaf's salt in bytes.
    public static final int SALT_LENGTH = 16;

    /// What is hashed of a leaf before its text: a byte that says what it is, and the salt.
    static final int LEAF_HEAD = 1 + SALT_LENGTH;

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private final MessageDigest digest = Hashes.sha256();

    /// What is hashed of a node: at once, because each piece costs.
    private final byte[] pair = new byte[1 + 2 * digest.getDigestLength()];

    /// The roots of the complete subtrees so far, largest first: one for each bit set in `size`.
    private final ArrayList<byte[]> subtrees = new ArrayList<>();

    private long size;

    /// Adds a change.
    public void add(byte[] salt, String text) {
        addLeaf(leaf(digest, salt, text.getBytes(StandardCharsets.UTF_8)));
    }

    /// Adds a change of which only the leaf's hash is known.
    public void addLeaf(byte[] leaf) {
        byte[] node = leaf;
        for (long bits = size; (bits & 1) == 1; bits >>= 1) {
            node = node(subtrees.removeLast(), node);
        }
        subtrees.add(node);
        size++;
    }

    /// The number of changes so far.
    public long size() {
        return size;
    }

    /// The root over what was added; of nothing, the hash of nothing.
    public byte[] root() {
        if (subtrees.isEmpty()) {
            return digest.digest();
        }
        byte[] root = subtrees.getLast();
        for (int i = subtrees.size() - 2; i >= 0; i--) {
            root = node(subtrees.get(i), root);
        }
        return root;
    }

    /// A leaf's hash, made with a digest that nobody else is using.
    static byte[] leaf(MessageDigest digest, byte[] salt, byte[] text) {
        digest.update(LEAF);
        digest.update(salt);
        return digest.digest(text);
    }

    /// The same.
    ///
    /// @param buffer has the text behind [#LEAF_HEAD] bytes, which are overwritten
    /// @param length of both
    static byte[] leaf(MessageDigest digest, byte[] salt, byte[] buffer, int length) {
        buffer[0] = LEAF;
        System.arraycopy(salt, 0, buffer, 1, SALT_LENGTH);
        digest.update(buffer, 0, length);
        return digest.digest();
    }

    private byte[] node(byte[] left, byte[] right) {
        pair[0] = NODE;
        System.arraycopy(left, 0, pair, 1, left.length);
        System.arraycopy(right, 0, pair, 1 + left.length, right.length);
        return digest.digest(pair);
    }
}
