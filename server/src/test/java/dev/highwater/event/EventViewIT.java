package dev.highwater.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.apply.Spine;
import dev.highwater.sql.EventStore;
import dev.highwater.sql.QualifiedName;
import org.junit.jupiter.api.Test;

/// Events are rows of a table: published, they have history and live views like any other.
final class EventViewIT {
    private static final String APPEND =
            """
            select highwater.append_event('Deposited', gen_random_uuid(), 'account', '%s', '{"amount": %d}', null, null,
              v_expected_version => -1)
            """;

    @Test
    void a_live_view_over_events_is_kept() throws Exception {
        try (var spine = new Spine()) {
            EventStore.install(spine.databases.source());
            spine.run(
                    "select highwater.register_decider_event('account', 'Deposited')",
                    APPEND.formatted("ann", 5));
            assertThat(spine.source.publish(new QualifiedName("highwater", "events"))).isTrue();
            spine.settleFilled();
            spine.createView(
                    "balance",
                    "select decider_id as account, sum((data ->> 'amount')::numeric) as balance"
                            + " from highwater.events where event = 'Deposited' group by 1");
            spine.run(APPEND.formatted("ann", 7), APPEND.formatted("bob", 1));
            spine.settle();
            assertThat(spine.stored("select b::text from balance b order by 1"))
                    .containsExactly("(ann,12)", "(bob,1)");
            assertThat(spine.stored("select version from highwater_history.events order by 1"))
                    .containsExactly("1", "1", "2");
        }
    }

    @Test
    void what_is_not_an_event_is_not_published() throws Exception {
        try (var spine = new Spine()) {
            EventStore.install(spine.databases.source());
            assertThat(spine.source.tables())
                    .extracting(table -> table.name().toString())
                    .containsExactly(
                            "highwater.deciders",
                            "highwater.event_order",
                            "highwater.event_tags",
                            "highwater.events");
        }
    }
}
