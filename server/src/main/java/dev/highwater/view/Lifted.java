package dev.highwater.view;

import dev.highwater.view.Parsed.Unknown;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A query's text after a part of its FROM has become one thing named `q`: the columns that it asks
/// of that part have short names there.
///
/// @param text the query with `q.c1` and so on in place of the columns
/// @param columns the columns by their names in `q`, `c1` and so on
record Lifted(String text, Map<String, String> columns) {
    private static final Pattern TOKEN =
            Pattern.compile(
                    "'(?:[^']|'')*'|(?<![\\w.\"])(?<alias>\\w+|\"[^\"]+\")\\.(?:\\w+|\"[^\"]+\")(?![\\w\"(.])");

    /// @param aliases the names in the part
    static Lifted of(String text, Set<String> aliases) throws Unknown {
        var names = new LinkedHashMap<String, String>();
        var out = new StringBuilder();
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            String token = matcher.group();
            if (matcher.group("alias") != null && aliases.contains(matcher.group("alias"))) {
                token = "q." + names.computeIfAbsent(token, _ -> "c" + (names.size() + 1));
            }
            matcher.appendReplacement(out, Matcher.quoteReplacement(token));
        }
        matcher.appendTail(out);
        String lifted = out.toString();
        if (!Level.mentioned(Parsed.withoutLiterals(lifted), aliases).isEmpty()) {
            throw new Unknown("it reads whole rows");
        }
        var columns = new LinkedHashMap<String, String>();
        names.forEach((column, name) -> columns.put(name, column));
        if (columns.isEmpty()) {
            columns.put("c1", "1");
        }
        return new Lifted(lifted, columns);
    }

    /// The select list that gives the columns.
    ///
    /// @param missing aliases whose columns are null
    String items(Set<String> missing) {
        List<String> items = new ArrayList<>();
        columns.forEach(
                (name, column) ->
                        items.add(
                                (Level.mentioned(column, missing).isEmpty() ? column : "null")
                                        + " as "
                                        + name));
        return String.join(", ", items);
    }
}
