package dev.highwater.failure;

/// Values from outside, as they may stand in a message.
public final class Shown {
    private static final int CHARACTERS_MAX = 100;

    private Shown() {}

    /// The text on one line, shortened when it is long.
    public static String of(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
        return line.length() > CHARACTERS_MAX ? line.substring(0, CHARACTERS_MAX) + "…" : line;
    }
}
