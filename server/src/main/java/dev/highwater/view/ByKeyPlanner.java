package dev.highwater.view;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.relational.InExpression;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.GroupByElement;
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
    private final Stage stage;
    private final PlainSelect plain;
    private final Occurrences occurrences;
    private final Set<String> aliases = new HashSet<>();
    private final Map<Integer, List<Affected>> affected = new HashMap<>();
    private final Set<Integer> global = new HashSet<>();
    private final Indexes indexes;
    private List<String> key = List.of();

    private ByKeyPlanner(Stage stage, PlainSelect plain, Occurrences occurrences) {
        this.stage = stage;
        this.plain = plain;
        this.occurrences = occurrences;
        this.indexes = new Indexes(occurrences);
    }

    static Plan plan(Stage stage, PlainSelect plain, Occurrences occurrences) throws Unknown {
        return new ByKeyPlanner(stage, plain, occurrences).run();
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
        Planner.qualify(plain, occurrences);
        var level = level(plain);
        collectAliases(plain);
        key = key(level);
        if (key.stream().anyMatch(k -> k.matches("\\d+"))) {
            throw new Unknown("it groups by a constant");
        }
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
        if (global.containsAll(stage.depends())) {
            throw new Unknown("every change concerns all of it");
        }
        global.forEach(affected::remove);
        key.forEach(indexes::column);
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
                        indexes.statements()),
                occurrences,
                query,
                new ByKey(Planner.jdbc(withKeys(plain.toString())), key, affected, global),
                null);
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
        return Level.of(select, stage.aggregates());
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

    private void collectAliases(Select select) throws Unknown {
        switch (select) {
            case PlainSelect each -> {
                for (var item : level(each).items()) {
                    // Names repeat only in queries that do not see each other.
                    aliases.add(item.alias());
                    if (item.node() instanceof Table) {
                        indexes.table(item.alias(), item.occurrences().get(0));
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

    /// The expressions that tell the parts apart: rows that differ in them never meet, neither in a
    /// group nor in a window nor as duplicates.
    private List<String> key(Level level) throws Unknown {
        var meetings = new ArrayList<List<String>>();
        var group = plain.getGroupBy();
        if (group != null) {
            meetings.add(grouped(group));
        }
        for (var window : Aggregates.windows(plain)) {
            if (window.getWindowName() != null || plain.getWindowDefinitions() != null) {
                throw new Unknown("it names a window");
            }
            var partition = new ArrayList<String>();
            if (window.getPartitionExpressionList() != null) {
                window.getPartitionExpressionList().forEach(p -> partition.add(p.toString()));
            }
            meetings.add(partition);
        }
        if (plain.getDistinct() != null) {
            var on = plain.getDistinct().getOnSelectItems();
            meetings.add(texts(on == null ? plain.getSelectItems() : on));
        }
        if (!meetings.isEmpty()) {
            var common = new LinkedHashSet<>(meetings.get(0));
            meetings.forEach(common::retainAll);
            if (common.isEmpty()) {
                throw new Unknown("its groups, windows or duplicates have no value in common");
            }
            if (group == null
                    && Aggregates.windows(plain).isEmpty()
                    && Aggregates.any(plain, stage.aggregates())) {
                throw new Unknown("it is one row computed from all");
            }
            return List.copyOf(common);
        }
        if (Aggregates.any(plain, stage.aggregates())) {
            throw new Unknown("it is one row computed from all");
        }
        var result = new ArrayList<String>();
        for (var item : level.items()) {
            if (item.kind() == Kind.TABLE && !item.nullable()) {
                var relation = occurrences.relation(item.occurrences().get(0));
                if (relation.hasRowHash()) {
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

    private static List<String> grouped(GroupByElement group) throws Unknown {
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
                var link = new Link(item.alias(), columns(derived), null, links);
                below(derived, tables, all, names, link, linked);
            }
        }
        subqueries(select, tables, all, names, linked);
    }

    /// How a query below is tied to those around it, beside its own conditions.
    ///
    /// @param alias the name of the derived table that it is
    /// @param columns the derived table's columns
    /// @param left what is IN it, in the order of its columns
    /// @param conditions those that may name the derived table's columns
    private record Link(
            String alias,
            List<String> columns,
            @Nullable List<String> left,
            List<String> conditions) {}

    /// The names of a derived table's columns: its own, or those of the first query in it.
    private static List<String> columns(ParenthesedSelect derived) {
        Select first = derived.getSelect();
        while (!(first instanceof PlainSelect)) {
            if (first instanceof SetOperationList set) {
                first = set.getSelect(0);
            } else if (first instanceof ParenthesedSelect inner) {
                first = inner.getSelect();
            } else {
                return List.of();
            }
        }
        var names = new ArrayList<String>();
        var given = derived.getAlias().getAliasColumns();
        for (var item : ((PlainSelect) first).getSelectItems()) {
            if (given != null && names.size() < given.size()) {
                names.add(given.get(names.size()).name);
            } else if (item.getAlias() != null) {
                names.add(item.getAlias().getName());
            } else if (item.getExpression() instanceof net.sf.jsqlparser.schema.Column column) {
                names.add(column.getColumnName());
            } else {
                names.add("");
            }
        }
        return names;
    }

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
            below(subquery, tables, all, names, new Link("", List.of(), left, List.of()), linked);
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
                            || Aggregates.calls(text, stage.aggregates())
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
                    indexes.column(left.get(i));
                    indexes.column(String.valueOf(given.get(i)));
                }
            }
        }
        for (var condition : link.conditions()) {
            String inlined = inlined(condition, link, given);
            if (inlined != null && Level.isStrict(inlined) && !Level.hasSubquery(inlined)) {
                result.add(inlined);
            }
        }
        return usable(result, solid);
    }

    /// A condition with the derived table's columns replaced by what they are; null where that
    /// cannot be said.
    private static @Nullable String inlined(
            String condition, Link link, List<@Nullable String> given) {
        String result = condition;
        var matcher = Indexes.COLUMN.matcher(condition);
        boolean mentions = false;
        while (matcher.find()) {
            if (!matcher.group(1).equals(link.alias())) {
                continue;
            }
            int at = link.columns().indexOf(matcher.group(2));
            if (at < 0 || at >= given.size() || given.get(at) == null) {
                return null;
            }
            mentions = true;
            result =
                    Pattern.compile("(?<![\\w\"])" + Pattern.quote(matcher.group()) + "(?![\\w\"])")
                            .matcher(result)
                            .replaceAll(Matcher.quoteReplacement("(" + given.get(at) + ")"));
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
                                            .filter(Level::isStrict)
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
                if (Level.isStrict(condition)) {
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
                indexes.condition(condition);
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
}
