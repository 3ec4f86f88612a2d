package dev.highwater.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.sql.Sql;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// The functions run with the rights of the event store's owner: nothing that a caller put on the
/// search path may run with them.
@ParameterizedClass
@MethodSource("servers")
final class SearchPathIT {
    private static final List<Operands> COMPARED =
            List.of(
                    new Operands("text", "text"),
                    new Operands("uuid", "uuid"),
                    new Operands("int", "int"),
                    new Operands("bigint", "int"),
                    new Operands("bigint", "bigint"));

    private record Operands(String left, String right) {}

    static Stream<Server> servers() {
        return Server.all();
    }

    @Parameter Server server;

    @Test
    void what_a_caller_put_before_everything_else_is_never_run() throws Exception {
        try (var events = server.events();
                var sql = events.session()) {
            Sql.update(sql.connection, "create schema evil");
            for (var types : COMPARED) {
                Sql.update(
                        sql.connection,
                        """
                        create function evil.taken(%1$s, %2$s) returns boolean language plpgsql as $$
                        begin raise exception 'taken'; end $$;
                        create operator evil.= (function = evil.taken, leftarg = %1$s, rightarg = %2$s);
                        create operator evil.> (function = evil.taken, leftarg = %1$s, rightarg = %2$s);
                        create operator evil.+ (function = evil.taken, leftarg = %1$s, rightarg = %2$s);
                        """
                                .formatted(types.left(), types.right()));
            }
            Sql.update(
                    sql.connection,
                    """
                    create function evil.cardinality(anyarray) returns int language plpgsql as $$
                    begin raise exception 'taken'; end $$;
                    create function evil.unnest(anyarray) returns setof text language plpgsql as $$
                    begin raise exception 'taken'; end $$;
                    create function evil.now() returns timestamptz language plpgsql as $$
                    begin raise exception 'taken'; end $$;
                    set search_path = evil, pg_catalog
                    """);
            // It would be taken, where nobody cares.
            assertThat(sql.state("select 'a'::text = 'a'::text")).isEqualTo("P0001");

            var first = UUID.randomUUID();
            String append =
                    "select version from highwater.append_event('e', ?, 'd', 's', '{}', null, ";
            assertThat(sql.one(append + "null)", first)).isEqualTo("1");
            assertThat(sql.one(append + "null)", first)).isEqualTo("1");
            assertThat(sql.one(append + "?)", UUID.randomUUID(), first)).isEqualTo("2");
            assertThat(sql.one(append + "null, 1, false, 2)", UUID.randomUUID())).isEqualTo("3");
            assertThat(sql.one(append + "null, 1, false, -1, null, '{t}')", UUID.randomUUID()))
                    .isEqualTo("4");
            assertThat(sql.state(append + "null)", UUID.randomUUID())).isEqualTo("HW001");
            assertThat(
                            sql.one(
                                    """
                                    select count(*) from highwater.append_events(
                                      '[{"event": "e", "decider": "d", "decider_id": "u", "data": {}, "tags": ["t"]}]',
                                      '[{"tags": ["other"]}]')
                                    """))
                    .isEqualTo("1");
            assertThat(sql.all("select version from highwater.get_events('s', 'd')"))
                    .containsExactly("1", "2", "3", "4");
            sql.one("select view from highwater.register_view('v', '2020-01-01'::timestamptz)");
            assertThat(sql.one("select version from highwater.stream_events('v')")).isEqualTo("1");
        }
    }
}
