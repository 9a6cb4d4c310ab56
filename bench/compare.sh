#!/bin/bash
# compare.sh [SCENARIO…]     Measures Skein and its peers in turn, in one run, with the load generator in $TOOLS, and keeps the raw result lines.
# Variables: TOOLS (folder with measure.sh and peers/)   REPS=3   SECS=8   PEERS="prosody ejabberd"   SCRATCH=where peers live
# Results: bench/results/DATE-COMMIT.jsonl, one line a run with the commit it was made on; bench/table.py makes the README's table of it.
set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOOLS=${TOOLS:?set TOOLS to the folder of the load generator}; REPS=${REPS:-3}; PEERS=${PEERS-prosody ejabberd}
export XB_SCRATCH=${SCRATCH:-$HERE/target/scratch}; mkdir -p "$XB_SCRATCH" "$HERE/results"; XB_SCRATCH=$(cd "$XB_SCRATCH" && pwd)
. "$HERE/generator.sh"
commit=$(git -C "$HERE" rev-parse --short HEAD); git -C "$HERE" diff --quiet HEAD -- ../bundles ../runtime ../features || commit=$commit-changed
out=$HERE/results/$(date -u +%Y%m%d-%H%M)-$commit.jsonl
scenarios=${*:-chat_fixed chat_fixed_tls chat_max chat_max_tls presence login login_tls login_scram idle5k idle5k_tls}
one() { # peer-or-env scenario rep
  local dir=$XB_SCRATCH/run; rm -rf "$dir"; mkdir -p "$dir"
  OUT=$dir REPS=1 USERS=${USERS:-} "$tools/measure.sh" "$1" "$2" >"$dir/log" 2>&1 || { tail -5 "$dir/log" >&2; }
  [ -s "$dir/results.jsonl" ] || { echo "no result: $1 $2" >&2; return 0; }
  sed "s/\"rep\":1,/\"rep\":$3,\"commit\":\"$commit\",/" "$dir/results.jsonl" | tee -a "$out" |
    python3 -c 'import json,sys
for l in sys.stdin:
    r=json.loads(l); print(r["peer"], r["scenario"], "cpu_us/delivery", r.get("cpu_us_per_delivery"), "per_s", r.get("delivered_per_s"), "login_ms", r.get("login_cpu_ms"), "rss_kb", r.get("rss_per_session_kb"), "p99_us", r.get("lat_us",{}).get("p99"))'
}
# Started once: a server is measured as it runs, and the first round, just after a start, is one of three. COLD=1 restarts it before each run.
DIR=$XB_SCRATCH/skein "$HERE/skein-peer.sh" start >/dev/null
trap 'DIR=$XB_SCRATCH/skein "$HERE/skein-peer.sh" stop' EXIT
[ "${COLD:-0}" = 0 ] || cp "$XB_SCRATCH/skein/peer-fresh.env" "$XB_SCRATCH/skein/peer.env"
for rep in $(seq "$REPS"); do
  for sc in $scenarios; do
    case $sc in idle19k) USERS=19000 ;; idle5k*) USERS=5000 ;; *) USERS=2200 ;; esac
    case $sc in login_tls|login_scram) hash=1 ;; *) hash=0 ;; esac
    for p in $PEERS; do # hashed storage where it is compared with our salted keys
      case $p:$hash in prosody:1) HASH=hashed one "$p" "$sc" "$rep" ;; ejabberd:1) HASH=scram one "$p" "$sc" "$rep" ;; *) one "$p" "$sc" "$rep" ;; esac
    done
    case $sc in idle*) env=peer-fresh.env ;; *) env=peer.env ;; esac
    one "$XB_SCRATCH/skein/$env" "$sc" "$rep"
  done
done
"$HERE/table.py" "$out"
