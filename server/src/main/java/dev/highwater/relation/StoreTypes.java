package dev.highwater.relation;

import dev.highwater.journal.TableDefinition;
import dev.highwater.journal.UserType;
import dev.highwater.journal.UserType.Attribute;
import dev.highwater.journal.UserType.Label;
import dev.highwater.journal.UserType.Shape;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Gives the store the types that the columns of the source have, under the same names, and lets
/// them follow what becomes of them there. Domains come without their checks: values have passed
/// them. Where a step fails, the caller undoes it.
public final class StoreTypes {
    private static final String FIND =
            """
            select t.oid::bigint, t.typtype::text, coalesce(c.relkind::text, '')
            from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
            where n.nspname = ? and t.typname = ?
            """;

    private static final String LABELS =
            "select enumlabel::text from pg_enum where enumtypid = ?::oid order by enumsortorder";

    private static final String ATTRIBUTES =
            """
            select a.attname::text, format_type(a.atttypid, a.atttypmod)
            from pg_attribute a join pg_type t on t.typrelid = a.attrelid
            where t.oid = ?::oid and a.attnum > 0 and not a.attisdropped order by a.attnum
            """;

    private static final String USED =
            """
            select exists (
              select from pg_attribute a join pg_class c on c.oid = a.attrelid
              join pg_type t on t.oid = a.atttypid
              where c.relnamespace = 'highwater_data'::regnamespace and ?::oid in (t.oid, t.typelem, t.typbasetype))
            """;

    /// The row of a table is no type to rely on: here the table is a view that comes and goes.
    private static final String KNOWN =
            """
            select coalesce(c.relkind, 'c') = 'c'
            from pg_type t
            left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
            left join pg_class c on c.oid = coalesce(e.typrelid, t.typrelid)
            where t.oid = to_regtype(?)
            """;

    private static final String OTHER_SHAPE = "42710";

    private final Connection connection;
    private final Map<Long, UserType> known = new HashMap<>();
    private boolean newLabels;

    /// @param known the types of the tables that are followed, as they were last told
    public StoreTypes(Connection connection, Collection<UserType> known) {
        this.connection = connection;
        known.forEach(type -> this.known.put(type.oid(), type));
    }

    private record Found(long oid, String kind, String relationKind) {}

    private record NamedType(String name, String type) {}

    /// Whether labels were added to enumerations: PostgreSQL lets nobody use them before they are
    /// committed.
    public boolean hasNewLabels() {
        return newLabels;
    }

    /// Makes the types of a table.
    ///
    /// @return the definition with those columns as text whose types the store cannot have
    /// @throws SQLException where the store has another type under a name
    public TableDefinition make(TableDefinition definition) throws SQLException {
        String path = plainNames();
        for (var type : definition.types()) {
            if (find(type).isPresent()) {
                adapt(type);
            } else {
                create(type);
            }
        }
        var lacking = new HashSet<Integer>();
        for (var column : definition.columns()) {
            if (!isKnown(column.type())) {
                lacking.add(column.number());
            }
        }
        restore(path);
        return definition.asText(lacking);
    }

    /// Brings a type to what it became in the source, if the store has it.
    public void follow(UserType type) throws SQLException {
        String path = plainNames();
        if (find(type).isPresent()) {
            adapt(type);
        }
        restore(path);
    }

    /// Types are named in full from here on.
    private String plainNames() throws SQLException {
        String before =
                Sql.first(
                                connection,
                                "select current_setting('search_path')",
                                row -> row.getString(1))
                        .orElseThrow();
        setPath("pg_catalog");
        return before;
    }

    private void restore(String path) throws SQLException {
        setPath(path);
    }

    private void setPath(String path) throws SQLException {
        Sql.query(connection, "select set_config('search_path', ?, true)", row -> true, path);
    }

    /// The type in the store; one that was renamed in the source is renamed first.
    private Optional<Found> find(UserType type) throws SQLException {
        var found = find(type.name());
        var before = known.get(type.oid());
        if (found.isPresent() || before == null || before.name().equals(type.name())) {
            return found;
        }
        if (find(before.name()).isEmpty()) {
            return found;
        }
        var name = type.name();
        if (!before.name().name().equals(name.name())) {
            execute(
                    "alter type "
                            + before.name().sql()
                            + " rename to "
                            + Identifiers.quote(name.name()));
        }
        if (!before.name().schema().equals(name.schema())) {
            makeSchema(name.schema());
            execute(
                    "alter type "
                            + new QualifiedName(before.name().schema(), name.name()).sql()
                            + " set schema "
                            + Identifiers.quote(name.schema()));
        }
        return find(name);
    }

