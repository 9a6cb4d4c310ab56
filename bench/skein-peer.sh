#!/bin/bash
# skein-peer.sh start|fresh|stop      Sets up one node for measuring, and writes DIR/peer.env, which describes it to a load generator (and peer-fresh.env: restarted before each run).
# Variables: DIR (default bench/target/node)  PORT (default 7422)  SCRAM=1 (clients log in with SCRAM-SHA-1)  ITERATIONS (default 4096)
#            SET="name=value …" more settings   PEER (default skein)   JAVA_OPTS, JAVA_HOME as for bin/skein
# Everything listens on 127.0.0.1. Accounts survive `fresh`, which stops the node and starts it again.
set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd); HOME_DIR=$HERE/../runtime/target/skein; SKEIN=$HOME_DIR/bin/skein
DIR=${DIR:-$HERE/target/node}; PORT=${PORT:-7422}; SCRAM=${SCRAM:-0}; ITERATIONS=${ITERATIONS:-4096}; PEER=${PEER:-skein}; SET=${SET:-}
stop() { [ ! -d "$DIR" ] || "$SKEIN" stop --base "$DIR" >/dev/null 2>&1 || true; }
case ${1:-} in
stop) stop ;;
fresh) stop; "$SKEIN" start --base "$DIR" ;;
start)
  stop; rm -rf "$DIR"; mkdir -p "$(dirname "$DIR")"
  # What the peers have too: clients may talk without TLS, accounts are made in-band without a rate, no shaping.
  more=(); for s in $SET; do more+=(--set "$s"); done
  "$SKEIN" create "$DIR" --set bind-address=127.0.0.1 --set c2s-port="$PORT" --set c2s-tls-port=0 --set c2s-tls-required=false \
    --set plain-without-tls=true --set registration=true --set registration-rate=0 --set login-rate=0 --set login-admission-rate=0 --set http-port=0 \
    --set max-connections-per-address=0 --set scram-iterations="$ITERATIONS" ${more[@]+"${more[@]}"}
  "$SKEIN" start --base "$DIR"
  cat > "$DIR/peer.env" <<ENV
PEER=$PEER
HOSTS="127.0.0.1:$PORT"
PIDS_CMD="cat $DIR/run/skein.pid"
DOMAIN=localhost
MUC=
PUBSUB=
PREFIX=u
PASSWORD=pw
MAXSESSIONS=19000
SCRAM=$SCRAM
ENV
  # The same node, restarted before each run: for memory, and for what the first minute after a start costs.
  { cat "$DIR/peer.env"; echo "FRESH_CMD=\"env DIR=$DIR $HERE/skein-peer.sh fresh\""; } > "$DIR/peer-fresh.env"
  echo "$DIR/peer.env" ;;
*) echo "usage: skein-peer.sh start|fresh|stop" >&2; exit 1 ;;
esac
