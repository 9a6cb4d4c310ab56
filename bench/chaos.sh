#!/bin/bash
# chaos.sh [NODES…]     kill -9 of the last of two and of three nodes (default: 2 3) at 1 000 messages a second with stream management, again and again: what is acknowledged is not lost.
# Variables: TOOLS   REPS=20   VARIANTS="fast resend late" (who was on the killed node comes back at once; sends again and tries to resume; after 10 s)   SCRATCH   PEERS="" ("ejabberd" beside it)
# Ends with status 1 if one acknowledged message of ours was lost, or one run delivered fewer than 10 000.
set -eu
. "$(dirname "${BASH_SOURCE[0]}")/results.sh"
REPS=${REPS:-20}; VARIANTS=${VARIANTS:-fast resend late}; PEERS=${PEERS-}; dir=$XB_SCRATCH/chaos
trap '[ ! -d "$dir" ] || DIR=$dir PORT=7520 "$HERE/skein-cluster.sh" stop' EXIT
: > "$XB_SCRATCH/chaos.jsonl"; final=$out; out=$XB_SCRATCH/chaos.jsonl
for n in ${*:-2 3}; do
  DIR=$dir PORT=7520 "$HERE/skein-cluster.sh" start "$n" >/dev/null
  for rep in $(seq "$REPS"); do for v in $VARIANTS; do
    export USERS=4000
    for p in $PEERS; do one "$p$n" "chaos_$v" "$rep"; done
    one "$dir/peer.env" "chaos_$v" "$rep"
  done; done
  DIR=$dir PORT=7520 "$HERE/skein-cluster.sh" stop
done
cat "$out" >> "$final"
"$HERE/table.py" --chaos "$final"
python3 - "$out" <<'PY'
import json, sys
bad = [r for r in map(json.loads, open(sys.argv[1])) if r["peer"].startswith("skein") and (r["c_acked_lost"] or r["c_delivered"] < 10000 or r["stalled"] or r["c_survivors_acked_2s"] < 0.99 * r["c_survivors_sent"])]
for r in bad: print("BAD", r["peer"], r["scenario"], r["rep"], "acked+lost", r["c_acked_lost"], "delivered", r["c_delivered"], "stalled", r["stalled"], "survivors", r["c_survivors_acked_2s"], "of", r["c_survivors_sent"])
sys.exit(1 if bad else 0)
PY
