#!/bin/bash
# skein-cluster.sh start [NODES] | fresh | stop | kill K | restart K | pids      Sets up a cluster for measuring on one machine: a MariaDB and 2 (default) or more nodes, all on 127.0.0.1.
# Writes DIR/peer.env, which describes it to a load generator: users take the nodes in turn, KILL_CMD and RESTART_CMD are about the last one.
# Variables: DIR (default bench/target/cluster)  PORT (7440: node K has PORT + K, the database PORT + 9)  ITERATIONS (4096)  SET="name=value …" more settings
#            PEER (default skein-NODES)   JAVA_OPTS, JAVA_HOME as for bin/skein
# The database's CPU counts as the servers': its process is among the pids. `fresh` stops the nodes and starts them again; accounts survive.
set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd); SKEIN=$HERE/../runtime/target/skein/bin/skein
DIR=${DIR:-$HERE/target/cluster}; PORT=${PORT:-7440}; ITERATIONS=${ITERATIONS:-4096}; SET=${SET:-}
N=$(cat "$DIR/nodes" 2>/dev/null || echo 0); DBPORT=$((PORT + 9))
sql() { mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="$DBPORT" --user=root -BNe "$1" skein 2>/dev/null; }
alive() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }
database() {
  alive "$DIR/db/pid" && return
  mkdir -p "$DIR/db"
  [ -d "$DIR/db/data" ] || mariadb-install-db --no-defaults --user="$(id -un)" --auth-root-authentication-method=normal --skip-test-db --datadir="$DIR/db/data" >"$DIR/db/install.log" 2>&1
  (exec mariadbd --no-defaults --user="$(id -un)" --datadir="$DIR/db/data" --port="$DBPORT" --bind-address=127.0.0.1 --socket="$DIR/db/socket" --pid-file="$DIR/db/pid" \
    --innodb-buffer-pool-size=128M --max-connections=500 >"$DIR/db/log" 2>&1 </dev/null & )
  for _ in $(seq 300); do mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="$DBPORT" --user=root -e "CREATE DATABASE IF NOT EXISTS skein" 2>/dev/null && return; sleep 0.1; done
  echo "the database did not start, see $DIR/db/log" >&2; exit 1
}
up() { env JAVA_OPTS="-Djdk.net.hosts.file=$DIR/hosts ${JAVA_OPTS:-}" "$SKEIN" start --base "$DIR/n$1" >/dev/null; }
down() { [ ! -d "$DIR/n$1" ] || "$SKEIN" stop --base "$DIR/n$1" >/dev/null 2>&1 || true; }
members() { # N: waits until the view has so many; a node alone is in none
  grep -q '^--cluster-mode *= *false' "$DIR/n1/etc/init.properties" && return
  for _ in $(seq 600); do [ "$(sql 'SELECT COUNT(*) FROM cluster_member')" = "$1" ] && return; sleep 0.1; done
  echo "the view has not $1 members but: $(sql 'SELECT name FROM cluster_member' | tr '\n' ' ')" >&2; exit 1
}
nodes() { seq "$N"; }
case ${1:-} in
stop)
  for k in $(nodes); do down "$k" & done; wait
  if alive "$DIR/db/pid"; then p=$(cat "$DIR/db/pid"); kill "$p"; for _ in $(seq 100); do kill -0 "$p" 2>/dev/null || break; sleep 0.1; done; fi ;;
fresh) for k in $(nodes); do down "$k" & done; wait; for k in $(nodes); do up "$k" & done; wait; members "$N" ;;
kill) kill -KILL "$(cat "$DIR/n$2/run/skein.pid")" ;;
restart) up "$2"; members "$N" ;;
drain) "$SKEIN" shell cluster:drain --base "$DIR/n$2" ;;
term) down "$2" ;;
pids) for k in $(nodes); do cat "$DIR/n$k/run/skein.pid" 2>/dev/null || true; done; cat "$DIR/db/pid" ;;
start)
  "$0" stop; rm -rf "$DIR"; mkdir -p "$DIR"; N=${2:-2}; echo "$N" > "$DIR/nodes"; PEER=${PEER:-skein-$N}
  database
  echo "127.0.0.1 localhost" > "$DIR/hosts"; hosts=
  for k in $(nodes); do
    echo "127.0.0.1 node$k.skein.test" >> "$DIR/hosts"; hosts="$hosts 127.0.0.1:$((PORT + k))"
    more=(); for s in $SET; do more+=(--set "$s"); done
    "$SKEIN" create "$DIR/n$k" --set bind-address=127.0.0.1 --set c2s-port=$((PORT + k)) --set c2s-tls-port=-1 --set http-port=-1 --set c2s-tls-required=false \
      --set plain-without-tls=true --set registration=true --set registration-rate=0 --set login-rate=0 --set login-admission-rate=0 --set scram-iterations="$ITERATIONS" \
      --set user-db=mariadb --set "user-db-uri=jdbc:mysql://127.0.0.1:$DBPORT/skein?user=root" \
      --set cluster-mode=true --set cluster-hostname="node$k.skein.test" --set cluster-port=0 ${more[@]+"${more[@]}"} >/dev/null &
  done; wait
  for k in $(nodes); do up "$k" & done; wait
  members "$N"
  cat > "$DIR/peer.env" <<ENV
PEER=$PEER
HOSTS="${hosts# }"
PIDS_CMD="env DIR=$DIR PORT=$PORT $HERE/skein-cluster.sh pids"
DOMAIN=localhost
MUC=
PUBSUB=
PREFIX=u
PASSWORD=pw
MAXSESSIONS=19000
SCRAM=0
KILL_CMD="env DIR=$DIR PORT=$PORT $HERE/skein-cluster.sh kill $N"
RESTART_CMD="env DIR=$DIR PORT=$PORT $HERE/skein-cluster.sh restart $N"
ENV
  # All users on the first node: what the same costs without crossing.
  sed -e "s/^PEER=.*/PEER=$PEER-same/" -e "s/^HOSTS=.*/HOSTS=\"127.0.0.1:$((PORT + 1))\"/" -e '/^KILL_CMD/d' -e '/^RESTART_CMD/d' "$DIR/peer.env" > "$DIR/peer-same.env"
  echo "$DIR/peer.env" ;;
*) echo "usage: skein-cluster.sh start [NODES] | fresh | stop | kill K | restart K | drain K | term K | pids" >&2; exit 1 ;;
esac
