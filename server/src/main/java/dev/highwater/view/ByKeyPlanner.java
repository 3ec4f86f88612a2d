package dev.highwater.view;

import dev.highwater.journal.Column;
import dev.highwater.relation.Relation;
import dev.highwater.sql.Identifiers;
import dev.highwater.view.Level.Item;
import dev.highwater.view.Level.Kind;
import dev.highwater.view.Parsed.Unknown;
import dev.highwater.view.Plan.Affected;
import dev.highwater.view.Plan.ByKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.Values;
import org.jspecify.annotations.Nullable;

/// Finds the key by which a query falls into parts that can be computed by themselves, and for each
/// table the keys of the parts that its changes concern.
///
/// The keys may be too many, never too few: a query of keys joins what came and went of one table
/// with the others as they are and were, under those conditions of the view's query that a row has
/// to meet in any case. What is left out only adds keys.
final class ByKeyPlanner {
    private static final Pattern LOOSE =
            Pattern.compile("(?i)\\b(coalesce|case|is|null|or|distinct|nullif|not)\\b");

    private static final Pattern COLUMN = Pattern.compile("(\\w+|\"[^\"]+\")\\.(\\w+|\"[^\"]+\")");

    private static final Pattern EQUALITY =
            Pattern.compile("\\(?" + COLUMN + " = " + COLUMN + "\\)?");

    /// Types that have no order, and so no index.
    private static final Set<Integer> NO_INDEX =
            Set.of(114, 142, 600, 601, 602, 603, 604, 628, 718, 194);

    /// Types whose values are small.
    private static final Set<Integer> SMALL =
            Set.of(16, 20, 21, 23, 26, 700, 701, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950);

    private final View view;
    private final PlainSelect plain;
    private final Occurrences occurrences;
    private final Set<String> aliases = new HashSet<>();
    private final Map<String, Integer> tables = new HashMap<>();
    private final Map<Integer, List<Affected>> affected = new HashMap<>();
    private final Set<Integer> global = new HashSet<>();
    private final Set<String> indexes = new LinkedHashSet<>();
    private List<String> key = List.of();

    private ByKeyPlanner(View view, PlainSelect plain, Occurrences occurrences) {
        this.view = view;
        this.plain = plain;
        this.occurrences = occurrences;
    }

    static Plan plan(View view, PlainSelect plain, Occurrences occurrences) throws Unknown {
        return new ByKeyPlanner(view, plain, occurrences).run();
    }

    private Plan run() throws Unknown {
        if (plain.getLimit() != null || plain.getOffset() != null || plain.getFetch() != null) {
            throw new Unknown("it has a LIMIT");
        }
        if (plain.getDistinct() == null || plain.getDistinct().getOnSelectItems() == null) {
            plain.setOrderByElements(null);
        }
        if (plain.getFromItem() == null) {
            throw new Unknown("it reads no table");
        }
        qualify();
        var level = level(plain);
        collectAliases(plain);
        key = key(level);
        var reachable =
                level.items().stream()
                        .filter(i -> !i.nullable() && i.kind() != Kind.DERIVED)
                        .map(Item::alias)
                        .collect(Collectors.toSet());
        for (var expression : key) {
            if (Level.hasSubquery(expression)
                    || !reachable.containsAll(Level.mentioned(expression, aliases))) {
                throw new Unknown("what it groups by can be missing or is itself computed");
            }
        }
        visit(plain, level, List.of(), List.of(), Set.of());
        if (global.containsAll(view.depends())) {
            throw new Unknown("every change concerns all of it");
        }
        global.forEach(affected::remove);
        key.forEach(this::indexFor);
        for (int i = 0; i < key.size(); i++) {
            var item =
                    new SelectItem<Expression>(new net.sf.jsqlparser.schema.Column("hw_key_" + i));
            item.setAlias(new Alias("_k" + (i + 1)));
            plain.addSelectItems(item);
        }
        String query = Planner.jdbc(withKeys(plain.toString()));
        var marker = new net.sf.jsqlparser.schema.Column(ByKey.WHERE);
        plain.setWhere(
                plain.getWhere() == null
                        ? marker
                        : new AndExpression(
                                new ParenthesedExpressionList<>(plain.getWhere()), marker));
        return new Plan(
                new Strategy(
                        Strategy.Kind.BY_KEY,
                        "by " + String.join(", ", key) + globalReason(),
                        List.copyOf(indexes)),
                occurrences,
                query,
                new ByKey(Planner.jdbc(withKeys(plain.toString())), key, affected, global));
    }

