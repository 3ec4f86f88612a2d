package dev.highwater.view;

import dev.highwater.failure.Failure;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.QualifiedName;
import dev.highwater.view.Parsed.Unknown;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.OrderByElement;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import org.jspecify.annotations.Nullable;

/// Divides a query that cannot be kept in a cheap way into stages that can: what stands in its
/// FROM, the branches of a union, the rows before they are grouped, the rows before the first few
/// are taken. A later stage reads an earlier one as it reads a table.
///
/// A division is taken only if it keeps every stage in a better way than the query was kept before.
final class Staging {
    private static final String SCHEMA = "highwater_stage";

    private static final int DEPTH_MAX = 8;

    /// Aggregates whose result depends on the order in which rows come.
    private static final Set<String> IN_ORDER =
            Set.of(
                    "array_agg",
                    "string_agg",
                    "json_agg",
                    "jsonb_agg",
                    "json_object_agg",
                    "jsonb_object_agg",
                    "json_arrayagg",
                    "json_objectagg",
                    "xmlagg");

    private static final Pattern READ =
            Pattern.compile(
                    "(?is)\\(*\\s*select [\\w\\s.,\"]+ from " + SCHEMA + "\\.\\w+[\\w\\s]*\\)*");

    private final Connection connection;
    private final List<Analysis> stages = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private Catalog catalog;

    /// The query's outermost aggregates may depend on an order that is lost between stages.
    private boolean inOrder;

    private Staging(Connection connection, Catalog catalog) {
        this.connection = connection;
        this.catalog = catalog;
    }

    /// The stages of a query; the last gives its rows.
    ///
    /// @param connection in auto-commit mode, of a role that may make schemas
    static List<Analysis> of(
            Connection connection, Catalog catalog, QualifiedName name, Analysis whole)
            throws SQLException {
        var staging = new Staging(connection, catalog);
        var last = staging.best(name, whole, 0);
        staging.stages.add(last);
        return staging.stages;
    }

    /// What is divided has the columns and the key that it had before.
    private static Analysis named(Analysis last, Analysis whole) {
        return new Analysis(
                last.body(),
                whole.definition(),
                last.depends(),
                last.clocked(),
                last.aggregates(),
                last.types(),
                last.faithful());
    }

    /// The query, divided as far as that makes it better; the stages that it reads are added.
    private Analysis best(QualifiedName name, Analysis query, int depth) throws SQLException {
        int worth = worth(query);
        if (worth == BEST || depth > DEPTH_MAX || !query.faithful() || query.clocked()) {
            return query;
        }
        int mark = stages.size();
        var before = catalog;
        var namesBefore = Map.copyOf(names);
        try {
            inOrder = query.aggregates().stream().anyMatch(IN_ORDER::contains);
            var select = Parsed.inlined(Parsed.statement(query.body()), new HashMap<>());
            String divided = divided(select, query, depth);
            if (divided != null) {
                var result = best(name, Analysis.of(connection, catalog, name, divided), depth + 1);
                int least = worth(result);
                for (var stage : stages.subList(mark, stages.size())) {
                    least = Math.min(least, worth(stage));
                }
                if (least > worth) {
                    return named(result, query);
                }
            }
        } catch (Unknown | Failure.Refused e) {
            // It stays as it is.
        }
        stages.subList(mark, stages.size()).clear();
        catalog = before;
        names.clear();
        names.putAll(namesBefore);
        return query;
    }

    private static final int BEST = 3;

    /// The better, the less a change costs: 0 computes all, 1 computes all after some changes, 2
    /// computes groups, 3 single rows.
    private int worth(Analysis query) {
        var plan = Planner.plan(0, Stage.draft(query), catalog);
        var byKey = plan.byKey();
        if (byKey == null) {
            return plan.strategy().kind() == Strategy.Kind.WHOLE ? 0 : BEST;
        }
        if (byKey.global().stream().anyMatch(id -> id > 0)) {
            return 1;
        }
        // What a stage says, such as a maximum, seldom changes.
        return byKey.global().isEmpty() && !isGrouped(query) ? BEST : 2;
    }

    private static boolean isGrouped(Analysis query) {
        try {
            return Parsed.statement(query.body()) instanceof PlainSelect plain
                    && (plain.getGroupBy() != null || Aggregates.any(plain, query.aggregates()));
        } catch (Unknown e) {
            return true;
        }
    }

    /// Makes a query a stage.
    ///
    /// @return its name
    private String stage(String sql, int depth) throws SQLException {
        String known = names.get(sql);
        if (known != null) {
            return known;
        }
        boolean outer = inOrder;
        var name = new QualifiedName(SCHEMA, "s" + (names.size() + 1) + "_" + depth);
        var analysis = best(name, Analysis.of(connection, catalog, name, sql), depth + 1);
        inOrder = outer;
        stages.add(analysis);
        catalog =
                catalog.with(
                        new Relation(
                                -stages.size(),
                                List.of(new Relation.Dated(0, analysis.definition())),
                                new Relation.State.Live(0)));
        String text = Identifiers.quote(name.schema(), name.name());
        names.put(sql, text);
        return text;
    }

