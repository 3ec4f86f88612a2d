package dev.highwater.web;

import com.linecorp.armeria.common.QueryParams;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import dev.highwater.relation.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The parameters of one request's URL: words that a request knows, and filters on columns. A
/// column that is called like such a word is written in double quotes.
final class Parameters {
    private final QueryParams parameters;
    private final Set<String> known;

    /// @param known the words that this kind of request knows
    Parameters(@Nullable String query, Set<String> known) {
        this.parameters = QueryParams.fromQueryString(query == null ? "" : query);
        this.known = known;
    }

    /// The value of a word.
    ///
    /// @throws Failure.Refused `bad-parameter` when it is there twice
    Optional<String> one(String name) {
        var values = parameters.getAll(name);
        if (values.size() > 1) {
            throw bad(name, "it is given " + values.size() + " times");
        }
        return values.stream().findFirst();
    }

    /// A number from 0 on.
    Optional<Long> count(String name) {
        return one(name)
                .map(
                        text -> {
                            if (!text.matches("[0-9]{1,18}")) {
                                throw bad(name, "'" + Shown.of(text) + "' is not a count");
                            }
                            return Long.valueOf(text);
                        });
    }

    /// What is asked of columns.
    ///
    /// @throws Failure.Refused `unknown-column`, `bad-filter`
    List<Condition> conditions(TableDefinition definition) {
        var conditions = new ArrayList<Condition>();
        for (Map.Entry<String, String> parameter : parameters) {
            String name = parameter.getKey();
            if (!known.contains(name)) {
                conditions.add(Condition.parse(definition, unquoted(name), parameter.getValue()));
            }
        }
        return conditions;
    }

    /// The columns named by `select`, or nothing for all.
    Optional<List<Integer>> select(TableDefinition definition) {
        return one("select")
                .filter(text -> !text.equals("*"))
                .map(
                        text -> {
                            var numbers = new ArrayList<Integer>();
                            for (var name : text.split(",", -1)) {
                                Column column = Condition.column(definition, name);
                                if (numbers.contains(column.number())) {
                                    throw bad("select", name + " is named twice");
                                }
                                numbers.add(column.number());
                            }
                            return numbers;
                        });
    }

    /// Refuses whatever the request does not know.
    void knownOnly() {
        for (var name : parameters.names()) {
            if (!known.contains(name)) {
                throw new Failure.Refused(
                        "unknown-parameter",
                        "there is no parameter '"
                                + Shown.of(name)
                                + "' here"
                                + (known.isEmpty()
                                        ? ""
                                        : "; there are " + String.join(", ", known)));
            }
        }
    }

    static Failure.Refused bad(String name, String why) {
        return new Failure.Refused("bad-parameter", "parameter " + Shown.of(name) + ": " + why);
    }

    private static String unquoted(String name) {
        return name.length() > 2 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }
}
