package dev.highwater.failure;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Values from outside, as they may stand in a message.
public final class Shown {
    private static final int CHARACTERS_MAX = 100;

    private Shown() {}

    /// Why a file cannot be used.
    public static String of(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "it does not exist";
            case AccessDeniedException _ -> "permission denied";
            case CharacterCodingException _ -> "it is not UTF-8";
            case FileAlreadyExistsException f -> f.getFile() + " is in the way";
            case FileSystemException f when f.getReason() != null -> of(f.getReason());
            default -> e.getMessage() == null ? "reading or writing failed" : of(e.getMessage());
        };
    }

    /// The text on one line, shortened when it is long.
    public static String of(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
        return line.length() > CHARACTERS_MAX ? line.substring(0, CHARACTERS_MAX) + "…" : line;
    }
}
