package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.capture.Detachment;
import dev.highwater.capture.Doctor;
import dev.highwater.capture.Doctor.Finding;
import dev.highwater.capture.Doctor.Kind;
import dev.highwater.capture.Source;
import dev.highwater.capture.SourceSettings;
import dev.highwater.failure.Failure;
import dev.highwater.sql.Database;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.OtherPostgres;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import dev.highwater.sql.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the doctor says is what it takes, and detaching leaves a source as it was.
final class DoctorIT {
    private static final String EVERYTHING =
            """
            select 'schema ' || nspname from pg_namespace where nspname !~ '^pg_'
            union all select 'function ' || oid::regprocedure from pg_proc where oid >= 16384
            union all select 'relation ' || oid::regclass from pg_class where oid >= 16384 and relkind in ('r', 'i')
              and relnamespace::regnamespace::text !~ '^pg_'
            union all select 'publication ' || pubname from pg_publication
            union all select 'slot ' || slot_name from pg_replication_slots
            union all select 'trigger ' || evtname from pg_event_trigger
            order by 1
            """;

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource
    void its_commands_make_a_source_and_detaching_leaves_nothing(OtherPostgres.Version version)
            throws Exception {
        try (var server = OtherPostgres.create(version, folder, "max_slot_wal_keep_size=1GB")) {
            server.run(
                    "postgres",
                    "create role owner login password '$PASSWORD'",
                    "create role highwater login password '$PASSWORD'",
                    "create database app owner owner");
            server.run(
                    "app",
                    "set role owner",
                    "create table keyed (id int primary key)",
                    "create table keyless (id int)",
                    "insert into keyed select generate_series(1, 100)");
            var address = server.address("highwater", "app");
            var before = everything(server);

            var bad = Doctor.examine(address);
            assertThat(bad.stream().filter(f -> f.kind() == Kind.OBSTACLE).map(Finding::mends))
                    .containsExactly(
                            "ALTER ROLE \"highwater\" REPLICATION;",
                            "GRANT CREATE ON DATABASE \"app\" TO \"highwater\";");
            assertThat(says(bad, "keyed")).contains("GRANT owner TO highwater mends it");
            assertThat(everything(server)).as("the doctor changes nothing").isEqualTo(before);

            for (var finding : bad) {
                if (finding.kind() == Kind.OBSTACLE) {
                    server.run("app", finding.mends());
                }
            }
            server.run("app", "grant owner to highwater");
            var good = Doctor.examine(address);
            assertThat(good).noneMatch(f -> f.kind() == Kind.OBSTACLE);
            assertThat(says(good, "keyed")).contains("can be published");
            assertThat(says(good, "keyless")).contains("ADD PRIMARY KEY");

            var source = new Source(SourceSettings.of(address, List.of()));
            try (var spine = new Spine(source, server.address("owner", "app"))) {
                source.publish(new QualifiedName("public", "keyed"));
                spine.settleFilled();
                spine.assertSame("keyed");
                assertThatThrownBy(() -> Detachment.from(address, Optional.empty()))
                        .isInstanceOf(Failure.Conflict.class)
                        .hasMessageContaining("stop it first");

                // What a superuser made only a superuser may remove.
                server.run("app", "select highwater.follow_ddl()");
                spine.stop();
                var with = everything(server);
                String refusal = refusal(spine, address);
                assertThat(everything(server)).isEqualTo(with);
                var commands =
                        refusal.replaceFirst(".*as a superuser: (.*); then detach again", "$1");
                assertThat(commands.split("; "))
                        .containsExactlyInAnyOrder(
                                "DROP EVENT TRIGGER highwater_ddl",
                                "DROP EVENT TRIGGER highwater_rewrite",
                                "DROP EVENT TRIGGER highwater_drop",
                                "DROP EVENT TRIGGER highwater_types");
                server.run("app", commands.split("; "));
                assertThat(Detachment.from(address, Optional.empty()))
                        .contains("publication highwater");
                assertThat(everything(server)).isEqualTo(before);

                // What was published is published again.
                server.run("app", "insert into keyed values (101)");
                spine.start();
                spine.await("keyed to be filled anew", () -> holds(spine, "101"));
                spine.stop();
                otherSources(spine, address);
            }
            assertThat(Detachment.from(address, Optional.empty()))
                    .contains("publication highwater");
            assertThat(everything(server)).isEqualTo(before);
            assertThat(Detachment.from(address, Optional.empty())).isEmpty();
        }
    }

