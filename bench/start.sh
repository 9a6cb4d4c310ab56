#!/bin/bash
# start.sh [REPS]    Second start of an instance: wall time until clients can log in, and the CPU the process burnt until then.
set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd); SKEIN=$HERE/../runtime/target/skein/bin/skein
dir=$(mktemp -d)/node; trap '"$SKEIN" stop --base "$dir" >/dev/null 2>&1 || true; rm -rf "$(dirname "$dir")"' EXIT
"$SKEIN" create "$dir" --set bind-address=127.0.0.1 --set c2s-port=0 --set c2s-tls-port=0 --set http-port=0 >/dev/null
"$SKEIN" start --base "$dir" >/dev/null; "$SKEIN" stop --base "$dir" >/dev/null
for i in $(seq "${1:-3}"); do
  before=$(date +%s%N); "$SKEIN" start --base "$dir" >/dev/null; after=$(date +%s%N)
  pid=$(cat "$dir/run/skein.pid"); read -r -a stat < "/proc/$pid/stat"
  cpu=$(( (stat[13] + stat[14]) * 1000 / $(getconf CLK_TCK) )); rss=$(awk '/VmRSS/{print int($2 / 1024)}' "/proc/$pid/status")
  echo "start wall_ms=$(( (after - before) / 1000000 )) cpu_ms=$cpu rss_mib=$rss"
  "$SKEIN" stop --base "$dir" >/dev/null
done