    /// The text with the key's expressions in their places.
    private String withKeys(String text) {
        String result = text;
        for (int i = key.size() - 1; i >= 0; i--) {
            result = result.replace("hw_key_" + i + " ", key.get(i) + " ");
        }
        return result;
    }

    private Level level(PlainSelect select) throws Unknown {
        return Level.of(select, view.aggregates());
    }

    private String globalReason() {
        return global.isEmpty()
                ? ""
                : "; a change of "
                        + global.stream().map(this::name).collect(Collectors.joining(", "))
                        + " concerns all of it";
    }

    private String name(int relation) {
        for (int i = 0; i < occurrences.size(); i++) {
            if (occurrences.relation(i).id() == relation) {
                return occurrences.relation(i).name();
            }
        }
        return "another relation";
    }

    /// In a query over one table PostgreSQL prints column names alone.
    private void qualify() {
        if (!(plain.getFromItem() instanceof Table table)
                || (plain.getJoins() != null && !plain.getJoins().isEmpty())) {
            return;
        }
        var names = new HashSet<String>();
        for (var column : relation(table).definition().columns()) {
            names.add(column.name());
        }
        var qualifier =
                new ExpressionVisitorAdapter<Void>() {
                    @Override
                    public <S> Void visit(net.sf.jsqlparser.schema.Column column, S context) {
                        if (column.getTable() == null
                                && names.contains(column.getUnquotedColumnName())) {
                            column.setTable(new Table(table.getAlias().getName()));
                        }
                        return null;
                    }

                    @Override
                    public <S> Void visit(ParenthesedSelect subquery, S context) {
                        return null;
                    }
                };
        for (var expression : Parsed.expressions(plain)) {
            expression.accept(qualifier, null);
        }
    }

    private Relation relation(Table table) {
        return occurrences.relation(Occurrences.in(table.getName()).get(0));
    }

    private void collectAliases(Select select) throws Unknown {
        switch (select) {
            case PlainSelect each -> {
                for (var item : level(each).items()) {
                    if (!aliases.add(item.alias())) {
                        throw new Unknown("two of its tables have the same name");
                    }
                    if (item.node() instanceof Table) {
                        tables.put(item.alias(), item.occurrences().get(0));
                    } else if (item.node() instanceof ParenthesedSelect derived) {
                        collectAliases(derived);
                    }
                }
                for (var subquery : Parsed.subqueries(each)) {
                    collectAliases(subquery);
                }
            }
            case SetOperationList set -> {
                for (var each : set.getSelects()) {
                    collectAliases(each);
                }
            }
            case ParenthesedSelect inner -> collectAliases(inner.getSelect());
            default -> {}
        }
    }

    /// The expressions that tell the parts apart.
    private List<String> key(Level level) throws Unknown {
        var group = plain.getGroupBy();
        if (group != null) {
            if (group.getGroupingSets() != null && !group.getGroupingSets().isEmpty()) {
                throw new Unknown("it has grouping sets");
            }
            var result = new ArrayList<String>();
            for (Object each : group.getGroupByExpressionList()) {
                String text = String.valueOf(each);
                if (text.matches("(?is)\\s*(rollup|cube|grouping sets|\\(\\s*\\)).*")) {
                    throw new Unknown("it has grouping sets");
                }
                result.add(text);
            }
            if (result.isEmpty()) {
                throw new Unknown("it has grouping sets");
            }
            return result;
        }
        if (plain.getDistinct() != null && plain.getDistinct().getOnSelectItems() != null) {
            return texts(plain.getDistinct().getOnSelectItems());
        }
        var windows = Aggregates.windows(plain);
        if (!windows.isEmpty() || plain.getWindowDefinitions() != null) {
            Set<String> common = null;
            for (var window : windows) {
                if (window.getWindowName() != null) {
                    throw new Unknown("it names a window");
                }
                var partition = new LinkedHashSet<String>();
                if (window.getPartitionExpressionList() != null) {
                    window.getPartitionExpressionList().forEach(p -> partition.add(p.toString()));
                }
                if (common == null) {
                    common = partition;
                } else {
                    common.retainAll(partition);
                }
            }
            if (common == null || common.isEmpty() || plain.getDistinct() != null) {
                throw new Unknown("its window functions have no partition in common");
            }
            return List.copyOf(common);
        }
        if (Aggregates.any(plain, view.aggregates())) {
            throw new Unknown("it is one row computed from all");
        }
        if (plain.getDistinct() != null) {
            return texts(plain.getSelectItems());
        }
        var result = new ArrayList<String>();
        for (var item : level.items()) {
            if (item.kind() == Kind.TABLE && !item.nullable()) {
                var relation = occurrences.relation(item.occurrences().get(0));
                if (relation.isView()) {
                    result.add(item.alias() + ".hw_row");
                } else {
                    for (var column : relation.definition().keyColumns()) {
                        result.add(item.alias() + "." + Identifiers.quote(column.name()));
                    }
                }
            }
        }
        if (result.isEmpty()) {
            throw new Unknown("none of its tables is there in every row");
        }
        return result;
    }

