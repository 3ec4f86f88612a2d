package dev.highwater.view.corpus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Queries composed at random over the small corpus' tables and over earlier views: joins,
/// aggregates, set operations and windows nested in one another, with random typed expressions.
///
/// Each has one answer whatever the plan: rows are only counted off in an order over all columns,
/// so that rows which tie are equal, and numerics never become text, since 1.0 and 1.00 are equal.
final class RandomViews {

    /// What an expression can be used for.
    enum Type {
        INT,
        NUMERIC,
        FLOAT,
        TEXT,
        BOOLEAN,
        DATE,
        JSON,
        ARRAY
    }

    /// An expression in scope.
    record Ref(String text, Type type) {}

    /// A query whose columns are named `c1`, `c2` and so on.
    record Drawn(String sql, List<Type> types, Set<String> tags) {}

    /// Something to select from.
    ///
    /// @param order a total order of its rows
    private record Item(String from, List<Ref> refs, String order, Set<String> tags) {}

    private static final Map<String, List<String>> KEYS =
            Map.of(
                    "r", List.of("id"),
                    "s", List.of("id"),
                    "t", List.of("k1", "k2"),
                    "u", List.of("code"),
                    "e", List.of("id"));

    private static final Map<String, List<Ref>> TABLES =
            Map.of(
                    "r",
                    List.of(
                            new Ref("id", Type.INT),
                            new Ref("a", Type.INT),
                            new Ref("b", Type.INT),
                            new Ref("c", Type.TEXT),
                            new Ref("n", Type.NUMERIC),
                            new Ref("f", Type.FLOAT),
                            new Ref("o", Type.BOOLEAN),
                            new Ref("d", Type.DATE),
                            new Ref("j", Type.JSON),
                            new Ref("v", Type.ARRAY)),
                    "s",
                    List.of(
                            new Ref("id", Type.INT),
                            new Ref("r_id", Type.INT),
                            new Ref("a", Type.INT),
                            new Ref("c", Type.TEXT),
                            new Ref("n", Type.NUMERIC),
                            new Ref("d", Type.DATE),
                            new Ref("o", Type.BOOLEAN)),
                    "t",
                    List.of(
                            new Ref("k1", Type.INT),
                            new Ref("k2", Type.INT),
                            new Ref("a", Type.INT),
                            new Ref("c", Type.TEXT),
                            new Ref("f", Type.FLOAT)),
                    "u",
                    List.of(
                            new Ref("code", Type.TEXT),
                            new Ref("a", Type.INT),
                            new Ref("b", Type.INT),
                            new Ref("n", Type.NUMERIC)),
                    "e",
                    List.of(
                            new Ref("id", Type.INT),
                            new Ref("a", Type.INT),
                            new Ref("c", Type.TEXT)));

    private final Random random;
    private final List<Map.Entry<String, Drawn>> views = new ArrayList<>();
    private int aliases;

    RandomViews(Random random) {
        this.random = random;
    }

    /// The next query.
    Drawn next() {
        aliases = 0;
        return query(1 + random.nextInt(10) / 4);
    }

    /// Lets later queries read this one under its name.
    void offer(String name, Drawn view) {
        views.add(Map.entry(name, view));
    }

    private Drawn query(int depth) {
        int dice = random.nextInt(100);
        if (dice < 24) {
            return plain(item(depth - 1), depth);
        } else if (dice < 46) {
            return plain(join(depth), depth);
        } else if (dice < 70) {
            return aggregate(chance(0.4) ? join(depth) : item(depth - 1), depth);
        } else if (dice < 77) {
            return distinct(depth);
        } else if (dice < 85) {
            return setOperation(depth);
        } else if (dice < 92) {
            return window(chance(0.3) ? join(depth) : item(depth - 1));
        } else if (dice < 96) {
            return limit(depth);
        }
        return cte(depth);
    }

    private Drawn plain(Item item, int depth) {
        List<Ref> refs = item.refs;
        List<Ref> out = new ArrayList<>();
        for (int i = 2 + random.nextInt(3); i > 0; i--) {
            out.add(chance(0.7) ? of(refs) : expression(of(Type.values()), refs));
        }
        Set<String> tags = tags(item.tags, "projection");
        String where = "";
        if (chance(0.7)) {
            tags.add("where");
            where = " where " + condition(refs, depth, tags);
        }
        return select("select ", out, " from " + item.from + where, tags);
    }

