package dev.highwater.sql;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/// DIR/postgres.log, moved to postgres.log.1 when it has grown to 8 MB, and its last lines in
/// memory. A full disk costs lines of the file, never the server that writes them. Thread-safe.
final class ServerLog {

    private static final long BYTES_MAX = 8 << 20;
    private static final int KEPT = 40;

    /// A session's FATAL, with its user@database before it, ends only that session.
    private static final Pattern FATAL = Pattern.compile("^FATAL: |\\] FATAL: |PANIC: ");

    private static final Pattern PREFIX =
            Pattern.compile("^.*?(FATAL|PANIC|DETAIL|HINT|ERROR|LOG|WARNING):\\s+");

    private final Path file;
    private final Deque<String> last = new ArrayDeque<>();

    ServerLog(Path directory) {
        this.file = directory.resolve("postgres.log");
    }

    synchronized void append(String line) {
        last.addLast(line);
        if (last.size() > KEPT) {
            last.removeFirst();
        }
        try {
            if (Files.exists(file) && Files.size(file) > BYTES_MAX) {
                Files.move(
                        file,
                        file.resolveSibling("postgres.log.1"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            try (OutputStream out =
                    Files.newOutputStream(
                            file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            last.addLast("LOG:  " + file + " could not be written: " + e);
        }
    }

    /// Forgets the last lines, so that [#reason] speaks of what starts now.
    synchronized void forget() {
        last.clear();
    }

    /// Why the server ended, as one line: its last fatal message with detail and hint, or else its
    /// last lines.
    synchronized String reason() {
        List<String> lines = List.copyOf(last);
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (FATAL.matcher(lines.get(i)).find()) {
                StringBuilder reason = new StringBuilder(bare(lines.get(i)));
                for (String more : lines.subList(i + 1, lines.size())) {
                    if (more.contains("DETAIL: ") || more.contains("HINT: ")) {
                        reason.append(" (").append(bare(more)).append(')');
                    } else {
                        break;
                    }
                }
                return reason.toString();
            }
        }
        int from = Math.max(0, lines.size() - 3);
        return lines.isEmpty()
                ? "it said nothing"
                : String.join(" | ", lines.subList(from, lines.size()));
    }

    synchronized boolean said(String words) {
        return last.stream().anyMatch(line -> line.contains(words));
    }

    private static String bare(String line) {
        return PREFIX.matcher(line).replaceFirst("").strip();
    }
}