    private static List<String> texts(List<SelectItem<?>> items) {
        return items.stream().map(i -> i.getExpression().toString()).distinct().toList();
    }

    /// Adds the queries of keys for every table at this level and below.
    ///
    /// @param from what is joined at the levels around
    /// @param conditions what has to hold there, and what links this level with them
    /// @param outer names of what is in `from`
    private void visit(
            PlainSelect select,
            Level level,
            List<String> from,
            List<String> conditions,
            Set<String> outer)
            throws Unknown {
        var base = new ArrayList<Item>();
        for (var item : level.items()) {
            if (!item.nullable() && item.kind() != Kind.DERIVED) {
                base.add(item);
            }
        }
        var names = new HashSet<>(outer);
        base.forEach(i -> names.add(i.alias()));
        var tables = new ArrayList<>(from);
        base.forEach(i -> tables.add(i.text()));
        var all = new ArrayList<>(conditions);
        all.addAll(usable(level.conditions(), names));
        boolean linked = outer.isEmpty() || isLinked(all, outer);
        for (var item : base) {
            for (int occurrence : item.occurrences()) {
                add(occurrence, tables, all, linked);
            }
        }
        for (var item : level.items()) {
            if (item.nullable() && item.kind() != Kind.DERIVED) {
                outerJoined(item, level, tables, all, names, linked);
            }
        }
        for (var item : level.items()) {
            if (item.kind() == Kind.DERIVED && item.node() instanceof ParenthesedSelect derived) {
                var links = new ArrayList<>(item.nullable() ? item.on() : level.conditions());
                below(derived, tables, all, names, new Link(item, null, links), linked);
            }
        }
        subqueries(select, tables, all, names, linked);
    }

    /// How a query below is tied to those around it, beside its own conditions.
    ///
    /// @param item the derived table that it is
    /// @param left what is IN it, as the conditions that hold for its columns in order
    /// @param conditions those that may name the derived table's columns
    private record Link(
            @Nullable Item item, @Nullable List<String> left, List<String> conditions) {}

    private void subqueries(
            PlainSelect select,
            List<String> tables,
            List<String> all,
            Set<String> names,
            boolean linked)
            throws Unknown {
        var certain = new ArrayList<String>();
        Level.split(select.getWhere(), certain);
        var ins = new HashMap<Select, InExpression>();
        var collector =
                new ExpressionVisitorAdapter<Void>() {
                    @Override
                    public <S> Void visit(InExpression in, S context) {
                        if (in.getRightExpression() instanceof Select right
                                && certain.contains(in.toString())
                                && !in.isNot()) {
                            ins.put(right, in);
                        }
                        return super.visit(in, context);
                    }

                    @Override
                    public <S> Void visit(ParenthesedSelect subquery, S context) {
                        return null;
                    }
                };
        for (var expression : Parsed.expressions(select)) {
            expression.accept(collector, null);
        }
        for (var subquery : Parsed.subqueries(select)) {
            var in = ins.get(subquery);
            List<String> left = null;
            if (in != null && !Level.hasSubquery(in.getLeftExpression().toString())) {
                left = new ArrayList<>();
                if (in.getLeftExpression() instanceof ParenthesedExpressionList<?> row) {
                    for (Object each : row) {
                        left.add(String.valueOf(each));
                    }
                } else {
                    left.add(in.getLeftExpression().toString());
                }
            }
            below(subquery, tables, all, names, new Link(null, left, List.of()), linked);
        }
    }

