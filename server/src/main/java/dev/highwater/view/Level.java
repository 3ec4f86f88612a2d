package dev.highwater.view;

import dev.highwater.view.Parsed.Unknown;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.TableFunction;
import net.sf.jsqlparser.statement.select.Values;
import org.jspecify.annotations.Nullable;

/// The FROM and WHERE of one query, flat: what is joined, and the conditions that a row has to
/// meet.
///
/// @param items what is joined
/// @param conditions of WHERE and of inner joins, as texts
record Level(List<Item> items, List<String> conditions) {
    private static final Pattern LOOSE =
            Pattern.compile(
                    "(?i)\\b(coalesce|case|is|null|or|distinct|nullif|not|array|row|any|all|in)\\b|\\[");

    private static final Pattern CALL = Pattern.compile("(\\w+)\\(");

    /// Functions, and other words before a bracket, that give null for null.
    private static final Set<String> STRICT =
            Set.of(
                    "abs",
                    "and",
                    "btrim",
                    "ceil",
                    "date_bin",
                    "date_part",
                    "date_trunc",
                    "extract",
                    "floor",
                    "left",
                    "length",
                    "lower",
                    "ltrim",
                    "mod",
                    "numeric",
                    "position",
                    "right",
                    "round",
                    "rtrim",
                    "substr",
                    "substring",
                    "to_char",
                    "to_date",
                    "trim",
                    "upper",
                    "varchar",
                    "varying",
                    "bpchar",
                    "character",
                    "char",
                    "interval");

    /// One thing that is joined.
    ///
    /// @param alias its name in the query
    /// @param text as it stands in FROM
    /// @param nullable whether its columns can be null because nothing matched
    /// @param on of an outer join: the conditions on which it matches
    record Item(
            String alias,
            FromItem node,
            Kind kind,
            String text,
            boolean nullable,
            List<String> on) {
        /// The same, matching on more conditions.
        Item matching(List<String> more, boolean maybeMissing) {
            var all = new ArrayList<>(on);
            all.addAll(more);
            return new Item(alias, node, kind, text, maybeMissing, all);
        }

        /// The tables in it.
        List<Integer> occurrences() {
            return Occurrences.in(text);
        }
    }

    enum Kind {
        TABLE,
        /// A derived table whose rows come each from one row of every table in it.
        PLAIN,
        /// Any other derived table.
        DERIVED,
        /// A function of earlier items, or a list of values.
        FUNCTION
    }

    /// @param aggregates names of the aggregates in the whole query
    static Level of(PlainSelect plain, Set<String> aggregates) throws Unknown {
        var items = new ArrayList<Item>();
        var conditions = new ArrayList<String>();
        if (plain.getFromItem() != null) {
            new Flattening(aggregates)
                    .collect(plain.getFromItem(), plain.getJoins(), false, items, conditions);
        }
        split(plain.getWhere(), conditions);
        return new Level(List.copyOf(items), List.copyOf(conditions));
    }

    /// Names of the items that are there in every row, as rows of tables.
    Set<String> solid() {
        var result = new HashSet<String>();
        for (var item : items) {
            if (!item.nullable() && item.kind() != Kind.DERIVED) {
                result.add(item.alias());
            }
        }
        return result;
    }

    /// Which of the names a text speaks of. Names can stand in it without being meant, not the
    /// other way round.
    static Set<String> mentioned(String text, Set<String> aliases) {
        var result = new HashSet<String>();
        for (var alias : aliases) {
            if (Pattern.compile("(?<![\\w\"])" + Pattern.quote(alias) + "\\s*\\.")
                    .matcher(text)
                    .find()) {
                result.add(alias);
            }
        }
        return result;
    }

    /// Whether a condition can only hold where none of its columns is null.
    static boolean isStrict(String condition) {
        String text = Parsed.withoutLiterals(condition);
        if (LOOSE.matcher(text).find()) {
            return false;
        }
        var matcher = CALL.matcher(text);
        while (matcher.find()) {
            if (!STRICT.contains(matcher.group(1).toLowerCase(Locale.ROOT))) {
                return false;
            }
        }
        return true;
    }

    static boolean hasSubquery(String text) {
        return Pattern.compile("\\bselect\\b", Pattern.CASE_INSENSITIVE)
                .matcher(Parsed.withoutLiterals(text))
                .find();
    }

