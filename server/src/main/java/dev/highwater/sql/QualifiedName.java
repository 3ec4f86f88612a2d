package dev.highwater.sql;

/// A schema and a name in it, as PostgreSQL's catalogs hold them: unquoted, case as stored.
///
/// [#toString] is for people, quoted only where SQL needs it (`public.orders`, `sales."Mixed
/// Case"`), and [Identifiers#parse] reads it back; [#sql] goes into statements.
public record QualifiedName(String schema, String name) implements Comparable<QualifiedName> {

    /// Both parts quoted, to be put into a statement.
    public String sql() {
        return Identifiers.quote(schema, name);
    }

    @Override
    public int compareTo(QualifiedName other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return Identifiers.display(schema) + "." + Identifiers.display(name);
    }
}