    /// Visits a derived table or a subquery.
    private void below(
            Select select,
            List<String> tables,
            List<String> all,
            Set<String> names,
            Link link,
            boolean linked)
            throws Unknown {
        switch (select) {
            case ParenthesedSelect inner ->
                    below(inner.getSelect(), tables, all, names, link, linked);
            case SetOperationList set -> {
                for (var each : set.getSelects()) {
                    below(each, tables, all, names, link, linked);
                }
            }
            case Values _ -> {}
            case PlainSelect inner -> {
                var level = level(inner);
                var conditions = new ArrayList<>(all);
                conditions.addAll(links(inner, level, names, link));
                if (!linked) {
                    // Around it nothing ties to the key, so nothing here does.
                    global(inner);
                } else {
                    visit(inner, level, tables, conditions, names);
                }
            }
            default -> throw new Unknown("it has a " + select.getClass().getSimpleName());
        }
    }

    /// What ties a query to those around it by the columns that it gives.
    private List<String> links(PlainSelect inner, Level level, Set<String> names, Link link) {
        var solid = level.solid();
        solid.addAll(names);
        // Behind LIMIT or a window function a row's fate hangs on other rows.
        if (inner.getLimit() != null
                || inner.getOffset() != null
                || inner.getFetch() != null
                || !Aggregates.windows(inner).isEmpty()) {
            return List.of();
        }
        var given = new ArrayList<@Nullable String>();
        for (var item : inner.getSelectItems()) {
            String text = item.getExpression().toString();
            boolean computed =
                    Level.hasSubquery(text)
                            || Aggregates.calls(text, view.aggregates())
                            || !solid.containsAll(Level.mentioned(text, aliases));
            given.add(computed ? null : text);
        }
        if (inner.getDistinct() != null && inner.getDistinct().getOnSelectItems() != null) {
            return List.of();
        }
        var result = new ArrayList<String>();
        var left = link.left();
        if (left != null && left.size() == given.size()) {
            for (int i = 0; i < given.size(); i++) {
                if (given.get(i) != null) {
                    result.add("(" + left.get(i) + ") = (" + given.get(i) + ")");
                    indexFor(left.get(i));
                    indexFor(String.valueOf(given.get(i)));
                }
            }
        }
        var item = link.item();
        if (item != null) {
            for (var condition : link.conditions()) {
                String inlined = inlined(condition, item, inner, given);
                if (inlined != null
                        && !LOOSE.matcher(Parsed.withoutLiterals(inlined)).find()
                        && !Level.hasSubquery(inlined)) {
                    result.add(inlined);
                }
            }
        }
        return usable(result, solid);
    }

    /// A condition with the derived table's columns replaced by what they are; null where that
    /// cannot be said.
    private static @Nullable String inlined(
            String condition, Item item, PlainSelect inner, List<@Nullable String> given) {
        var names = new ArrayList<String>();
        var alias = item.node().getAlias();
        for (int i = 0; i < given.size(); i++) {
            String name;
            if (alias.getAliasColumns() != null && i < alias.getAliasColumns().size()) {
                name = alias.getAliasColumns().get(i).name;
            } else if (inner.getSelectItem(i).getAlias() != null) {
                name = inner.getSelectItem(i).getAlias().getName();
            } else if (inner.getSelectItem(i).getExpression()
                    instanceof net.sf.jsqlparser.schema.Column column) {
                name = column.getColumnName();
            } else {
                name = "";
            }
            names.add(name);
        }
        String result = condition;
        var matcher = COLUMN.matcher(condition);
        boolean mentions = false;
        while (matcher.find()) {
            if (!matcher.group(1).equals(item.alias())) {
                continue;
            }
            int at = names.indexOf(matcher.group(2));
            if (at < 0 || given.get(at) == null) {
                return null;
            }
            mentions = true;
            result = result.replace(matcher.group(), "(" + given.get(at) + ")");
        }
        return mentions ? result : null;
    }

    private void global(PlainSelect inner) {
        for (int occurrence : Occurrences.in(inner.toString())) {
            global.add(occurrences.relation(occurrence).id());
        }
    }

