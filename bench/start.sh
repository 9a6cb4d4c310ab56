#!/bin/bash
# start.sh [REPS]    Second start of an instance: wall time until clients can log in, and the CPU the process burnt until then; one console
# command from outside, its CPU; SIGTERM with 200 resumable sessions that never confirmed: wall time until the process is gone.
# Keeps its lines in bench/results/.
set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd); SKEIN=$HERE/../runtime/target/skein/bin/skein
commit=$(git -C "$HERE" rev-parse --short HEAD); git -C "$HERE" diff --quiet HEAD -- ../bundles ../runtime ../features || commit=$commit-changed
out=$HERE/results/$(date -u +%Y%m%d-%H%M)-$commit-start.jsonl; mkdir -p "$HERE/results"
dir=$(mktemp -d)/node; trap '"$SKEIN" stop --base "$dir" >/dev/null 2>&1 || true; rm -rf "$(dirname "$dir")"' EXIT
"$SKEIN" create "$dir" --set bind-address=127.0.0.1 --set c2s-port=0 --set c2s-tls-port=0 --set http-port=0 \
  --set c2s-tls-required=false --set plain-without-tls=true --set login-rate=0 --set max-sessions-per-user=0 >/dev/null
"$SKEIN" user add u@localhost --password secret --base "$dir" >/dev/null
"$SKEIN" start --base "$dir" >/dev/null; "$SKEIN" stop --base "$dir" >/dev/null
for i in $(seq "${1:-3}"); do
  before=$(date +%s%N); "$SKEIN" start --base "$dir" >/dev/null; after=$(date +%s%N)
  pid=$(cat "$dir/run/skein.pid"); read -r -a stat < "/proc/$pid/stat"
  cpu=$(( (stat[13] + stat[14]) * 1000 / $(getconf CLK_TCK) )); rss=$(awk '/VmRSS/{print int($2 / 1024)}' "/proc/$pid/status")
  TIMEFORMAT='%U %S'; shell=$( { time "$SKEIN" shell 'echo x' --base "$dir" >/dev/null; } 2>&1 | awk '{print int(($1 + $2) * 1000)}')
  coproc python3 "$HERE/sessions.py" "$dir/run/ports.json" 200; read -r ready <&"${COPROC[0]}"; sessions=$COPROC_PID
  before2=$(date +%s%N); kill "$pid"; for _ in $(seq 1000); do kill -0 "$pid" 2>/dev/null || break; sleep 0.02; done; gone=$(date +%s%N)
  kill "$sessions" 2>/dev/null || true; wait "$sessions" 2>/dev/null || true
  printf '{"scenario":"start","peer":"skein","rep":%d,"commit":"%s","wall_ms":%d,"cpu_ms":%d,"rss_mib":%d,"shell_cpu_ms":%d,"sessions":%d,"stop_ms":%d}\n' \
    "$i" "$commit" $(( (after - before) / 1000000 )) "$cpu" "$rss" "$shell" "$ready" $(( (gone - before2) / 1000000 )) | tee -a "$out"
  "$SKEIN" stop --base "$dir" >/dev/null
done
