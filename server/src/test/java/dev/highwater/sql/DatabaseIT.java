package dev.highwater.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.failure.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DatabaseIT {

    private final TimeZone zone = TimeZone.getDefault();
    private TestPostgres.Databases databases;

    @BeforeEach
    void create() throws SQLException {
        databases = TestPostgres.databases();
        // Everything that could win over our settings wants something else.
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
        try (Connection connection = Database.single(databases.source(), "test");
                Statement statement = connection.createStatement()) {
            for (String setting :
                    List.of(
                            "timezone = 'America/New_York'",
                            "datestyle = 'SQL, DMY'",
                            "intervalstyle = 'iso_8601'",
                            "extra_float_digits = 0",
                            "lc_monetary = 'POSIX'",
                            "bytea_output = 'escape'")) {
                statement.execute(
                        "alter database " + databases.source().database() + " set " + setting);
            }
        }
    }

    @AfterEach
    void drop() {
        TimeZone.setDefault(zone);
        databases.close();
    }

    @Test
    void a_single_connection_has_the_fixed_session_settings() throws SQLException {
        try (Connection connection = Database.single(databases.source(), "one", 1)) {
            assertSettings(connection, "highwater one");
        }
    }

    @Test
    void a_pooled_connection_has_the_fixed_session_settings() throws SQLException {
        try (HikariDataSource pool = Database.pool(databases.source(), "some", 2);
                Connection connection = pool.getConnection()) {
            assertSettings(connection, "highwater some");
        }
    }

    @Test
    void a_replication_connection_has_the_fixed_session_settings() throws SQLException {
        try (Connection connection = Database.replication(databases.source(), "slot")) {
            assertSettings(connection, "highwater slot");
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString("dbname")).isEqualTo(databases.source().database());
            }
        }
    }

    @Test
    void a_failing_transaction_leaves_nothing_and_the_connection_usable() throws SQLException {
        try (Connection connection = Database.single(databases.store(), "one")) {
            Sql.update(connection, "create table t (x int)");
            assertThatThrownBy(
                            () ->
                                    Sql.inTransaction(
                                            connection,
                                            c -> {
                                                Sql.update(c, "insert into t values (?)", 1);
                                                throw new IllegalStateException("stop");
                                            }))
                    .hasMessage("stop");
            assertThat(Sql.query(connection, "select x from t", row -> row.getInt(1))).isEmpty();
            int inserted =
                    Sql.inTransaction(
                            connection, c -> Sql.update(c, "insert into t values (?)", 2));
            assertThat(inserted).isEqualTo(1);
            assertThat(Sql.first(connection, "select x from t", row -> row.getInt(1))).contains(2);
        }
    }

    @Test
    void a_server_that_is_not_there_is_one_line_without_the_password() {
        PgAddress nowhere = new PgAddress("127.0.0.1", 1, "d", "u", "secret");
        assertThatThrownBy(() -> Database.single(nowhere, "x")).satisfies(DatabaseIT::isOneLine);
        assertThatThrownBy(() -> Database.replication(nowhere, "x"))
                .satisfies(DatabaseIT::isOneLine);
        assertThatThrownBy(() -> Database.pool(nowhere, "x", 1)).satisfies(DatabaseIT::isOneLine);
        assertThatThrownBy(() -> Database.single(nowhere, "x"))
                .hasMessageContaining("host 127.0.0.1 refuses connections at port 1");
        PgAddress unknown = new PgAddress("nowhere.invalid", 5432, "d", "u", "secret");
        assertThatThrownBy(() -> Database.single(unknown, "x"))
                .satisfies(DatabaseIT::isOneLine)
                .hasMessageContaining("host nowhere.invalid is unknown");
        PgAddress wrong = databases.source();
        assertThatThrownBy(
                        () ->
                                Database.pool(
                                        new PgAddress(
                                                wrong.host(),
                                                wrong.port(),
                                                wrong.database(),
                                                wrong.user(),
                                                "secret"),
                                        "x",
                                        1))
                .satisfies(DatabaseIT::isOneLine)
                .hasMessageContaining("password authentication failed");
    }

    private static void isOneLine(Throwable thrown) {
        assertThat(thrown).isInstanceOf(Failure.Unavailable.class);
        assertThat(thrown.getMessage())
                .startsWith("cannot connect to postgresql://")
                .doesNotContain("\n", "secret");
    }

    private static void assertSettings(Connection connection, String name) throws SQLException {
        assertThat(value(connection, "show timezone")).isEqualTo("UTC");
        assertThat(value(connection, "show datestyle")).isEqualTo("ISO, MDY");
        assertThat(value(connection, "show intervalstyle")).isEqualTo("postgres");
        assertThat(value(connection, "show extra_float_digits")).isEqualTo("1");
        assertThat(value(connection, "show bytea_output")).isEqualTo("hex");
        assertThat(value(connection, "show lc_monetary")).isEqualTo("C");
        assertThat(value(connection, "show client_encoding")).isEqualTo("UTF8");
        assertThat(value(connection, "show application_name")).isEqualTo(name);
        assertThat(value(connection, "select timestamptz '2026-01-02 03:04:05+00'::text"))
                .isEqualTo("2026-01-02 03:04:05+00");
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }
}
