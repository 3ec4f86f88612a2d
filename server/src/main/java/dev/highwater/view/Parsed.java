package dev.highwater.view;

import dev.highwater.relation.Relation;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.QualifiedName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.TableFunction;
import net.sf.jsqlparser.statement.select.Values;
import net.sf.jsqlparser.statement.select.WithItem;
import org.jspecify.annotations.Nullable;

/// A view's query, taken apart. The text is what PostgreSQL prints, so names are in full, and every
/// subquery's names differ from those around it.
final class Parsed {
    private static final Pattern SELECT = Pattern.compile("\\bselect\\b", Pattern.CASE_INSENSITIVE);

    private final Select select;
    private final Occurrences occurrences;

    private Parsed(Select select, Occurrences occurrences) {
        this.select = select;
        this.occurrences = occurrences;
    }

    /// A shape that is not understood; the message says which.
    static final class Unknown extends Exception {
        private static final long serialVersionUID = 1;

        Unknown(String message) {
            super(message);
        }
    }

    /// Takes a query apart and marks its tables.
    static Parsed parse(String body, Map<QualifiedName, Relation> relations, int shard)
            throws Unknown {
        var select = inlined(statement(body), new HashMap<>());
        var parsed = new Parsed(select, new Occurrences(shard));
        parsed.mark(select, relations);
        String text = select.toString();
        int found = parsed.selects;
        int there = 0;
        var matcher = SELECT.matcher(withoutLiterals(text));
        while (matcher.find()) {
            there++;
        }
        if (found != there) {
            throw new Unknown("a subquery stands where it is not expected");
        }
        return parsed;
    }

    private int selects;

    Select select() {
        return select;
    }

    Occurrences occurrences() {
        return occurrences;
    }

    static Select statement(String text) throws Unknown {
        try {
            if (CCJSqlParserUtil.parse(operators(text)) instanceof Select select) {
                return select;
            }
            throw new Unknown("it is not a select");
        } catch (JSQLParserException e) {
            throw new Unknown("its syntax is not understood");
        }
    }

    /// The expression as another type.
    @SuppressWarnings("unchecked")
    static <T extends Expression> T cast(T expression, String type) throws Unknown {
        var select = (PlainSelect) statement("select (" + expression + ")::" + type);
        return (T) select.getSelectItem(0).getExpression();
    }

    /// How the query reads when it is printed again, for comparing.
    static String printed(String body) throws Unknown {
        return statement(body).toString();
    }

    /// Names to PostgreSQL, words with a meaning to the parser.
    private static final Set<String> WORDS =
            Set.of(
                    "connect",
                    "emit",
                    "final",
                    "global",
                    "minus",
                    "optimize",
                    "pivot",
                    "prewhere",
                    "procedure",
                    "qualify",
                    "sample",
                    "skip",
                    "start",
                    "straight_join",
                    "top",
                    "unpivot",
                    "xor");

