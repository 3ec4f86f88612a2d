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
/// @param generated how the column is computed; its values do not come from the source then
/// @param under of a domain the type below it
/// @param lacking the type in the source where the store does not have it: `type` is `text` then
public record Column(
        int number,
        String name,
        String type,
        long typeOid,
        int modifier,
        int baseType,
        boolean looseEquality,
        @Nullable String missing,
        @Nullable Generated generated,
        @Nullable String under,
        @Nullable String lacking) {
    /// How a column is computed.
    ///
    /// @param expression in terms of the table's other columns
    /// @param fingerprint of what it means, whatever they are called
    public record Generated(String expression, String fingerprint) {
        boolean isSame(@Nullable Generated other) {
            return other != null && fingerprint.equals(other.fingerprint);
        }
    }

    /// What tells a stored row of a view from the others: a hash of its values.
    public static final Column ROW = hidden(0, "_row", "uuid", 2950);

    /// How often a row of a bag is there.
    public static final Column COUNT = hidden(-1, "_n", "bigint", 20);

    /// Which partition of the source holds a row.
    public static final Column LEAF = hidden(-2, "_leaf", "oid", 26);

    private static Column hidden(int number, String name, String type, int oid) {
        return new Column(number, name, type, oid, -1, oid, false, null, null, null, null);
    }

    /// Whether the table's definition says how to compute it.
    public boolean isGenerated() {
        return generated != null;
    }

    /// Whether stored values of this column are values of a later definition of it too.
    boolean continuesAs(Column later) {
        return typeOid == later.typeOid
                && modifier == later.modifier
                && (lacking == null) == (later.lacking == null)
                && (later.generated == null || later.generated.isSame(generated));
    }

    public ValueKind kind() {
        return ValueKind.ofType(baseType);
    }
}
