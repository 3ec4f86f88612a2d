package dev.highwater.sql;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A row in COPY's text format, in which each type has its own text form.
///
/// @param bytes the line with its end, in UTF-8; not copied
/// @param columns how many columns it has
public record CopyLine(byte[] bytes, int columns) {
    /// One text for each column.
    public @Nullable String[] values() {
        var row = new @Nullable String[columns];
        int start = 0;
        for (int i = 0; i < columns; i++) {
            int end = start;
            boolean escaped = false;
            while (bytes[end] != '\t' && bytes[end] != '\n') {
                escaped |= bytes[end] == '\\';
                end++;
            }
            row[i] =
                    escaped
                            ? unescape(bytes, start, end)
                            : new String(bytes, start, end - start, StandardCharsets.UTF_8);
            start = end + 1;
        }
        return row;
    }

    private static @Nullable String unescape(byte[] line, int start, int end) {
        if (end - start == 2 && line[start] == '\\' && line[start + 1] == 'N') {
            return null;
        }
        var bytes = new byte[end - start];
        int length = 0;
        for (int i = start; i < end; i++) {
            byte b = line[i];
            if (b == '\\') {
                i++;
                b =
                        switch (line[i]) {
                            case 'b' -> '\b';
                            case 'f' -> '\f';
                            case 'n' -> '\n';
                            case 'r' -> '\r';
                            case 't' -> '\t';
                            case 'v' -> 0x0b;
                            default -> line[i];
                        };
            }
            bytes[length++] = b;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
