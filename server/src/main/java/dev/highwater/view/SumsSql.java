package dev.highwater.view;

import dev.highwater.journal.Column;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.view.Occurrences.Position;
import dev.highwater.view.Occurrences.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The statements of a view whose sums are kept.
///
/// A group is one stored row: what is shown of it, its keys `_k`, how many rows are in it, `_c`,
/// and for each aggregate the number of values that are not null, `_v`, and their sum, `_s`, or the
/// least or greatest of them, `_m`. `_row` is a hash of the keys. A group that HAVING leaves out is
/// stored with `_n` 0.
final class SumsSql {
    private final int shard;
    private final String current;
    private final String history;
    private final Sums sums;
    private final List<String> types;
    private final Occurrences occurrences;
    private final List<Column> shown;

    /// Keys, then counters.
    private final List<String> state;

    private final List<String> keys;
    private final List<String> counters;

    /// Numbers of the terms whose least or greatest value is kept, counted from 0.
    private final List<Integer> extremes;

    private final String visible;

    SumsSql(int shard, Relation relation, Sums sums, List<String> types, Occurrences occurrences) {
        this.shard = shard;
        this.current = RelationTables.current(relation.id());
        this.history = RelationTables.history(relation.id());
        this.sums = sums;
        this.types = types;
        this.occurrences = occurrences;
        this.shown = relation.definition().columns();
        this.visible = RelationTables.columns(relation.definition());
        this.keys = IntStream.rangeClosed(1, sums.keys().size()).mapToObj(i -> "_k" + i).toList();
        this.extremes =
                IntStream.range(0, sums.terms().size())
                        .filter(i -> sums.terms().get(i).isExtreme())
                        .boxed()
                        .toList();
        var counted = new ArrayList<>(List.of("_c"));
        for (int i = 1; i <= sums.terms().size(); i++) {
            counted.add("_v" + i);
            if (!extremes.contains(i - 1)) {
                counted.add("_s" + i);
            }
        }
        this.counters = List.copyOf(counted);
        this.state =
                Stream.of(keys.stream(), counters.stream(), extremes.stream().map(SumsSql::extreme))
                        .flatMap(s -> s)
                        .toList();
    }

    private static String extreme(int term) {
        return "_m" + (term + 1);
    }

    /// What each row of the core gives, with its sign.
    private String items(String sign) {
        var items = new ArrayList<String>();
        for (int i = 0; i < keys.size(); i++) {
            items.add("(" + sums.keys().get(i) + ") as " + keys.get(i));
        }
        for (int i = 0; i < sums.terms().size(); i++) {
            var term = sums.terms().get(i);
            String value = "case when " + term.filter() + " then (" + term.argument() + ") end";
            items.add(
                    term.filter().equals("true")
                            ? "(" + term.argument() + ") as a" + i
                            : value + " as a" + i);
        }
        items.add(sign + " as hw_sign");
        return String.join(", ", items);
    }

    private Occurrences.Text core(String sign, java.util.function.IntFunction<State> states) {
        return occurrences.render(
                Planner.jdbc(sums.core().replace(Sums.ITEMS, items(sign))), states);
    }

    /// The state of each group of these rows.
    ///
    /// @param changed whether they are changes: then the extremes of what came are `_i` and those
    ///   of what went `_g`
    private String grouped(String rows, boolean changed) {
        var items = new ArrayList<String>(keys);
        items.add("coalesce(sum(hw_sign), 0)::bigint as _c");
        for (int i = 0; i < sums.terms().size(); i++) {
            String a = "a" + i;
            items.add(
                    "coalesce(sum(hw_sign) filter (where %s is not null), 0)::bigint as _v%d"
                            .formatted(a, i + 1));
            var term = sums.terms().get(i);
            if (term.isExtreme() && changed) {
                for (var side : List.of("_i%d > 0", "_g%d < 0")) {
                    var parts = side.formatted(i + 1).split(" ", 2);
                    items.add(
                            "%s(%s) filter (where hw_sign %s) as %s"
                                    .formatted(term.function(), a, parts[1], parts[0]));
                }
            } else if (term.isExtreme()) {
                items.add("%s(%s) as %s".formatted(term.function(), a, extreme(i)));
            } else {
                String number = term.isOfBooleans() ? a + "::int" : a;
                items.add(
                        term.function().equals("count")
                                ? "0::numeric as _s" + (i + 1)
                                : "coalesce(sum(%s::numeric * hw_sign), 0) as _s%d"
                                        .formatted(number, i + 1));
            }
        }
        return "select "
                + String.join(", ", items)
                + " from ("
                + rows
                + ") r"
                + (keys.isEmpty() ? "" : " group by " + String.join(", ", keys));
    }

