package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a database's schema up to this program, step by step.
///
/// A step is a resource `dev/highwater/sql/<folder>/NNN-name.sql`, numbered from 001 without a gap.
/// Each runs once, in a transaction that also records it in `highwater.migration` with its SHA-256;
/// a step that was ever released must not be edited.
public final class Migrations {

    private static final String LEDGER =
            """
            create schema if not exists highwater;
            create table if not exists highwater.migration (
                folder text not null,
                version int not null,
                name text not null,
                sha256 text not null,
                applied timestamptz not null default now(),
                primary key (folder, version))
            """;
    private static final String APPLIED =
            "select version, sha256 from highwater.migration where folder = ?";
    private static final String RECORD =
            "insert into highwater.migration (folder, version, name, sha256) values (?, ?, ?, ?)";

    /// Where everything of ours is, in a source and in a store.
    public static final String SCHEMA = "highwater";

    private static final Pattern MADE =
            Pattern.compile("(?im)^create (?:or replace )?(function|table) highwater\\.(\\w+)");

    /// "highwatr" in ASCII; one migration at a time in a database.
    private static final long LOCK = 0x6869676877617472L;

    private static final Pattern FILE = Pattern.compile("(\\d{3})-([a-z0-9-]+)\\.sql");
    private static final Logger log = LoggerFactory.getLogger(Migrations.class);

    private Migrations() {}

    /// What the steps of a folder make in schema `highwater`.
    public record Made(Set<String> functions, Set<String> tables) {}

    private record Step(int version, String name, String sql, String sha256) {}

    /// Applies what is missing of a folder, waiting up to a minute for another process that does
    /// the same. The connection is in auto-commit mode, before and after.
    ///
    /// @return the steps that were missing, as `1 name`
    /// @throws Failure.Corrupt `migration-changed` when a step differs from what was applied
    /// @throws Failure.Conflict `store-newer` when the database was written by a newer program
    public static List<String> apply(Connection connection, String folder) throws SQLException {
        List<Step> steps = read(folder);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '60s'");
            statement.execute("select pg_advisory_lock(" + LOCK + ")");
            try {
                statement.execute("set lock_timeout = 0");
                statement.execute(LEDGER);
                return applyMissing(connection, folder, steps);
            } finally {
                if (!connection.isClosed()) {
                    statement.execute("select pg_advisory_unlock(" + LOCK + ")");
                }
            }
        }
    }

    /// The text of a step, by its name.
    public static String text(String folder, String name) {
        return read(folder).stream()
                .filter(step -> step.name().equals(name))
                .map(Step::sql)
                .findFirst()
                .orElseThrow(() -> new Failure.Bug("there is no step " + name));
    }

    /// What the steps of a folder make.
    public static Made made(String folder) {
        var made = new Made(new TreeSet<>(), new TreeSet<>());
        for (Step step : read(folder)) {
            MADE.matcher(step.sql())
                    .results()
                    .forEach(
                            match ->
                                    (match.group(1).equalsIgnoreCase("table")
                                                    ? made.tables()
                                                    : made.functions())
                                            .add(match.group(2)));
        }
        return made;
    }

    /// Forgets that a folder's steps were applied; the ledger goes with the last of them.
    public static void forget(Connection connection, String folder) throws SQLException {
        boolean ledger =
                Sql.first(
                                connection,
                                "select to_regclass('highwater.migration') is not null",
                                row -> row.getBoolean(1))
                        .orElse(false);
        if (!ledger) {
            return;
        }
        Sql.update(connection, "delete from highwater.migration where folder = ?", folder);
        boolean empty =
                Sql.first(connection, "select from highwater.migration limit 1", row -> true)
                        .isEmpty();
        if (empty) {
            Sql.update(connection, "drop table highwater.migration");
        }
    }

    private static List<String> applyMissing(Connection connection, String folder, List<Step> steps)
            throws SQLException {
        Map<Integer, String> applied = new HashMap<>();
        Sql.query(connection, APPLIED, row -> applied.put(row.getInt(1), row.getString(2)), folder);
        int newest = applied.isEmpty() ? 0 : Collections.max(applied.keySet());
        if (newest > steps.size()) {
            throw new Failure.Conflict(
                    "store-newer",
                    "database "
                            + connection.getCatalog()
                            + " has "
                            + folder
                            + " step "
                            + newest
                            + ", this program knows "
                            + steps.size()
                            + ": start the newer Highwater that wrote it");
        }
        List<String> missing = new ArrayList<>();
        for (Step step : steps) {
            String before = applied.get(step.version());
            if (before == null) {
                run(connection, folder, step);
                missing.add(step.version() + " " + step.name());
            } else if (!before.equals(step.sha256())) {
                throw new Failure.Corrupt(
                        "migration-changed",
                        "database "
                                + connection.getCatalog()
                                + " has another "
                                + folder
                                + " step "
                                + step.version()
                                + " ("
                                + step.name()
                                + ") than this program: use the program that created it");
            }
        }
        return missing;
    }

    private static void run(Connection connection, String folder, Step step) throws SQLException {
        Sql.inTransaction(
                connection,
                c -> {
                    try (Statement statement = c.createStatement()) {
                        // The text is PostgreSQL's own, without JDBC's {escapes}.
                        statement.setEscapeProcessing(false);
                        statement.execute(step.sql());
                    }
                    return Sql.update(
                            c, RECORD, folder, step.version(), step.name(), step.sha256());
                });
        log.atInfo()
                .addKeyValue("database", connection.getCatalog())
                .addKeyValue("step", folder + "/" + step.version() + "-" + step.name())
                .log("schema step applied");
    }

    private static List<Step> read(String folder) {
        TreeMap<Integer, Step> steps = new TreeMap<>();
        String path = "dev/highwater/sql/" + folder + "/";
        for (String file : files(path)) {
            Matcher matcher = FILE.matcher(file);
            if (!matcher.matches()) {
                continue;
            }
            byte[] content = content(path + file);
            int version = Integer.parseInt(matcher.group(1));
            String sql = new String(content, StandardCharsets.UTF_8);
            if (steps.put(version, new Step(version, matcher.group(2), sql, sha256(content)))
                    != null) {
                throw new Failure.Bug("two schema steps numbered " + version + " in " + path);
            }
        }
        if (steps.isEmpty() || steps.lastKey() != steps.size()) {
            throw new Failure.Bug(
                    "schema steps in " + path + " are not numbered 1 to " + steps.size());
        }
        return List.copyOf(steps.values());
    }

    /// Names of the files in a resource folder, be it in a jar or in a build's class folder.
    private static Set<String> files(String path) {
        Set<String> names = new TreeSet<>();
        try {
            for (URL url : Collections.list(loader().getResources(path))) {
                if (url.openConnection() instanceof JarURLConnection jar) {
                    jar.getJarFile().stream()
                            .map(entry -> entry.getName())
                            .filter(name -> name.startsWith(path))
                            .forEach(name -> names.add(name.substring(path.length())));
                } else {
                    try (Stream<Path> list = Files.list(Path.of(URI.create(url.toString())))) {
                        list.forEach(file -> names.add(String.valueOf(file.getFileName())));
                    }
                }
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] content(String resource) {
        try (InputStream in = loader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new Failure.Bug("resource " + resource + " is listed but not there");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClassLoader loader() {
        ClassLoader loader = Migrations.class.getClassLoader();
        return loader != null ? loader : ClassLoader.getSystemClassLoader();
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new Failure.Bug("this JVM has no SHA-256", e);
        }
    }
}
