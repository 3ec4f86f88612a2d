package dev.highwater.relation;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// All relations of a store as of one settled position. Immutable, so that a reader who takes it
/// once sees one truth.
public final class Catalog {
    /// The order in which relations took their names.
    private static final Comparator<Relation> BY_NAMING =
            Comparator.comparingLong(Relation::namedFrom).thenComparingInt(Relation::id);

    private final Map<Integer, Relation> byId;

    /// @param relations in the order of their ids
    public Catalog(Collection<Relation> relations) {
        var map = new LinkedHashMap<Integer, Relation>();
        relations.forEach(r -> map.put(r.id(), r));
        byId = map;
    }

    public List<Relation> all() {
        return List.copyOf(byId.values());
    }

    /// The relation of this id, if there is one.
    public Optional<Relation> byId(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// The generation that is followed now for a table of the source.
    public Optional<Relation> followed(long sourceOid) {
        return byId.values().stream()
                .filter(r -> r.isFollowed() && !r.isView() && r.definition().oid() == sourceOid)
                .findFirst();
    }

    /// The newest generation of each table of the source, whatever its state, by the table's OID.
    public Map<Long, Relation> tables() {
        var newest = new LinkedHashMap<Long, Relation>();
        for (var relation : byId.values()) {
            if (!relation.isView()) {
                newest.put(relation.definition().oid(), relation);
            }
        }
        return newest;
    }

    /// The newest generation of each name.
    public List<Relation> newest() {
        var newest = new LinkedHashMap<List<String>, Relation>();
        byId.values().stream()
                .sorted(BY_NAMING)
                .forEach(
                        r ->
                                newest.put(
                                        List.of(r.definition().schema(), r.definition().table()),
                                        r));
        return List.copyOf(newest.values());
    }

    /// The newest generation of this name, whatever its state: the last that took the name.
    public Optional<Relation> newest(String schema, String table) {
        return named(schema, table).reduce((_, later) -> later);
    }

    /// The generation of this name that can be read as of a position.
    public Optional<Relation> readableAt(String schema, String table, long position) {
        var generations = new Generations(named(schema, table).toList());
        return generations.all().stream()
                .filter(r -> r.isReadableAt(position) && generations.from(r) <= position)
                .reduce((_, later) -> later);
    }

    /// The generations of a relation's name of which something can be read, and as the last one the
    /// relation itself, whether it can be read or not.
    Generations generations(Relation relation) {
        var definition = relation.definition();
        return new Generations(
                Stream.concat(
                                named(definition.schema(), definition.table())
                                        .filter(r -> r.id() != relation.id() && isPast(r)),
                                Stream.of(relation))
                        .toList());
    }

    /// The generations of a name that have come to their ends and of which something can be read,
    /// if there is one.
    Optional<Generations> past(String schema, String table) {
        return past(named(schema, table));
    }

    /// The same of a relation's name, without that relation.
    Optional<Generations> pastBeside(Relation relation) {
        var definition = relation.definition();
        return past(
                named(definition.schema(), definition.table())
                        .filter(r -> r.id() != relation.id()));
    }

    private static Optional<Generations> past(Stream<Relation> named) {
        var past = named.filter(Catalog::isPast).toList();
        return past.isEmpty() ? Optional.empty() : Optional.of(new Generations(past));
    }

    private static boolean isPast(Relation relation) {
        return relation.since() != null && !relation.isFollowed();
    }

    /// The first generation of this name that is readable after a position, or at it.
    Optional<Relation> readableFrom(String schema, String table, long position) {
        return named(schema, table)
                .filter(
                        r ->
                                r.since() == null
                                        ? r.until().isEmpty()
                                        : position < r.until().orElse(Long.MAX_VALUE))
                .findFirst();
    }

    /// In the order in which they took the name.
    private Stream<Relation> named(String schema, String table) {
        return byId.values().stream()
                .filter(
                        r ->
                                r.definition().schema().equals(schema)
                                        && r.definition().table().equals(table))
                .sorted(BY_NAMING);
    }

    /// The same with one relation put in or replaced.
    public Catalog with(Relation relation) {
        var map = new LinkedHashMap<>(byId);
        map.put(relation.id(), relation);
        return new Catalog(map.values());
    }

    /// An id that no relation has yet.
    public int nextId() {
        return byId.keySet().stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
    }
}