    private Optional<Found> find(QualifiedName name) throws SQLException {
        return Sql.first(
                connection,
                FIND,
                row -> new Found(row.getLong(1), row.getString(2), row.getString(3)),
                name.schema(),
                name.name());
    }

    private void adapt(UserType type) throws SQLException {
        var found = find(type.name()).orElseThrow();
        String difference = adapt(type, found);
        if (difference == null) {
            return;
        }
        boolean taken =
                known.values().stream()
                        .anyMatch(k -> k.oid() == type.oid() || k.name().equals(type.name()));
        boolean ours =
                Sql.first(connection, USED, row -> row.getBoolean(1), found.oid()).orElse(false);
        if (taken || !ours) {
            throw new SQLException(
                    "the store has another type " + type.name() + ": " + difference, OTHER_SHAPE);
        }
        // It is left from tables that are gone, for their history.
        String aside = shortened(type.name().name()) + "~" + found.oid();
        execute("alter type " + type.name().sql() + " rename to " + Identifiers.quote(aside));
        create(type);
    }

    private static String shortened(String name) {
        return name.substring(0, Math.min(name.length(), 12));
    }

    /// @return what stands against it, or null
    private @Nullable String adapt(UserType type, Found found) throws SQLException {
        return switch (type.shape()) {
            case Shape.Enumeration(var labels) ->
                    found.kind().equals("e")
                            ? adaptLabels(type, found.oid(), labels)
                            : "it is no enumeration";
            case Shape.Composite(var attributes) ->
                    found.relationKind().equals("c")
                            ? adaptAttributes(type, found.oid(), attributes)
                            : "it is no composite type";
            case Shape.Domain(var base) -> {
                String there =
                        format(
                                "select format_type(typbasetype, typtypmod) from pg_type where oid = ?::oid",
                                found);
                yield !found.kind().equals("d") || !base.equals(there)
                        ? "it is no domain over " + base
                        : null;
            }
            case Shape.Range(var subtype, var _) -> {
                String there =
                        format(
                                "select format_type(rngsubtype, -1) from pg_range where rngtypid = ?::oid",
                                found);
                yield subtype.equals(there) ? null : "it is no range of " + subtype;
            }
            case Shape.OfExtension _, Shape.Foreign _ -> null;
        };
    }

    private @Nullable String format(String query, Found found) throws SQLException {
        return Sql.first(connection, query, row -> row.getString(1), found.oid()).orElse(null);
    }

    private @Nullable String adaptLabels(UserType type, long oid, List<Label> labels)
            throws SQLException {
        var there = labels(oid);
        for (var label : labels) {
            String before = formerLabel(type, label);
            if (before != null && !there.contains(label.text()) && there.contains(before)) {
                execute(
                        "alter type %s rename value %s to %s"
                                .formatted(
                                        type.name().sql(), literal(before), literal(label.text())));
                there = labels(oid);
            }
        }
        String after = null;
        for (var label : labels) {
            if (!there.contains(label.text())) {
                String place =
                        after != null
                                ? " after " + literal(after)
                                : there.isEmpty() ? "" : " before " + literal(there.getFirst());
                execute(
                        "alter type "
                                + type.name().sql()
                                + " add value "
                                + literal(label.text())
                                + place);
                newLabels = true;
                there = labels(oid);
            }
            after = label.text();
        }
        var wanted = labels.stream().map(Label::text).toList();
        var common = there.stream().filter(wanted::contains).toList();
        return common.equals(wanted) ? null : "its labels are " + there + ", not " + wanted;
    }

    private List<String> labels(long oid) throws SQLException {
        return Sql.query(connection, LABELS, row -> row.getString(1), oid);
    }

    private @Nullable String formerLabel(UserType type, Label label) {
        var before = known.get(type.oid());
        if (before == null || !(before.shape() instanceof Shape.Enumeration(var labels))) {
            return null;
        }
        return labels.stream()
                .filter(l -> l.oid() == label.oid() && !l.text().equals(label.text()))
                .map(Label::text)
                .findFirst()
                .orElse(null);
    }

