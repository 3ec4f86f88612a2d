package dev.highwater.relation;

import dev.highwater.journal.Column;
import java.util.Set;

/// How a stored column's values are turned into PostgreSQL's text form, and texts into its values.
final class ColumnSql {
    /// Types whose cast to text is their text form: all but a few (`inet` adds a netmask, `char(n)`
    /// loses its blanks), of which nobody has a list.
    private static final Set<Integer> PLAIN =
            Set.of(
                    16, 17, 20, 21, 23, 25, 26, 114, 700, 701, 1043, 1082, 1083, 1114, 1184, 1186,
                    1266, 1700, 2950, 3802);

    private ColumnSql() {}

    /// The value in its type's text form, as a text that is null where the value is. A row of nulls
    /// is none, although SQL says `is null` of it.
    static String text(Column column) {
        String name = RelationTables.column(column);
        return PLAIN.contains(column.baseType())
                ? name + "::text"
                : "case when num_nonnulls(" + name + ") = 1 then concat(" + name + ") end";
    }

    /// The type that a text is cast to before it is compared with the column's values. Modifiers
    /// are left out, since a cast to `varchar(3)` would cut a longer text until it fits.
    static String comparedType(Column column) {
        return switch (column.baseType()) {
            case 1042 -> "bpchar";
            case 1043 -> "varchar";
            case 1560, 1562 -> "varbit";
            case 1186 -> "interval";
            case 1700 -> "numeric";
            default -> withoutModifiers(column.type());
        };
    }

    private static String withoutModifiers(String type) {
        String bare = type.replaceAll("\\([-0-9, ]+\\)", "");
        return bare.startsWith("character[]") ? bare.replace("character[]", "bpchar[]") : bare;
    }
}
