package dev.highwater.journal;

import org.jspecify.annotations.Nullable;

/// A column of a source's table.
///
/// @param number the column's number in the source (`attnum`): it survives a rename and is never
///   given again, so stored rows are filed under it
/// @param type the type as SQL text, with its modifiers, such as `numeric(10,2)`
/// @param typeOid the OID of the type
/// @param modifier the type's modifier as PostgreSQL numbers it, -1 for none
/// @param baseType the OID of the type, of a domain the type below it
/// @param looseEquality whether two different texts of this type can be equal in SQL for a reason
///   that [TableDefinition#keyOf] does not know, as with `citext`
/// @param missing what rows older than the column hold (a constant default of ADD COLUMN)
public record Column(
        int number,
        String name,
        String type,
        long typeOid,
        int modifier,
        int baseType,
        boolean looseEquality,
        @Nullable String missing) {

    /// What tells a stored row of a view from the others: a hash of its values.
    public static final Column ROW = new Column(0, "_row", "uuid", 2950, -1, 2950, false, null);

    /// How often a row of a bag is there.
    public static final Column COUNT = new Column(-1, "_n", "bigint", 20, -1, 20, false, null);

    public ValueKind kind() {
        return ValueKind.ofType(baseType);
    }
}
