package dev.highwater.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.event.Events.Lease;
import dev.highwater.sql.Sql;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What event stores in SQL got wrong before this one: each test fails on an event store that does.
@ParameterizedClass
@MethodSource("servers")
@Timeout(120)
final class WeaknessIT {
    static Stream<Server> servers() {
        return Server.all();
    }

    @Parameter Server server;
    private Events events;
    private Events.Session sql;

    @BeforeEach
    void create() {
        events = server.events();
        sql = events.sql();
    }

    @AfterEach
    void close() throws Exception {
        events.close();
    }

    @Test
    void w1_of_two_first_events_of_a_stream_one_is_refused() throws Exception {
        var one = events.session();
        one.begin();
        one.append("s", null);
        var other = events.session();
        var second =
                CompletableFuture.supplyAsync(
                        () ->
                                other.state(
                                        "select append_event('e', gen_random_uuid(), 'd', 's', '{}',"
                                                + " gen_random_uuid(), null)"));
        // It waits for the first, which may still be rolled back.
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(second).isNotDone();
        one.commit();
        assertThat(second.get()).isEqualTo("HW001");
        assertThat(sql.number("select count(*) from get_events('s', 'd')")).isEqualTo(1);
    }

    @Test
    void w1_when_the_first_is_rolled_back_the_second_goes_through() throws Exception {
        var one = events.session();
        one.begin();
        one.append("s", null);
        var other = events.session();
        var second =
                CompletableFuture.supplyAsync(
                        () ->
                                other.state(
                                        "select append_event('e', gen_random_uuid(), 'd', 's', '{}',"
                                                + " gen_random_uuid(), null)"));
        TimeUnit.MILLISECONDS.sleep(100);
        one.rollback();
        assertThat(second.get()).isEqualTo("00000");
    }

    @Test
    void w2_the_last_event_is_that_of_the_decider_asked_for() throws Exception {
        sql.one("select event from register_decider_event('d2', 'e')");
        UUID mine = sql.append("same");
        sql.one(
                "select event_id from append_event('e', gen_random_uuid(), 'd2', 'same', '{}', null,"
                        + " null)");
        assertThat(sql.one("select event_id from get_last_event('same', 'd')"))
                .isEqualTo(mine.toString());
        assertThat(sql.one("select decider from get_last_event('same', 'd2')")).isEqualTo("d2");
    }

    @Test
    void w3_registering_again_changes_settings_and_moves_no_position() throws Exception {
        sql.register("v");
        for (int i = 0; i < 3; i++) {
            sql.append("s" + i);
        }
        Lease first = sql.stream("v", 1).getFirst();
        sql.ack("v", first);
        assertThat(
                        sql.one(
                                "select lock_timeout_s from register_view('v', v_lock_timeout_s =>"
                                        + " 60)"))
                .isEqualTo("60");
        sql.one("select view from register_view('v', now())");
        Sql.update(sql.connection, "update highwater.views set lock_timeout_s = 61");
        assertThat(sql.stream("v", 10)).hasSize(2);
        assertThat(sql.one("select start_at::date from views")).isEqualTo("2020-01-01");
    }

