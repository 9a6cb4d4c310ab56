#!/bin/bash
# strategies.sh [PART…]     What swapping the clustering strategy under load costs, and what each strategy costs. Parts: swap, update, cost, counts, join; default all.
#   swap    three nodes, 2 000 messages a second with stream management: all nodes swapped to the next of the three strategies every second (SWAPS=60)
#   update  the same while the bundle of the strategy in use is updated 100 times on one node (UPDATES=100); heap and class loaders before and after
#   cost    CPU, frames and bytes for each message and each presence delivered, for NODES="2 3 5" and each strategy
#   counts  frames for each message where one of three nodes holds the user
#   join    chat of 400 users at 1 000 messages a second on nodes that have IDLE=50000 more online, while one more node starts and joins, and without: p99
# Variables: TOOLS   SCRATCH   SECS=8 (of a run of `cost`)
set -eu
. "$(dirname "${BASH_SOURCE[0]}")/results.sh"
dir=$XB_SCRATCH/strategies; SWAPS=${SWAPS:-60}; UPDATES=${UPDATES:-100}; NODES=${NODES:-2 3 5}; export SECS=${SECS:-8}
strategies="broadcast online directory"; bundle=org.skein.cluster.strategy.online
c() { DIR=$dir PORT=7560 "$HERE/skein-cluster.sh" "$@"; }
on() { "$HERE/../runtime/target/skein/bin/skein" shell --base "$dir/n$1" "$2"; } # node command
idle=(); trap 'kill ${idle[@]+"${idle[@]}"} 2>/dev/null || true; c stop' EXIT
build() { "$tools/peers/floor.sh" start route >/dev/null && "$tools/peers/floor.sh" stop route >/dev/null; }
load() { # mode arguments; of the first ON nodes, if that is set
  . "$dir/peer.env"; local hosts=(); for h in $(tr ' ' '\n' <<<"$HOSTS" | head -"${ON:-99}"); do hosts+=(--host "$h"); done
  "$XB_SCRATCH/bin/xmppload" "$@" "${hosts[@]}" --domain localhost --prefix u --password pw --conc 20 --pid "$($PIDS_CMD | tr '\n' ',')"
}
under_load() { # scenario seconds command: runs the command while 400 clients write, and keeps the line
  local mark=$XB_SCRATCH/strategies.mark log=$XB_SCRATCH/strategies.log; rm -f "$mark"
  (until [ "$(cat "$mark" 2>/dev/null)" = run ]; do sleep 0.2; done; sleep 3; eval "$3" >"$XB_SCRATCH/console.log" 2>&1 || true) & local w=$!
  load chaos --mark "$mark" --count 400 --rate "$RATE" --secs "$2" --settle 5 --relogin | tee "$log" | grep -v '^{' || true
  wait "$w"
  grep '^{' "$log" | sed "s/^{/{\"peer\":\"skein-3\",\"scenario\":\"$1\",\"rep\":1,\"commit\":\"$commit\",/" >> "$out"
}
stats() { # file with lines of under_load
  python3 - "$out" "$1" <<'PY'
import json, sys
for r in map(json.loads, open(sys.argv[1])):
    if r["scenario"].startswith(sys.argv[2]):
        lat = r.get("lat_us", {})
        print(r["scenario"], "sent", r["c_sent"], "acknowledged and lost", r["c_acked_lost"], "twice", r["c_dup"], "out of order", r["c_ooo"],
              "errors", r["c_bounced"], "latency ms p50 %.1f p99 %.1f max %.1f" % tuple(lat.get(k, 0) / 1e3 for k in ("p50", "p99", "max")))
PY
}
RATE=${RATE:-2000}
swaps() { # COUNT: about one a second
  local i of=(online directory broadcast)
  for i in $(seq "$1"); do on 1 "cluster:strategy --all ${of[$((i % 3))]}"; sleep 0.3; done
}
updates() { local i; for i in $(seq "$1"); do on 1 "update $bundle"; sleep 0.2; done; }
histogram() { jcmd "$(cat "$dir/n1/run/skein.pid")" GC.class_histogram | awk -v c="$bundle.internal.OnlineStrategy" '$4 == c { n++ } /^Total/ { b = $3 } END { printf "live heap %d KiB, copies of the strategy'\''s class %d\n", b / 1024, n }'; }
phase() { until [ "$(cat "$1" 2>/dev/null)" = run ]; do sleep 0.2; done; } # mark
for part in ${*:-swap update counts cost join}; do
  case $part in
  swap)
    c start 3 >/dev/null; build; load register --count 400 | grep -v '^{'
    under_load strategy_warm 15 :
    under_load strategy_none 30 : # the same without a swap: what is to be compared with
    under_load strategy_swap $((SWAPS + 10)) "swaps $SWAPS"
    echo "the console said 'swapped on all' $(grep -c 'swapped on all' "$XB_SCRATCH/console.log") times"; grep -i "stopped at\|error" "$XB_SCRATCH/console.log" | head -3 || true
    stats strategy_; c stop ;;
  update)
    c start 3 >/dev/null; build; load register --count 400 | grep -v '^{'
    on 1 "cluster:strategy --all online" >/dev/null; on 1 "update $bundle" >/dev/null; histogram
    under_load update_100 $((UPDATES * 9 / 10 + 10)) "updates $UPDATES"
    echo "updated $(grep -c updated "$XB_SCRATCH/console.log") times"; histogram; on 1 cluster:strategy; stats update_; c stop ;;
  counts)
    c start 3 >/dev/null; build; load register --count 400 | grep -v '^{'
    for s in $strategies; do
      on 1 "cluster:strategy --all broadcast" >/dev/null; on 1 "cluster:strategy --all $s" >/dev/null
      load chat --count 400 --rate 500 --secs 4 >/dev/null; on 1 cluster:strategy | grep "^$s "
    done; c stop ;;
  join)
    # No process here may have more than 20 000 connections: so many nodes, and as many generators, hold those who only listen.
    IDLE=${IDLE:-50000}; old=$(( (IDLE + 16999) / 17000 )); [ "$old" -ge 2 ] || old=2; new=$((old + 1)); each=$((IDLE / old))
    c start "$new" >/dev/null; build; load register --count $((400 + each * old)) --procs "$old" --max-time 900 | grep -v '^{'
    rm -f "$XB_SCRATCH"/join.*
    for k in $(seq "$old"); do
      ON=$old load idle --first $((400 + each * (k - 1))) --count "$each" --warm 1 --secs 3000 --max-time 3600 --mark "$XB_SCRATCH/join.$k" >/dev/null & idle+=($!)
    done; for k in $(seq "$old"); do phase "$XB_SCRATCH/join.$k"; done
    chat() { ON=$old load chat --count 400 --rate 1000 --secs 12 "$@" | grep '^{' | sed "s/^{/{\"peer\":\"skein-$old-$s\",\"scenario\":\"$as\",\"rep\":$rep,\"commit\":\"$commit\",\"users\":$IDLE,/" >> "$out"; }
    for s in $strategies; do
      on 1 "cluster:strategy --all --save $s" >/dev/null
      for rep in $(seq "${REPS:-3}"); do
        c term "$new"; as=join_warm; [ "$rep" -gt 1 ] || chat; as=join_none; chat; rm -f "$XB_SCRATCH/join.chat"
        (phase "$XB_SCRATCH/join.chat"; sleep 1; c restart "$new") & joiner=$!
        as=join; chat --mark "$XB_SCRATCH/join.chat"; wait "$joiner"; on "$new" cluster:strategy | grep "^$s "
      done
    done; kill "${idle[@]}" 2>/dev/null || true; wait "${idle[@]}" 2>/dev/null || true; c stop
    python3 - "$out" <<'PY'
import json, sys
for r in map(json.loads, open(sys.argv[1])):
    if r["scenario"].startswith("join"): print(r["peer"], r["scenario"], r["rep"], "latency ms p50 %.1f p99 %.1f max %.1f" % tuple(r["lat_us"][k] / 1e3 for k in ("p50", "p99", "max")), "lost", r.get("lost", 0))
PY
    ;;
  cost)
    for n in $NODES; do
      PEER=skein-$n c start "$n" >/dev/null
      for s in $strategies; do
        on 1 "cluster:strategy --all $s" >/dev/null
        sed "s/^PEER=.*/PEER=skein-$n-$s/" "$dir/peer.env" > "$dir/$s.env"
        export USERS=2200
        for rep in $(seq "${REPS:-3}"); do for sc in chat_max chat_fixed presence; do one "$dir/$s.env" "$sc" "$rep"; grep -q NOREGISTER "$dir/peer.env" || echo NOREGISTER=1 >> "$dir/peer.env"; done; done
      done; c stop
    done; "$HERE/table.py" --cluster "$out" ;;
  *) echo "unknown part $part" >&2; exit 1 ;;
  esac
done
