package dev.highwater.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.journal.Verification;
import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Database;
import dev.highwater.sql.EventStore;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// A store that a former program wrote, and the source beside it, are brought up to this one.
///
/// `store-12` and `source-6` are what `pg_dump -O --inserts` of PostgreSQL 15 said, without the
/// lines that only psql understands, of the databases of a program with twelve steps for a store,
/// six for a source and six for events: a table with changes, a bag, a dropped table, a view, and a
/// stream of one event.
final class FormerStepsIT {
    /// The table's first generation.
    private static final int FIRST = 1;

    @Test
    void history_stays_and_everything_goes_on() throws Exception {
        try (var spine = new Spine(FormerStepsIT::load)) {
            // The source's tables are others than they were: the same names, filled anew.
            spine.settleFilled();
            spine.createView(
                    "v",
                    "select mood, count(*) as c, sum(n) as s from public.\"Mixed Case\" group by mood");
            spine.assertSame("\"Mixed Case\"");
            spine.assertSame("bag");

            spine.run(
                    "update \"Mixed Case\" set n = 0, mood = 'good' where id <= 2",
                    "insert into bag values (1, 'one'), (5, 'five')",
                    "select highwater.append_event('opened', gen_random_uuid(), 'account', 'a2', '{}', gen_random_uuid(), null)",
                    """
                    select highwater.append_event('opened', gen_random_uuid(), 'account', 'a1', '{}', gen_random_uuid(),
                      (select event_id from highwater.get_last_event('a1', 'account')))
                    """);
            spine.settle();
            spine.assertSame("\"Mixed Case\"");
            spine.assertSame("bag");
            assertThat(spine.stored("select mood || ' ' || c || ' ' || s from public.v order by 1"))
                    .isEqualTo(
                            spine.stored(
                                    "select mood || ' ' || count(*) || ' ' || sum(n) from \"Mixed Case\" group by mood order by 1",
                                    true));
            assertThat(
                            spine.stored(
                                    "select decider_id || version from highwater.events order by 1",
                                    true))
                    .containsExactly("a11", "a12", "a21");

            // What the former program wrote.
            assertThat(spine.stored("select count(*) from " + RelationTables.history(FIRST)))
                    .containsExactly("31");
            assertThat(
                            spine.stored(
                                    "select count(*) from public_history.\"Mixed Case\" where _to <= "
                                            + "(select until from highwater.relation where id = "
                                            + FIRST
                                            + ")"))
                    .isEqualTo(
                            spine.stored(
                                    "select 31 + count(*) from " + RelationTables.current(FIRST)));
            assertThat(Verification.run(spine.store, _ -> true).broken()).isEmpty();
        }
    }

    private static void load(TestPostgres.Databases databases) throws SQLException {
        run(
                databases.source(),
                text("source-6"),
                "grant usage on schema highwater to app",
                "grant all on all tables in schema public, highwater to app",
                "grant execute on all functions in schema highwater to app",
                "grant all on all sequences in schema highwater to app");
        run(
                databases.store(),
                role("highwater_view"),
                role("highwater_as_of"),
                text("store-12"),
                "update highwater.capture set system_identifier = (select system_identifier::text from pg_control_system())");
        assertThat(EventStore.install(databases.source()))
                .containsExactly("7 strict-order", "8 append", "9 refusals");
    }

    /// Roles are the server's: a dump of a database does not hold them.
    private static String role(String name) {
        return "do $$ begin create role %s; exception when duplicate_object then null; end $$"
                .formatted(name);
    }

    private static void run(PgAddress address, String... statements) throws SQLException {
        try (var connection = Database.single(address, "test");
                var statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    private static String text(String name) {
        try (var file =
                new GZIPInputStream(
                        Objects.requireNonNull(
                                FormerStepsIT.class.getResourceAsStream(name + ".sql.gz")))) {
            return new String(file.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