    @Test
    void w4_an_append_under_way_while_a_view_is_registered_is_delivered() throws Exception {
        UUID one = sql.append("s");
        var writer = events.session();
        writer.begin();
        writer.append("s", one);
        writer.append("t");
        sql.register("v");
        sql.one("select view from register_view('from now on')");
        sql.ack("v", sql.stream("v", 1).getFirst());
        assertThat(sql.stream("v", 10)).isEmpty();
        writer.commit();
        assertThat(sql.stream("v", 10)).extracting(Lease::id).containsExactly("s", "t");
        assertThat(sql.stream("from now on", 10))
                .extracting(Lease::id, Lease::version)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("s", 2L),
                        org.assertj.core.groups.Tuple.tuple("t", 1L));
    }

    @Test
    void w5_an_event_that_commits_after_one_with_a_greater_offset_is_not_lost() throws Exception {
        sql.one("select event from register_decider_event('d2', 'e')");
        sql.register("v");
        var slow = events.session();
        slow.begin();
        slow.append("same");
        sql.one(
                "select event_id from append_event('e', gen_random_uuid(), 'd2', 'same', '{}', null,"
                        + " null)");
        Lease later = sql.stream("v", 1).getFirst();
        sql.ack("v", later);
        slow.commit();
        Lease earlier = sql.stream("v", 1).getFirst();
        assertThat(earlier.offset()).isLessThan(later.offset());
        sql.ack("v", earlier);
        assertThat(sql.stream("v", 1)).isEmpty();
    }

    @Test
    void w6_a_lease_lasts_as_long_as_the_view_says() throws Exception {
        sql.one("select view from register_view('v', '2020-01-01', 1)");
        sql.append("s");
        assertThat(sql.stream("v", 1)).hasSize(1);
        assertThat(sql.stream("v", 1)).isEmpty();
        TimeUnit.MILLISECONDS.sleep(1_100);
        assertThat(sql.stream("v", 1)).extracting(Lease::attempt).containsExactly(2);
        assertThat(
                        sql.one(
                                "select locked_until > clock_timestamp() + '4 minutes' from"
                                        + " stream_events('v', 1), locks"))
                .isEqualTo("(none)");
    }

    @Test
    void w7_a_lease_that_ran_out_cannot_end_the_one_that_came_after_it() throws Exception {
        sql.register("v");
        UUID first = sql.append("s");
        sql.append("s", first);
        var slow = events.session();
        Lease old = slow.stream("v", 1, 0, 1).getFirst();
        var quick = events.session();
        Lease held = quick.stream("v", 1).getFirst();
        assertThat(held.offset()).isEqualTo(old.offset());
        assertThat(held.token()).isGreaterThan(old.token());

        String ack = "select view from ack_event('v', 's', ?, ?)";
        assertThat(slow.state(ack, old.offset(), old.token())).isEqualTo("HW006");
        assertThat(slow.state("select view from ack_event('v', 's', ?)", old.offset()))
                .isEqualTo("HW006");
        assertThat(slow.state("select view from nack_event('v', 's', ?)", old.token()))
                .isEqualTo("HW006");
        assertThat(slow.state("select view from nack_event('v', 's')")).isEqualTo("HW006");
        assertThat(slow.state("select view from schedule_nack_event('v', 's', 10)"))
                .isEqualTo("HW006");
        assertThat(events.session().stream("v", 1)).isEmpty();

        assertThat(quick.state("select view from ack_event('v', 's', ?)", 999_999))
                .isEqualTo("HW008");
        assertThat(quick.state("select view from ack_event('v', 's', ?)", held.offset() + 1))
                .isEqualTo("HW007");
        // The holder's own session needs no token.
        assertThat(quick.state("select view from ack_event('v', 's', ?)", held.offset()))
                .isEqualTo("00000");
        assertThat(quick.state("select view from ack_event('v', 's', ?)", held.offset()))
                .isEqualTo("HW006");
        Lease next = quick.stream("v", 1).getFirst();
        assertThat(next.version()).isEqualTo(2);
        assertThat(quick.state("select view from nack_event('v', 's', ?)", next.token()))
                .isEqualTo("00000");
        assertThat(quick.state(ack, next.offset(), next.token())).isEqualTo("HW006");
    }

    @Test
    void w7_of_a_token_that_was_never_given_out_or_is_of_another_stream_nothing_untrue_is_said()
            throws Exception {
        sql.register("v");
        sql.append("a");
        sql.append("b");
        String nack = "select view from nack_event('v', ?, ?)";
        String ack = "select view from ack_event('v', ?, ?, ?)";
        assertThat(sql.refusal(nack, "a", 1))
                .contains("lease 1 on a in view v was never given out");
        var leases = sql.stream("v", 2);
        Lease a = leases.get(0);
        Lease b = leases.get(1);
        assertThat(List.of(a.id(), b.id())).containsExactly("a", "b");
        long newest = Math.max(a.token(), b.token());

        for (long token : new long[] {newest + 1, newest + 75, Long.MAX_VALUE, 0, -1}) {
            for (String refusal :
                    List.of(
                            sql.refusal(nack, "a", token),
                            sql.refusal(ack, "a", a.offset(), token))) {
                assertThat(refusal)
                        .contains(
                                "lease " + token + " on a in view v was never given out",
                                "Give the token that came with the event")
                        .doesNotContain("came after", "any more", "rop the event");
            }
            assertThat(sql.state(nack, "a", token)).isEqualTo("HW006");
            assertThat(sql.state(ack, "a", a.offset(), token)).isEqualTo("HW006");
        }
        for (var pair : List.of(List.of(a, b), List.of(b, a))) {
            Lease here = pair.get(0);
            Lease elsewhere = pair.get(1);
            for (String refusal :
                    List.of(
                            sql.refusal(nack, here.id(), elsewhere.token()),
                            sql.refusal(ack, here.id(), here.offset(), elsewhere.token()))) {
                assertThat(refusal)
                        .contains(
                                "lease %d is not on %s in view v"
                                        .formatted(elsewhere.token(), here.id()),
                                "Lease %d is on it, of decider d".formatted(here.token()),
                                "If not, give the token that came with it")
                        .doesNotContain("came after");
            }
        }
        assertThat(sql.refusal(nack, "nobody", a.token()))
                .contains("lease " + a.token() + " is not on nobody in view v", "There is no lease")
                .doesNotContain("NULL");
        assertThat(sql.state(nack, "nobody", a.token())).isEqualTo("HW006");

        sql.ack("v", b);
        sql.nack("v", a);
        assertThat(sql.refusal(nack, "a", a.token()))
                .contains("lease " + a.token() + " is not on a in view v", "There is no lease")
                .doesNotContain("given back");
    }

    @Test
    void w8_a_consumer_in_a_transaction_blocks_no_writer() throws Exception {
        sql.register("v");
        sql.append("s");
        var consumer = events.session();
        consumer.begin();
        Lease lease = consumer.stream("v", 1).getFirst();
        consumer.ack("v", lease);
        long begun = System.nanoTime();
        sql.append("s");
        sql.append("new");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
        consumer.commit();
        assertThat(sql.stream("v", 10)).extracting(Lease::id).containsExactly("s", "new");
    }

    @Test
    void w8_writers_of_streams_of_one_id_in_opposite_order_do_not_meet() throws Exception {
        sql.register("v");
        sql.one("select event from register_decider_event('d2', 'e')");
        String append =
                "select event_id from append_event('e', gen_random_uuid(), ?, ?, '{}', null, null)";
        var one = events.session();
        var other = events.session();
        one.begin();
        other.begin();
        one.one(append, "d", "x");
        other.one(append, "d2", "y");
        one.one(append, "d", "y");
        other.one(append, "d2", "x");
        one.commit();
        other.commit();
        assertThat(sql.stream("v", 10)).hasSize(4);
    }

    @Test
    void w8_batches_over_the_same_streams_in_opposite_order_do_not_deadlock() throws Exception {
        var batches = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < 8; i++) {
            var session = events.session();
            String streams = i % 2 == 0 ? "array['x','y','z']" : "array['z','y','x']";
            batches.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                for (int n = 0; n < 20; n++) {
                                    String state =
                                            session.state(
                                                    "select count(*) from append_events((select"
                                                            + " jsonb_agg(jsonb_build_object('event',"
                                                            + " 'e', 'decider', 'd', 'decider_id', s,"
                                                            + " 'data', 1, 'expected_version', -1))"
                                                            + " from unnest("
                                                            + streams
                                                            + ") s))");
                                    if (!state.equals("00000")) {
                                        return state;
                                    }
                                }
                                return "00000";
                            }));
        }
        for (var batch : batches) {
            assertThat(batch.get()).isEqualTo("00000");
        }
        assertThat(sql.one("select max(version) from events")).isEqualTo("160");
    }

    @Test
    void w9_an_append_reads_as_little_of_a_long_stream_as_of_a_short_one() throws Exception {
        grow("long", 20_000);
        grow("short", 10);
        assertThat(read("long")).isLessThanOrEqualTo(read("short") + 4);
    }

    /// Pages that one append reads.
    private long read(String stream) throws Exception {
        String pages =
                "select sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read) from"
                        + " pg_statio_all_tables where schemaname = 'highwater' and relname ="
                        + " 'events'";
        sql.append(stream);
        sql.one("select pg_stat_force_next_flush()");
        sql.one("select pg_stat_clear_snapshot()");
        long before = sql.number(pages);
        for (int i = 0; i < 10; i++) {
            sql.append(stream);
        }
        sql.one("select pg_stat_force_next_flush()");
        sql.one("select pg_stat_clear_snapshot()");
        return (sql.number(pages) - before) / 10;
    }

    private void grow(String stream, int length) throws Exception {
        sql.one(
                """
                select count(*) from append_events((
                  select jsonb_agg(jsonb_build_object('event', 'e', 'decider', 'd', 'decider_id', ?::text,
                    'data', 1, 'expected_version', -1))
                  from generate_series(1, ?)))
                """,
                stream,
                length);
    }

    @Test
    void w10_views_cost_an_append_nothing() throws Exception {
        long without = written();
        for (int i = 0; i < 20; i++) {
            sql.register("v" + i);
        }
        assertThat(written()).isLessThanOrEqualTo(without + without / 5);
    }

    /// Bytes of WAL that a hundred appends write.
    private long written() throws Exception {
        sql.one("select 1 from pg_switch_wal()");
        sql.append("warm");
        String before = sql.one("select pg_current_wal_insert_lsn()");
        for (int i = 0; i < 100; i++) {
            sql.append("s");
        }
        return sql.number(
                "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), ?::pg_lsn)::bigint", before);
    }

    @Test
    void w11_asking_reads_as_little_with_many_streams_as_with_few() throws Exception {
        sql.register("v");
        sql.one(
                """
                select count(*) from append_events((
                  select jsonb_agg(jsonb_build_object('event', 'e', 'decider', 'd', 'decider_id', 's' || i, 'data', 1))
                  from generate_series(1, 30000) i))
                """);
        sql.stream("v", 1);
        long begun = System.nanoTime();
        int consumed = 0;
        for (int round = 0; round < 20; round++) {
            consumed +=
                    sql.all(
                                    """
                                    select a.view from stream_events('v', 100) s
                                    cross join lateral ack_event('v', s.decider_id, s."offset", s.token) a
                                    """)
                            .size();
        }
        assertThat(consumed).isEqualTo(2_000);
        // Sorting what is pending for each call would take most of a minute.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void w12_an_event_appended_in_this_transaction_is_streamed_and_several_of_a_stream_at_once()
            throws Exception {
        sql.register("v");
        sql.begin();
        for (int i = 0; i < 5; i++) {
            sql.append("s");
        }
        List<Lease> all = sql.stream("v", 3, 300, 100);
        assertThat(all).extracting(Lease::version).containsExactly(1L, 2L, 3L);
        sql.ack("v", all.get(1));
        sql.append("s");
        sql.ack("v", all.get(2));
        assertThat(sql.stream("v", 100, 300, 100))
                .extracting(Lease::version)
                .containsExactly(4L, 5L, 6L);
        sql.commit();
        assertThat(sql.number("select max(position) from read_events()")).isEqualTo(6);
    }

    @Test
    void w13_a_poison_event_is_parked_listed_and_replayed_or_skipped() throws Exception {
        sql.one("select view from register_view('v', '2020-01-01', v_max_attempts => 3)");
        UUID poison = sql.append("s");
        sql.append("s", poison);
        sql.append("healthy");
        for (int attempt = 1; attempt <= 3; attempt++) {
            Lease lease = sql.stream("v", 1, 60, 1).getFirst();
            while (!lease.id().equals("s")) {
                sql.ack("v", lease);
                lease = sql.stream("v", 1).getFirst();
            }
            assertThat(lease.attempt()).isEqualTo(attempt);
            sql.nack("v", lease);
        }
        while (!sql.all("select ack_event('v', decider_id, \"offset\") from stream_events('v')")
                .isEmpty()) {}
        assertThat(sql.all("select event_id from parked_events where view = 'v'"))
                .containsExactly(poison.toString());
        sql.one("select view from replay_event('v', 's')");
        assertThat(sql.all("select event_id from parked_events")).isEmpty();
        // Also without a word from the consumer: the lease only runs out.
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(sql.stream("v", 1, 0, 1))
                    .extracting(Lease::attempt)
                    .containsExactly(attempt);
        }
        assertThat(sql.stream("v", 1)).isEmpty();
        sql.one("select view from skip_event('v', 's')");
        assertThat(sql.stream("v", 1)).extracting(Lease::version).containsExactly(2L);
    }

    @Test
    void w13_events_are_filtered_by_type_and_decider() throws Exception {
        sql.one("select event from register_decider_event('d', 'other')");
        sql.one("select view from register_view('others', '2020-01-01', v_events => '{other}')");
        sql.one("select view from register_view('nobody', '2020-01-01', v_deciders => '{d2}')");
        for (int i = 0; i < 10; i++) {
            sql.append("s");
        }
        sql.one(
                "select event_id from append_event('other', gen_random_uuid(), 'd', 's', '{}', null,"
                        + " null, v_expected_version => 10)");
        sql.append("s");
        Lease lease = sql.stream("others", 10, 10, 10).getFirst();
        assertThat(lease.version()).isEqualTo(11);
        sql.ack("others", lease);
        assertThat(sql.stream("others", 10)).isEmpty();
        assertThat(sql.stream("nobody", 10)).isEmpty();
        assertThat(sql.all("select version from read_events(v_event => 'other')"))
                .containsExactly("11");
    }

    @Test
    void w13_events_and_deciders_cannot_be_changed_and_who_tries_is_told() throws Exception {
        UUID id = sql.append("s");
        for (String change :
                List.of(
                        "update highwater.events set data = '1'",
                        "delete from highwater.events",
                        "truncate highwater.events cascade",
                        "update highwater.deciders set description = ''",
                        "delete from highwater.deciders",
                        "truncate highwater.deciders",
                        "delete from highwater.event_order")) {
            assertThat(sql.state(change)).as(change).isEqualTo("HW005");
        }
        assertThat(sql.all("select event_id from get_events('s')")).containsExactly(id.toString());
    }

    @Test
    void w14_the_start_of_a_view_is_one_moment_in_every_time_zone() throws Exception {
        sql.append("before");
        TimeUnit.MILLISECONDS.sleep(20);
        String moment = sql.one("select clock_timestamp()::text");
        TimeUnit.MILLISECONDS.sleep(20);
        sql.append("after");
        var far = events.session();
        far.one("select set_config('timezone', 'Pacific/Auckland', false)");
        far.one("select view from register_view('v', ?::timestamptz)", moment);
        assertThat(far.stream("v", 10)).extracting(Lease::id).containsExactly("after");
        assertThat(
                        sql.one(
                                "select atttypid::regtype from pg_attribute where attrelid ="
                                        + " 'highwater.views'::regclass and attname = 'start_at'"))
                .isEqualTo("timestamp with time zone");
    }
}
