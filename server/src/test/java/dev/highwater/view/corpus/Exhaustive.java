package dev.highwater.view.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Every sequence of two changes over two tables of two rows and of one: inserts, updates, deletes
/// and changes of keys, with values among NULL, 0 and 1.
public final class Exhaustive {
    private static final List<String> VALUES = List.of("null", "0", "1");

    /// The rows to begin with: one value for each row of `x` and the one of `y`.
    private static final List<List<String>> BEGINNINGS =
            List.of(
                    List.of("0", "0", "0"),
                    List.of("0", "1", "1"),
                    List.of("0", "null", "0"),
                    List.of("null", "null", "null"));

    private Exhaustive() {}

    /// One sequence.
    ///
    /// @param beginning the statements that bring the tables to where it begins
    /// @param changes two statements, to be run as one transaction or as two
    public record Sequence(List<String> beginning, List<String> changes) {}

    /// The tables.
    public static List<String> schema() {
        return List.of(
                "create table x (id int primary key, a int)",
                "create table y (id int primary key, a int)");
    }

    /// One view for each shape.
    public static List<CorpusView> views() {
        return ViewTexts.read("exhaustive.sql");
    }

    /// All sequences, in an order in which every tenth is a fair sample.
    public static List<Sequence> sequences() {
        List<Sequence> all = new ArrayList<>();
        for (List<String> values : BEGINNINGS) {
            List<String> beginning =
                    List.of(
                            "delete from x",
                            "delete from y",
                            "insert into x values (1, %s), (2, %s)"
                                    .formatted(values.get(0), values.get(1)),
                            "insert into y values (1, %s)".formatted(values.get(2)));
            State state = new State(List.of("1", "2"), List.of("1"));
            state.changes(
                    (first, then) ->
                            then.changes(
                                    (second, last) ->
                                            all.add(
                                                    new Sequence(
                                                            beginning, List.of(first, second)))));
        }
        return all;
    }

    /// Runs every `stride`-th sequence, once as one transaction and once as two, settles after each
    /// and asks the oracle.
    ///
    /// @return how many sequences were run
    public static int run(ViewedNode node, ViewOracle oracle, int stride) throws Exception {
        List<Sequence> all = sequences();
        int done = 0;
        for (int i = 0; i < all.size(); i += stride) {
            Sequence sequence = all.get(i);
            CorpusRun.commit(node.source(), sequence.beginning());
            if (done % 2 == 0) {
                CorpusRun.commit(node.source(), sequence.changes());
            } else {
                for (String change : sequence.changes()) {
                    CorpusRun.commit(node.source(), List.of(change));
                }
            }
            node.settle();
            oracle.check("sequence " + i + ": " + sequence);
            done++;
        }
        return done;
    }

    @FunctionalInterface
    private interface Step {
        void take(String statement, State then);
    }

    /// The keys that are there.
    private record State(List<String> x, List<String> y) {

        void changes(Step step) {
            changes("x", x, keys -> new State(keys, y), step);
            changes("y", y, keys -> new State(x, keys), step);
        }

        private static void changes(
                String table, List<String> keys, Function<List<String>, State> with, Step step) {
            String free = free(keys);
            for (String value : VALUES) {
                step.take(
                        "insert into %s values (%s, %s)".formatted(table, free, value),
                        with.apply(edited(keys, list -> list.add(free))));
            }
            for (String key : keys) {
                for (String value : VALUES) {
                    step.take(
                            "update %s set a = %s where id = %s".formatted(table, value, key),
                            with.apply(keys));
                }
                step.take(
                        "delete from %s where id = %s".formatted(table, key),
                        with.apply(edited(keys, list -> list.remove(key))));
                step.take(
                        "update %s set id = %s where id = %s".formatted(table, free, key),
                        with.apply(
                                edited(
                                        keys,
                                        list -> {
                                            list.remove(key);
                                            list.add(free);
                                        })));
            }
        }

        /// The least key that no row has: a deleted one comes again.
        private static String free(List<String> keys) {
            int free = 1;
            while (keys.contains("" + free)) {
                free++;
            }
            return "" + free;
        }

        private static List<String> edited(List<String> keys, Consumer<List<String>> edit) {
            List<String> edited = new ArrayList<>(keys);
            edit.accept(edited);
            return List.copyOf(edited);
        }
    }
}
