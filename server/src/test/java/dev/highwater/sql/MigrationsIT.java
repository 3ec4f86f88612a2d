package dev.highwater.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MigrationsIT {

    private TestPostgres.Databases databases;
    private Connection connection;

    @BeforeEach
    void create() {
        databases = TestPostgres.databases();
        connection = Database.single(databases.store(), "test");
    }

    @AfterEach
    void drop() throws SQLException {
        connection.close();
        databases.close();
    }

    @Test
    void every_step_is_applied_once_in_order_and_recorded() throws SQLException {
        Migrations.apply(connection, "test");
        Migrations.apply(connection, "test");

        assertThat(
                        Sql.query(
                                connection,
                                "select item_count(), last_item()",
                                row -> row.getLong(1) + row.getInt(2)))
                .containsExactly(2L);
        assertThat(recorded()).containsExactly("test 1 first", "test 2 second-step");
        assertThat(connection.getAutoCommit()).isTrue();
    }

    @Test
    void a_step_that_fails_leaves_nothing_of_itself() throws SQLException {
        assertThatThrownBy(() -> Migrations.apply(connection, "broken"))
                .isInstanceOf(SQLException.class);

        assertThat(recorded()).containsExactly("broken 1 first");
        assertThat(
                        Sql.query(
                                connection,
                                "select to_regclass('half') is null",
                                row -> row.getBoolean(1)))
                .containsExactly(true);
        assertThat(
                        Sql.query(
                                connection,
                                "select count(*) from pg_locks where locktype = 'advisory'",
                                row -> row.getInt(1)))
                .containsExactly(0);
    }

    @Test
    void a_changed_step_is_refused() throws SQLException {
        Migrations.apply(connection, "test");
        Sql.update(connection, "update highwater.migration set sha256 = 'other' where version = 2");

        assertThatThrownBy(() -> Migrations.apply(connection, "test"))
                .isInstanceOfSatisfying(
                        Failure.Corrupt.class,
                        failure -> assertThat(failure.code()).isEqualTo("migration-changed"))
                .hasMessageContaining("step 2 (second-step)");
    }

    @Test
    void a_database_of_a_newer_program_is_refused() throws SQLException {
        Migrations.apply(connection, "test");
        Sql.update(
                connection,
                "insert into highwater.migration (folder, version, name, sha256) values ('test', 3, 'third', 'x')");

        assertThatThrownBy(() -> Migrations.apply(connection, "test"))
                .isInstanceOfSatisfying(
                        Failure.Conflict.class,
                        failure -> assertThat(failure.code()).isEqualTo("store-newer"))
                .hasMessageContaining("has test step 3, this program knows 2");
    }

    @Test
    void processes_that_start_at_once_apply_each_step_once() throws Exception {
        List<Future<Boolean>> done = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> apply =
                    () -> {
                        try (Connection own = Database.single(databases.store(), "test")) {
                            Migrations.apply(own, "test");
                            return true;
                        }
                    };
            for (int i = 0; i < 8; i++) {
                done.add(executor.submit(apply));
            }
        }
        for (Future<Boolean> each : done) {
            assertThat(each.get()).isTrue();
        }
        assertThat(recorded()).hasSize(2);
    }

    @Test
    void current_rows_of_an_older_store_are_born_when_they_came() throws SQLException {
        Migrations.apply(connection, "store");
        for (var statement :
                List.of(
                        "delete from highwater.migration where folder = 'store' and name = 'born'",
                        "create table highwater_data.r7 (_shard int not null, _from bigint not null, c1 int)",
                        "create index r7_from on highwater_data.r7 (_from)",
                        "insert into highwater_data.r7 select 100, i, i from generate_series(1, 9) i",
                        "create table highwater_data.r8 (_shard int, _from bigint, _row uuid, _n bigint)",
                        "create index r8_from on highwater_data.r8 (_from)")) {
            Sql.update(connection, statement);
        }
        Migrations.apply(connection, "store");
        assertThat(
                        Sql.query(
                                connection,
                                "select count(*) from highwater_data.r7 where _born = _from",
                                row -> row.getInt(1)))
                .containsExactly(9);
        assertThat(
                        Sql.query(
                                connection,
                                "select indexname::text from pg_indexes where schemaname = 'highwater_data' order by 1",
                                row -> row.getString(1)))
                .containsExactly("r7_born", "r8_from");
    }

    @Test
    void a_folder_without_steps_is_a_bug() {
        assertThatThrownBy(() -> Migrations.apply(connection, "nowhere"))
                .isInstanceOf(Failure.Bug.class);
    }

    private List<String> recorded() throws SQLException {
        return Sql.query(
                connection,
                "select folder || ' ' || version || ' ' || name from highwater.migration order by version",
                row -> row.getString(1));
    }
}