    /// The query over stages, or null where there is nothing to divide.
    private @Nullable String divided(Select select, Analysis query, int depth)
            throws SQLException, Unknown {
        return switch (select) {
            case ParenthesedSelect inner -> divided(inner.getSelect(), query, depth);
            case SetOperationList set ->
                    set.getLimit() != null || set.getOffset() != null || set.getFetch() != null
                            ? limited(set, query, depth)
                            : combined(set, query, depth);
            case PlainSelect plain -> plain(plain, query, depth);
            default -> null;
        };
    }

    private @Nullable String plain(PlainSelect plain, Analysis query, int depth)
            throws SQLException, Unknown {
        if (plain.getLimit() != null || plain.getOffset() != null || plain.getFetch() != null) {
            return limited(plain, query, depth);
        }
        boolean aggregated =
                plain.getGroupBy() != null || Aggregates.any(plain, query.aggregates());
        if (plain.getDistinct() != null
                && plain.getDistinct().getOnSelectItems() == null
                && aggregated) {
            plain.setDistinct(null);
            plain.setOrderByElements(null);
            String columns = columns(query);
            return "select distinct %s from %s q"
                    .formatted(columns, stage(plain.toString(), depth));
        }
        if (plain.getFromItem() == null) {
            return null;
        }
        boolean any = from(plain, depth);
        any = subqueries(plain, depth) || any;
        if (any) {
            return plain.toString();
        }
        String joined = FullJoins.divided(plain);
        if (joined != null) {
            return joined;
        }
        return aggregated ? core(plain, depth) : null;
    }

    private static String columns(Analysis query) {
        return query.definition().columns().stream()
                .map(c -> "q." + Identifiers.quote(c.name()))
                .collect(Collectors.joining(", "));
    }

    /// Puts stages in the place of derived tables.
    private boolean from(PlainSelect plain, int depth) throws SQLException, Unknown {
        boolean any = false;
        var first = cut(plain.getFromItem(), depth);
        if (first != null) {
            plain.setFromItem(first);
            any = true;
        }
        return joins(plain.getJoins(), depth) || any;
    }

    private boolean joins(@Nullable List<Join> joins, int depth) throws SQLException, Unknown {
        boolean any = false;
        if (joins != null) {
            for (var join : joins) {
                var item = cut(join.getFromItem(), depth);
                if (item != null) {
                    join.setFromItem(item);
                    any = true;
                }
            }
        }
        return any;
    }

    private @Nullable FromItem cut(FromItem item, int depth) throws SQLException, Unknown {
        if (item instanceof ParenthesedFromItem group) {
            var first = cut(group.getFromItem(), depth);
            if (first != null) {
                group.setFromItem(first);
            }
            return joins(group.getJoins(), depth) || first != null ? group : null;
        }
        if (!(item instanceof ParenthesedSelect derived)
                || item instanceof LateralSubSelect
                || item.getAlias() == null
                || !readsTables(derived.toString())) {
            return null;
        }
        if (inOrder && isOrdered(derived.getSelect())) {
            throw new Unknown("an aggregate depends on the order of a derived table");
        }
        var columns = derived.getAlias().getAliasColumns();
        var names =
                columns == null ? List.<String>of() : columns.stream().map(c -> c.name).toList();
        return table(
                stage(renamed(derived.getSelect(), names).toString(), depth),
                derived.getAlias().getUnquotedName());
    }

    private static boolean isOrdered(Select select) {
        return switch (select) {
            case ParenthesedSelect inner -> isOrdered(inner.getSelect());
            default ->
                    select.getOrderByElements() != null && !select.getOrderByElements().isEmpty();
        };
    }

    /// Whether there is more in it than values and functions.
    private static boolean readsTables(String text) {
        return Pattern.compile("(?i)\\bfrom\\s+\\(*\\w+(\\s|\\.|$)|\\bfrom\\s+\\(*\"")
                .matcher(Parsed.withoutLiterals(text))
                .find();
    }

    private static FromItem table(String name, String alias) throws Unknown {
        var select =
                (PlainSelect)
                        Parsed.statement("select 1 from " + name + " " + Identifiers.quote(alias));
        return select.getFromItem();
    }

