package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.cli.FakeNode.Recorded;
import dev.highwater.failure.Failure;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DemoIT {

    private static final String ORDERS =
            "select trader_id, symbol, side, quantity, price from orders where id <= 20 order by id";

    private static final String CONTRADICTIONS =
            """
            select o.id from orders o left join trades t on t.order_id = o.id
            group by o.id having o.filled <> coalesce(sum(t.quantity), 0)
              or (o.status = 'filled') <> (o.filled = o.quantity)
            union all
            select null where (select sum(volume) from instruments)
              <> (select coalesce(sum(quantity), 0) from trades)
            """;

    private static List<String> rows(PgAddress address, String sql) throws SQLException {
        try (Connection connection = Connections.open(address, "test");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(rows.getString(i));
                }
                all.add(String.join("|", row));
            }
            return all;
        }
    }

    private static void execute(PgAddress address, String sql) throws SQLException {
        try (Connection connection = Connections.open(address, "test");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Runs the workload until it committed so often.
    private static void trade(PgAddress source, long seed, long commits) throws Exception {
        DemoWorkload workload = new DemoWorkload(source, seed, 1_000);
        workload.prepare();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread thread =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        workload.run();
                                    } catch (InterruptedException ended) {
                                        Thread.currentThread().interrupt();
                                    } catch (RuntimeException e) {
                                        failed.set(e);
                                    }
                                });
        Instant latest = Instant.now().plusSeconds(60);
        while (workload.commits() < commits && thread.isAlive()) {
            assertThat(Instant.now()).as("%d commits", workload.commits()).isBefore(latest);
            thread.join(Duration.ofMillis(10));
        }
        thread.interrupt();
        thread.join();
        assertThat(failed.get()).isNull();
    }

    @Test
    void the_desk_keeps_its_books_and_the_same_seed_gives_the_same_orders() throws Exception {
        try (TestPostgres.Databases one = TestPostgres.databases();
                TestPostgres.Databases other = TestPostgres.databases()) {
            trade(one.sourceAsApp(), 7, 200);
            trade(other.sourceAsApp(), 7, 200);

            assertThat(rows(one.sourceAsApp(), CONTRADICTIONS)).isEmpty();
            assertThat(rows(one.sourceAsApp(), ORDERS))
                    .hasSize(20)
                    .isEqualTo(rows(other.sourceAsApp(), ORDERS));
            assertThat(rows(one.sourceAsApp(), "select distinct status from orders"))
                    .containsExactlyInAnyOrder("open", "partial", "filled", "cancelled");
        }
    }

    @Test
    void it_goes_on_with_what_people_changed_and_where_it_was_ended() throws Exception {
        try (TestPostgres.Databases databases = TestPostgres.databases()) {
            PgAddress source = databases.sourceAsApp();
            trade(source, 1, 50);
            execute(
                    source,
                    "delete from trades; delete from orders where id % 2 = 0;"
                            + " update orders set filled = 0, status = 'open';"
                            + " update instruments set volume = 0, price = price * 2;");
            trade(source, 2, 100);

            assertThat(rows(source, CONTRADICTIONS)).isEmpty();
        }
    }

    @Test
    void tables_of_that_name_that_are_not_its_own_are_left_alone() throws Exception {
        try (TestPostgres.Databases databases = TestPostgres.databases()) {
            execute(databases.sourceAsApp(), "create table orders (id int primary key)");

            assertThatThrownBy(() -> new DemoWorkload(databases.sourceAsApp(), 1, 4).prepare())
                    .isInstanceOf(Failure.Conflict.class)
                    .hasMessageContaining("--data DIR");
            assertThat(rows(databases.sourceAsApp(), "select to_regclass('trades')"))
                    .containsExactly("null");
        }
    }

    @Test
    void without_a_terminal_it_prints_a_line_a_change_and_one_at_the_end() throws Exception {
        String changes =
                IntStream.rangeClosed(1, 50)
                        .mapToObj(
                                i ->
                                        "{\"event\":\"change\",\"position\":\"3f9a1c2b.%1$d\",\"at\":\"%2$s\",\"changes\":[{\"relation\":\"public.trades\",\"op\":\"insert\",\"key\":{\"id\":%1$d},\"row\":{\"id\":%1$d}}]}"
                                                .formatted(i, Instant.now()))
                        .collect(Collectors.joining("\n"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TestPostgres.Databases databases = TestPostgres.databases();
                FakeNode node =
                        new FakeNode()
                                .on("GET /api/status", "{\"position\":\"3f9a1c2b.0\"}")
                                .on(
                                        "GET /api/tables",
                                        Recorded.ok("[]"),
                                        Recorded.ok(
                                                DemoWorkload.TABLES.stream()
                                                        .map(
                                                                name ->
                                                                        "{\"name\":\"public."
                                                                                + name
                                                                                + "\",\"state\":\"live\"}")
                                                        .collect(
                                                                Collectors.joining(",", "[", "]"))))
                                .on("GET /api/feed", Recorded.ok(changes), Recorded.ok(""))) {
            DemoOptions options = new DemoOptions();
            new CommandLine(
                            CommandLine.Model.CommandSpec.create()
                                    .addMixin(
                                            "demo",
                                            CommandLine.Model.CommandSpec.forAnnotatedObject(
                                                    options)))
                    .parseArgs("--for", "500ms", "--rate", "20");

            new Demo(
                            Console.plain(
                                    InputStream.nullInputStream(),
                                    new PrintStream(out, false, StandardCharsets.UTF_8),
                                    new PrintStream(
                                            OutputStream.nullOutputStream(),
                                            true,
                                            StandardCharsets.UTF_8),
                                    Map.of()),
                            new NodeFile(
                                    URI.create(node.url()),
                                    databases.sourceAsApp(),
                                    databases.storeAsReader(),
                                    null,
                                    null),
                            Path.of("highwater-data"),
                            options)
                    .run();

            assertThat(out.toString(StandardCharsets.UTF_8).lines())
                    .contains("  highwater feed trades", "  highwater feed positions")
                    .anyMatch(line -> line.startsWith("3f9a1c2b.50") && line.endsWith("id=50  "))
                    .last()
                    .asString()
                    .startsWith("demo: 50 commits, 50 changes in ");
            assertThat(node.requests)
                    .contains(
                            "PUT /api/views/positions",
                            "GET /api/feed?relations=traders%2Cinstruments%2Corders%2Ctrades&after=3f9a1c2b.0");
        }
    }
}
