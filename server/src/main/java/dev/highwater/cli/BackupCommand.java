package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import dev.highwater.sql.DataDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "backup",
        description = {
            "Back up the whole store of a running node into a new directory.",
            "The source is not in it: it has a backup of its own."
        },
        footer = {
            "",
            "Example:",
            "  highwater backup /backups/2026-11-21",
            "",
            "`highwater restore DIR` puts it back."
        })
final class BackupCommand implements Runnable {
    /// The file of a backup, in its directory.
    static final String FILE = "store.zip";

    private static final String PART = FILE + ".part";
    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int TRIES = 3;
    private static final int CHUNK = 64 << 10;
    private static final long MEGABYTE = 1_000_000;

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    @Parameters(paramLabel = "DIR", description = "A directory that is empty or not there yet.")
    Path directory = Path.of("");

    BackupCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        NodeClient client = options.client(console.environment());
        Path part = directory.resolve(PART);
        try {
            create();
            try {
                write(client, part);
                JsonNode contents = contents(part);
                Path file = Files.move(part, directory.resolve(FILE));
                DataDirectory.sync(directory);
                say(file, contents);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw unusable(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unusable("interrupted");
        }
    }

    private void create() throws IOException {
        if (Files.isDirectory(directory)) {
            try (var files = Files.list(directory)) {
                if (files.findAny().isPresent()) {
                    throw new Failure.Refused(
                            "not-empty", directory + " is not empty: name a new directory");
                }
            }
            return;
        }
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// A table that is dropped meanwhile makes it begin again.
    private void write(NodeClient client, Path part) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Files.deleteIfExists(part);
            try (NodeClient.Answer answer =
                            client.open(
                                    "GET",
                                    new NodeClient.Target("api", "backup"),
                                    "application/zip");
                    FileChannel file = FileChannel.open(part, NEW, OWNER_ONLY)) {
                copy(answer.body(), Channels.newOutputStream(file));
                file.force(true);
                return;
            } catch (Failure.Unavailable e) {
                if (attempt == TRIES || !e.code().equals("connection-lost")) {
                    throw e;
                }
            }
        }
    }

    private void copy(InputStream in, OutputStream out) throws IOException {
        ProgressBar bar = new ProgressBar(console, "MB");
        byte[] chunk = new byte[CHUNK];
        long total = 0;
        while (true) {
            int read;
            try {
                read = in.read(chunk);
            } catch (IOException e) {
                bar.clear();
                throw new Failure.Unavailable(
                        "connection-lost",
                        "the backup broke off after %,d MB; the node's log says why"
                                .formatted(total / MEGABYTE),
                        e);
            }
            if (read < 0) {
                bar.clear();
                return;
            }
            out.write(chunk, 0, read);
            total += read;
            bar.show(total / MEGABYTE);
        }
    }

    /// What the file says of itself; one that broke off has no directory of its members.
    private static JsonNode contents(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            var contents = zip.getEntry("contents.json");
            if (contents == null || zip.getEntry("counts.json") == null) {
                throw new IOException("the node ended before the backup was complete");
            }
            try (InputStream in = zip.getInputStream(contents)) {
                return Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    private void say(Path file, JsonNode contents) throws IOException {
        String position =
                contents.path("incarnation").asText() + "." + contents.path("position").asText();
        if (options.json()) {
            Map<String, Object> said = new LinkedHashMap<>();
            said.put("file", file.toString());
            said.put("position", position);
            said.put("bytes", Files.size(file));
            console.line(Json.line(said));
        } else {
            console.line(
                    "%s: everything up to position %s, %,d kB"
                            .formatted(file, position, (Files.size(file) + 999) / 1000));
        }
    }

    private Failure.Unavailable unusable(String reason) {
        return new Failure.Unavailable(
                "backup-failed", "cannot back up into " + directory + ": " + reason);
    }
}