    /// Puts stages in the place of subqueries that see nothing of the query around them.
    private boolean subqueries(PlainSelect plain, int depth) throws SQLException, Unknown {
        boolean any = false;
        var outer = new HashSet<String>();
        aliases(plain.getFromItem(), plain.getJoins(), outer);
        for (var subquery : Parsed.subqueries(plain)) {
            String text = subquery.toString();
            if (!(subquery instanceof ParenthesedSelect inner)
                    || inner.getSelect() instanceof ParenthesedSelect
                    || READ.matcher(text).matches()
                    || !readsTables(text)
                    || !Level.mentioned(text, outer).isEmpty()) {
                continue;
            }
            var bare = inner.getSelect();
            if (!(bare instanceof PlainSelect single) || single.getSelectItems().size() != 1) {
                continue;
            }
            String name = stage(renamed(bare, List.of("c1")).toString(), depth);
            inner.setSelect(Parsed.statement("select q.c1 from " + name + " q"));
            any = true;
        }
        return any;
    }

    static void aliases(@Nullable FromItem item, @Nullable List<Join> joins, Set<String> result) {
        if (item instanceof ParenthesedFromItem group) {
            aliases(group.getFromItem(), group.getJoins(), result);
        } else if (item != null) {
            result.add(
                    item.getAlias() != null
                            ? item.getAlias().getName()
                            : item instanceof Table table ? table.getName() : "");
        }
        if (joins != null) {
            joins.forEach(j -> aliases(j.getFromItem(), null, result));
        }
    }

    /// All rows become a stage, from which the first are read.
    private @Nullable String limited(Select select, Analysis query, int depth)
            throws SQLException, Unknown {
        String end =
                (select.getLimit() == null ? "" : select.getLimit().toString())
                        + (select.getOffset() == null ? "" : select.getOffset().toString())
                        + (select.getFetch() == null ? "" : select.getFetch().toString());
        if (Level.hasSubquery(end)) {
            return null;
        }
        var elements =
                select.getOrderByElements() == null
                        ? List.<OrderByElement>of()
                        : select.getOrderByElements();
        var columns = query.definition().columns().stream().map(c -> c.name()).toList();
        var order = new ArrayList<String>();
        for (var element : elements) {
            order.add(
                    "q."
                            + Identifiers.quote(orderColumn(select, element, columns))
                            + tail(element));
        }
        if (select instanceof PlainSelect plain && isSimple(plain) && order.size() > 0) {
            boolean direct =
                    elements.stream()
                            .allMatch(
                                    e ->
                                            Indexes.COLUMN
                                                    .matcher("q." + e.getExpression())
                                                    .matches());
            if (direct) {
                return null;
            }
        }
        select.setLimit(null);
        select.setOffset(null);
        select.setFetch(null);
        if (!(select instanceof PlainSelect plain)
                || plain.getDistinct() == null
                || plain.getDistinct().getOnSelectItems() == null) {
            select.setOrderByElements(null);
        }
        return "select %s from %s q%s%s"
                .formatted(
                        columns(query),
                        stage(select.toString(), depth),
                        order.isEmpty() ? "" : " order by " + String.join(", ", order),
                        end);
    }

    private static boolean isSimple(PlainSelect plain) {
        return plain.getFromItem() instanceof Table
                && (plain.getJoins() == null || plain.getJoins().isEmpty())
                && plain.getWhere() == null
                && plain.getGroupBy() == null
                && plain.getHaving() == null
                && plain.getDistinct() == null;
    }

    /// The column of the stage that rows are ordered by; one is added where there is none.
    private static String orderColumn(Select select, OrderByElement element, List<String> columns)
            throws Unknown {
        String text = element.getExpression().toString();
        if (text.matches("\\d+")) {
            return columns.get(Integer.parseInt(text) - 1);
        }
        if (!(select instanceof PlainSelect plain)) {
            if (columns.contains(Indexes.bare(text))) {
                return Indexes.bare(text);
            }
            throw new Unknown("it orders by more than its columns");
        }
        for (int i = 0; i < plain.getSelectItems().size(); i++) {
            var item = plain.getSelectItem(i);
            if (item.getExpression().toString().equals(text)) {
                return i < columns.size()
                        ? columns.get(i)
                        : String.valueOf(item.getAlias()).strip().replaceFirst("(?i)^as ", "");
            }
        }
        if (plain.getDistinct() != null) {
            throw new Unknown("it orders by more than its columns");
        }
        String name = "hw_order_" + plain.getSelectItems().size();
        var item = new SelectItem<Expression>(element.getExpression());
        item.setAlias(new Alias(name));
        plain.addSelectItems(item);
        return name;
    }

    private static String tail(OrderByElement element) {
        String nulls =
                element.getNullOrdering() == null
                        ? ""
                        : " " + element.getNullOrdering().name().replace('_', ' ');
        return (element.isAsc() ? "" : " desc") + nulls;
    }

    /// Every branch becomes a stage with the columns of the whole.
    private @Nullable String combined(SetOperationList set, Analysis query, int depth)
            throws SQLException, Unknown {
        set.setOrderByElements(null);
        return branches(set, query, depth) ? set.toString() : null;
    }