    private Drawn distinct(int depth) {
        Item item = chance(0.4) ? join(depth) : item(depth - 1);
        List<Ref> out = new ArrayList<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            out.add(of(item.refs));
        }
        if (chance(0.3)) {
            Ref key = of(item.refs);
            out.addFirst(key);
            return select(
                    "select distinct on (" + key.text + ") ",
                    out,
                    " from " + item.from + " order by " + key.text + ", " + item.order,
                    tags(item.tags, "distinct on"));
        }
        return select("select distinct ", out, " from " + item.from, tags(item.tags, "distinct"));
    }

    private Drawn aggregate(Item item, int depth) {
        List<Ref> keys = new ArrayList<>();
        for (int i = random.nextInt(10) < 2 ? 0 : 1 + random.nextInt(2); i > 0; i--) {
            Ref key = chance(0.8) ? of(item.refs) : expression(of(Type.INT, Type.TEXT), item.refs);
            if (keys.stream().noneMatch(other -> other.text.equals(key.text))) {
                keys.add(key);
            }
        }
        Set<String> tags = tags(item.tags, keys.isEmpty() ? "scalar aggregate" : "group by");
        List<Ref> out = new ArrayList<>(keys);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            out.add(aggregateOf(item, tags));
        }
        StringBuilder tail = new StringBuilder(" from ").append(item.from);
        if (chance(0.3)) {
            tags.add("where");
            tail.append(" where ").append(condition(item.refs, depth, tags));
        }
        if (!keys.isEmpty()) {
            tail.append(" group by ").append(texts(keys));
        }
        if (chance(0.2)) {
            tags.add("having");
            tail.append(" having ").append(of("count(*) > 1", "count(*) < 4", "count(*) % 2 = 0"));
        }
        return select("select ", out, tail.toString(), tags);
    }

    private Ref aggregateOf(Item item, Set<String> tags) {
        Ref x = of(item.refs);
        String filter = "";
        if (chance(0.15)) {
            tags.add("filter");
            filter = " filter (where " + comparison(item.refs) + ")";
        }
        String distinct = chance(0.12) ? "distinct " : "";
        if (!distinct.isEmpty()) {
            tags.add("distinct in aggregate");
        }
        int dice = random.nextInt(10);
        if (dice < 3) {
            tags.add("count");
            return chance(0.5)
                    ? new Ref("count(*)" + filter, Type.INT)
                    : new Ref("count(" + distinct + x.text + ")" + filter, Type.INT);
        }
        if (dice == 3) {
            tags.add("array_agg");
            return new Ref("jsonb_agg(" + x.text + " order by " + x.text + ")" + filter, Type.JSON);
        }
        return switch (x.type) {
            case INT, NUMERIC -> {
                String name = of("sum", "sum", "avg", "min", "max", "var_pop");
                tags.add(name);
                boolean whole = x.type == Type.INT && (name.equals("min") || name.equals("max"));
                yield new Ref(
                        name + "(" + distinct + x.text + ")" + filter,
                        whole ? Type.INT : Type.NUMERIC);
            }
            case FLOAT -> {
                String name = of("sum", "min", "max");
                tags.add(name);
                yield new Ref(name + "(" + distinct + x.text + ")" + filter, Type.FLOAT);
            }
            case TEXT -> {
                if (chance(0.5)) {
                    tags.add("string_agg");
                    String text = distinct + x.text + ", ',' order by " + x.text;
                    yield new Ref("string_agg(" + text + ")" + filter, Type.TEXT);
                }
                tags.add("min");
                yield new Ref("min(" + x.text + ")" + filter, Type.TEXT);
            }
            case BOOLEAN -> {
                tags.add("bool");
                yield new Ref(
                        of("bool_and", "bool_or") + "(" + x.text + ")" + filter, Type.BOOLEAN);
            }
            case DATE -> {
                tags.add("max");
                yield new Ref(of("min", "max") + "(" + x.text + ")" + filter, Type.DATE);
            }
            case ARRAY -> {
                tags.add("max");
                yield new Ref("max(" + x.text + ")" + filter, Type.ARRAY);
            }
            case JSON -> {
                tags.add("count");
                yield new Ref("count(distinct " + x.text + ")" + filter, Type.INT);
            }
        };
    }

    private Drawn setOperation(int depth) {
        List<Type> types = new ArrayList<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            types.add(of(Type.INT, Type.INT, Type.TEXT, Type.NUMERIC, Type.DATE, Type.BOOLEAN));
        }
        Set<String> tags = new HashSet<>();
        String operator =
                of("union", "union all", "intersect", "intersect all", "except", "except all");
        tags.add(operator);
        Drawn left = typed(types, depth);
        Drawn right = typed(types, depth);
        tags.addAll(left.tags);
        tags.addAll(right.tags);
        return new Drawn(left.sql + " " + operator + " " + right.sql, types, tags);
    }

    private Drawn typed(List<Type> types, int depth) {
        Item item = item(depth - 1);
        List<Ref> out = new ArrayList<>();
        for (Type type : types) {
            out.add(simple(type, item.refs));
        }
        Set<String> tags = tags(item.tags);
        String where = "";
        if (chance(0.4)) {
            where = " where " + comparison(item.refs);
        }
        return select("select ", out, " from " + item.from + where, tags);
    }

    private Drawn window(Item item) {
        Ref partition = of(item.refs);
        String ordered = "partition by " + partition.text + " order by " + item.order;
        Ref x = of(item.refs.stream().filter(ref -> ref.type == Type.INT).toList(), item);
        String frame =
                of(
                        "",
                        "",
                        " rows between 1 preceding and current row",
                        " rows unbounded preceding");
        Ref result =
                of(
                        new Ref("row_number() over (" + ordered + ")", Type.INT),
                        new Ref("rank() over (" + ordered + ")", Type.INT),
                        new Ref("sum(" + x.text + ") over (" + ordered + frame + ")", Type.NUMERIC),
                        new Ref("count(*) over (partition by " + partition.text + ")", Type.INT),
                        new Ref(
                                "max(" + x.text + ") over (partition by " + partition.text + ")",
                                Type.INT),
                        new Ref("lag(" + x.text + ") over (" + ordered + ")", Type.INT));
        List<Ref> out = new ArrayList<>(List.of(partition, of(item.refs), x, result));
        return select("select ", out, " from " + item.from, tags(item.tags, "window"));
    }

    private Drawn limit(int depth) {
        Drawn inner = query(Math.max(1, depth - 1));
        List<String> order = new ArrayList<>();
        for (int i = 1; i <= inner.types.size(); i++) {
            order.add("c" + i + of("", " desc", " nulls first"));
        }
        String sql =
                "select * from (%s) q order by %s limit %d%s"
                        .formatted(
                                inner.sql,
                                String.join(", ", order),
                                1 + random.nextInt(6),
                                of("", "", " offset 2"));
        return new Drawn(sql, inner.types, tags(inner.tags, "limit"));
    }

    private Drawn cte(int depth) {
        Drawn inner = query(Math.max(1, depth - 1));
        List<Ref> one = columns("x", inner.types);
        List<Ref> other = columns("y", inner.types);
        Set<String> tags = tags(inner.tags, "cte", "self join");
        List<Ref> out = List.of(one.getFirst(), other.getLast());
        Drawn body =
                select(
                        "select ",
                        out,
                        " from q x join q y on "
                                + one.getFirst().text
                                + " = "
                                + other.getFirst().text,
                        tags);
        return new Drawn("with q as (" + inner.sql + ") " + body.sql, body.types, tags);
    }

    private Item item(int depth) {
        if (depth > 0 && chance(0.75)) {
            Drawn inner = query(depth);
            String alias = alias();
            List<Ref> refs = columns(alias, inner.types);
            return new Item(
                    "(" + inner.sql + ") " + alias,
                    refs,
                    texts(refs),
                    tags(inner.tags, "derived table"));
        }
        if (!views.isEmpty() && chance(0.1)) {
            Map.Entry<String, Drawn> view = of(views);
            String alias = alias();
            List<Ref> refs = columns(alias, view.getValue().types);
            return new Item(
                    view.getKey() + " " + alias,
                    refs,
                    texts(refs),
                    tags(view.getValue().tags, "views on views"));
        }
        String table = of("r", "r", "r", "s", "s", "s", "t", "t", "u", "u", "e");
        String alias = alias();
        List<Ref> refs = refs(table, alias);
        List<String> order =
                KEYS.getOrDefault(table, List.of()).stream().map(key -> alias + "." + key).toList();
        return new Item(table + " " + alias, refs, String.join(", ", order), Set.of());
    }

    private Item join(int depth) {
        Item left = item(depth - 1);
        int more = chance(0.25) ? 2 : 1;
        for (int i = 0; i < more; i++) {
            left = joined(left, item(i == 0 ? depth - 1 : 0));
        }
        return left;
    }

    private Item joined(Item left, Item right) {
        String kind =
                of("join", "join", "join", "left join", "left join", "right join", "full join");
        List<String> conditions = new ArrayList<>();
        for (int i = chance(0.25) ? 2 : 1; i > 0; i--) {
            conditions.add(equality(left.refs, right.refs));
        }
        Set<String> tags = tags(left.tags);
        tags.addAll(right.tags);
        tags.add(kind.equals("join") ? "inner join" : kind);
        if (!kind.equals("full join") && chance(0.25)) {
            tags.add("non-equi");
            conditions.add(comparison(chance(0.5) ? left.refs : right.refs));
        }
        List<Ref> refs = new ArrayList<>(left.refs);
        refs.addAll(right.refs);
        String from =
                left.from
                        + " "
                        + kind
                        + " "
                        + right.from
                        + " on "
                        + String.join(" and ", conditions);
        return new Item(from, refs, left.order + ", " + right.order, tags);
    }

    /// An equality of two sides' columns of one type; there is always one, since what else has none
    /// is compared by a constant.
    private String equality(List<Ref> left, List<Ref> right) {
        List<String> equal = new ArrayList<>();
        for (Ref one : left) {
            for (Ref other : right) {
                if (one.type == other.type
                        && one.type != Type.BOOLEAN
                        && one.type != Type.JSON
                        && one.type != Type.ARRAY) {
                    equal.add(one.text + " = " + other.text);
                }
            }
        }
        return equal.isEmpty()
                ? simple(Type.INT, left).text + " = " + simple(Type.INT, right).text
                : of(equal);
    }

    private String condition(List<Ref> refs, int depth, Set<String> tags) {
        int dice = random.nextInt(10);
        if (dice < 5) {
            return comparison(refs);
        }
        if (dice < 6) {
            return comparison(refs) + " and " + comparison(refs);
        }
        if (dice < 7) {
            return "(" + comparison(refs) + " or " + comparison(refs) + ")";
        }
        String alias = alias();
        String table = of("r", "s", "t", "u");
        List<Ref> inner = refs(table, alias);
        String more = chance(0.5) ? " and " + comparison(inner) : "";
        if (dice < 9) {
            String not = chance(0.4) ? "not " : "";
            tags.add(not + "exists");
            String nested =
                    depth > 1 && chance(0.2) ? " and " + condition(inner, depth - 1, tags) : "";
            return "%sexists (select 1 from %s %s where %s%s%s)"
                    .formatted(not, table, alias, equality(inner, refs), more, nested);
        }
        Ref x = simple(Type.INT, refs);
        Ref y = simple(Type.INT, inner);
        if (chance(0.7)) {
            String not = chance(0.4) ? "not in" : "in";
            tags.add(not);
            return "%s %s (select %s from %s %s where true%s)"
                    .formatted(x.text, not, y.text, table, alias, more);
        }
        tags.add("correlated subquery");
        return "%s %s (select %s(%s) from %s %s where %s)"
                .formatted(
                        x.text,
                        of(">", "<=", "="),
                        of("min", "max", "avg", "count"),
                        y.text,
                        table,
                        alias,
                        equality(inner, refs));
    }

    private String comparison(List<Ref> refs) {
        Ref x = of(refs);
        String text = x.text;
        return switch (x.type) {
            case INT ->
                    of(
                            text + " > 1",
                            text + " is not null",
                            text + " in (1, 2, 3)",
                            text + " between 0 and 3",
                            "coalesce(" + text + ", 0) % 2 = 0",
                            text + " <> 2",
                            text + " is null");
            case NUMERIC ->
                    of(text + " >= 1", text + " = 2.5", text + " is not null", text + " < 10");
            case FLOAT -> of(text + " > 0", text + " is distinct from 1.5");
            case TEXT ->
                    of(
                            text + " like '%o%'",
                            text + " > 'a'",
                            text + " = 'a'",
                            "length(" + text + ") < 4",
                            text + " is not null",
                            text + " ~ '^[a-f]'");
            case BOOLEAN -> of(text, "not " + text, text + " is not true", text + " is null");
            case DATE -> of(text + " >= date '2024-02-01'", text + " is null", text + " < now()");
            case JSON -> of(text + " is not null", text + " @> '{\"k\": 1}'", text + " ? 't'");
            case ARRAY -> of("1 = any (" + text + ")", "cardinality(" + text + ") > 1");
        };
    }

    /// A column of the type where there is one, else something simple.
    private Ref simple(Type type, List<Ref> refs) {
        List<Ref> fitting = refs.stream().filter(ref -> ref.type == type).toList();
        return fitting.isEmpty() ? expression(type, refs) : of(fitting);
    }

    private Ref expression(Type type, List<Ref> refs) {
        List<Ref> fitting = refs.stream().filter(ref -> ref.type == type).toList();
        if (fitting.isEmpty()) {
            String text = of(refs).text;
            return switch (type) {
                case INT -> new Ref("case when " + text + " is null then 0 else 1 end", type);
                case NUMERIC ->
                        new Ref("case when " + text + " is null then 1.0 else 2.5 end", type);
                case FLOAT ->
                        new Ref("case when " + text + " is null then 0 else 0.5 end::float8", type);
                case TEXT -> new Ref("case when " + text + " is null then 'a' else 'b' end", type);
                case BOOLEAN -> new Ref("(" + text + " is null)", type);
                case DATE ->
                        new Ref("case when " + text + " is null then date '2024-01-31' end", type);
                case JSON -> new Ref("to_jsonb(" + text + " is null)", type);
                case ARRAY -> new Ref("case when " + text + " is null then array[1, 2] end", type);
            };
        }
        String x = of(fitting).text;
        String y = of(fitting).text;
        String expression =
                switch (type) {
                    case INT ->
                            of(
                                    x + " + " + y,
                                    "coalesce(" + x + ", " + y + ")",
                                    x + " % 3",
                                    "case when " + x + " > 1 then " + y + " else 0 end",
                                    "abs(" + x + ")",
                                    "nullif(" + x + ", " + y + ")");
                    case NUMERIC -> of(x + " + " + y, x + " * 2", "round(" + x + ", 1)", "-" + x);
                    case FLOAT -> of(x + " * 2", "abs(" + x + ")", "coalesce(" + x + ", 0)");
                    case TEXT ->
                            of(
                                    "upper(" + x + ")",
                                    x + " || '/' || " + y,
                                    "left(" + x + ", 2)",
                                    "coalesce(" + x + ", 'none')");
                    case BOOLEAN ->
                            of(
                                    "not " + x,
                                    "(" + x + " and " + y + ")",
                                    "coalesce(" + x + ", false)");
                    case DATE ->
                            of(
                                    x + " + 1",
                                    "date_trunc('month', " + x + ")::date",
                                    "greatest(" + x + ", " + y + ")");
                    case JSON -> of("jsonb_build_array(" + x + ")", "coalesce(" + x + ", '{}')");
                    case ARRAY -> of(x + " || 9", "coalesce(" + x + ", '{}')");
                };
        return new Ref(expression, type);
    }

    private static List<Ref> refs(String table, String alias) {
        return TABLES.getOrDefault(table, List.of()).stream()
                .map(ref -> new Ref(alias + "." + ref.text, ref.type))
                .toList();
    }

    private static List<Ref> columns(String alias, List<Type> types) {
        List<Ref> refs = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            refs.add(new Ref(alias + ".c" + (i + 1), types.get(i)));
        }
        return refs;
    }

    private static Drawn select(String head, List<Ref> out, String tail, Set<String> tags) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < out.size(); i++) {
            columns.add(out.get(i).text + " as c" + (i + 1));
        }
        return new Drawn(
                head + String.join(", ", columns) + tail,
                out.stream().map(Ref::type).toList(),
                tags);
    }

    private static String texts(List<Ref> refs) {
        return String.join(", ", refs.stream().map(Ref::text).toList());
    }

    private static Set<String> tags(Set<String> tags, String... more) {
        Set<String> all =
                new LinkedHashSet<>(tags.stream().sorted(Comparator.naturalOrder()).toList());
        all.addAll(List.of(more));
        return all;
    }

    private String alias() {
        return "x" + ++aliases;
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    @SafeVarargs
    private <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private Ref of(List<Ref> choices, Item item) {
        return choices.isEmpty() ? expression(Type.INT, item.refs) : of(choices);
    }
}
