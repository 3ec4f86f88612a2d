package dev.highwater.node;

import dev.highwater.capture.SourceSettings;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.journal.Positions;
import dev.highwater.sql.DataDirectory;
import dev.highwater.sql.Database;
import dev.highwater.sql.EmbeddedPostgres;
import dev.highwater.sql.EmbeddedPostgres.Role;
import dev.highwater.sql.EventStore;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import dev.highwater.sql.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Optional;

/// Where a node's two databases are: those that it was told, and for the others an embedded
/// PostgreSQL.
///
/// @param source what to follow, as the node connects to it
/// @param applications the source, as those connect to it that write
/// @param store the store, as the node connects to it
/// @param reader the store, as those connect to it that read
/// @param restoreError why a backup was not restored that should have been
/// @param embedded the server of those that nobody named
record Databases(
        SourceSettings source,
        PgAddress applications,
        PgAddress store,
        PgAddress reader,
        Optional<String> restoreError,
        Optional<EmbeddedPostgres> embedded)
        implements AutoCloseable {

    /// Opens them, and brings the store's schema up to this program.
    ///
    /// @param options for an embedded PostgreSQL, where one is needed
    static Databases open(DataDirectory data, Config config, EmbeddedPostgres.Options options)
            throws SQLException {
        var sourceUrl = config.source().url();
        var storeUrl = config.store().url();
        Optional<EmbeddedPostgres> embedded =
                sourceUrl.isPresent() && storeUrl.isPresent()
                        ? Optional.empty()
                        : Optional.of(EmbeddedPostgres.start(data, options));
        try {
            PgAddress store =
                    storeUrl.orElseGet(
                            () -> embedded.orElseThrow().address(Role.HIGHWATER, "store"));
            try (var connection = Database.single(store, "setup")) {
                Migrations.apply(connection, "store");
                String before = Positions.incarnation(connection);
                var restoreError = new Upload(data.path()).restore(connection);
                if (storeUrl.isPresent() && !Positions.incarnation(connection).equals(before)) {
                    Sql.update(connection, "drop role if exists " + readerOf(before));
                }
                PgAddress reader =
                        storeUrl.isPresent()
                                ? reader(connection, store, data.path())
                                : embedded.orElseThrow().address(Role.READER, "store");
                PgAddress source =
                        sourceUrl.orElseGet(
                                () -> embedded.orElseThrow().address(Role.HIGHWATER, "source"));
                PgAddress applications =
                        sourceUrl.orElseGet(
                                () -> embedded.orElseThrow().address(Role.APP, "source"));
                if (sourceUrl.isEmpty()) {
                    EventStore.install(source);
                }
                return new Databases(
                        new SourceSettings(
                                source,
                                config.source().patterns(),
                                config.source().slot(),
                                config.source().walLimit()),
                        applications,
                        store,
                        reader,
                        restoreError,
                        embedded);
            }
        } catch (SQLException | RuntimeException e) {
            embedded.ifPresent(EmbeddedPostgres::close);
            throw e;
        }
    }

    /// A role of this store alone that reads it, with a password that stays the same.
    private static PgAddress reader(Connection connection, PgAddress store, Path data)
            throws SQLException {
        String role = readerOf(Positions.incarnation(connection));
        String password = password(data.resolve("reader-password"));
        String verifier = Verifier.of(password);
        boolean known =
                Sql.first(connection, "select 1 from pg_roles where rolname = ?", row -> 1, role)
                        .isPresent();
        Sql.update(
                connection,
                (known ? "alter" : "create")
                        + " role "
                        + role
                        + " login password '"
                        + verifier
                        + "'");
        if (!known) {
            Sql.update(connection, "grant reader to " + role);
        }
        return store.withUser(role, password);
    }

    private static String readerOf(String incarnation) {
        return "highwater_reader_" + incarnation;
    }

    private static String password(Path file) {
        try {
            if (Files.exists(file)) {
                return Files.readString(file).strip();
            }
            byte[] bytes = new byte[24];
            new SecureRandom().nextBytes(bytes);
            String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, password);
            return password;
        } catch (IOException e) {
            throw new Failure.Unavailable(
                    "data-directory-unusable", "cannot use " + file + ": " + Shown.of(e), e);
        }
    }

    @Override
    public void close() {
        embedded.ifPresent(EmbeddedPostgres::close);
    }
}