    /// Walks through one FROM.
    private record Flattening(Set<String> aggregates) {
        private void collect(
                FromItem first,
                @Nullable List<Join> joins,
                boolean nullable,
                List<Item> items,
                List<String> conditions)
                throws Unknown {
            var own = new ArrayList<Item>();
            item(first, nullable, List.of(), own, conditions);
            if (joins != null) {
                for (var join : joins) {
                    join(join, nullable, own, conditions);
                }
            }
            items.addAll(own);
        }

        private void join(Join join, boolean nullable, List<Item> own, List<String> conditions)
                throws Unknown {
            if (join.isFull() || join.isNatural()) {
                throw new Unknown("it has a full join");
            }
            if (join.getUsingColumns() != null && !join.getUsingColumns().isEmpty()) {
                throw new Unknown("it joins by USING");
            }
            var on = new ArrayList<String>();
            for (var condition : join.getOnExpressions()) {
                split(condition, on);
            }
            if (join.isRight()) {
                own.replaceAll(i -> i.matching(on, true));
                item(join.getFromItem(), nullable, List.of(), own, conditions);
            } else if (join.isLeft()) {
                item(join.getFromItem(), true, on, own, conditions);
            } else if (nullable) {
                item(join.getFromItem(), true, on, own, conditions);
                // An inner join on the side that may be missing holds for all that is there.
                own.replaceAll(i -> i.matching(on, true));
            } else {
                conditions.addAll(on);
                item(join.getFromItem(), false, List.of(), own, conditions);
            }
        }

        private void item(
                FromItem item,
                boolean nullable,
                List<String> on,
                List<Item> own,
                List<String> conditions)
                throws Unknown {
            if (item instanceof ParenthesedFromItem group) {
                if (group.getAlias() != null) {
                    throw new Unknown("it has a join with a name");
                }
                var inner = new ArrayList<Item>();
                collect(group.getFromItem(), group.getJoins(), nullable, inner, conditions);
                inner.forEach(i -> own.add(i.matching(on, i.nullable())));
                return;
            }
            if (item.getAlias() == null) {
                throw new Unknown("it has a derived table without a name");
            }
            Kind kind =
                    switch (item) {
                        case Table _ -> Kind.TABLE;
                        case TableFunction _, Values _ -> Kind.FUNCTION;
                        case LateralSubSelect _ -> Kind.DERIVED;
                        case ParenthesedSelect derived ->
                                Occurrences.in(derived.toString()).isEmpty()
                                        ? Kind.FUNCTION
                                        : isPlain(derived) ? Kind.PLAIN : Kind.DERIVED;
                        default -> throw new Unknown("it joins " + item.getClass().getSimpleName());
                    };
            own.add(new Item(item.getAlias().getName(), item, kind, item.toString(), nullable, on));
        }

        /// Whether a derived table's rows come each from one row of every table in it.
        private boolean isPlain(ParenthesedSelect derived) throws Unknown {
            if (!(derived.getSelect() instanceof PlainSelect plain)
                    || plain.getGroupBy() != null
                    || plain.getDistinct() != null
                    || plain.getHaving() != null
                    || plain.getLimit() != null
                    || plain.getOffset() != null
                    || plain.getFetch() != null
                    || plain.getFromItem() == null
                    || Aggregates.any(plain, aggregates)
                    || hasSubquery(derived.toString().replaceFirst("(?i)select", ""))) {
                return false;
            }
            return Level.of(plain, aggregates).items().stream()
                    .allMatch(
                            i ->
                                    !i.nullable()
                                            && (i.kind() == Kind.TABLE
                                                    || i.kind() == Kind.FUNCTION));
        }
    }

    /// Adds the conditions that have to hold all.
    static void split(@Nullable Expression condition, List<String> result) {
        switch (condition) {
            case null -> {}
            case AndExpression and -> {
                split(and.getLeftExpression(), result);
                split(and.getRightExpression(), result);
            }
            case ParenthesedExpressionList<?> list when list.size() == 1 ->
                    split((Expression) list.get(0), result);
            case ExpressionList<?> list when list.size() == 1 ->
                    split((Expression) list.get(0), result);
            default -> result.add(condition.toString());
        }
    }
}
