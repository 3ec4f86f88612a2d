package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpPortTest {
    @TempDir Path data;

    @ParameterizedTest
    @CsvSource({
        "'', 4747",
        "'node: {name: x}', 4747",
        "'http: {port: 4800}', 4800",
        "'http: {port: 0}', 0"
    })
    void the_first_start_takes_what_is_configured(String config, int port) {
        assertThat(port(config)).isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource({"'', 39415", "'node: {name: x}', 39415", "'http: {port: 4800}', 4800"})
    void the_next_one_keeps_the_port_unless_another_is_configured(String config, int port)
            throws Exception {
        Files.writeString(data.resolve("http-port"), "39415\n");
        assertThat(port(config)).isEqualTo(port);
    }

    @Test
    void what_is_no_port_is_as_if_there_was_none() throws Exception {
        Files.writeString(data.resolve("http-port"), "none");
        assertThat(port("")).isEqualTo(4747);
    }

    private int port(String config) {
        return new HttpPort(data)
                .settings(ConfigFile.parse(config, "test.yaml", Map.of()).http())
                .port();
    }
}
