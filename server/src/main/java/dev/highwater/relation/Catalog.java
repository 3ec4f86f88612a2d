package dev.highwater.relation;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    private java.util.stream.Stream<Relation> named(String schema, String table) {
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
