package dev.highwater.view.corpus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Random transactions over some tables, decided by a seed. The keys that exist are modelled, so
/// nearly every statement changes something; statements hold their values as literals, so that a
/// failure can be replayed by hand.
public final class Changes {
    private static final int TRIES = 20;
    private static final int ROWS_AN_INSERT = 200;

    /// A table whose key columns come first.
    ///
    /// @param row a random row as literals, one a column
    /// @param rows how many rows it begins with; its size stays near that
    record Table(
            String name,
            int keys,
            List<String> columns,
            int rows,
            Function<Pick, List<String>> row) {
        Table {
            columns = List.copyOf(columns);
        }

        private List<String> keyColumns() {
            return columns.subList(0, keys);
        }
    }

    /// Random choices, also among the keys that exist.
    final class Pick {

        /// Between `low` and `high`, both included.
        int number(int low, int high) {
            return low + random.nextInt(high - low + 1);
        }

        boolean chance(double probability) {
            return random.nextDouble() < probability;
        }

        @SafeVarargs
        final <T> T of(T... choices) {
            return choices[random.nextInt(choices.length)];
        }

        <T> T of(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }

        /// Mostly the key of a row of the table, sometimes of none: literals, one a key column.
        List<String> key(String table, List<String> none) {
            Keys existing = keysOf(table);
            return existing.size() == 0 || chance(0.03) ? none : of(existing.list);
        }

        /// How many rows the table has now.
        int size(String table) {
            return keysOf(table).size();
        }

        /// A number that no earlier call gave.
        int fresh() {
            return ++last;
        }
    }

    /// The keys of a table's rows, to choose from and to look up.
    private static final class Keys {
        private final List<List<String>> list = new ArrayList<>();
        private final Set<List<String>> set = new HashSet<>();

        boolean add(List<String> key) {
            return set.add(key) && list.add(key);
        }

        void remove(List<String> key) {
            if (set.remove(key)) {
                list.remove(key);
            }
        }

        void clear() {
            set.clear();
            list.clear();
        }

        int size() {
            return list.size();
        }
    }

    private final Random random;
    private final Pick pick = new Pick();
    private final List<Table> tables;
    private final Map<String, Keys> keys = new LinkedHashMap<>();
    private int last;

    Changes(long seed, List<Table> tables) {
        this.random = new Random(seed);
        this.tables = List.copyOf(tables);
        tables.forEach(table -> keys.put(table.name, new Keys()));
    }

    /// The transactions that fill the tables; called once, before [#transaction].
    public List<List<String>> fill() {
        List<List<String>> transactions = new ArrayList<>();
        for (Table table : tables) {
            List<String> rows = new ArrayList<>();
            for (int i = 0; i < table.rows; i++) {
                List<String> row = newRow(table);
                if (row != null) {
                    rows.add("(" + String.join(", ", row) + ")");
                }
            }
            for (int at = 0; at < rows.size(); at += ROWS_AN_INSERT) {
                transactions.add(
                        List.of(
                                "insert into %s values %s"
                                        .formatted(
                                                table.name,
                                                String.join(
                                                        ", ",
                                                        rows.subList(
                                                                at,
                                                                Math.min(
                                                                        at + ROWS_AN_INSERT,
                                                                        rows.size()))))));
            }
        }
        return transactions;
    }

    /// The statements of the next transaction, without begin and commit.
    public List<String> transaction() {
        List<String> statements = new ArrayList<>();
        int changes = random.nextInt(10) == 0 ? 25 : 1 + random.nextInt(5);
        while (statements.size() < changes) {
            change(pick.of(tables), statements);
        }
        return statements;
    }

    private void change(Table table, List<String> to) {
        int size = keysOf(table.name).size();
        if (size == 0 || (size < table.rows / 2 && pick.chance(0.5))) {
            insert(table, to);
            return;
        }
        if (size > table.rows + table.rows / 2 + 3 && pick.chance(0.5)) {
            delete(table, existing(table), to);
            return;
        }
        int dice = random.nextInt(100);
        if (dice < 27) {
            insert(table, to);
        } else if (dice < 55) {
            update(table, existing(table), to);
        } else if (dice < 72) {
            delete(table, existing(table), to);
        } else if (dice < 79) {
            changeKey(table, existing(table), to);
        } else if (dice < 86) {
            oneRowAgainAndAgain(table, to);
        } else if (dice < 89) {
            comeAndGo(table, to);
        } else if (dice < 94) {
            updateSome(table, to);
        } else if (dice < 96) {
            swapKeys(table, to);
        } else if (dice < 98) {
            rolledBack(table, to);
        } else if (dice < 99 && table.rows <= 12) {
            to.add("delete from " + table.name);
            keysOf(table.name).clear();
        } else {
            update(table, existing(table), to);
            update(table, existing(table), to);
        }
    }

    private void insert(Table table, List<String> to) {
        List<String> row = newRow(table);
        if (row != null) {
            insert(table, row, to);
        }
    }

