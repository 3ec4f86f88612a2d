package dev.highwater.view;

import dev.highwater.view.Parsed.Unknown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnalyticType;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.SelectItem;

/// A query that groups and counts or sums, taken apart.
///
/// @param keys what it groups by
/// @param terms its aggregates
/// @param shown the expressions that it shows, over [#key] and [#term]
/// @param having the condition over the same, `true` when there is none
/// @param core the query of the rows that are summed, with [#ITEMS] in place of what it selects
record Sums(List<String> keys, List<Term> terms, List<String> shown, String having, String core) {
    static final String ITEMS = "hw_core_items";

    private static final Set<String> NAMES =
            Set.of("count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every");

    /// Aggregates that come to the same when equal values count once.
    private static final Set<String> IDEMPOTENT =
            Set.of("min", "max", "bool_and", "bool_or", "every");

    Sums {
        keys = List.copyOf(keys);
        terms = List.copyOf(terms);
        shown = List.copyOf(shown);
    }

    /// One aggregate.
    ///
    /// @param argument what is counted or summed; `1` in `count(*)`
    /// @param filter which rows count
    record Term(String function, String argument, String filter) {
        /// Whether it is the least or the greatest value, which can be lost.
        boolean isExtreme() {
            return function.equals("min") || function.equals("max");
        }

        boolean isOfBooleans() {
            return function.startsWith("bool_") || function.equals("every");
        }
    }

    /// Stands for a key, counted from 0, in what is shown.
    static String key(int i) {
        return "hw_key_" + i + "_";
    }

    /// Stands for the value of an aggregate, counted from 0, in what is shown.
    static String term(int i) {
        return "hw_term_" + i + "_";
    }

    /// The expressions whose types decide whether sums can be kept.
    List<String> expressions() {
        var result = new ArrayList<>(keys);
        terms.forEach(t -> result.add(t.argument()));
        return result;
    }

    /// Takes a query apart; the tree is used up.
    ///
    /// @param aggregates names of the aggregates in the whole query
    static Sums of(PlainSelect plain, Set<String> aggregates) throws Unknown {
        if (plain.getLimit() != null
                || plain.getOffset() != null
                || plain.getFetch() != null
                || plain.getFromItem() == null
                || plain.getWindowDefinitions() != null
                || !Aggregates.windows(plain).isEmpty()
                || (plain.getDistinct() != null
                        && (plain.getDistinct().getOnSelectItems() != null
                                || plain.getGroupBy() != null
                                || Aggregates.any(plain, aggregates)))) {
            throw new Unknown("it is no plain sum");
        }
        if (Level.hasSubquery(String.valueOf(plain.getWhere()))
                || Level.hasSubquery(String.valueOf(plain.getHaving()))) {
            throw new Unknown("it has a subquery");
        }
        var keys = new ArrayList<String>();
        var group = plain.getGroupBy();
        boolean distinct = plain.getDistinct() != null;
        if (distinct) {
            plain.getSelectItems().forEach(i -> keys.add(i.getExpression().toString()));
        } else if (group != null) {
            if (group.getGroupingSets() != null && !group.getGroupingSets().isEmpty()) {
                throw new Unknown("it has grouping sets");
            }
            for (Object each : group.getGroupByExpressionList()) {
                String text = String.valueOf(each);
                if (text.matches("(?is)\\s*(rollup|cube|grouping sets|\\(\\s*\\)).*")) {
                    throw new Unknown("it has grouping sets");
                }
                keys.add(text);
            }
        } else if (!Aggregates.any(plain, aggregates)) {
            throw new Unknown("it sums nothing");
        }
        var found = new LinkedHashMap<String, Term>();
        for (var item : plain.getSelectItems()) {
            collect(item.getExpression(), found, aggregates);
        }
        if (plain.getHaving() != null) {
            collect(plain.getHaving(), found, aggregates);
        }
        var shown = new ArrayList<String>();
        for (var item : plain.getSelectItems()) {
            shown.add(replaced(item.getExpression().toString(), keys, found, aggregates));
        }
        String having =
                plain.getHaving() == null
                        ? "true"
                        : replaced(plain.getHaving().toString(), keys, found, aggregates);
        plain.setDistinct(null);
        plain.setGroupByElement(null);
        plain.setHaving(null);
        plain.setOrderByElements(null);
        plain.setSelectItems(List.of(new SelectItem<Expression>(new Column(ITEMS))));
        return new Sums(keys, List.copyOf(found.values()), shown, having, plain.toString());
    }

