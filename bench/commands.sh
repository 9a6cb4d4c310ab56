#!/bin/bash
# commands.sh [PART…]     What commands over the cluster cost. Parts: time, stopped, flight; default all. Prints a table at the end.
#   time     how long `user:online-count` takes over three nodes and on one: COUNT=200 one after the other, over XMPP, RUNS=3 rounds in turn
#   stopped  the same with one of three nodes stopped (SIGSTOP, not excluded): it answers at its deadline, and names the node
#   flight   chat of 400 users at RATE=1000 messages a second over three nodes while 1 000 commands are in flight, and without: RUNS=5, in turn.
#            EVERY=0: each answer is followed by the next command; EVERY=1: all 1 000 at once, each second anew
# Variables: TOOLS   SCRATCH   SECS=8 (of a run of chat)   JAVA_OPTS
set -eu
. "$(dirname "${BASH_SOURCE[0]}")/results.sh"
dir=$XB_SCRATCH/commands; lone=$XB_SCRATCH/commands-1; COUNT=${COUNT:-200}; RATE=${RATE:-1000}; SECS=${SECS:-8}; EVERY=${EVERY:-0}; IN_FLIGHT=${IN_FLIGHT:-1000}
skein=$HERE/../runtime/target/skein/bin/skein; silence=60000
c() { DIR=$dir PORT=7580 SET="admins=boss@localhost cluster-silence-ms=$silence" "$HERE/skein-cluster.sh" "$@"; }
one() { DIR=$lone PORT=7620 SET="admins=boss@localhost" "$HERE/skein-cluster.sh" "$@"; }
trap 'c stop; one stop' EXIT
boss() { "$skein" user add boss@localhost --password pw --base "$1/n1" >/dev/null; }
hosts() { . "$1/peer.env"; local h; for h in $HOSTS; do printf -- '--host %s ' "$h"; done; }
keep() { sed "s/^{/{\"peer\":\"$1\",\"scenario\":\"$2\",\"rep\":$3,\"commit\":\"$commit\",/" | tee -a "$out"; } # peer scenario rep
load() { # mode arguments
  . "$dir/peer.env"
  # shellcheck disable=SC2046
  "$XB_SCRATCH/bin/xmppload" "$@" $(hosts "$dir") --domain localhost --prefix u --password pw --conc 20 --pid "$($PIDS_CMD | tr '\n' ',')"
}
chat() { load chat --count 400 --rate "$RATE" --warm 3 --secs "$SECS" | grep '^{'; }
for part in ${*:-time stopped flight}; do
  case $part in
  time)
    c start 3 >/dev/null; boss "$dir"; one start 1 >/dev/null; boss "$lone"
    # shellcheck disable=SC2046
    for rep in $(seq "${RUNS:-3}"); do
      "$HERE/commands.py" time --count "$COUNT" $(hosts "$lone") | keep skein-1 commands_time "$rep"
      "$HERE/commands.py" time --count "$COUNT" $(hosts "$dir") | keep skein-3 commands_time "$rep"
    done; one stop; c stop ;;
  stopped)
    c start 3 >/dev/null; boss "$dir"; p=$(cat "$dir/n3/run/skein.pid"); kill -STOP "$p"
    # shellcheck disable=SC2046
    for command in user:online-count user:active-count; do "$HERE/commands.py" once --command "$command" $(hosts "$dir") | keep skein-3 commands_stopped 1; done
    kill -CONT "$p"; c stop ;;
  flight)
    c start 3 >/dev/null; boss "$dir"; "$tools/peers/floor.sh" start route >/dev/null && "$tools/peers/floor.sh" stop route >/dev/null
    load register --count 400 | grep -v '^{' || true; chat >/dev/null # both warm: what a minute of compiling costs is not what commands cost
    # shellcheck disable=SC2046
    "$HERE/commands.py" flight --in-flight "$IN_FLIGHT" --secs 20 --every "$EVERY" $(hosts "$dir") >/dev/null
    for rep in $(seq "${RUNS:-5}"); do
      chat | keep skein-3 commands_none "$rep" >/dev/null
      # shellcheck disable=SC2046
      "$HERE/commands.py" flight --in-flight "$IN_FLIGHT" --secs $((SECS + 5)) --every "$EVERY" $(hosts "$dir") > "$XB_SCRATCH/flight.json" & w=$!
      chat | keep skein-3 commands_flight "$rep" >/dev/null
      wait "$w"; keep skein-3 commands_in_flight "$rep" < "$XB_SCRATCH/flight.json"
    done; c stop ;;
  *) echo "unknown part $part" >&2; exit 1 ;;
  esac
done
"$HERE/table.py" --commands "$out"
