package dev.highwater.failure;

import org.jspecify.annotations.Nullable;

/// A failure that a person or a program outside will see. Each kind says who can mend it; `code` is
/// the stable word that HTTP problem types and logs carry, and the message is one line: what is
/// wrong, with which value, and what to do.
public abstract sealed class Failure extends RuntimeException {
    private final String code;

    private Failure(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /// The stable, kebab-case word for this failure, such as `unknown-relation`.
    public final String code() {
        return code;
    }

    /// The message; a failure always has one.
    public final String line() {
        return String.valueOf(getMessage());
    }

    /// The request itself is wrong; repeating it unchanged fails again.
    public static final class Refused extends Failure {
        public Refused(String code, String message) {
            super(code, message, null);
        }

        public Refused(String code, String message, Throwable cause) {
            super(code, message, cause);
        }
    }

    /// The request is well-formed, but what is there stands against it.
    public static final class Conflict extends Failure {
        public Conflict(String code, String message) {
            super(code, message, null);
        }
    }

    /// A thing that was named is not there.
    public static final class NotFound extends Failure {
        public NotFound(String code, String message) {
            super(code, message, null);
        }
    }

    /// What was asked for was there once and is not kept any more, or belongs to another store: the
    /// reader has to start again from a snapshot.
    public static final class Gone extends Failure {
        public Gone(String code, String message) {
            super(code, message, null);
        }
    }

    /// It cannot be done now and may be later.
    public static final class Unavailable extends Failure {
        public Unavailable(String code, String message) {
            super(code, message, null);
        }

        public Unavailable(String code, String message, Throwable cause) {
            super(code, message, cause);
        }
    }

    /// Stored data contradicts itself; a person has to look.
    public static final class Corrupt extends Failure {
        public Corrupt(String code, String message) {
            super(code, message, null);
        }
    }

    /// A promise of this program to itself was broken.
    public static final class Bug extends Failure {
        public Bug(String message) {
            super("bug", message, null);
        }

        public Bug(String message, Throwable cause) {
            super("bug", message, cause);
        }
    }
}