    private static void insert(Table table, List<String> row, List<String> to) {
        to.add("insert into %s values (%s)".formatted(table.name, String.join(", ", row)));
    }

    private void update(Table table, List<String> key, List<String> to) {
        to.add("update %s set %s where %s".formatted(table.name, some(table), where(table, key)));
    }

    private void updateSome(Table table, List<String> to) {
        List<String> wheres = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            wheres.add("(" + where(table, existing(table)) + ")");
        }
        to.add(
                "update %s set %s where %s"
                        .formatted(table.name, some(table), String.join(" or ", wheres)));
    }

    private void delete(Table table, List<String> key, List<String> to) {
        keysOf(table.name).remove(key);
        to.add("delete from %s where %s".formatted(table.name, where(table, key)));
    }

    private void changeKey(Table table, List<String> key, List<String> to) {
        List<String> row = newRow(table);
        if (row == null) {
            return;
        }
        keysOf(table.name).remove(key);
        List<String> sets = new ArrayList<>();
        for (int i = 0; i < table.keys; i++) {
            sets.add(table.columns.get(i) + " = " + row.get(i));
        }
        to.add(
                "update %s set %s where %s"
                        .formatted(table.name, String.join(", ", sets), where(table, key)));
    }

    /// Several changes of one row: updates, gone and back again with other values.
    private void oneRowAgainAndAgain(Table table, List<String> to) {
        List<String> key = existing(table);
        update(table, key, to);
        update(table, key, to);
        if (pick.chance(0.6)) {
            delete(table, key, to);
            if (pick.chance(0.6)) {
                List<String> row = new ArrayList<>(key);
                List<String> values = table.row.apply(pick);
                row.addAll(values.subList(table.keys, values.size()));
                insert(table, row, to);
                keysOf(table.name).add(key);
                update(table, key, to);
            }
        }
    }

    private void comeAndGo(Table table, List<String> to) {
        List<String> row = newRow(table);
        if (row != null) {
            insert(table, row, to);
            List<String> key = List.copyOf(row.subList(0, table.keys));
            if (pick.chance(0.5)) {
                update(table, key, to);
            }
            delete(table, key, to);
        }
    }

    /// Two rows exchange their keys by way of a third.
    private void swapKeys(Table table, List<String> to) {
        List<String> one = existing(table);
        List<String> other = existing(table);
        List<String> free = newRow(table);
        if (free == null) {
            return;
        }
        List<String> between = List.copyOf(free.subList(0, table.keys));
        keysOf(table.name).remove(between);
        if (!one.equals(other)) {
            to.add(rekey(table, one, between));
            to.add(rekey(table, other, one));
            to.add(rekey(table, between, other));
        }
    }

    private static String rekey(Table table, List<String> from, List<String> key) {
        List<String> sets = new ArrayList<>();
        for (int i = 0; i < table.keys; i++) {
            sets.add(table.columns.get(i) + " = " + key.get(i));
        }
        return "update %s set %s where %s"
                .formatted(table.name, String.join(", ", sets), where(table, from));
    }

    /// A change that is undone, between two that stay.
    private void rolledBack(Table table, List<String> to) {
        List<String> key = existing(table);
        update(table, key, to);
        to.add("savepoint undone");
        update(table, key, to);
        to.add("delete from %s where %s".formatted(table.name, where(table, key)));
        to.add("rollback to savepoint undone");
        update(table, key, to);
    }

    private List<String> existing(Table table) {
        return pick.of(keysOf(table.name).list);
    }

    private Keys keysOf(String table) {
        Keys existing = keys.get(table);
        if (existing == null) {
            throw new IllegalArgumentException("no table " + table);
        }
        return existing;
    }

    /// A row whose key is free and now taken; null when none was found.
    private @Nullable List<String> newRow(Table table) {
        for (int i = 0; i < TRIES; i++) {
            List<String> row = table.row.apply(pick);
            List<String> key = List.copyOf(row.subList(0, table.keys));
            if (keysOf(table.name).add(key)) {
                return row;
            }
        }
        return null;
    }

    /// Assignments of random values to between one and three columns beside the key.
    private String some(Table table) {
        List<String> row = table.row.apply(pick);
        List<Integer> at = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        while (at.size() < Math.min(count, table.columns.size() - table.keys)) {
            int column = pick.number(table.keys, table.columns.size() - 1);
            if (!at.contains(column)) {
                at.add(column);
            }
        }
        at.sort(Comparator.naturalOrder());
        List<String> sets = new ArrayList<>();
        at.forEach(i -> sets.add(table.columns.get(i) + " = " + row.get(i)));
        return String.join(", ", sets);
    }

    private static String where(Table table, List<String> key) {
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < table.keys; i++) {
            conditions.add(table.keyColumns().get(i) + " = " + key.get(i));
        }
        return String.join(" and ", conditions);
    }
}