    private String hash() {
        if (keys.isEmpty()) {
            return "md5('')::uuid";
        }
        var parts = new ArrayList<String>();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            parts.add(types.get(i).equals("numeric") ? "trim_scale(" + key + ")" : key);
        }
        return "md5(row(" + String.join(", ", parts) + ")::text)::uuid";
    }

    /// What is shown of a group.
    private String shown(String text) {
        String result = text;
        for (int i = sums.keys().size() - 1; i >= 0; i--) {
            result = result.replace(Sums.key(i), keys.get(i));
        }
        for (int i = sums.terms().size() - 1; i >= 0; i--) {
            result = result.replace(Sums.term(i), value(i));
        }
        return Planner.jdbc(result);
    }

    private String value(int i) {
        var term = sums.terms().get(i);
        String v = "_v" + (i + 1);
        String s = "_s" + (i + 1);
        String type = types.get(keys.size() + i);
        return switch (term.function()) {
            case "count" -> v;
            case "min", "max" -> "(case when " + v + " > 0 then " + extreme(i) + " end)";
            case "bool_or" -> "(case when " + v + " > 0 then " + s + " > 0 end)";
            case "bool_and", "every" -> "(case when " + v + " > 0 then " + s + " = " + v + " end)";
            case "avg" -> "(case when " + v + " > 0 then " + s + " / " + v + " end)";
            default ->
                    "(case when %s > 0 then %s::%s end)"
                            .formatted(
                                    v,
                                    s,
                                    Set.of("int2", "int4").contains(type) ? "bigint" : "numeric");
        };
    }

    /// Groups with all that is stored of them, from rows of their state.
    ///
    /// @param more further columns of these rows
    private String rows(String from, String more) {
        var items = new ArrayList<String>();
        items.add(hash() + " as _row");
        items.add("(case when " + shown(sums.having()) + " then 1 else 0 end)::bigint as _n");
        for (int i = 0; i < shown.size(); i++) {
            items.add(
                    "(%s)::%s as %s"
                            .formatted(
                                    shown(sums.shown().get(i)),
                                    shown.get(i).type(),
                                    RelationTables.column(shown.get(i))));
        }
        items.addAll(state);
        return "select " + more + String.join(", ", items) + " from (" + from + ") g";
    }

    private String whole() {
        return rows(grouped(core("1", _ -> State.NEW).sql(), false), "");
    }

    private String stored() {
        return visible + ", " + String.join(", ", state);
    }

    String create() {
        return "create table %s as select %d as _shard, 0::bigint as _from, _row, _n, %s from (%s) n with no data"
                .formatted(current, shard, stored(), whole());
    }

    String createHistory() {
        return "create table %s as select _shard, _from, 0::bigint as _to, _row, _n, %s from %s with no data"
                .formatted(history, stored(), current);
    }

    /// Fills the view; its parameter is the position.
    String fill() {
        return "insert into %s (_shard, _from, _row, _n, %s) select %d, ?, _row, _n, %s from (%s) n"
                .formatted(current, stored(), shard, stored(), whole());
    }

    /// Brings the groups to what all rows come to.
    Occurrences.Text recompute() {
        return merge(
                Occurrences.Text.EMPTY,
                "n as materialized (%s)".formatted(whole()),
                """
                select n.*, c._tid, c._from as _old_from, c._n as _old_n, c._old
                from n full join (
                  select c.ctid as _tid, c._row, c._from, c._n, %s as _old
                  from %s c where c._shard = %d) c on c._row = n._row
                """
                        .formatted(text("c."), current, shard));
    }

    /// Adds what came and takes away what went.
    Occurrences.Text add(Step.Changed changed) {
        var terms = new ArrayList<Occurrences.Text>();
        for (int i : Occurrences.in(sums.core())) {
            if (!changed.relations().contains(occurrences.relation(i).id())) {
                continue;
            }
            terms.add(
                    core(
                            "hw_sign_" + i,
                            o ->
                                    !changed.relations().contains(occurrences.relation(o).id())
                                            ? State.NEW
                                            : o == i
                                                    ? changed.located(occurrences.relation(o).id())
                                                            ? State.SIGNED_ROWS
                                                            : State.SIGNED
                                                    : o < i ? State.OLD : State.NEW));
        }
        var some = new ArrayList<String>();
        counters.forEach(c -> some.add("d." + c + " <> 0"));
        String touched =
                terms.size() == 1
                        ? "d._i%d is distinct from d._g%d"
                        : "coalesce(d._i%d, d._g%d) is not null";
        extremes.forEach(i -> some.add(touched.formatted(i + 1, i + 1)));
        var added = new ArrayList<String>();
        counters.forEach(c -> added.add("coalesce(c.%s, 0) + d.%s as %s".formatted(c, c, c)));
        var lost = new ArrayList<String>();
        for (int i : extremes) {
            boolean least = sums.terms().get(i).function().equals("min");
            added.add(
                    "%s(c.%s, d._i%d) as %s"
                            .formatted(
                                    least ? "least" : "greatest", extreme(i), i + 1, extreme(i)));
            String before = least ? "<=" : ">=";
            // Lost is what went, unless as much came. With several terms a row may both come and
            // go that never was.
            lost.add(
                    (terms.size() == 1
                                    ? "coalesce(d._g%1$d %2$s c.%3$s, false) and not coalesce(d._i%1$d %2$s d._g%1$d, false)"
                                    : "coalesce(d._g%1$d %2$s c.%3$s, false) or coalesce(d._g%1$d %2$s d._i%1$d, false)")
                            .formatted(i + 1, before, extreme(i)));
        }
        var rows = Occurrences.Text.join(" union all ", terms);
        String ownKeys = keys.stream().map(k -> "d." + k + ", ").collect(Collectors.joining());
        String with =
                """
                d as materialized (select d.*, %s as _row from (%s) d where %s),
                m as materialized (
                  select %s %s, %s as _lost, c._tid, c._from as _old_from, c._n as _old_n, c._old
                  from d left join lateral (
                    select c.ctid as _tid, c._from, c._n, %s, %s as _old
                    from %s c where c._shard = %d and c._row = d._row offset 0) c on true),
                n as materialized (%s)
                """
                        .formatted(
                                hash(),
                                grouped(rows.sql(), true),
                                String.join(" or ", some),
                                ownKeys,
                                String.join(", ", added),
                                lost.isEmpty() ? "false" : "(" + String.join(" or ", lost) + ")",
                                Stream.concat(
                                                counters.stream(),
                                                extremes.stream().map(SumsSql::extreme))
                                        .map(c -> "c." + c)
                                        .collect(Collectors.joining(", ")),
                                text("c."),
                                current,
                                shard,
                                rows(found(), "_tid, _old_from, _old_n, _old, "));
        return merge(rows, with, "select * from n");
    }

    /// The new states, with extremes that were lost looked for among the rows of their groups.
    private String found() {
        if (extremes.isEmpty()) {
            return "select * from m";
        }
        var own = Stream.concat(keys.stream(), counters.stream()).map(c -> "m." + c);
        String kept =
                Stream.concat(own, Stream.of("m._tid", "m._old_from", "m._old_n", "m._old"))
                        .collect(Collectors.joining(", "));
        var chosen = new ArrayList<String>();
        var again = new ArrayList<String>();
        for (int i : extremes) {
            String name = extreme(i);
            chosen.add(
                    "case when m._lost then e.%s else m.%s end as %s".formatted(name, name, name));
            again.add("%s(a%d) as %s".formatted(sums.terms().get(i).function(), i, name));
        }
        String same =
                keys.stream()
                        .map(
                                k ->
                                        " and (r.%s = m.%s or (r.%s is null and m.%s is null))"
                                                .formatted(k, k, k, k))
                        .collect(Collectors.joining());
        return "select %s, %s from m cross join lateral (select %s from (%s) r where m._lost%s) e"
                .formatted(
                        kept,
                        String.join(", ", chosen),
                        String.join(", ", again),
                        core("1", _ -> State.NEW).sql(),
                        same);
    }

    /// The text of what is shown, by which a change is seen.
    private String text(String prefix) {
        return "row("
                + shown.stream()
                        .map(c -> prefix + RelationTables.column(c))
                        .collect(Collectors.joining(", "))
                + ")::text";
    }

    /// Writes groups; `x` has for each the new row and what there was before.
    ///
    /// @param rows what `with` is made of
    private Occurrences.Text merge(Occurrences.Text rows, String with, String groups) {
        String gone = keys.isEmpty() ? "false" : "coalesce(x._c, 0) = 0";
        String all = stored();
        String set =
                Stream.concat(
                                Stream.of("_from", "_n"),
                                Stream.concat(
                                        shown.stream().map(RelationTables::column), state.stream()))
                        .map(c -> c + " = excluded." + c)
                        .collect(Collectors.joining(", "));
        String bad =
                counters.stream()
                        .filter(c -> c.startsWith("_s"))
                        .map(c -> "x.%s::text in ('NaN', 'Infinity', '-Infinity')".formatted(c))
                        .collect(Collectors.joining(" or "));
        String text =
                """
        with %s,
        x as materialized (
          select x.*, %s as _gone,
            (x._tid is null or %s or x._n <> x._old_n or %s <> x._old) as _changed
          from (%s) x),
        closed as (
          insert into %s (_shard, _from, _to, _row, _n, %s)
          select c._shard, c._from, ?, c._row, c._n, %s
          from %s c where c.ctid = any (array(select _tid from x where _changed and _tid is not null))
            and c._from < ?),
        deleted as (
          delete from %s where ctid = any (array(select _tid from x where _gone))),
        opened as (
          insert into %s (_shard, _from, _row, _n, %s)
          select %d, case when x._changed then ? else x._old_from end, x._row, x._n, %s
          from x where not _gone
          on conflict (_shard, _row) do update set %s)
        select (select count(*) from x where _changed), (select count(*) from x where %s)
        """
                        .formatted(
                                with,
                                gone,
                                gone,
                                text("x."),
                                groups,
                                history,
                                all,
                                all.lines()
                                        .flatMap(l -> Stream.of(l.split(", ")))
                                        .map(c -> "c." + c)
                                        .collect(Collectors.joining(", ")),
                                current,
                                current,
                                current,
                                all,
                                shard,
                                Stream.of(all.split(", "))
                                        .map(c -> "x." + c)
                                        .collect(Collectors.joining(", ")),
                                set,
                                bad.isEmpty() ? "false" : bad);
        return rows.in(text, Position.UP_TO, Position.UP_TO, Position.UP_TO);
    }
}
