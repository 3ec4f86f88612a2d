package dev.highwater.journal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/// SHA-256 and the random numbers that are made of it, which every JDK has.
final class Hashes {
    static final int LENGTH = 32;

    private Hashes() {}

    /// Random numbers that nobody can guess, of NIST SP 800-90A's Hash_DRBG: for a salt it takes a
    /// quarter of the time that the platform's default takes. Thread-safe.
    static SecureRandom random() {
        try {
            return SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks DRBG", e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the Java platform lacks SHA-256", e);
        }
    }
}