    private static boolean isIdempotent(String name) {
        return IDEMPOTENT.contains(name.toLowerCase(Locale.ROOT));
    }

    private static void collect(
            Expression expression, Map<String, Term> found, Set<String> aggregates) throws Unknown {
        var problem = new ArrayList<String>();
        expression.accept(
                new ExpressionVisitorAdapter<Void>() {
                    @Override
                    public <S> Void visit(Function function, S context) {
                        if (!Aggregates.calls(function.getName() + "(", aggregates)) {
                            return super.visit(function, context);
                        }
                        boolean plainCall =
                                (!function.isDistinct() || isIdempotent(function.getName()))
                                        && function.getOrderByElements() == null
                                        && function.getKeep() == null;
                        String argument =
                                function.isAllColumns()
                                                || function.getParameters() == null
                                                || "*".equals(function.getParameters().toString())
                                        ? "1"
                                        : function.getParameters().toString();
                        add(function.toString(), function.getName(), argument, "true", plainCall);
                        return null;
                    }

                    @Override
                    public <S> Void visit(AnalyticExpression call, S context) {
                        boolean plainCall =
                                call.getType() == AnalyticType.FILTER_ONLY
                                        && (!call.isDistinct() || isIdempotent(call.getName()))
                                        && (call.getFuncOrderBy() == null
                                                || call.getFuncOrderBy().isEmpty())
                                        && call.getOffset() == null;
                        String argument =
                                call.isAllColumns() || call.getExpression() == null
                                        ? "1"
                                        : call.getExpression().toString();
                        String filter = String.valueOf(call.getFilterExpression());
                        add(call.toString(), call.getName(), argument, filter, plainCall);
                        return null;
                    }

                    @Override
                    public <S> Void visit(ParenthesedSelect subquery, S context) {
                        problem.add("it has a subquery");
                        return null;
                    }

                    private void add(
                            String text,
                            String name,
                            String argument,
                            String filter,
                            boolean plainCall) {
                        String function = name.toLowerCase(Locale.ROOT);
                        if (!plainCall
                                || !NAMES.contains(function)
                                || Level.hasSubquery(argument)
                                || Level.hasSubquery(filter)) {
                            problem.add("it computes " + name);
                        }
                        String bare =
                                argument.equals("*") || (argument.equals("1") && text.contains("*"))
                                        ? "1"
                                        : argument;
                        found.put(text, new Term(function, bare, filter));
                    }
                },
                null);
        if (!problem.isEmpty()) {
            throw new Unknown(problem.get(0));
        }
    }

    /// The text with aggregates and keys replaced; longer ones first, which may hold shorter ones.
    private static String replaced(
            String text, List<String> keys, Map<String, Term> found, Set<String> aggregates)
            throws Unknown {
        var names = new LinkedHashMap<String, String>();
        int i = 0;
        for (var term : found.keySet()) {
            names.put(term, term(i++));
        }
        for (int k = 0; k < keys.size(); k++) {
            names.putIfAbsent(keys.get(k), key(k));
        }
        var ordered = new ArrayList<>(names.keySet());
        ordered.sort((a, b) -> Integer.compare(b.length(), a.length()));
        String result = text;
        for (var each : ordered) {
            result =
                    java.util.regex.Pattern.compile(
                                    "(?<![\\w.\"])"
                                            + java.util.regex.Pattern.quote(each)
                                            + "(?![\\w\"(])")
                            .matcher(result)
                            .replaceAll(Matcher.quoteReplacement(String.valueOf(names.get(each))));
        }
        if (Aggregates.calls(result, aggregates)) {
            throw new Unknown("an aggregate stands where it is not expected");
        }
        return result;
    }
}
