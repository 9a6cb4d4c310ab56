#!/bin/bash
# rolling.sh [REPS]     Drain, stop and start each of three nodes in turn while 400 clients with stream management write 1 000 messages a second: nothing lost, no error.
# Variables: TOOLS   SCRATCH   SECS=60 (how long they write; as long as it takes to go round)
set -eu
. "$(dirname "${BASH_SOURCE[0]}")/results.sh"
dir=$XB_SCRATCH/rolling; mark=$XB_SCRATCH/rolling.mark; SECS=${SECS:-60}; c() { DIR=$dir PORT=7540 "$HERE/skein-cluster.sh" "$@"; }
trap 'c stop' EXIT
c start 3 >/dev/null; . "$dir/peer.env"
"$tools/peers/floor.sh" start route >/dev/null && "$tools/peers/floor.sh" stop route >/dev/null # builds the generator
hosts=(); for h in $HOSTS; do hosts+=(--host "$h"); done
load() { "$XB_SCRATCH/bin/xmppload" "$@" "${hosts[@]}" --domain localhost --prefix u --password pw --conc 20 --pid "$($PIDS_CMD | tr '\n' ',')"; }
load register --count 400 | grep -v '^{'
for rep in $(seq "${1:-1}"); do
  rm -f "$mark"
  (
    until [ "$(cat "$mark" 2>/dev/null)" = run ]; do sleep 0.2; done
    for k in 1 2 3; do
      sleep 3; echo "draining node $k at $(date +%T)"; c drain "$k" >/dev/null
      for _ in $(seq 300); do [ "$(mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port=7549 --user=root -BNe "SELECT COUNT(*) FROM cluster_member WHERE name = 'node$k.skein.test'" skein)" = 0 ] && break; sleep 0.1; done
      c term "$k"; echo "node $k has left at $(date +%T)"; c restart "$k"; echo "node $k is back at $(date +%T)"
    done
  ) & round=$!
  load chaos --mark "$mark" --count 400 --rate 1000 --secs "$SECS" --settle 8 --subscribe --relogin --resend --resume --backoff 100,500 | tee "$XB_SCRATCH/rolling.log" | grep -v '^{' || true
  wait "$round"
  grep '^{' "$XB_SCRATCH/rolling.log" | sed "s/^{/{\"peer\":\"skein-3\",\"scenario\":\"rolling\",\"rep\":$rep,\"commit\":\"$commit\",/" >> "$out"
done
"$HERE/table.py" --chaos "$out"
