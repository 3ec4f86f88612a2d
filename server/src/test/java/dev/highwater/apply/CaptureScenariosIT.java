package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.capture.Source;
import dev.highwater.capture.SourceSettings;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.OtherPostgres;
import dev.highwater.sql.Sql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a source can do to its tables, each case with its own tables in `scenarios.sql`: a line of
/// `---` is a transaction. Between any two of them capture may be cut off, or the source may crash;
/// the store holds what the source holds afterwards, and what it held then.
final class CaptureScenariosIT {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureScenariosIT.class);
    private static final boolean LONG = Boolean.getBoolean("highwater.long");
    private static final String ONLY = System.getProperty("highwater.scenario", "");

    private static final String PUBLISHED =
            """
            select n.nspname, c.relname from highwater.published() p(id)
            join pg_class c on c.oid = p.id join pg_namespace n on n.oid = c.relnamespace order by 1, 2
            """;

    private static final String SCHEMAS =
            """
            select nspname from pg_namespace
            where nspname not in ('highwater', 'information_schema') and nspname !~ '^pg_'
            """;

    private final long seed =
            Long.getLong("highwater.seed", ThreadLocalRandom.current().nextInt(1_000_000));
    private final Random random = new Random(seed);

    @TempDir private Path folder;

    private record Scenario(String name, String schema, List<String> transactions) {}

    /// What tables held at a position.
    private record Then(long position, Map<String, List<String>> contents) {}

    @ParameterizedTest
    @EnumSource
    void the_store_holds_what_the_source_holds_and_held(OtherPostgres.Version version)
            throws Exception {
        LOG.info("{}, seed {}", version, seed);
        var wrong = new ArrayList<String>();
        int run = 0;
        try (var server = OtherPostgres.create(version, folder)) {
            server.run("postgres", "create database app");
            var address = server.address("postgres", "app");
            var source = new Source(SourceSettings.of(address, List.of("*.*")));
            try (var spine = new Spine(source, address)) {
                for (var scenario : scenarios()) {
                    // Every sixth one on each version, unless there is time for all.
                    if (!ONLY.isEmpty()
                            ? !scenario.name().replace(" ", "_").contains(ONLY)
                            : !LONG && random.nextInt(6) > 0) {
                        continue;
                    }
                    run++;
                    try {
                        run(server, spine, scenario);
                    } catch (Exception | AssertionError e) {
                        wrong.add(
                                scenario.name()
                                        + ": "
                                        + e
                                        + "; "
                                        + spine.stored(
                                                "select id || table_name || ' ' || state || ' ' || coalesce(reason, '')"
                                                        + " from highwater.relation where state = 'stopped'"));
                    }
                    clear(server, spine);
                }
            }
        }
        LOG.info("{}: {} scenarios", version, run);
        assertThat(run).isPositive();
        assertThat(wrong).as("seed " + seed).isEmpty();
    }

    private void run(OtherPostgres server, Spine spine, Scenario scenario) throws Exception {
        server.run("app", scenario.schema());
        var then = new ArrayList<Then>();
        for (String transaction : scenario.transactions()) {
            commit(server, transaction);
            switch (random.nextInt(20)) {
                case 0 -> {
                    server.kill();
                    server.start();
                }
                case 1, 2, 3, 4 -> {
                    spine.stop();
                    spine.start();
                }
                case 5, 6, 7, 8, 9, 10, 11 -> then.add(settled(server, spine));
                default -> {}
            }
        }
        settled(server, spine);
        for (var one : then) {
            checkPast(spine, one);
        }
    }

    /// Waits until the store holds what the source holds.
    private static Then settled(OtherPostgres server, Spine spine) throws SQLException {
        long position = spine.settleFilled();
        var contents = new LinkedHashMap<String, List<String>>();
        try (var app = server.superuser("app")) {
            for (String table : published(app)) {
                var expected = Spine.contents(app, "only " + table);
                Spine.assertSame(table, expected, Spine.contents(spine.store, table));
                contents.put(table, expected);
            }
        }
        return new Then(position, contents);
    }

    /// What was true then still is the answer, in whichever generation, of tables that have the
    /// same columns now; a label that is renamed is so in the past too.
    private static void checkPast(Spine spine, Then then) throws SQLException {
        var catalog = spine.head.settled().catalog();
        Sql.query(
                spine.store,
                "select set_config('highwater.as_of', ?, false)",
                row -> true,
                Long.toString(then.position()));
        for (var entry : then.contents().entrySet()) {
            var name = Identifiers.parse(entry.getKey());
            var newest = catalog.newest(name.schema(), name.name()).orElse(null);
            var readable =
                    catalog.readableAt(name.schema(), name.name(), then.position()).orElse(null);
            if (newest != null
                    && newest.isFollowed()
                    && readable != null
                    && readable.definitionAt(then.position())
                            .columns()
                            .equals(readable.definition().columns())
                    && shape(readable.definitionAt(then.position()))
                            .equals(shape(newest.definition()))) {
                Spine.assertSame(
                        entry.getKey() + " as of " + then.position(),
                        entry.getValue(),
                        Spine.contents(
                                spine.store,
                                Identifiers.quote(name.schema() + "_as_of", name.name())));
            }
        }
    }

    private static List<String> shape(TableDefinition definition) {
        return Stream.concat(
                        definition.columns().stream().map(c -> c.name() + " " + c.type()),
                        definition.types().stream().map(Object::toString))
                .toList();
    }

    private static List<String> published(Connection app) throws SQLException {
        return Sql.query(
                app, PUBLISHED, row -> Identifiers.quote(row.getString(1), row.getString(2)));
    }

    /// Runs one transaction; one that is prepared ends so.
    private static void commit(OtherPostgres server, String transaction) throws SQLException {
        try (var app = server.superuser("app");
                var statement = app.createStatement()) {
            statement.setEscapeProcessing(false);
            if (transaction.matches("(commit|rollback) prepared .*")) {
                statement.execute(transaction);
            } else if (transaction.contains("prepare transaction")) {
                statement.execute("begin; " + transaction);
            } else if (transaction.startsWith("cluster")) {
                statement.execute(transaction);
            } else {
                statement.execute("begin; " + transaction + "; commit");
            }
        }
    }

    /// Leaves an empty source to the next scenario.
    private static void clear(OtherPostgres server, Spine spine) throws SQLException {
        try (var app = server.superuser("app")) {
            for (String schema : Sql.query(app, SCHEMAS, row -> row.getString(1))) {
                Sql.update(app, "drop schema " + Identifiers.quote(schema) + " cascade");
            }
            Sql.update(app, "create schema public");
        }
        spine.settle();
    }

    private static List<Scenario> scenarios() throws IOException {
        String text;
        try (var in =
                CaptureScenariosIT.class.getResourceAsStream(
                        "/dev/highwater/capture/scenarios.sql")) {
            text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
        return Arrays.stream(("\n" + text).split("\n=== ", -1))
                .skip(1)
                .map(CaptureScenariosIT::scenario)
                .toList();
    }

    private static Scenario scenario(String text) {
        var parts = List.of(text.split("\n--- ", -1));
        int line = parts.getFirst().indexOf('\n');
        String head = line < 0 ? parts.getFirst() : parts.getFirst().substring(0, line);
        String schema = line < 0 ? "" : parts.getFirst().substring(line).strip();
        return new Scenario(
                head.strip(),
                schema.isEmpty() ? "select 1" : schema,
                parts.stream().skip(1).map(String::strip).toList());
    }
}
