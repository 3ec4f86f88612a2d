package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.cli.Cli;
import dev.highwater.cli.Console;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... line) {
        var console =
                Console.plain(
                        InputStream.nullInputStream(),
                        new PrintStream(OutputStream.nullOutputStream()),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Map.of());
        return Cli.run(
                line,
                List.of(
                        new StartCommand(console),
                        new ConfigCommand(console),
                        new DoctorCommand(console),
                        new DetachCommand(console)),
                console);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"start, --source", "start, --store", "doctor, --source", "detach, --source"})
    void an_address_that_cannot_be_read_names_its_option(String command, String option) {
        assertThat(run(command, option, "mysql://u:secret@h/d")).isEqualTo(2);
        assertThat(err())
                .isEqualTo(
                        "highwater: invalid value for option '%s': 'mysql://u:***@h/d' is not a database address: it does not start with postgresql://; write postgresql://user:password@host:port/database; see highwater %s --help\n"
                                .formatted(option, command));
    }

    @Test
    void one_in_the_file_names_its_key(@TempDir Path folder) throws Exception {
        var file =
                Files.writeString(
                        folder.resolve("wrong.yaml"),
                        "source: {url: postgres//x}\nstore: {url: 'mysql://u:secret@h/d'}\n");

        assertThat(run("config", "--config", file.toString())).isEqualTo(2);
        assertThat(err())
                .contains(
                        "source.url: 'postgres//x' is not a database address",
                        "store.url: 'mysql://u:***@h/d' is not a database address")
                .doesNotContain("secret");
    }
}
