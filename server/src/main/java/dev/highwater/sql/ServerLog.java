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
import java.util.stream.Collectors;

/// DIR/postgres.log, moved to postgres.log.1 when it has grown to 8 MB, and its last lines in
/// memory. A full disk costs lines of the file, never the server that writes them. Thread-safe.
final class ServerLog {

    private static final long BYTES_MAX = 8 << 20;
    private static final int KEPT = 40;

    /// A session's FATAL, with its user@database before it, ends only that session.
    private static final Pattern FATAL = Pattern.compile("^FATAL: |\\[\\d+\\] FATAL: |PANIC: ");

    private static final Pattern MORE = Pattern.compile("DETAIL: |HINT: ");
    private static final Pattern PREFIX =
            Pattern.compile("^.*?(FATAL|PANIC|DETAIL|HINT|ERROR|LOG|WARNING):\\s+");

    private final Path file;
    private final Deque<String> last = new ArrayDeque<>();
    private int unwritten;

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
            String text = unwritten == 0 ? line : "(" + unwritten + " lines lost here)\n" + line;
            try (OutputStream out =
                    Files.newOutputStream(
                            file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
            }
            unwritten = 0;
        } catch (IOException e) {
            // A full disk, most likely, of which PostgreSQL itself is about to speak. What it says
            // reaches people through the lines in memory.
            unwritten++;
        }
    }

    /// Forgets the last lines, so that [#reason] speaks of what starts now.
    synchronized void forget() {
        last.clear();
    }

    /// Why the server ended, as one line: its last fatal message between what it said just before
    /// and its detail and hint, or else its last words.
    synchronized String reason() {
        List<String> lines = List.copyOf(last);
        int from = Math.max(0, lines.size() - 3);
        int to = lines.size();
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (FATAL.matcher(lines.get(i)).find()) {
                from = Math.max(0, i - 1);
                to = i + 1;
                while (to < lines.size() && MORE.matcher(lines.get(to)).find()) {
                    to++;
                }
                break;
            }
        }
        return lines.isEmpty()
                ? "it said nothing"
                : lines.subList(from, to).stream()
                        .map(line -> PREFIX.matcher(line).replaceFirst("").strip())
                        .collect(Collectors.joining("; "));
    }

    synchronized boolean said(String words) {
        return last.stream().anyMatch(line -> line.contains(words));
    }
}
