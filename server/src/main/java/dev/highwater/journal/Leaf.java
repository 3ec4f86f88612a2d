package dev.highwater.journal;

import org.jspecify.annotations.Nullable;

/// A change that is ready for an entry.
///
/// @param body its text in UTF-8; where there are pieces, of that the values alone
/// @param pieces what stands around the values
/// @param salt what is hashed before the text; see [MerkleTree]
/// @param hash of both
public record Leaf(byte[] body, @Nullable Pieces pieces, byte[] salt, byte[] hash) {
    /// The text in UTF-8.
    byte[] text() {
        return pieces == null ? body : pieces.around(body);
    }
}
