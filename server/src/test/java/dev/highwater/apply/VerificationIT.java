package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.journal.RunText;
import dev.highwater.journal.Verification;
import dev.highwater.sql.Sql;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever is done to a stored journal, verification names the first entry that is not what it
/// was.
final class VerificationIT {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select 1 | 0",
                "update highwater.change set body = replace(body, 'n 3', 'n 4') where position = 4 | 4",
                "update highwater.change set salt = decode('00', 'hex') where position = 4 | 4",
                "delete from highwater.change where position = 5 and ordinal = 1 | 5",
                "delete from highwater.change where position = 5 and ordinal = 0 | 5",
                "delete from highwater.entry where position = 3 | 4",
                "update highwater.entry set at = at + interval '1 microsecond' where position = 6 | 6",
                "update highwater.entry set lamport = 1 where position = 6 | 6",
                "update highwater.entry set hash = root where position = 2 | 2",
                "update highwater.entry set kind = 'backfill' where position = 5 | 5",
                "update highwater.change set body = replace(body, 'run 230', 'run 231') where position = 8 | 8",
                "update highwater.change set salt = overlay(salt placing '\\x00'::bytea from 470) where position = 8 | 8",
                "update highwater.change set salt = substr(salt, 17) where position = 8 | 8",
                "update highwater.change set changes = changes - 1 where position = 8 | 8",
                "update highwater.change set changes = changes - 1, body = regexp_replace(body, '\\n[^\\n]*$', '') where position = 8 | 8",
                "insert into highwater.change values (99, 0, 1, '{}', '\\x00', null) | 99",
            })
    void a_change_to_the_journal_is_found(String tampering, long position) throws Exception {
        try (var spine = new Spine()) {
            spine.run("create table t (n int primary key, note text)");
            for (int n = 1; n <= 6; n++) {
                spine.run("insert into t values (%d, 'n %d'), (%d, '')".formatted(n, n, n + 100));
            }
            spine.run("insert into t select g, 'run ' || g from generate_series(201, 240) g");
            spine.settle();
            assertThat(spine.stored("select changes from highwater.change where position = 8"))
                    .containsExactly("40");
            try (Statement statement = spine.store.createStatement()) {
                statement.execute(tampering);
            }
            var result = Verification.run(spine.store, _ -> true);
            assertThat(result.broken().map(Verification.Broken::position).orElse(0L))
                    .isEqualTo(position);
        }
    }

    @Test
    void changes_of_a_row_read_the_same_in_sql() throws Exception {
        try (var spine = new Spine()) {
            spine.run(
                    "create table t (n int primary key, note text, more json)",
                    """
                    begin;
                    insert into t select g, case g % 4 when 0 then null when 1 then '' when 2 then e'a\\u001f\\n\\t"\\\\' else ',"more":' end,
                      case g % 3 when 0 then null when 1 then '{ "n"	: 1, "note":2,"more":3}' else '[",\\"note\\":"]' end::json
                      from generate_series(1, 60) g;
                    update t set note = 'ü😀' where n > 20;
                    delete from t where n > 50;
                    truncate t;
                    insert into t select g from generate_series(1, 300) g;
                    commit
                    """);
            spine.settle();
            int runs = 0;
            for (var body :
                    spine.stored(
                            "select body from highwater.change where changes > 1 order by 1")) {
                var inSql =
                        Sql.query(
                                spine.store,
                                "select highwater.change_texts(?)",
                                row -> row.getString(1),
                                body);
                assertThat(inSql).isEqualTo(RunText.texts(body));
                runs++;
            }
            assertThat(runs).isGreaterThan(1);
            assertThat(Verification.run(spine.store, _ -> true).broken()).isEmpty();
        }
    }
}
