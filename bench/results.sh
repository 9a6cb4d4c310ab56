# sourced: keeps the lines of the load generator in bench/results/, each with the commit it was made on.
# Variables: TOOLS (folder with measure.sh and peers/)   SCRATCH=where peers live
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOOLS=${TOOLS:?set TOOLS to the folder of the load generator}
export XB_SCRATCH=${SCRATCH:-$HERE/target/scratch}; mkdir -p "$XB_SCRATCH" "$HERE/results"; XB_SCRATCH=$(cd "$XB_SCRATCH" && pwd)
commit=$(git -C "$HERE" rev-parse --short HEAD); git -C "$HERE" diff --quiet HEAD -- ../bundles ../runtime ../features || commit=$commit-changed
out=${OUT_FILE:-$HERE/results/$(date -u +%Y%m%d-%H%M)-$commit.jsonl}
. "$HERE/generator.sh"
one() { # peer-or-env scenario rep
  local dir=$XB_SCRATCH/run; rm -rf "$dir"; mkdir -p "$dir"
  OUT=$dir REPS=1 USERS=${USERS:-} "$tools/measure.sh" "$1" "$2" >"$dir/log" 2>&1 || tail -5 "$dir/log" >&2
  if [ ! -s "$dir/results.jsonl" ]; then echo "no result: $1 $2" >&2; tail -5 "$dir/log" "$dir/stderr.log" >&2; return 0; fi
  case $1 in *.env) grep -q NOREGISTER "$1" || echo NOREGISTER=1 >> "$1" ;; esac # its accounts are there now
  sed "s/\"rep\":1,/\"rep\":$3,\"commit\":\"$commit\",/" "$dir/results.jsonl" | tee -a "$out" | python3 -c 'import json, sys
for l in sys.stdin:
    r = json.loads(l)
    if r["mode"] == "chaos":
        print(r["peer"], r["scenario"], "sent", r["c_sent"], "acked+lost", r["c_acked_lost"], "dup", r["c_dup"], "ooo", r["c_ooo"], "bounced", r["c_bounced"], "delivered", r["c_delivered"],
              "unavailable", r["c_unavail"], "max_ms", r["unavail_us"]["max"] / 1e3, "survivors acked 2s %.4f" % (r["c_survivors_acked_2s"] / max(1, r["c_survivors_sent"])), "resumed", r["c_resumed"])
    else:
        print(r["peer"], r["scenario"], "cpu_us/delivery", r.get("cpu_us_per_delivery"), "per_s", r.get("delivered_per_s"), "login_ms", r.get("login_cpu_ms"), "rss_kb", r.get("rss_per_session_kb"),
              "p99_us", r.get("lat_us", {}).get("p99"), "lost", r.get("lost"), "ooo", r.get("ooo"), "others", r.get("other_cpu_s"))'
}