    private boolean branches(SetOperationList set, Analysis query, int depth)
            throws SQLException, Unknown {
        boolean any = false;
        var selects = new ArrayList<Select>();
        for (var branch : set.getSelects()) {
            Select bare = branch;
            while (bare instanceof ParenthesedSelect inner && inner.getLimit() == null) {
                bare = inner.getSelect();
            }
            if (bare instanceof SetOperationList inner
                    && inner.getLimit() == null
                    && inner.getOffset() == null
                    && inner.getFetch() == null) {
                inner.setOrderByElements(null);
                any |= branches(inner, query, depth);
                selects.add(new ParenthesedSelect().withSelect(inner));
                continue;
            }
            String text = bare.toString();
            if (READ.matcher(text).matches() && text.contains(" " + SetPlanner.ALIAS)) {
                selects.add(bare);
                continue;
            }
            selects.add(Parsed.statement(branch(bare, query, depth)));
            any = true;
        }
        set.setSelects(selects);
        return any;
    }

    private String branch(Select branch, Analysis query, int depth) throws SQLException, Unknown {
        var columns = query.definition().columns();
        if (!(branch instanceof PlainSelect plain)
                || plain.getSelectItems().size() != columns.size()) {
            throw new Unknown("it combines several queries");
        }
        for (int i = 0; i < columns.size(); i++) {
            var item = plain.getSelectItem(i);
            item.setAlias(new Alias(Identifiers.quote(columns.get(i).name())));
            cast(item, columns.get(i).type());
        }
        if (plain.getLimit() == null && plain.getOffset() == null && plain.getFetch() == null) {
            var distinct = plain.getDistinct();
            if (distinct == null || distinct.getOnSelectItems() == null) {
                plain.setOrderByElements(null);
            }
        }
        return "select %s from %s %s"
                .formatted(columns(query), stage(plain.toString(), depth), SetPlanner.ALIAS);
    }

    private static <T extends Expression> void cast(SelectItem<T> item, String type)
            throws Unknown {
        item.setExpression(Parsed.cast(item.getExpression(), type));
    }

    /// The query with other names for its columns.
    private static Select renamed(Select select, List<String> names) throws Unknown {
        Select first = select;
        while (!(first instanceof PlainSelect)) {
            if (first instanceof SetOperationList set) {
                first = set.getSelect(0);
            } else if (first instanceof ParenthesedSelect inner) {
                first = inner.getSelect();
            } else {
                throw new Unknown("a derived table is not a select");
            }
        }
        var items = ((PlainSelect) first).getSelectItems();
        for (int i = 0; i < names.size(); i++) {
            items.get(i).setAlias(new Alias(names.get(i)));
        }
        return select;
    }

    /// The rows that are grouped become a stage, with the columns that are asked of them.
    private @Nullable String core(PlainSelect plain, int depth) throws SQLException, Unknown {
        boolean simple =
                plain.getFromItem() instanceof Table
                        && (plain.getJoins() == null || plain.getJoins().isEmpty())
                        && plain.getWhere() == null;
        if (simple) {
            return null;
        }
        var from = plain.getFromItem();
        var joins = plain.getJoins();
        var where = plain.getWhere();
        var aliases = new HashSet<String>();
        aliases(from, joins, aliases);
        boolean alone = aliases.size() == 1 && !(from instanceof ParenthesedFromItem);
        plain.setFromItem(new Table("hw_core"));
        plain.setJoins(null);
        plain.setWhere(null);
        String outer = plain.toString();
        if (Level.hasSubquery(outer.replaceFirst("(?i)select", ""))) {
            throw new Unknown("it has a subquery beside its groups");
        }
        // Over one thing PostgreSQL prints column names alone.
        var lifted = Lifted.of(alone ? qualified(plain, aliases) : outer, aliases);
        String core =
                "select "
                        + lifted.items(Set.of())
                        + " from "
                        + from
                        + (joins == null
                                ? ""
                                : joins.stream()
                                        .map(j -> j.isSimple() ? ", " + j : " " + j)
                                        .collect(Collectors.joining()))
                        + (where == null ? "" : " where " + where);
        return lifted.text()
                .replaceFirst("hw_core", Matcher.quoteReplacement(stage(core, depth) + " q"));
    }

    private static String qualified(PlainSelect plain, Set<String> aliases) {
        String alias = aliases.iterator().next();
        var qualifier =
                new net.sf.jsqlparser.expression.ExpressionVisitorAdapter<Void>() {
                    @Override
                    public <S> Void visit(Column column, S context) {
                        if (Planner.isBare(column)) {
                            column.setTable(new Table(alias));
                        }
                        return null;
                    }
                };
        for (var expression : Parsed.expressions(plain)) {
            expression.accept(qualifier, null);
        }
        return plain.toString();
    }
}
