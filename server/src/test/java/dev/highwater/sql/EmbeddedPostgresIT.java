package dev.highwater.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.failure.Failure;
import dev.highwater.sql.EmbeddedPostgres.Options;
import dev.highwater.sql.EmbeddedPostgres.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What happens to processes and ports happens here; each test has a data directory of its own.
@Timeout(120)
final class EmbeddedPostgresIT {

    @TempDir private Path temporary;

    @Test
    void the_first_start_creates_the_roles_and_databases() throws Exception {
        try (DataDirectory data = DataDirectory.open(temporary.resolve("with a space/däta"));
                EmbeddedPostgres postgres = start(data)) {
            assertThat(permissions(data.path())).isEqualTo("rwx------");
            assertThat(permissions(data.path().resolve("credentials.json"))).isEqualTo("rw-------");

            try (Connection app = Database.single(postgres.address(Role.APP, "source"), "test")) {
                Sql.update(app, "create table orders (id int primary key)");
                Sql.update(app, "create schema sales");
                Sql.update(app, "checkpoint");
                assertThat(one(app, "select rolsuper from pg_roles where rolname = current_user"))
                        .isEqualTo("f");
            }
            try (Connection reader =
                    Database.single(postgres.address(Role.READER, "store"), "test")) {
                Sql.update(reader, "create temporary table t (x int)");
                assertThatThrownBy(() -> Sql.update(reader, "create table t2 (x int)"))
                        .hasMessageContaining("permission denied");
                assertThatThrownBy(() -> Sql.update(reader, "create schema s"))
                        .hasMessageContaining("permission denied");
            }
            assertThatThrownBy(
                            () -> Database.single(postgres.address(Role.READER, "source"), "test"))
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> Database.single(postgres.address(Role.APP, "store"), "test"))
                    .hasMessageContaining("permission denied");
            try (Connection node =
                    Database.single(postgres.address(Role.HIGHWATER, "store"), "test")) {
                for (String setting :
                        List.of(
                                "fsync",
                                "full_page_writes",
                                "synchronous_commit",
                                "data_checksums")) {
                    assertThat(one(node, "show " + setting)).as(setting).isEqualTo("on");
                }
                assertThat(one(node, "show wal_level")).isEqualTo("logical");
                assertThat(one(node, "show listen_addresses")).isEqualTo("127.0.0.1");
                assertThat(one(node, "show unix_socket_directories")).isEmpty();
                assertThat(
                                one(
                                        node,
                                        "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'"))
                        .isEqualTo("0");
                assertThat(
                                one(
                                        node,
                                        "select string_agg(distinct name, ' ') from pg_file_settings where not applied"))
                        .isNull();
            }
        }
    }

    @Test
    void a_restart_keeps_port_passwords_and_data() throws Exception {
        PgAddress before;
        try (DataDirectory data = DataDirectory.open(temporary);
                EmbeddedPostgres postgres = start(data)) {
            before = postgres.address(Role.APP, "source");
            insert(before, 1);
        }
        assertThat(Files.readString(temporary.resolve("postgres.log")))
                .doesNotContain(before.password());
        try (DataDirectory data = DataDirectory.open(temporary);
                EmbeddedPostgres postgres = EmbeddedPostgres.start(data, Options.defaults())) {
            assertThat(postgres.address(Role.APP, "source")).isEqualTo(before);
            assertThat(rows(before)).containsExactly(1);
        }
        try (DataDirectory data = DataDirectory.open(temporary);
                ServerSocket other =
                        new ServerSocket(before.port(), 1, InetAddress.ofLiteral("127.0.0.1"));
                EmbeddedPostgres postgres = start(data)) {
            assertThat(postgres.address(Role.APP, "source").port())
                    .isNotEqualTo(other.getLocalPort());
        }
    }

    @Test
    void what_was_committed_is_there_after_kill_9_of_the_jvm() throws Exception {
        Process child = child(temporary);
        PgAddress address = ready(child);
        insert(address, 1);
        child.destroyForcibly().waitFor();

        try (DataDirectory data = DataDirectory.open(temporary);
                EmbeddedPostgres postgres = start(data)) {
            assertThat(rows(postgres.address(Role.APP, "source"))).containsExactly(1);
        }
    }

    @Test
    void a_postmaster_that_outlived_its_jvm_is_ended_by_the_next_start() throws Exception {
        Process child = child(temporary);
        PgAddress address = ready(child);
        insert(address, 1);
        long pid = postmasterPid(temporary);
        // Stopped, it cannot follow the parent-death signal, as if the system had no such thing.
        Leftovers.signal("STOP", pid);
        child.destroyForcibly().waitFor();
        try (DataDirectory data = DataDirectory.open(temporary)) {
            ProcessHandle left = ProcessHandle.of(pid).orElseThrow();
            assertThat(left.isAlive()).isTrue();
            Thread waker = Thread.ofVirtual().start(() -> Leftovers.signal("CONT", pid));
            try (EmbeddedPostgres postgres = start(data)) {
                assertThat(postgres.pid()).isNotEqualTo(pid);
                assertThat(rows(postgres.address(Role.APP, "source"))).containsExactly(1);
            }
            waker.join();
            left.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void the_server_ends_with_a_killed_jvm_where_the_system_allows() throws Exception {
        Process child = child(temporary);
        ready(child);
        ProcessHandle postmaster = ProcessHandle.of(postmasterPid(temporary)).orElseThrow();
        child.destroyForcibly().waitFor();
        postmaster.onExit().get(30, TimeUnit.SECONDS);
    }

    @Test
    void the_owner_is_told_of_a_killed_postmaster_and_starts_it_again() throws Exception {
        BlockingQueue<Failure> told = new ArrayBlockingQueue<>(1);
        try (DataDirectory data = DataDirectory.open(temporary);
                EmbeddedPostgres postgres =
                        EmbeddedPostgres.start(
                                data, Options.defaults().withPort(0).withOnExit(told::add))) {
            PgAddress address = postgres.address(Role.APP, "source");
            try (HikariDataSource pool = Database.pool(address, "test", 2)) {
                insert(address, 1);
                for (int i = 2; i < 5; i++) {
                    ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();
                    assertThat(told.poll(30, TimeUnit.SECONDS))
                            .isNotNull()
                            .hasMessageContaining("killed by signal 9");
                    assertThat(postgres.pid()).isEqualTo(-1);
                    postgres.restart();
                    assertThat(postgres.address(Role.APP, "source")).isEqualTo(address);
                    insert(address, i);
                    assertPoolRecovers(pool);
                }
                assertThat(rows(address)).containsExactly(1, 2, 3, 4);
                postgres.restart();
                assertThat(rows(address)).hasSize(4);
            }
            assertThat(told).isEmpty();
        }
    }

    @Test
    void closing_is_not_reported_as_an_end_and_can_be_repeated() throws Exception {
        BlockingQueue<Failure> told = new ArrayBlockingQueue<>(1);
        try (DataDirectory data = DataDirectory.open(temporary)) {
            EmbeddedPostgres postgres =
                    EmbeddedPostgres.start(
                            data, Options.defaults().withPort(0).withOnExit(told::add));
            postgres.close();
            postgres.close();
            assertThat(postgres.pid()).isEqualTo(-1);
            assertThat(told).isEmpty();
            assertThatThrownBy(postgres::restart).isInstanceOf(Failure.Unavailable.class);
        }
    }

    @Test
    void an_interrupted_first_start_is_redone() throws Exception {
        Process child = child(temporary);
        Path unfinished = temporary.resolve("postgres.new");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(unfinished) && child.isAlive() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        child.destroyForcibly().waitFor();
        assertThat(temporary.resolve("postgres")).doesNotExist();
        // And what a machine that lost its power would leave.
        Files.createDirectories(unfinished.resolve("base"));
        Files.writeString(unfinished.resolve("PG_VERSION"), "18\n");

        try (DataDirectory data = DataDirectory.open(temporary);
                EmbeddedPostgres postgres = start(data)) {
            insert(postgres.address(Role.APP, "source"), 1);
            assertThat(unfinished).doesNotExist();
        }
    }

    @Test
    void a_taken_port_is_named() throws Exception {
        try (DataDirectory data = DataDirectory.open(temporary);
                ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = other.getLocalPort();
            assertThatThrownBy(
                            () -> EmbeddedPostgres.start(data, Options.defaults().withPort(port)))
                    .isInstanceOfSatisfying(
                            Failure.Unavailable.class,
                            failure -> assertThat(failure.code()).isEqualTo("port-taken"))
                    .hasMessageContaining("port " + port)
                    .hasMessageContaining("--pg-port");
        }
    }

    @Test
    void a_server_that_does_not_start_says_why_in_one_line() {
        try (DataDirectory data = DataDirectory.open(temporary)) {
            Options broken =
                    Options.defaults()
                            .withPort(0)
                            .withSettings(Map.of("shared_buffers", "all of it"));
            assertThatThrownBy(() -> EmbeddedPostgres.start(data, broken))
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("shared_buffers")
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void lost_credentials_are_refused() throws Exception {
        try (DataDirectory data = DataDirectory.open(temporary)) {
            start(data).close();
            Files.writeString(data.path().resolve("credentials.json"), "{");
            assertThatThrownBy(() -> start(data)).isInstanceOf(Failure.Corrupt.class);
            Files.delete(data.path().resolve("credentials.json"));
            assertThatThrownBy(() -> start(data)).isInstanceOf(Failure.Corrupt.class);
        }
    }

    @Test
    void a_stale_pid_file_that_names_another_program_does_not_matter() throws Exception {
        try (DataDirectory data = DataDirectory.open(temporary)) {
            start(data).close();
            Path pidFile = data.path().resolve("postgres/postmaster.pid");
            Files.writeString(
                    pidFile,
                    ProcessHandle.current().pid() + "\n" + data.path() + "/postgres\n0\n1\n\n\n\n");
            try (EmbeddedPostgres postgres = start(data)) {
                assertThat(postgres.pid()).isPositive();
            }
        }
    }

    @Test
    void a_second_process_is_refused_and_told_which_one_holds_the_directory() throws Exception {
        try (DataDirectory data = DataDirectory.open(temporary)) {
            long pid = ProcessHandle.current().pid();
            assertThatThrownBy(() -> DataDirectory.open(temporary))
                    .isInstanceOf(Failure.Conflict.class)
                    .hasMessageContaining("in use by process " + pid);
            Process child = child(data.path());
            assertThat(child.inputReader().readLine()).contains("in use by process " + pid);
            assertThat(child.waitFor()).isEqualTo(1);
        }
        DataDirectory.open(temporary).close();
    }

    /// What the child processes run: a server, until the process is killed.
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws InterruptedException {
            try {
                DataDirectory data = DataDirectory.open(Path.of(args[0]));
                System.out.println(start(data).address(Role.APP, "source").uri());
                Thread.currentThread().join();
            } catch (Failure failure) {
                System.out.println(failure.line());
                System.exit(1);
            }
        }
    }

    private Process child(Path data) throws IOException {
        // The class path may be longer than a command line may be.
        Path arguments = Files.createTempFile(temporary.getParent(), "child", ".args");
        String classPath =
                System.getProperty("java.class.path").replace("\\", "\\\\").replace("\"", "\\\"");
        Files.writeString(
                arguments, "-Xmx128m -XX:TieredStopAtLevel=1 -cp \"" + classPath + "\"\n");
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + arguments,
                        Child.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static PgAddress ready(Process child) throws IOException {
        BufferedReader lines = child.inputReader(StandardCharsets.UTF_8);
        String line;
        while ((line = lines.readLine()) != null) {
            if (line.startsWith("postgresql://")) {
                return PgAddress.parse(line);
            }
        }
        throw new AssertionError("the child process ended");
    }

    private static EmbeddedPostgres start(DataDirectory data) {
        return EmbeddedPostgres.start(data, Options.defaults().withPort(0));
    }

    private static long postmasterPid(Path data) throws IOException {
        return Long.parseLong(
                Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst());
    }

    private static void insert(PgAddress address, int id) throws SQLException {
        try (Connection connection = Database.single(address, "test")) {
            Sql.update(connection, "create table if not exists kept (id int primary key)");
            Sql.update(connection, "insert into kept values (?)", id);
        }
    }

    private static List<Integer> rows(PgAddress address) throws SQLException {
        try (Connection connection = Database.single(address, "test")) {
            return Sql.query(connection, "select id from kept order by id", row -> row.getInt(1));
        }
    }

    /// A connection used moments before the server died may be handed out once more.
    private static void assertPoolRecovers(HikariDataSource pool) throws SQLException {
        for (int left = 2; ; left--) {
            try (Connection connection = pool.getConnection()) {
                assertThat(one(connection, "select 1")).isEqualTo("1");
                return;
            } catch (SQLException e) {
                if (left == 0) {
                    throw e;
                }
            }
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        return Sql.query(connection, sql, row -> row.getString(1)).getFirst();
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
