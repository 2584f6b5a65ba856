#!/usr/bin/env bash
# The whole path on real data: Neo4j, load, train, serve, ask. `make demo` runs it; KEEP=1 leaves Neo4j and the service running.
set -euo pipefail
cd "$(dirname "$0")/.."
sixhop=.venv/bin/sixhop
export SIXHOP_REALM=demo SIXHOP_GRPC_ADDRESS="${SIXHOP_GRPC_ADDRESS:-127.0.0.1:50051}"
home=${SIXHOP_HOME:-.sixhop}
sender=m1845 offering=a10089
service=""
started_neo4j=""

stop_what_was_started() {
  if [ "${KEEP:-}" = 1 ]; then return; fi
  if [ -n "$service" ]; then kill "$service" 2>/dev/null && wait "$service" 2>/dev/null || true; fi
  if [ -n "$started_neo4j" ]; then "$sixhop" neo4j down || true; fi
}
trap stop_what_was_started EXIT
trap 'exit 130' INT TERM

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

step "Neo4j"
if [ -z "${SIXHOP_NEO4J_URI:-}" ]; then
  "$sixhop" neo4j status >/dev/null 2>&1 || started_neo4j=yes
  "$sixhop" neo4j up
fi
"$sixhop" migrate

step "Data: Last.fm, 2005-2011, as an import folder"
"$sixhop" demo-data "$home/demo"
"$sixhop" import "$home/demo" --realm demo --label-window-days 180 --half-life-days 90 --as-of-last-event
rm -r "$home/demo"  # ids in clear, made anew when needed

step "Train: who adopts what a contact shares?"
trained=0
"$sixhop" retrain --realm demo --why "the demo" || trained=$?
case $trained in
  0) ;;
  8 | 9) echo "No new model serves, for the reason above; the answer below comes from the one before, or ranks by chain score." ;;
  *) exit "$trained" ;;
esac

step "Serve on $SIXHOP_GRPC_ADDRESS"
mkdir -p "$home"
: >"$home/serve.log"
"$sixhop" serve >"$home/serve.log" 2>&1 &
service=$!
for _ in $(seq 240); do
  grep -q "^serving on" "$home/serve.log" && break
  kill -0 "$service" 2>/dev/null || { cat "$home/serve.log"; exit 1; }
  sleep 0.5
done
grep "^serving on" "$home/serve.log"

step "Ask: whom should $sender reach about $offering?"
"$sixhop" ask targets --sender "$sender" --offering "$offering" --limit 10

cat <<EOF

What to try next
  make demo KEEP=1                                         leave Neo4j and the service running, then:
  .venv/bin/sixhop ask targets --sender $sender --offering $offering --json
  .venv/bin/sixhop ask chains --from $sender --to m2      how do two members connect?
  .venv/bin/sixhop doctor                                  what runs, what does not, what to do
  edit cypher/features/ or cypher/surfaces/default.yaml    then: make demo
  docs/data.md                                             your own data in an import folder
EOF
if [ "${KEEP:-}" = 1 ]; then
  echo "The service runs on as process $service (kill $service; then $sixhop neo4j down). Its log: $home/serve.log"
fi
