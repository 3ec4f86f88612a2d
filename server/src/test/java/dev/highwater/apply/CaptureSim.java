package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.journal.Verification;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/// Random transactions, DDL, publications and broken connections. Invariants: in the end the store
/// equals the source, the journal verifies, and the store as of any position equals what the source
/// was after that transaction.
final class CaptureSim {
    private static final boolean LONG = Boolean.getBoolean("highwater.long");
    private static final int STEPS = LONG ? 1_500 : 60;

    private final long seed =
            Long.getLong("highwater.seed", ThreadLocalRandom.current().nextLong());
    private final Random random = new Random(seed);

    /// A table of the source as the simulation knows it.
    private static final class Model {
        final String name;
        final String key;
        int columns;
        boolean present;

        Model(String name, String key) {
            this.name = name;
            this.key = key;
        }
    }

    private final List<Model> models =
            List.of(
                    new Model("ints", "%d"),
                    new Model("texts", "'k%d'"),
                    new Model("numerics", "%d.50"),
                    new Model("floats", "%d.25"));

    @RepeatedTest(3)
    void whatever_happens_the_store_comes_to_equal_the_source(TestInfo info) throws Exception {
        System.out.println(info.getDisplayName() + " seed " + seed);
        try (var spine = new Spine()) {
            create(spine);
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(40)) {
                    case 0 -> addColumn(spine, pick());
                    case 1 -> renameColumn(spine, pick());
                    case 2 -> dropColumn(spine, pick());
                    case 3 -> republish(spine, pick());
                    case 4 -> breakConnection(spine);
                    case 5 -> {
                        spine.stop();
                        transaction(spine);
                        spine.start();
                    }
                    case 6 -> rekey(spine, pick());
                    default -> transaction(spine);
                }
            }
            spine.settleFilled();
            for (var model : models) {
                spine.assertSame(model.name);
            }
            assertThat(Verification.run(spine.store, _ -> true).broken())
                    .as("seed " + seed)
                    .isEmpty();
        }
    }

    @Test
    void the_store_as_of_each_position_is_the_source_after_that_transaction() throws Exception {
        System.out.println("seed " + seed);
        Map<Long, Map<String, List<String>>> past = new LinkedHashMap<>();
        try (var spine = new Spine()) {
            create(spine);
            for (int step = 0; step < STEPS; step++) {
                transaction(spine);
                long position = spine.settle();
                var now = new LinkedHashMap<String, List<String>>();
                for (var model : models) {
                    now.put(model.name, Spine.contents(spine.app, model.name));
                }
                past.put(position, now);
            }
            for (var then : past.entrySet()) {
                Sql.query(
                        spine.store,
                        "select set_config('highwater.as_of', ?, false)",
                        row -> true,
                        then.getKey().toString());
                for (var table : then.getValue().entrySet()) {
                    Spine.assertSame(
                            "seed %d, %s as of %d".formatted(seed, table.getKey(), then.getKey()),
                            table.getValue(),
                            Spine.contents(spine.store, "public_as_of." + table.getKey()));
                }
            }
        }
    }

    private void create(Spine spine) throws SQLException {
        spine.run(
                "create table ints (k int primary key, n int, big text)",
                "create table texts (k text, sub int default 1, n int, big text, primary key (sub, k))",
                "create table numerics (k numeric primary key, n int, big text)",
                "create table floats (k float8 primary key, n int, big text)");
        for (var model : models) {
            spine.run("alter table " + model.name + " alter column big set storage external");
        }
    }

    private void transaction(Spine spine) throws SQLException {
        var statements = new ArrayList<String>();
        statements.add("begin");
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            statements.add(statement(pick()));
            if (random.nextInt(15) == 0) {
                statements.add("savepoint s");
                statements.add(statement(pick()));
                statements.add(random.nextBoolean() ? "rollback to s" : "release s");
            }
        }
        statements.add(random.nextInt(10) == 0 ? "rollback" : "commit");
        try {
            spine.run(String.join("; ", statements));
        } catch (SQLException e) {
            // A key that is taken: the transaction is over, as in any application.
            assertThat(e.getSQLState()).as(e.getMessage() + ", seed " + seed).isEqualTo("23505");
            spine.run("rollback");
        }
    }

    private String statement(Model model) {
        int k = random.nextInt(12);
        String key = model.key.formatted(k);
        String t = model.name;
        return switch (random.nextInt(12)) {
            case 0, 1, 2 ->
                    "insert into %s (k, n, big) values (%s, %d, %s) on conflict do nothing"
                            .formatted(t, key, random.nextInt(100), big());
            case 3, 4 -> "update %s set n = coalesce(n, 0) + 1 where k = %s".formatted(t, key);
            case 5 -> "update %s set n = null where n %% 3 = 0".formatted(t);
            case 6 -> "update %s set big = %s where k = %s".formatted(t, big(), key);
            case 7 -> "delete from %s where k = %s".formatted(t, key);
            case 8 -> move(model, key);
            case 9 -> "update %s set n = n".formatted(t);
            case 10 ->
                    random.nextInt(6) == 0
                            ? "truncate " + t
                            : "delete from %s where n > 90".formatted(t);
            default ->
                    "insert into %s (k, n, big) select %s, g, %s from generate_series(20, %d) g on conflict do nothing"
                            .formatted(
                                    t,
                                    model.key.startsWith("'") ? "'k' || g" : "g",
                                    big(),
                                    20 + random.nextInt(300));
        };
    }

    private String move(Model model, String key) {
        String to = model.key.formatted(random.nextInt(12));
        return random.nextBoolean() && model.name.equals("numerics")
                // Equal, but not the same text.
                ? "update numerics set k = k + 0.000 where k = " + key
                : "update %s set k = %s where k = %s and not exists (select from %s where k = %s)"
                        .formatted(model.name, to, key, model.name, to);
    }

    private String big() {
        return switch (random.nextInt(4)) {
            case 0 -> "null";
            case 1 -> "'short'";
            default -> "repeat('x%d', 3000)".formatted(random.nextInt(100));
        };
    }

    private void addColumn(Spine spine, Model model) throws SQLException {
        model.columns++;
        model.present = true;
        String rest =
                switch (random.nextInt(4)) {
                    case 0 -> "int";
                    case 1 -> "text default 'it''s'";
                    case 2 -> "timestamptz default now()";
                    default -> "uuid default gen_random_uuid()";
                };
        spine.run("alter table %s add column x%d %s".formatted(model.name, model.columns, rest));
    }

    private void renameColumn(Spine spine, Model model) throws SQLException {
        if (model.present) {
            spine.run(
                    "alter table %s rename column x%d to x%d"
                            .formatted(model.name, model.columns, model.columns + 1));
            model.columns++;
        }
    }

    private void dropColumn(Spine spine, Model model) throws SQLException {
        spine.run("alter table %s drop column if exists x%d".formatted(model.name, model.columns));
        model.present = false;
    }

    private void rekey(Spine spine, Model model) throws SQLException {
        spine.run(
                "alter table %s drop constraint %s_pkey".formatted(model.name, model.name),
                "insert into %s (k, n) values (%s, 1)"
                        .formatted(
                                model.name, model.key.formatted(1000 + random.nextInt(1_000_000))),
                "alter table %s add primary key (%s)"
                        .formatted(model.name, model.name.equals("texts") ? "sub, k" : "k"));
    }

    private void republish(Spine spine, Model model) throws SQLException {
        var name = new QualifiedName("public", model.name);
        spine.source.unpublish(name);
        transaction(spine);
        spine.source.publish(name);
    }

    private void breakConnection(Spine spine) throws SQLException {
        switch (random.nextInt(4)) {
            case 0 -> spine.breakConnection("highwater applier");
            case 1 -> spine.breakConnection("highwater capture");
            // These are there while a table is being filled.
            case 2 -> spine.terminate("highwater backfill");
            default -> spine.terminate("highwater loader");
        }
    }

    private Model pick() {
        return models.get(random.nextInt(models.size()));
    }
}
