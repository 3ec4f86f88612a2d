package dev.highwater.relation;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// All relations of a store as of one settled position. Immutable, so that a reader who takes it
/// once sees one truth.
public final class Catalog {
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

    /// The newest generation of this name, whatever its state.
    public Optional<Relation> newest(String schema, String table) {
        return named(schema, table).reduce((_, later) -> later);
    }

    /// The generation of this name that can be read as of a position.
    public Optional<Relation> readableAt(String schema, String table, long position) {
        return named(schema, table)
                .filter(r -> r.isReadableAt(position))
                .reduce((_, later) -> later);
    }

    /// The generations of a relation's name of which something can be read, up to this one, which
    /// is the last whether it can be read or not.
    Generations generations(Relation relation) {
        var definition = relation.definition();
        return new Generations(
                Stream.concat(
                                named(definition.schema(), definition.table())
                                        .filter(r -> r.id() < relation.id() && isPast(r)),
                                Stream.of(relation))
                        .toList());
    }

    /// The generations of a name that have come to their ends and of which something can be read,
    /// if there is one, beside the one that is left out.
    Optional<Generations> past(String schema, String table, int besides) {
        var past = named(schema, table).filter(r -> r.id() != besides && isPast(r)).toList();
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

    private Stream<Relation> named(String schema, String table) {
        return byId.values().stream()
                .filter(
                        r ->
                                r.definition().schema().equals(schema)
                                        && r.definition().table().equals(table));
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
