package dev.highwater.sql;

import java.security.SecureRandom;
import org.postgresql.util.PasswordUtil;

/// What PostgreSQL keeps of a password, in place of the password: a statement may be logged.
public final class Verifier {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT_LENGTH = 16;

    private Verifier() {}

    /// The verifier by SCRAM-SHA-256 (RFC 5802, RFC 7677), hashed as often as every client accepts.
    public static String of(String password) {
        return PasswordUtil.encodeScramSha256(password.toCharArray());
    }

    /// The same, hashed once and not 4,096 times, for a password that this program has drawn and
    /// that nobody else uses, since other clients may refuse that. Hashing often protects passwords
    /// that can be guessed, which 192 random bits cannot, and every connection pays for it.
    static String ofOurOwn(String password) {
        var salt = new byte[SALT_LENGTH];
        RANDOM.nextBytes(salt);
        return PasswordUtil.encodeScramSha256(password.toCharArray(), 1, salt);
    }
}