    /// PostgreSQL prints LIKE as an operator, which the parser misreads, as it does some names.
    private static String operators(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i);
            if (Character.isJavaIdentifierStart(c)) {
                int end = i;
                while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
                    end++;
                }
                String word = text.substring(i, end);
                boolean call = end < text.length() && text.charAt(end) == '(';
                out.append(WORDS.contains(word) && !call ? '"' + word + '"' : word);
                i = end;
                continue;
            }
            if (c == '\'' || c == '"') {
                int end = text.indexOf(c, i + 1);
                end = end < 0 ? text.length() : end + 1;
                out.append(text, i, end);
                i = end;
            } else if (text.startsWith("!~~*", i)) {
                out.append("NOT ILIKE");
                i += 4;
            } else if (text.startsWith("~~*", i)) {
                out.append("ILIKE");
                i += 3;
            } else if (text.startsWith("!~~", i)) {
                out.append("NOT LIKE");
                i += 3;
            } else if (text.startsWith("~~", i)) {
                out.append("LIKE");
                i += 2;
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString();
    }

    /// The text with literals and quoted names emptied.
    static String withoutLiterals(String text) {
        return text.replaceAll("'(?:[^']|'')*'", "''").replaceAll("\"[^\"]*\"", "\"\"");
    }

    /// The query with its WITH parts put where they are read; no function in it is volatile, so
    /// that reading one twice is the same as once.
    static Select inlined(Select select, Map<String, WithItem<?>> outer) throws Unknown {
        var known = new HashMap<>(outer);
        var with = select.getWithItemsList();
        if (with != null) {
            for (var item : with) {
                if (item.isRecursive()) {
                    throw new Unknown("it is recursive");
                }
                var inner = item.getSelect();
                if (inner == null) {
                    throw new Unknown("it has a WITH that is no query");
                }
                // Each keeps what it may read itself, already put in.
                inlined(inner, known);
                known.put(item.getUnquotedAliasName(), item);
            }
            select.setWithItemsList(null);
        }
        replaceNames(select, known);
        return select;
    }

    private static void replaceNames(Select select, Map<String, WithItem<?>> known) throws Unknown {
        switch (select) {
            case PlainSelect plain -> {
                if (plain.getFromItem() != null) {
                    plain.setFromItem(replaced(plain.getFromItem(), known));
                }
                if (plain.getJoins() != null) {
                    for (var join : plain.getJoins()) {
                        join.setFromItem(replaced(join.getFromItem(), known));
                    }
                }
                for (var subquery : subqueries(plain)) {
                    inlined(subquery, known);
                }
            }
            case SetOperationList set -> {
                for (var each : set.getSelects()) {
                    inlined(each, known);
                }
            }
            case ParenthesedSelect inner -> inlined(inner.getSelect(), known);
            default -> {}
        }
    }

    private static FromItem replaced(FromItem item, Map<String, WithItem<?>> known) throws Unknown {
        return switch (item) {
            case Table table -> {
                var with =
                        table.getSchemaName() == null ? known.get(table.getUnquotedName()) : null;
                if (with == null) {
                    yield table;
                }
                var copy = statement(String.valueOf(with.getSelect()));
                var body = copy instanceof ParenthesedSelect p ? p.getSelect() : copy;
                var alias =
                        new Alias(
                                table.getAlias() == null
                                        ? table.getName()
                                        : table.getAlias().getName(),
                                false);
                if (table.getAlias() != null && table.getAlias().getAliasColumns() != null) {
                    alias.setAliasColumns(table.getAlias().getAliasColumns());
                } else if (with.getWithItemList() != null && !with.getWithItemList().isEmpty()) {
                    var names = new ArrayList<Alias.AliasColumn>();
                    for (var name : with.getWithItemList()) {
                        names.add(new Alias.AliasColumn(name.toString()));
                    }
                    alias.setAliasColumns(names);
                }
                var derived = new ParenthesedSelect().withSelect(body);
                derived.setAlias(alias);
                yield derived;
            }
            case ParenthesedSelect derived -> {
                inlined(derived, known);
                yield derived;
            }
            case ParenthesedFromItem group -> {
                group.setFromItem(replaced(group.getFromItem(), known));
                if (group.getJoins() != null) {
                    for (var join : group.getJoins()) {
                        join.setFromItem(replaced(join.getFromItem(), known));
                    }
                }
                yield group;
            }
            default -> item;
        };
    }

    /// The subqueries in a query's expressions, not those in its FROM.
    static List<Select> subqueries(PlainSelect plain) {
        var result = new ArrayList<Select>();
        var collector =
                new ExpressionVisitorAdapter<Void>() {
                    @Override
                    public <S> Void visit(ParenthesedSelect subquery, S context) {
                        result.add(subquery);
                        return null;
                    }

                    @Override
                    public <S> Void visit(Select subquery, S context) {
                        result.add(subquery);
                        return null;
                    }
                };
        for (var expression : expressions(plain)) {
            expression.accept(collector, null);
        }
        return result;
    }

    /// Every expression of a query outside of its FROM's derived tables.
    static List<Expression> expressions(PlainSelect plain) {
        var result = new ArrayList<Expression>();
        if (plain.getSelectItems() != null) {
            plain.getSelectItems().forEach(i -> result.add(i.getExpression()));
        }
        if (plain.getDistinct() != null && plain.getDistinct().getOnSelectItems() != null) {
            plain.getDistinct().getOnSelectItems().forEach(i -> result.add(i.getExpression()));
        }
        add(result, plain.getWhere());
        add(result, plain.getHaving());
        if (plain.getGroupBy() != null) {
            var group = plain.getGroupBy();
            if (group.getGroupByExpressionList() != null) {
                group.getGroupByExpressionList().forEach(result::add);
            }
            if (group.getGroupingSets() != null) {
                group.getGroupingSets().forEach(result::add);
            }
        }
        if (plain.getOrderByElements() != null) {
            plain.getOrderByElements().forEach(o -> result.add(o.getExpression()));
        }
        if (plain.getLimit() != null) {
            add(result, plain.getLimit().getRowCount());
        }
        joinConditions(plain.getFromItem(), plain.getJoins(), result);
        return result;
    }

    private static void joinConditions(
            @Nullable FromItem from, @Nullable List<Join> joins, List<Expression> result) {
        if (from instanceof ParenthesedFromItem group) {
            joinConditions(group.getFromItem(), group.getJoins(), result);
        } else if (from instanceof TableFunction function) {
            result.add(function.getFunction());
        }
        if (joins != null) {
            for (var join : joins) {
                joinConditions(join.getFromItem(), null, result);
                result.addAll(join.getOnExpressions());
            }
        }
    }

    private static void add(List<Expression> result, @Nullable Expression expression) {
        if (expression != null) {
            result.add(expression);
        }
    }

    private void mark(Select select, Map<QualifiedName, Relation> relations) throws Unknown {
        switch (select) {
            case PlainSelect plain -> {
                selects++;
                mark(plain.getFromItem(), relations);
                if (plain.getJoins() != null) {
                    for (var join : plain.getJoins()) {
                        mark(join.getFromItem(), relations);
                    }
                }
                for (var subquery : subqueries(plain)) {
                    mark(subquery, relations);
                }
                Dependents.add(plain, occurrences);
            }
            case SetOperationList set -> {
                for (var each : set.getSelects()) {
                    mark(each, relations);
                }
            }
            case ParenthesedSelect inner -> {
                if (inner.getWithItemsList() != null) {
                    throw new Unknown("it has a WITH in brackets");
                }
                mark(inner.getSelect(), relations);
            }
            case Values _ -> {}
            default -> throw new Unknown("it has a " + select.getClass().getSimpleName());
        }
    }

    private void mark(@Nullable FromItem item, Map<QualifiedName, Relation> relations)
            throws Unknown {
        switch (item) {
            case null -> {}
            case Table table -> {
                var name = Identifiers.parse(table.getFullyQualifiedName());
                var relation = relations.get(name);
                if (relation == null || table.getSampleClause() != null) {
                    throw new Unknown("it reads " + table);
                }
                if (table.getAlias() == null) {
                    table.setAlias(new Alias(table.getName(), false));
                }
                table.setNameParts(List.of(occurrences.add(relation)));
            }
            case ParenthesedFromItem group -> {
                mark(group.getFromItem(), relations);
                if (group.getJoins() != null) {
                    for (var join : group.getJoins()) {
                        mark(join.getFromItem(), relations);
                    }
                }
            }
            case Select derived -> mark(derived, relations);
            case TableFunction _ -> {}
            default -> throw new Unknown("it reads a " + item.getClass().getSimpleName());
        }
    }
}
