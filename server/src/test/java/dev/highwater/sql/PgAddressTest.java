package dev.highwater.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PgAddressTest {

    @Test
    void an_address_is_read_from_its_uri() {
        assertThat(PgAddress.parse("postgresql://app:pw@127.0.0.1:5474/source"))
                .isEqualTo(new PgAddress("127.0.0.1", 5474, "source", "app", "pw"));
        assertThat(PgAddress.parse("postgres://app@db.example/x"))
                .isEqualTo(new PgAddress("db.example", 5432, "x", "app", ""));
        assertThat(PgAddress.parse("postgresql://app:pw@[::1]:1/x"))
                .isEqualTo(new PgAddress("::1", 1, "x", "app", "pw"));
    }

    @Test
    void every_character_survives_the_uri() {
        PgAddress address = new PgAddress("h", 1, "a b/c?ä", "u:@/ +%", "p+ @:/?#%&ü\"");
        assertThat(PgAddress.parse(address.uri())).isEqualTo(address);
        PgAddress six = new PgAddress("fe80::1", 1, "d", "u", "p");
        assertThat(PgAddress.parse(six.uri())).isEqualTo(six);
        assertThat(six.url()).isEqualTo("jdbc:postgresql://[fe80::1]:1/d");
    }

    @Test
    void tls_is_chosen_behind_the_database() {
        String text = "postgresql://u:p@h:1/d?sslmode=verify-full&sslrootcert=%2Fa%20b";
        PgAddress address = PgAddress.parse(text);
        assertThat(address.tls())
                .isEqualTo(Map.of("sslmode", "verify-full", "sslrootcert", "/a b"));
        assertThat(address.uri()).isEqualTo(text);
        assertThat(address.withDatabase("e").uri()).isEqualTo(text.replace("/d?", "/e?"));
    }

    @Test
    void the_password_is_not_shown() {
        PgAddress address = new PgAddress("h", 1, "d", "u", "secret");
        assertThat(address).hasToString("postgresql://u@h:1/d");
        assertThat(address.url()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mysql://u:secret@h/d",
                "postgresql://u:secret@h",
                "postgresql://u:secret@h/",
                "postgresql://h/d",
                "postgresql://u:secret@h:99999/d",
                "postgresql://u:sec ret@h/d",
                "postgresql://u:secret@h/d?sslmode=maybe",
                "postgresql://u:secret@h/d?user=other",
                "postgresql://u:secret@h/d?sslmode",
                "postgresql://u:secret@h/d#x",
                "postgresql://u:se%zzcret@h/d",
                "postgresql://:secret@h/d",
                "postgresql:secret",
                "postgresql://u:secret@h:x/d",
                "postgresql://u:secret",
                "postgresql://u@h:secret",
                "postgres:/u:secret@h/d",
                "u:se@cret@h/d",
                "postgresql://u@h/d?password=secret",
                "jdbc:postgresql://h/d?user=u&password=secret",
                "host=h user=u PASSWORD = 'secret' dbname=d"
            })
    void nonsense_is_refused_without_telling_the_password(String text) {
        assertThatThrownBy(() -> PgAddress.parse(text))
                .isInstanceOfSatisfying(
                        Failure.Refused.class,
                        refused -> {
                            assertThat(refused.code()).isEqualTo("bad-address");
                            assertThat(refused.line())
                                    .doesNotContain("secret", "cret")
                                    .contains("postgresql://user:password");
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    postgres//x                     | postgres//x
                    foo                             | foo
                    postgresql://h/d                | postgresql://h/d
                    mysql://u:secret@h/d            | mysql://u:***@h/d
                    postgresql://u@h:99999/d        | postgresql://u@h:99999/d
                    postgresql://u@h/d?password=x   | postgresql://u@h/d?password=***
                    postgresql://u/secret@h/d       | postgresql://u/***@h/d
                    u/secret@h:5432/d               | u/***@h:5432/d
                    host=h user=u pwd=secret        | host=h user=u pwd=***
                    """)
    void what_is_refused_is_shown(String text, String shown) {
        assertThatThrownBy(() -> PgAddress.parse(text))
                .hasMessageStartingWith("'" + shown + "' is not a database address: ");
    }
}
