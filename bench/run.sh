#!/usr/bin/env bash
# Measures the packaged program beside its baselines and writes docs/benchmarks.md and its pages.
#
#   bench/run.sh [--quick|--smoke] [latency|pgbench|insert|history|restart|views|events|external|backfill|all]...
#
# Without --quick or --smoke the page of each part is written, and docs/benchmarks.md from all of them; otherwise the
# numbers are only printed. --quick does about a tenth, --smoke just enough to see that everything still works.
# Needs a JDK 25, pgbench (PATH or /usr/lib/postgresql), and for everything about 35 GB in TMPDIR and an hour and a half.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${JAVA_HOME:-}" ] || ! "$JAVA_HOME/bin/java" -version 2>&1 | grep -q 'version "2[5-9]'; then
  for jdk in /usr/lib/jvm/*25*; do
    if [ -x "$jdk/bin/javac" ]; then export JAVA_HOME=$jdk; break; fi
  done
fi

./mvnw -q -B -pl server,bench -DskipTests -Dspotless.check.skip package \
  dependency:build-classpath -Dmdep.includeScope=runtime -Dmdep.outputFile=target/classpath

out=(--out docs)
case "$*" in
  *--quick* | *--smoke*) out=() ;;
esac
exec "$JAVA_HOME/bin/java" -Xmx1g -cp "bench/target/classes:$(cat bench/target/classpath)" \
  -Djava.io.tmpdir="${TMPDIR:-/tmp}" dev.highwater.bench.Bench \
  --distribution "$(ls target/highwater-*.tar.gz)" "${out[@]}" "$@"
