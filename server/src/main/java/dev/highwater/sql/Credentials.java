package dev.highwater.sql;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.highwater.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/// The embedded server's port and passwords, kept in DIR/credentials.json (mode 0600) so that
/// addresses given to clients stay true.
record Credentials(int port, String highwater, String app, String reader) {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final SecureRandom RANDOM = new SecureRandom();

    static Credentials random(int port) {
        return new Credentials(port, password(), password(), password());
    }

    static Optional<Credentials> read(Path directory) throws IOException {
        Path file = directory.resolve("credentials.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), Credentials.class));
        } catch (JacksonException e) {
            throw new Failure.Corrupt(
                    "credentials-unreadable",
                    file + " is not what was written there: put back a copy of it");
        }
    }

    Credentials withPort(int other) {
        return new Credentials(other, highwater, app, reader);
    }

    String password(EmbeddedPostgres.Role role) {
        return switch (role) {
            case HIGHWATER -> highwater;
            case APP -> app;
            case READER -> reader;
        };
    }

    /// Replaces the file as a whole, durably: a crash leaves the old or the new one.
    void write(Path directory) throws IOException {
        Path temporary = directory.resolve("credentials.json.new");
        Files.deleteIfExists(temporary);
        try (FileChannel channel =
                FileChannel.open(
                        temporary,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            channel.write(ByteBuffer.wrap(JSON.writeValueAsBytes(this)));
            channel.force(true);
        }
        Files.move(
                temporary, directory.resolve("credentials.json"), StandardCopyOption.ATOMIC_MOVE);
        DataDirectory.sync(directory);
    }

    @Override
    public String toString() {
        return "Credentials[port=" + port + "]";
    }

    /// 32 characters that need no escaping in URIs, JSON or shells.
    private static String password() {
        byte[] bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
