package dev.highwater.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The event store beside a bare INSERT, and beside a design that writes a row for each view with
/// each event.
final class EventsBench {
    private static final String BARE = "bare INSERT";
    private static final String OURS = "Highwater";
    private static final String OTHER = "lock rows by trigger";
    private static final String NEW_STREAM =
            "'e', gen_random_uuid(), 'd', gen_random_uuid()::text, '{\"a\":1,\"text\":\"about as much as a"
                    + " usual event has to say, a hundred bytes or so in all\"}', gen_random_uuid(), null";

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;
    private final Pgbench pgbench;

    EventsBench(Path program, Path folder, Sizes sizes, Report report, Pgbench pgbench) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
        this.pgbench = pgbench;
    }

    void run() throws IOException, SQLException, InterruptedException {
        var cluster = PlainPostgres.create(program, folder.resolve("events-plain"));
        try (var server = PlainPostgres.start(cluster)) {
            install(server);
            autovacuum(server, false);
            appends(server);
            lengths(server);
            autovacuum(server, true);
            pending(server);
            hot(server);
            idle(server);
        }
    }

    private void install(Server server) throws IOException, SQLException, InterruptedException {
        var install =
                new ProcessBuilder(
                                program.toString(),
                                "sql",
                                "install",
                                "--source",
                                server.source().toString())
                        .inheritIO()
                        .start();
        if (install.waitFor() != 0) {
            throw new IOException("the event store could not be installed");
        }
        try (var sql = EventsBench.class.getResourceAsStream("per-view-locks.sql")) {
            server.execute(
                    new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8));
        }
        server.execute(
                "create table bare (like highwater.events including all)",
                "select highwater.register_decider_event('d', 'e')");
    }

    private void appends(Server server) throws IOException, SQLException, InterruptedException {
        report.section(
                "Appends",
                """
                `pgbench -c 16`, each transaction one event of a new stream, %d s a turn, turns alternately. Bare: an `INSERT` into a table
                with the columns, defaults and indexes of `highwater.events`. Lock rows by trigger: a design in which each append writes a
                row for each view, as fstore-sql does. Views are registered, nobody consumes. Each turn begins with a checkpoint, and autovacuum
                is off, so that neither falls into the turn of one way only. Events/s, all turns and their median; and the share of the bare
                turn just before, its median.
                """
                        .formatted(sizes.eventTurn().toSeconds()));
        var rates = new LinkedHashMap<String, List<Double>>();
        int rounds = 2 * sizes.rounds() - 1; // Turns of so many clients differ a lot.
        for (int round = 0; round < rounds; round++) {
            for (int views : List.of(0, 5, 20)) {
                views(server, views);
                for (String way : List.of(BARE, OURS, OTHER)) {
                    String statement =
                            switch (way) {
                                case BARE ->
                                        "insert into bare (event, event_id, decider, decider_id, data,"
                                                + " command_id, previous_id, version) values ("
                                                + NEW_STREAM
                                                + ", 1)";
                                case OURS ->
                                        "select version from highwater.append_event("
                                                + NEW_STREAM
                                                + ")";
                                default ->
                                        "select event_id from fs.append_event(" + NEW_STREAM + ")";
                            };
                    server.execute("checkpoint");
                    double rate =
                            load(server, 16, sizes.eventTurn().toSeconds(), statement)
                                    .transactionsPerSecond();
                    rates.computeIfAbsent(way + views, _ -> new ArrayList<>()).add(rate);
                }
            }
        }
        var rows = new ArrayList<List<String>>();
        double worst = Double.MAX_VALUE;
        for (int views : List.of(0, 5, 20)) {
            for (String way : List.of(BARE, OURS, OTHER)) {
                double share = share(rates, way + views, BARE + views);
                if (way.equals(OURS)) {
                    worst = Math.min(worst, share);
                }
                rows.add(
                        List.of(
                                way,
                                Integer.toString(views),
                                Report.list(rates.getOrDefault(way + views, List.of())),
                                Report.number(median(rates, way + views)),
                                Report.number(share)));
            }
        }
        report.table(List.of("way", "views", "events/s", "median", "of bare"), rows);
        report.target(
                "append, 16 clients, with 0, 5 and 20 views: share of a bare INSERT, the least",
                ">= 0.7",
                Report.number(worst),
                "with 20 views and lock rows by trigger "
                        + Report.number(share(rates, OTHER + 20, BARE + 20)),
                worst >= 0.7);
        views(server, 0);
    }

    private static void autovacuum(Server server, boolean enabled) throws SQLException {
        for (var table : List.of("bare", "highwater.events", "fs.events")) {
            server.execute(
                    "alter table %s set (autovacuum_enabled = %b)".formatted(table, enabled));
        }
    }

    /// The median of the turns' shares, each of the other's turn in the same round: machines that
    /// others use are slow for minutes.
    private static double share(Map<String, List<Double>> rates, String of, String whole) {
        var shares = new ArrayList<Double>();
        var wholes = rates.getOrDefault(whole, List.of());
        for (double rate : rates.getOrDefault(of, List.of())) {
            shares.add(rate / wholes.get(shares.size()));
        }
        return Report.median(shares);
    }

    private static void views(Server server, int count) throws SQLException {
        server.execute(
                "select highwater.drop_view(view) from highwater.views",
                "delete from fs.views",
                "insert into fs.views select 'v' || i from generate_series(1, %d) i"
                        .formatted(count),
                "select highwater.register_view('v' || i) from generate_series(1, %d) i"
                        .formatted(count));
    }

    private void lengths(Server server) throws IOException, SQLException, InterruptedException {
        report.section(
                "Appends to a long stream",
                "One client, 200 appends to a stream of this length, `synchronous_commit` and autovacuum off: milliseconds each.");
        var rows = new ArrayList<List<String>>();
        var means = new LinkedHashMap<String, Double>();
        for (int length : List.of(10, sizes.eventLength())) {
            String stream = "length" + length;
            server.execute(
                    "select count(*) from highwater.append_events((%s))"
                            .formatted(objects("'%s'".formatted(stream), length, true)),
                    """
                    alter table fs.events disable trigger user;
                    insert into fs.events (event, event_id, decider, decider_id, data, command_id, previous_id)
                    select 'e', md5('%1$s' || i)::uuid, 'd', '%1$s', '{}', gen_random_uuid(),
                      case when i > 1 then md5('%1$s' || (i - 1))::uuid end
                    from generate_series(1, %2$d) i;
                    alter table fs.events enable trigger user;
                    analyze fs.events;
                    """
                            .formatted(stream, length));
            String ours =
                    """
                    set synchronous_commit = off;
                    select version from highwater.append_event('e', gen_random_uuid(), 'd', '%1$s', '{}', gen_random_uuid(),
                      (select event_id from highwater.get_last_event('%1$s', 'd')));
                    """
                            .formatted(stream);
            String other =
                    """
                    set synchronous_commit = off;
                    select event_id from fs.append_event('e', gen_random_uuid(), 'd', '%1$s', '{}', gen_random_uuid(),
                      (select event_id from fs.events where decider_id = '%1$s' and decider = 'd' order by "offset" desc limit 1));
                    """
                            .formatted(stream);
            means.put(OURS + length, Double.MAX_VALUE);
            means.put(OTHER + length, Double.MAX_VALUE);
            for (int round = 0; round < Math.max(3, sizes.rounds()); round++) {
                means.merge(OURS + length, transactions(server, 1, 200, ours).meanMs(), Math::min);
                means.merge(
                        OTHER + length, transactions(server, 1, 200, other).meanMs(), Math::min);
            }
        }
        for (String way : List.of(OURS, OTHER)) {
            double brief = means.getOrDefault(way + 10, 0.0);
            double lengthy = means.getOrDefault(way + sizes.eventLength(), 0.0);
            rows.add(
                    List.of(
                            way,
                            Report.number(brief),
                            Report.number(lengthy),
                            Report.number(lengthy / brief)));
            if (way.equals(OURS)) {
                report.target(
                        "append at stream length %,d beside length 10"
                                .formatted(sizes.eventLength()),
                        "<= 1.2 times",
                        Report.number(lengthy / brief) + " times",
                        Report.number(lengthy) + " ms",
                        lengthy / brief <= 1.2);
            }
        }
        report.table(List.of("way", "length 10", "length " + sizes.eventLength(), "ratio"), rows);
    }

    private void pending(Server server) throws IOException, SQLException, InterruptedException {
        int streams = sizes.eventPending();
        int calls = streams / 100 / 4;
        report.section(
                "Many pending streams",
                "%,d streams with one event each; 4 clients, each statement asks for 100 events and acknowledges them."
                        .formatted(streams));
        server.execute(
                "select highwater.register_view('many')",
                "insert into fs.views values ('many')",
                "select count(*) from highwater.append_events((%s))"
                        .formatted(objects("'p' || i", streams, false)),
                """
                insert into fs.events (event, event_id, decider, decider_id, data, command_id)
                select 'e', gen_random_uuid(), 'd', 'p' || i, '{}', gen_random_uuid() from generate_series(1, %d) i
                """
                        .formatted(streams),
                "delete from fs.views where view <> 'many'");
        double ours =
                100
                        * transactions(server, 4, calls, batch("highwater", "many"))
                                .transactionsPerSecond();
        double other =
                100 * transactions(server, 4, calls, batch("fs", "many")).transactionsPerSecond();
        report.table(
                List.of("way", "events/s"),
                List.of(List.of(OURS, Report.number(ours)), List.of(OTHER, Report.number(other))));
        report.target(
                "consumed events/s with acknowledgements, %,d streams pending".formatted(streams),
                ">= 5,000",
                Report.number(ours),
                OTHER + " " + Report.number(other),
                ours >= 5_000);
    }

    private static String batch(String schema, String view) {
        String token = schema.equals("fs") ? "" : ", s.token";
        return """
        select count(*) from %1$s.stream_events('%2$s', 100) s
        cross join lateral %1$s.ack_event('%2$s', s.decider_id, s."offset"%3$s) a;
        """
                .formatted(schema, view, token);
    }

    private void hot(Server server) throws IOException, SQLException, InterruptedException {
        report.section(
                "One hot stream",
                "3,000 events of one stream pending, one client. In a row: 100 events a call and one acknowledgement.");
        server.execute(
                "select highwater.register_view('hot')",
                "insert into fs.views values ('hot')",
                "select count(*) from highwater.append_events((%s))"
                        .formatted(objects("'hot'", 3_300, true)),
                """
                alter table fs.events disable trigger user;
                insert into fs.events (event, event_id, decider, decider_id, data, command_id, previous_id)
                select 'e', md5('hot' || i)::uuid, 'd', 'hot', '{}', gen_random_uuid(), case when i > 1 then md5('hot' || (i - 1))::uuid end
                from generate_series(1, 3300) i;
                alter table fs.events enable trigger user;
                    insert into fs.locks (view, decider_id, "offset", last_offset)
                select 'hot', 'hot', max("offset"), 0 from fs.events where decider_id = 'hot';
                analyze fs.events;
                """);
        String single = batch("highwater", "hot").replace("100", "1");
        double one = transactions(server, 1, 300, single).transactionsPerSecond();
        double row =
                100
                        * transactions(
                                        server,
                                        1,
                                        30,
                                        """
                                        select a.last_offset from
                                          (select s.decider_id, max(s."offset") as "offset", max(s.token) as token
                                           from highwater.stream_events('hot', 100, null, 100) s group by 1) s
                                        cross join lateral highwater.ack_event('hot', s.decider_id, s."offset", s.token) a;
                                        """)
                                .transactionsPerSecond();
        double other =
                transactions(server, 1, 300, batch("fs", "hot").replace("100", "1"))
                        .transactionsPerSecond();
        report.table(
                List.of("way", "events/s"),
                List.of(
                        List.of(OURS + ", in a row", Report.number(row)),
                        List.of(OURS + ", one by one", Report.number(one)),
                        List.of(OTHER + ", one by one", Report.number(other))));
        report.target(
                "consumed events/s of one hot stream",
                ">= 3,000",
                Report.number(row),
                "one by one %s, %s %s".formatted(Report.number(one), OTHER, Report.number(other)),
                row >= 3_000);
    }

    private void idle(Server server) throws IOException, SQLException, InterruptedException {
        int streams = sizes.eventStreams();
        report.section(
                "Idle",
                "%,d streams, all consumed; one client asks for an event again and again: milliseconds a call."
                        .formatted(streams));
        server.execute(
                "select highwater.register_view('idle')",
                "delete from fs.views",
                "insert into fs.views values ('idle')",
                """
                do $$ begin
                  for n in 1 .. %1$d / 1000 loop
                    perform highwater.append_events((
                      select jsonb_agg(jsonb_build_object('event', 'e', 'decider', 'd', 'decider_id', 'i' || n || '-' || i, 'data', '{}'::jsonb))
                      from generate_series(1, 1000) i));
                  end loop;
                end $$
                """
                        .formatted(streams),
                """
                insert into fs.locks (view, decider_id, "offset", last_offset)
                select 'idle', 'i' || i, i, i from generate_series(1, %d) i
                """
                        .formatted(streams),
                "analyze fs.locks");
        String consume = batch("highwater", "idle").replace("100", "5000");
        try (var connection = server.connect()) {
            while (!Server.one(connection, consume).equals("0")) {}
        }
        double ours =
                transactions(
                                server,
                                1,
                                1_000,
                                "select count(*) from highwater.stream_events('idle');")
                        .meanMs();
        double other =
                transactions(server, 1, 1_000, "select count(*) from fs.stream_events('idle', 1);")
                        .meanMs();
        report.table(
                List.of("way", "ms"),
                List.of(List.of(OURS, Report.number(ours)), List.of(OTHER, Report.number(other))));
        report.target(
                "idle poll at %,d streams".formatted(streams),
                "< 1 ms",
                Report.number(ours) + " ms",
                OTHER + " " + Report.number(other) + " ms",
                ours < 1);
    }

    /// A query for a JSON array of events.
    private static String objects(String stream, int count, boolean anywhere) {
        return "select jsonb_agg(jsonb_build_object('event', 'e', 'decider', 'd', 'decider_id', %s, 'data', '{}'::jsonb%s)) from generate_series(1, %d) i"
                .formatted(stream, anywhere ? ", 'expected_version', -1" : "", count);
    }

    private static double median(Map<String, List<Double>> rates, String what) {
        return Report.median(rates.getOrDefault(what, List.of()));
    }

    private Pgbench.Said load(Server server, int clients, long seconds, String statement)
            throws IOException, InterruptedException {
        return script(server, clients, statement + ";", "-T", Long.toString(seconds));
    }

    private Pgbench.Said transactions(Server server, int clients, int each, String statements)
            throws IOException, InterruptedException {
        return script(server, clients, statements, "-t", Integer.toString(each));
    }

    private Pgbench.Said script(Server server, int clients, String statements, String... more)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile(folder, "events", ".sql");
        Files.writeString(file, statements);
        var options =
                new ArrayList<>(
                        List.of(
                                "-n",
                                "-M",
                                "prepared",
                                "-c",
                                Integer.toString(clients),
                                "-j",
                                Integer.toString(Math.min(2, clients)),
                                "-f",
                                file.toString()));
        options.addAll(List.of(more));
        return pgbench.run(server, options);
    }
}
