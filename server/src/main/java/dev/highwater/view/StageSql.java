package dev.highwater.view;

import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The statements that fill one stage of a view and bring it from one position to the next.
///
/// A stored row is told from others by `_row`, a hash of its text: it works for every type, also
/// for those without equality, and it never takes two rows for one that SQL would tell apart. `_n`
/// is how often the row is there.
final class StageSql {
    private final int shard;
    private final String current;
    private final String history;

    /// The view's columns and those of its key.
    private final String columns;

    StageSql(int shard, Relation relation, int keyColumns) {
        this.shard = shard;
        this.current = RelationTables.current(relation.id());
        this.history = RelationTables.history(relation.id());
        String own = RelationTables.columns(relation.definition());
        String key =
                IntStream.rangeClosed(1, keyColumns)
                        .mapToObj(i -> ", _k" + i)
                        .collect(Collectors.joining());
        this.columns = own + key;
    }

    /// Rows with their hashes and counts.
    String counted(String query) {
        return """
        select distinct on (_row) q.*, count(*) over (partition by _row) as _n
        from (select q.*, md5(q::text)::uuid as _row from (%s) as q(%s)) q order by _row
        """
                .formatted(query, columns);
    }

    /// The stored tables, empty, with the types that the query gives.
    String create(String query) {
        return "create table %s as select %d as _shard, 0::bigint as _from, _row, _n, %s from (%s) n with no data"
                .formatted(current, shard, columns, counted(query));
    }

    String createHistory() {
        return "create table %s as select _shard, _from, 0::bigint as _to, _row, _n, %s from %s with no data"
                .formatted(history, columns, current);
    }

    /// Fills the view; its parameter is the position.
    String fill(String query) {
        return "insert into %s (_shard, _from, _row, _n, %s) select %d, ?, _row, _n, %s from (%s) n"
                .formatted(current, columns, shard, columns, counted(query));
    }

    /// Brings stored rows to what the query gives and counts those that changed; its parameter is
    /// the position, three times.
    ///
    /// @param with further parts of the statement before, or nothing
    /// @param stored which stored rows `c` the query speaks of
    String change(String with, String query, String stored) {
        return """
        with %s n as materialized (%s),
        old as materialized (
          select c.ctid as _tid, c._shard, c._from, c._row, c._n, %s, n._row is not null as _stays
          from %s left join n on n._row = c._row
          where n._row is null or n._n <> c._n),
        gone as (
          insert into %s (_shard, _from, _to, _row, _n, %s)
          select _shard, _from, ?, _row, _n, %s from old where _from < ?),
        deleted as (
          delete from %s where ctid = any (array(select _tid from old where not _stays))),
        opened as (
          insert into %s (_shard, _from, _row, _n, %s)
          select %d, ?, n._row, n._n, %s from n
          where not exists (
            select from %s c where c._shard = %d and c._row = n._row and c._n = n._n)
          on conflict (_shard, _row) do update set _from = excluded._from, _n = excluded._n
          returning 1)
        select (select count(*) from opened) + (select count(*) from old)
        """
                .formatted(
                        with,
                        counted(query),
                        prefixed("c."),
                        stored,
                        history,
                        columns,
                        columns,
                        current,
                        current,
                        columns,
                        shard,
                        prefixed("n."),
                        current,
                        shard);
    }

    /// Every stored row.
    String all() {
        return "(select c.ctid, c.* from %s c where c._shard = %d) c".formatted(current, shard);
    }

    /// Stored rows of the keys `k`, under a condition on both.
    String of(String condition) {
        return "(select c.* from k cross join lateral (select c.ctid, c.* from %s c where c._shard = %d and %s offset 0) c) c"
                .formatted(current, shard, condition);
    }

    private String prefixed(String prefix) {
        return columns.lines()
                .flatMap(l -> java.util.Arrays.stream(l.split(", ")))
                .map(c -> prefix + c)
                .collect(Collectors.joining(", "));
    }
}
