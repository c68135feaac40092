#!/usr/bin/env bash
# Three nodes on this machine: 3000 (central), 3001 (wallet) and 3002 (miner), each a process of its own.
#   scripts/testnet.sh start [FOLDER]    makes a chain in FOLDER (./testnet) where there is none, and starts the nodes
#   scripts/testnet.sh status [FOLDER]   the height and tip of each
#   scripts/testnet.sh stop [FOLDER]     stops them by their process ids
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

command=${1:-}
folder=${2:-testnet}
nodes=(3000 3001 3002)
chain=(dotnet "$root/src/Chain.Node/bin/Release/net10.0/chain.dll")

build() {
  [ -f "${chain[1]}" ] || dotnet build "$root/src/Chain.Node" -c Release -v quiet
}

is_running() {
  local file="$folder/node_$1.pid"
  [ -f "$file" ] && tr '\0' ' ' 2>/dev/null <"/proc/$(cat "$file")/cmdline" | grep 'chain.dll startnode' >/dev/null
}

address_of() {
  "${chain[@]}" listaddresses --node "$1" --datadir "$folder" | head -n 1
}

start_node() {
  local id=$1
  shift
  if is_running "$id"; then
    echo "node $id runs already"
    return
  fi
  nohup "${chain[@]}" startnode --node "$id" --datadir "$folder" "$@" >/dev/null 2>>"$folder/node_$id.log" </dev/null &
  echo $! >"$folder/node_$id.pid"
  local deadline=$((SECONDS + 20))
  until "${chain[@]}" rpc getconnectioncount --node "$id" --datadir "$folder" >/dev/null 2>&1; do
    if ! is_running "$id" || [ "$SECONDS" -gt "$deadline" ]; then
      echo "node $id did not start:" >&2
      tail -n 3 "$folder/node_$id.log" >&2
      exit 1
    fi
    sleep 0.1
  done
  echo "node $id runs as process $(cat "$folder/node_$id.pid"), log $folder/node_$id.log"
}

start() {
  build
  mkdir -p "$folder"
  for id in "${nodes[@]}"; do
    [ -f "$folder/Wallets_$id.dat" ] || "${chain[@]}" createwallet --node "$id" --datadir "$folder" >/dev/null
  done
  [ -f "$folder/genesis.json" ] || "${chain[@]}" createblockchain --node 3000 --datadir "$folder" --address "$(address_of 3000)"
  start_node 3000
  start_node 3001
  start_node 3002 --miner "$(address_of 3002)"
}

stop() {
  for id in 3002 3001 3000; do
    if is_running "$id"; then
      local pid
      pid=$(cat "$folder/node_$id.pid")
      kill -TERM "$pid"
      local deadline=$((SECONDS + 10))
      while kill -0 "$pid" 2>/dev/null; do
        [ "$SECONDS" -le "$deadline" ] || { echo "node $id does not stop" >&2; exit 1; }
        sleep 0.1
      done
      echo "node $id stopped"
    fi
    rm -f "$folder/node_$id.pid"
  done
}

status() {
  for id in "${nodes[@]}"; do
    if is_running "$id"; then
      echo "node $id: height $("${chain[@]}" rpc getblockcount --node "$id" --datadir "$folder"), tip $("${chain[@]}" rpc getbestblockhash --node "$id" --datadir "$folder")"
    else
      echo "node $id does not run"
    fi
  done
}

case $command in
  start | stop | status) "$command" ;;
  *)
    sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
