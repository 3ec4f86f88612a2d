package dev.highwater.journal;

/// How a column's values, which arrive in PostgreSQL's text form, stand in JSON.
public enum ValueKind {
    /// As a JSON number; NaN and infinities as strings.
    NUMBER,
    /// As a JSON number in the journal; over HTTP as a string beyond 2^53, where JavaScript rounds.
    BIGINT,
    BOOLEAN,
    /// Nested as it is.
    JSON,
    /// As a string: every other type.
    TEXT;

    /// The kind for a base type's OID (of a domain: the type below it).
    public static ValueKind ofType(int oid) {
        return switch (oid) {
            case 16 -> BOOLEAN; // bool
            case 20 -> BIGINT; // int8
            case 21, 23, 26, 700, 701, 1700 -> NUMBER; // int2 int4 oid float4 float8 numeric
            case 114, 3802 -> JSON; // json jsonb
            default -> TEXT;
        };
    }
}
