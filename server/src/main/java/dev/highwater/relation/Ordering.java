package dev.highwater.relation;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import java.util.ArrayList;
import java.util.List;

/// One column to sort by.
///
/// @param sql what stands behind the column in ORDER BY
public record Ordering(Column column, String sql) {

    /// Reads `total.desc,placed.asc.nullslast,id`.
    ///
    /// @throws Failure.Refused `unknown-column` or `bad-order`
    public static List<Ordering> parse(TableDefinition definition, String text) {
        var result = new ArrayList<Ordering>();
        for (var item : text.split(",", -1)) {
            result.add(parseOne(definition, item));
        }
        return List.copyOf(result);
    }

    /// Words are taken from the end, so that a column's name may hold a dot.
    private static Ordering parseOne(TableDefinition definition, String item) {
        String rest = item;
        String nulls = "";
        String direction = "";
        if (rest.endsWith(".nullsfirst") || rest.endsWith(".nullslast")) {
            nulls = rest.endsWith("first") ? " nulls first" : " nulls last";
            rest = rest.substring(0, rest.lastIndexOf('.'));
        }
        if (rest.endsWith(".asc") || rest.endsWith(".desc")) {
            direction = rest.endsWith(".desc") ? " desc" : " asc";
            rest = rest.substring(0, rest.lastIndexOf('.'));
        }
        if (rest.isEmpty()) {
            throw new Failure.Refused(
                    "bad-order",
                    "order '"
                            + Shown.of(item)
                            + "' names no column; write order=column.desc.nullslast,column2");
        }
        return new Ordering(Condition.column(definition, rest), direction + nulls);
    }
}
