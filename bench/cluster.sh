#!/bin/bash
# cluster.sh [PART…]     What crossing nodes costs, beside ejabberd's cluster of as many nodes, in one run. Parts: two (chat, presence), three (login, chat), memory; default all.
# Variables: TOOLS (folder of the load generator)   REPS=3   SECS=8   SCRATCH   PEERS="ejabberd" (none: PEERS=)   SCENARIOS="chat_max chat_fixed presence" of part two
# skein is one node alone on MariaDB; skein-2-same are two nodes with all users on one; the database's CPU counts as the servers'.
set -eu
. "$(dirname "${BASH_SOURCE[0]}")/results.sh"
REPS=${REPS:-3}; PEERS=${PEERS-ejabberd}; export SECS=${SECS:-8}
parts=${*:-two three memory}
lone=$XB_SCRATCH/alone; two=$XB_SCRATCH/two; three=$XB_SCRATCH/three
cleanup() { for d in "$two" "$three" "$lone"; do [ ! -d "$d" ] || DIR=$d PORT=$(cat "$d.port") "$HERE/skein-cluster.sh" stop; done; }
trap cleanup EXIT
begin() { # dir port nodes peer [more]
  echo "$2" > "$1.port"; DIR=$1 PORT=$2 PEER=$4 SET=${5:-} "$HERE/skein-cluster.sh" start "$3" >/dev/null
}
idle() { # dir port rep
  out=/dev/null one "$1/peer.env" login "$3" >/dev/null
  DIR=$1 PORT=$2 "$HERE/skein-cluster.sh" fresh; sleep 30; one "$1/peer.env" idle5k "$3"; DIR=$1 PORT=$2 "$HERE/skein-cluster.sh" stop
}
for part in $parts; do
  case $part in
  two)
    begin "$lone" 7460 1 skein cluster-mode=false; begin "$two" 7440 2 skein-2
    for rep in $(seq "$REPS"); do for sc in ${SCENARIOS:-chat_max chat_fixed presence}; do
      export USERS=2200
      for p in $PEERS; do one "${p}2" "$sc" "$rep"; done
      one "$two/peer.env" "$sc" "$rep"; one "$two/peer-same.env" "$sc" "$rep"; one "$lone/peer.env" "$sc" "$rep"
    done; done ;;
  three)
    begin "$three" 7480 3 skein-3
    for rep in $(seq "$REPS"); do for sc in login chat_max chat_fixed; do
      export USERS=1200
      for p in $PEERS; do if [ "$sc" = login ]; then HASH=scram one "${p}3" "$sc" "$rep"; else one "${p}3" "$sc" "$rep"; fi; done
      one "$three/peer.env" "$sc" "$rep"
    done; done ;;
  memory) # started anew once the accounts are made: what sessions take, not what the heap has been through
    for rep in $(seq "$REPS"); do
      export USERS=5000
      for p in $PEERS; do one "${p}2" idle5k "$rep"; done
      begin "$two" 7440 2 skein-2; idle "$two" 7440 "$rep"; begin "$lone" 7460 1 skein cluster-mode=false; idle "$lone" 7460 "$rep"
    done ;;
  *) echo "unknown part $part" >&2; exit 1 ;;
  esac
done
"$HERE/table.py" --cluster "$out"
