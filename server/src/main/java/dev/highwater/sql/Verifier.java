package dev.highwater.sql;

import java.security.SecureRandom;
import org.postgresql.util.PasswordUtil;

/// What PostgreSQL keeps of a password that this program has drawn, in place of the password: a
/// statement may be logged.
///
/// It is hashed once, and not 4,096 times: that protects passwords that can be guessed, which 192
/// random bits cannot, and every connection pays for it.
public final class Verifier {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT_LENGTH = 16;

    private Verifier() {}

    /// The verifier by SCRAM-SHA-256 (RFC 5802, RFC 7677).
    ///
    /// @param password of random bytes; not for those that people choose
    public static String of(String password) {
        var salt = new byte[SALT_LENGTH];
        RANDOM.nextBytes(salt);
        return PasswordUtil.encodeScramSha256(password.toCharArray(), 1, salt);
    }
}
