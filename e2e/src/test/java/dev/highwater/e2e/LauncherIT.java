package dev.highwater.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `bin/highwater` up to the point where it becomes Java. A JDK here is a folder with a `release`
/// file and a `bin/java` that prints how it was called.
class LauncherIT {
    private static final String SYSTEM_PATH = "/usr/bin:/bin";

    @TempDir private Path folder;
    private Path program;

    @BeforeEach
    void copy_the_launcher_to_a_path_with_spaces() throws IOException {
        Path home = folder.resolve("a path with spaces");
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        Files.createFile(home.resolve("lib", "highwater.jar"));
        program = home.resolve("bin", "highwater");
        Files.copy(Distribution.program(), program);
        executable(program);
    }

    @Test
    void arguments_reach_java_as_they_were_given() throws Exception {
        Run run = run(program, jdk("25.0.3"), "sql", "-c", "select 'it''s  $HOME' \"x\" -- \\", "");

        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("[-jar]", "[sql]", "[-c]", "[select 'it''s  $HOME' \"x\" -- \\]", "[]")
                .anySatisfy(line -> assertThat(line).endsWith("highwater.jar]"));
    }

    @Test
    void java_takes_the_place_of_the_launcher_and_its_exit_status_is_the_answer() throws Exception {
        Path jdk = jdk("25");
        Files.writeString(jdk.resolve("bin", "java"), "#!/bin/sh\necho $$\nexit 7\n");
        Process process = start(program, jdk, SYSTEM_PATH);

        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8).strip())
                .isEqualTo(Long.toString(process.pid()));
        assertThat(process.waitFor()).isEqualTo(7);
    }

    @Test
    void symbolic_links_to_the_launcher_are_followed() throws Exception {
        Path first = Files.createSymbolicLink(folder.resolve("first"), folder.relativize(program));
        Path second = Files.createSymbolicLink(folder.resolve("second"), first.toAbsolutePath());

        assertThat(run(second, jdk("26-ea"), "tables").out()).contains("[tables]");
    }

    @Test
    void a_cache_beside_the_jar_is_used() throws Exception {
        Path cache = Files.createFile(program.resolveSibling("../lib/highwater.aot"));

        assertThat(run(program, jdk("25"), "tables").out())
                .anySatisfy(line -> assertThat(line).startsWith("[-XX:AOTCache="));
        Files.delete(cache);
        assertThat(run(program, jdk("25"), "tables").out())
                .noneSatisfy(line -> assertThat(line).startsWith("[-XX:AOTCache="));
    }

    @Test
    void the_first_start_makes_the_cache_and_later_ones_use_it() throws Exception {
        Path jdk = jdk("25");
        Files.writeString(
                jdk.resolve("bin", "java"),
                """
                #!/bin/sh
                for argument; do
                  case $argument in
                    -XX:AOTCacheOutput=*) echo classes > "${argument#*=}" ;;
                  esac
                  echo "[$argument]"
                done
                """);
        Run other = run(program, jdk, "tables");
        Run first = run(program, jdk, "start");
        Run second = run(program, jdk, "start");

        assertThat(other.err()).isEmpty();
        assertThat(first.err()).singleElement().asString().contains("faster starts");
        assertThat(second.err()).isEmpty();
        assertThat(List.of(first, second))
                .allSatisfy(run -> assertThat(run.status()).isZero())
                .allSatisfy(
                        run ->
                                assertThat(run.out())
                                        .contains("[start]")
                                        .anyMatch(line -> line.startsWith("[-XX:AOTCache=")));
        try (var files = Files.list(program.resolveSibling("../lib"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("highwater.jar", "highwater.aot");
        }
    }

    @Test
    void a_java_that_is_too_old_is_passed_over_for_a_newer_one_in_the_path() throws Exception {
        Path newer = jdk("25.0.1");
        Run run =
                runWithPath(
                        program,
                        jdk("1.8.0_402"),
                        newer.resolve("bin") + ":" + SYSTEM_PATH,
                        "status");

        assertThat(run.out()).contains("[" + newer.getFileName() + "]", "[status]");
    }

    @Test
    void a_missing_jar_is_told_in_one_line() throws Exception {
        Files.delete(program.resolveSibling("../lib/highwater.jar"));
        Run run = run(program, jdk("25"), "start");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).singleElement().asString().startsWith("highwater: ").contains("jar");
    }

    private record Run(int status, List<String> out, List<String> err) {}

    private Run run(Path program, Path javaHome, String... arguments) throws Exception {
        return runWithPath(program, javaHome, SYSTEM_PATH, arguments);
    }

    private Run runWithPath(Path program, Path javaHome, String path, String... arguments)
            throws Exception {
        Process process = start(program, javaHome, path, arguments);
        List<String> out = lines(process.getInputStream().readAllBytes());
        List<String> err = lines(process.getErrorStream().readAllBytes());
        return new Run(process.waitFor(), out, err);
    }

    private Process start(Path program, Path javaHome, String path, String... arguments)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add(program.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().putAll(Map.of("JAVA_HOME", javaHome.toString(), "PATH", path));
        return builder.start();
    }

    private static List<String> lines(byte[] bytes) {
        return new String(bytes, UTF_8).lines().toList();
    }

    private Path jdk(String version) throws IOException {
        Path home = Files.createTempDirectory(folder, "jdk");
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
        Files.writeString(
                java,
                """
                #!/bin/sh
                printf '[%%s]\\n' '%s' "$@"
                """
                        .formatted(home.getFileName()));
        executable(java);
        return home;
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