    private @Nullable String adaptAttributes(UserType type, long oid, List<Attribute> attributes)
            throws SQLException {
        var wanted = stored(attributes);
        var there = attributes(oid);
        if (there.equals(wanted)) {
            return null;
        }
        var before = known.get(type.oid());
        if (before == null
                || !(before.shape() instanceof Shape.Composite(var former))
                || !there.equals(stored(former))) {
            return "its attributes are " + describe(there) + ", not " + describe(wanted);
        }
        String alter = "alter type " + type.name().sql();
        for (var old : former) {
            var later = attributes.stream().filter(a -> a.number() == old.number()).findFirst();
            if (later.isEmpty()) {
                execute(alter + " drop attribute " + Identifiers.quote(old.name()));
            } else if (!later.get().name().equals(old.name())) {
                execute(
                        alter
                                + " rename attribute "
                                + Identifiers.quote(old.name())
                                + " to "
                                + Identifiers.quote(later.get().name()));
            }
        }
        for (var attribute : attributes) {
            if (former.stream().noneMatch(old -> old.number() == attribute.number())) {
                var own = stored(attribute);
                execute(
                        alter
                                + " add attribute "
                                + Identifiers.quote(own.name())
                                + " "
                                + own.type());
            }
        }
        return Objects.equals(attributes(oid), wanted)
                ? null
                : "its attributes are " + describe(attributes(oid)) + ", not " + describe(wanted);
    }

    private List<NamedType> attributes(long oid) throws SQLException {
        return Sql.query(
                connection,
                ATTRIBUTES,
                row -> new NamedType(row.getString(1), row.getString(2)),
                oid);
    }

    private static String describe(List<NamedType> attributes) {
        return attributes.stream()
                .map(a -> a.name() + " " + a.type())
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private List<NamedType> stored(List<Attribute> attributes) throws SQLException {
        var result = new java.util.ArrayList<NamedType>();
        for (var attribute : attributes) {
            result.add(stored(attribute));
        }
        return result;
    }

    /// An attribute of a type that the store cannot have is text.
    private NamedType stored(Attribute attribute) throws SQLException {
        return new NamedType(
                attribute.name(), isKnown(attribute.type()) ? attribute.type() : "text");
    }

    private void create(UserType type) throws SQLException {
        String name = type.name().sql();
        makeSchema(type.name().schema());
        switch (type.shape()) {
            case Shape.Enumeration(var labels) -> {
                String list = "";
                for (var label : labels) {
                    list += (list.isEmpty() ? "" : ", ") + literal(label.text());
                }
                execute("create type " + name + " as enum (" + list + ")");
            }
            case Shape.Domain(var base) -> {
                if (isKnown(base)) {
                    execute("create domain " + name + " as " + base);
                }
            }
            case Shape.Composite(var attributes) ->
                    execute(
                            stored(attributes).stream()
                                    .map(a -> Identifiers.quote(a.name()) + " " + a.type())
                                    .collect(
                                            Collectors.joining(
                                                    ", ", "create type " + name + " as (", ")")));
            case Shape.Range(var subtype, var multirange) -> {
                if (isKnown(subtype)) {
                    String several = Identifiers.quote(type.name().schema(), multirange);
                    execute(
                            "create type %s as range (subtype = %s, multirange_type_name = %s)"
                                    .formatted(name, subtype, several));
                }
            }
            case Shape.OfExtension(var extension) -> {
                if (Sql.first(
                                connection,
                                "select 1 from pg_available_extensions where name = ?",
                                row -> true,
                                extension)
                        .isPresent()) {
                    execute(
                            "create extension if not exists "
                                    + Identifiers.quote(extension)
                                    + " schema "
                                    + Identifiers.quote(type.name().schema())
                                    + " cascade");
                }
            }
            case Shape.Foreign() -> {}
        }
    }

    /// Who reads relations may name their types.
    private void makeSchema(String schema) throws SQLException {
        if (Sql.first(
                        connection,
                        "select has_schema_privilege('reader', oid, 'usage') and"
                                + " has_schema_privilege('highwater_view', oid, 'usage') from pg_namespace where nspname = ?",
                        row -> row.getBoolean(1),
                        schema)
                .orElse(false)) {
            return;
        }
        String name = Identifiers.quote(schema);
        execute("create schema if not exists " + name);
        execute("grant usage on schema " + name + " to reader, highwater_as_of, highwater_view");
    }

    private boolean isKnown(String type) throws SQLException {
        return Sql.first(connection, KNOWN, row -> row.getBoolean(1), type).orElse(false);
    }

    private String literal(String text) throws SQLException {
        try (var statement = connection.createStatement()) {
            return statement.enquoteLiteral(text);
        }
    }

    private void execute(String text) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