    /// A table on the side of an outer join that may be missing concerns the rows that it matches.
    private void outerJoined(
            Item item,
            Level level,
            List<String> tables,
            List<String> all,
            Set<String> names,
            boolean linked)
            throws Unknown {
        var joined = new LinkedHashSet<Item>();
        joined.add(item);
        boolean more = true;
        var available = new HashSet<>(names);
        while (more) {
            more = false;
            for (var each : List.copyOf(joined)) {
                available.add(each.alias());
                for (var other : level.items()) {
                    boolean needed =
                            other.nullable()
                                    && other.kind() != Kind.DERIVED
                                    && each.on().stream()
                                            .anyMatch(
                                                    c ->
                                                            Level.mentioned(
                                                                            c,
                                                                            Set.of(other.alias()))
                                                                    .contains(other.alias()));
                    more |= needed && joined.add(other);
                }
            }
        }
        var conditions = new ArrayList<>(all);
        var from = new ArrayList<>(tables);
        boolean tied = false;
        // In the order of the query, so that functions find what they are of.
        for (var each : level.items()) {
            if (!joined.contains(each)) {
                continue;
            }
            from.add(each.text());
            for (var condition : usable(each.on(), available)) {
                if (!LOOSE.matcher(Parsed.withoutLiterals(condition)).find()) {
                    conditions.add(condition);
                    tied |= isLinked(List.of(condition), names);
                }
            }
        }
        for (int occurrence : item.occurrences()) {
            add(occurrence, from, conditions, linked && tied);
        }
    }

    /// Conditions that can be asked where only these names are known.
    private List<String> usable(List<String> conditions, Set<String> names) {
        var result = new ArrayList<String>();
        for (var condition : conditions) {
            if (!Level.hasSubquery(condition)
                    && names.containsAll(Level.mentioned(condition, aliases))) {
                result.add(condition);
                var matcher = EQUALITY.matcher(condition);
                if (matcher.matches()) {
                    indexFor(matcher.group(1) + "." + matcher.group(2));
                    indexFor(matcher.group(3) + "." + matcher.group(4));
                }
            }
        }
        return result;
    }

    /// Whether a condition compares something of these names with something else.
    private boolean isLinked(List<String> conditions, Set<String> names) {
        for (var condition : conditions) {
            var mentioned = Level.mentioned(condition, aliases);
            if (mentioned.stream().anyMatch(names::contains) && !names.containsAll(mentioned)) {
                return true;
            }
        }
        return false;
    }

    private void add(int occurrence, List<String> from, List<String> conditions, boolean linked) {
        int relation = occurrences.relation(occurrence).id();
        if (!linked) {
            global.add(relation);
            return;
        }
        String query =
                "select "
                        + String.join(", ", key)
                        + " from "
                        + String.join(", ", from)
                        + (conditions.isEmpty()
                                ? ""
                                : conditions.stream()
                                        .distinct()
                                        .map(c -> "(" + c + ")")
                                        .collect(Collectors.joining(" and ", " where ", "")));
        affected.computeIfAbsent(relation, _ -> new ArrayList<>())
                .add(new Affected(occurrence, Planner.jdbc(query)));
    }

    /// Notes the index that finds rows by a column, if the expression is one.
    private void indexFor(String expression) {
        var matcher = COLUMN.matcher(expression);
        if (!matcher.matches()) {
            return;
        }
        var occurrence = tables.get(matcher.group(1));
        if (occurrence == null) {
            return;
        }
        var relation = occurrences.relation(occurrence);
        String name = matcher.group(2).replaceAll("^\"|\"$", "").replace("\"\"", "\"");
        for (var column : relation.definition().columns()) {
            if (column.name().equals(name)) {
                index(relation, column);
            }
        }
    }

    private void index(Relation relation, Column column) {
        boolean first =
                !relation.isView() && relation.definition().keyColumns().get(0).equals(column);
        if (first || NO_INDEX.contains(column.baseType())) {
            return;
        }
        // A b-tree refuses long values, which would make writing the table fail.
        indexes.add(
                "create index concurrently if not exists r%d_c%d on %s %s (c%d)"
                        .formatted(
                                relation.id(),
                                column.number(),
                                dev.highwater.relation.RelationTables.current(relation.id()),
                                SMALL.contains(column.baseType()) ? "using btree" : "using hash",
                                column.number()));
    }
}
