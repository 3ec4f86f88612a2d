package dev.highwater.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import net.sf.jsqlparser.expression.AnalyticExpression;
import net.sf.jsqlparser.expression.AnalyticType;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;

/// Finds aggregates and window functions in a query's own expressions.
final class Aggregates {
    private static final Pattern CALL = Pattern.compile("([\\w.\"]+)\\s*\\(");

    /// Those that the text may name differently from PostgreSQL's catalog.
    private static final Set<String> KNOWN =
            Set.of(
                    "array_agg",
                    "avg",
                    "bit_and",
                    "bit_or",
                    "bit_xor",
                    "bool_and",
                    "bool_or",
                    "count",
                    "every",
                    "json_agg",
                    "json_object_agg",
                    "jsonb_agg",
                    "jsonb_object_agg",
                    "max",
                    "min",
                    "range_agg",
                    "range_intersect_agg",
                    "string_agg",
                    "sum",
                    "xmlagg",
                    "any_value",
                    "corr",
                    "covar_pop",
                    "covar_samp",
                    "regr_avgx",
                    "regr_avgy",
                    "regr_count",
                    "regr_intercept",
                    "regr_r2",
                    "regr_slope",
                    "regr_sxx",
                    "regr_sxy",
                    "regr_syy",
                    "stddev",
                    "stddev_pop",
                    "stddev_samp",
                    "variance",
                    "var_pop",
                    "var_samp",
                    "mode",
                    "percentile_cont",
                    "percentile_disc",
                    "grouping",
                    "json_arrayagg",
                    "json_objectagg");

    private Aggregates() {}

    /// Whether a query without GROUP BY computes one row of all.
    ///
    /// @param aggregates names of the aggregates that PostgreSQL found in the whole query
    static boolean any(PlainSelect plain, Set<String> aggregates) {
        if (plain.getHaving() != null) {
            return true;
        }
        for (var item : plain.getSelectItems()) {
            String text = withoutSubqueries(item.getExpression());
            if (calls(text, aggregates) || text.contains(" OVER ") || text.contains("FILTER (")) {
                return true;
            }
        }
        return false;
    }

    /// Whether a text calls an aggregate.
    ///
    /// @param aggregates names of those that the whole query calls
    static boolean calls(String text, Set<String> aggregates) {
        var matcher = CALL.matcher(Parsed.withoutLiterals(text));
        while (matcher.find()) {
            String name = matcher.group(1).toLowerCase(java.util.Locale.ROOT);
            name = name.substring(name.lastIndexOf('.') + 1);
            if (KNOWN.contains(name) || aggregates.contains(name) || name.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /// The expression's text, subqueries left out.
    private static String withoutSubqueries(Expression expression) {
        var inner = new ArrayList<String>();
        expression.accept(
                new ExpressionVisitorAdapter<Void>() {
                    @Override
                    public <S> Void visit(ParenthesedSelect subquery, S context) {
                        inner.add(subquery.toString());
                        return null;
                    }

                    @Override
                    public <S> Void visit(Select subquery, S context) {
                        inner.add(subquery.toString());
                        return null;
                    }
                },
                null);
        String text = expression.toString();
        for (var each : inner) {
            text = text.replace(each, "");
        }
        return text;
    }

    /// The window functions of a query.
    static List<AnalyticExpression> windows(PlainSelect plain) {
        var result = new ArrayList<AnalyticExpression>();
        var collector =
                new ExpressionVisitorAdapter<Void>() {
                    @Override
                    public <S> Void visit(AnalyticExpression expression, S context) {
                        if (expression.getType() == AnalyticType.OVER) {
                            result.add(expression);
                        }
                        return super.visit(expression, context);
                    }

                    @Override
                    public <S> Void visit(ParenthesedSelect subquery, S context) {
                        return null;
                    }
                };
        plain.getSelectItems().forEach(i -> i.getExpression().accept(collector, null));
        return result;
    }
}
