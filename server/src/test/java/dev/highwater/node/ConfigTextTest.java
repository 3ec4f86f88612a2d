package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTextTest {
    private static final String EVERYTHING =
            """
            node: {name: "0x10: #1"}
            http: {host: 0.0.0.0, port: 0, tokens: ["${ONE}", "0123456789abcdef"], origins: ["https://a.example"]}
            source:
              url: postgresql://u%40x:${PW}@db.example/a%20b?sslmode=require
              tables: ["public.*", "!public.audit"]
              slot: "0123"
              wal_limit: 1000000
            store: {url: "postgresql://u@[::1]:1/d"}
            retention:
              journal: {time: 90 min}
              relations:
                orders: {size: 1 KB}
                "public.*": {}
                public.orders: {time: 24 h, size: 500 MB}
            """;

    private static Config read(String text, Map<String, String> environment) {
        return ConfigFile.parse(text, "test.yaml", environment);
    }

    @Test
    void what_nobody_set_is_said_too() {
        assertThat(ConfigText.of(Config.standard()))
                .isEqualTo(
                        """
                        node:
                          name: "highwater"
                        http:
                          host: "127.0.0.1"
                          # port is not set: that of the last start, or 4747
                          tokens: []
                          origins: []
                        source:
                          # url is not set: an embedded PostgreSQL
                          tables: ["public.*"]
                          # slot is not set: it is named after the store
                          wal_limit: 10 GB
                        store:
                          # url is not set: an embedded PostgreSQL
                        retention:
                          journal: {}
                          relations: {}""");
    }

    @Test
    void it_can_be_loaded_again() {
        String standard = ConfigText.of(Config.standard());
        assertThat(ConfigText.of(read(standard, Map.of()))).isEqualTo(standard);

        var config = read(EVERYTHING, Map.of("ONE", "fedcba9876543210", "PW", "se%2Fcret"));
        String text = ConfigText.of(config);
        var again =
                read(
                        text,
                        Map.of(
                                "TOKEN_1", "fedcba9876543210",
                                "TOKEN_2", "0123456789abcdef",
                                "SOURCE_PASSWORD", "se%2Fcret"));
        assertThat(again.node()).isEqualTo(config.node());
        assertThat(again.http()).isEqualTo(config.http());
        assertThat(again.source()).isEqualTo(config.source());
        assertThat(again.store()).isEqualTo(config.store());
        assertThat(again.retention().journal()).isEqualTo(config.retention().journal());
        assertThat(again.retention().rules())
                .as("of equal patterns the last one")
                .isEqualTo(config.retention().rules().subList(1, 3));
        assertThat(ConfigText.of(again)).isEqualTo(text);
    }

    @Test
    void secrets_are_not_shown() {
        assertThat(
                        ConfigText.of(
                                read(
                                        EVERYTHING,
                                        Map.of("ONE", "fedcba9876543210", "PW", "secret"))))
                .doesNotContain("fedcba9876543210", "0123456789abcdef", "secret")
                .contains(
                        "tokens: [\"${TOKEN_1}\",\"${TOKEN_2}\"]",
                        "url: \"postgresql://u%40x:${SOURCE_PASSWORD}@db.example:5432/a%20b?sslmode=require\"");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1024, 1 KB",
        "1500 MB, 1500 MB",
        "2048 MB, 2 GB",
        "999999 TB, 999999 TB"
    })
    void sizes_are_exact(String size, String shown) {
        var config = read("source: {wal_limit: " + size + "}", Map.of());
        assertThat(ConfigText.of(config)).contains("wal_limit: " + shown + "\n");
    }
}
