package dev.highwater.journal;

/// A change that is ready for an entry.
///
/// @param body its text in UTF-8: the same bytes are hashed and stored
/// @param salt what is hashed before it; see [MerkleTree]
/// @param hash of both
public record Leaf(byte[] body, byte[] salt, byte[] hash) {}