    /// Why detaching is refused once nobody reads the slot any more.
    private static String refusal(Spine spine, PgAddress address) {
        var said = new AtomicReference<>("");
        spine.await(
                "the slot to be free",
                () -> {
                    try {
                        return Detachment.from(address, Optional.empty()).isEmpty();
                    } catch (Failure.Refused e) {
                        said.set(e.line());
                        return true;
                    } catch (Failure.Conflict e) {
                        return false;
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                });
        return said.get();
    }

    private static boolean holds(Spine spine, String rows) {
        try {
            return spine.stored("select count(*) from keyed").equals(List.of(rows));
        } catch (SQLException e) {
            return false;
        }
    }

    /// A store takes no other source than its own, and writes nothing into one; of its own it waits
    /// for one that is away.
    private static void otherSources(Spine spine, PgAddress address) throws Exception {
        var store = spine.databases.store();
        for (var other : List.of(address.withDatabase("postgres"), spine.databases.source())) {
            var applier =
                    new Applier(new Source(SourceSettings.of(other, List.of())), store, new Head());
            assertThatThrownBy(applier::checkSource)
                    .isInstanceOf(Failure.Conflict.class)
                    .hasMessageContaining("this store follows another source");
            applier.run();
            assertThat(applier.progress().state()).isInstanceOf(Progress.State.Stopped.class);
            try (var connection = Database.single(other, "test")) {
                assertThat(
                                Sql.query(
                                        connection,
                                        "select nspname from pg_namespace where nspname = 'highwater'",
                                        row -> row.getString(1)))
                        .isEmpty();
            }
        }
        var wrong = address.withUser(address.user(), "wrong");
        var away = new Source(SourceSettings.of(wrong, List.of()));
        assertThat(new Applier(away, store, new Head()).checkSource()).isFalse();
        try (var fresh = TestPostgres.databases();
                var connection = Database.single(fresh.store(), "test")) {
            Migrations.apply(connection, "store");
            assertThatThrownBy(() -> new Applier(away, fresh.store(), new Head()).checkSource())
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("password authentication failed");
            var right = new Source(SourceSettings.of(address, List.of()));
            assertThat(new Applier(right, fresh.store(), new Head()).checkSource()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_wrong_with_the_server_is_said(OtherPostgres.Version version) throws Exception {
        try (var server =
                OtherPostgres.create(version, folder, "wal_level=replica", "max_wal_senders=1")) {
            assertThat(Doctor.examine(server.address("postgres", "postgres")))
                    .filteredOn(f -> f.kind() == Kind.OBSTACLE)
                    .extracting(Finding::mends)
                    .containsExactly(
                            "ALTER SYSTEM SET wal_level = logical; and restart the server",
                            "ALTER SYSTEM SET max_wal_senders = 2; and restart the server");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_first_source_that_cannot_be_followed_is_left_as_it_was(OtherPostgres.Version version)
            throws Exception {
        try (var server = OtherPostgres.create(version, folder, "wal_level=replica");
                var databases = TestPostgres.databases();
                var store = Database.single(databases.store(), "test")) {
            server.run("postgres", "create database app");
            Migrations.apply(store, "store");
            var before = everything(server);
            var source =
                    new Source(SourceSettings.of(server.address("postgres", "app"), List.of()));
            assertThatThrownBy(new Applier(source, databases.store(), new Head())::checkSource)
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContainingAll(
                            "/app cannot be followed, and nothing was installed there",
                            "wal_level is replica (ALTER SYSTEM SET wal_level = logical; and restart",
                            "`highwater doctor --source URL`");
            assertThat(everything(server)).isEqualTo(before);
        }
    }

    private static String says(List<Finding> findings, String table) {
        return findings.stream()
                .filter(f -> f.says().startsWith("\"public\".\"" + table + "\""))
                .map(Finding::says)
                .findFirst()
                .orElse("");
    }

    private static List<String> everything(OtherPostgres server) throws Exception {
        try (var connection = server.superuser("app")) {
            return Sql.query(connection, EVERYTHING, row -> row.getString(1));
        }
    }
}
