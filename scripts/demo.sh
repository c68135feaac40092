#!/usr/bin/env bash
# The main job, with real processes: three nodes keep one chain. Every figure is checked; the first that is wrong ends it.
# The nodes are 3000, 3001 and 3002; CHAIN_DEMO_PORT moves all three where those ports are taken.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"

central=${CHAIN_DEMO_PORT:-3000}
wallet=$((central + 1))
miner=$((central + 2))
data=$(mktemp -d)
declare -A pids=()

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'demo: %s\n' "$*" >&2
  for log in "$data"/*.log; do
    [ -f "$log" ] && { echo "--- $(basename "$log")" >&2; tail -n 15 "$log" >&2; }
  done
  exit 1
}

cleanup() {
  for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  rm -rf "$data"
}
trap cleanup EXIT

# chain NODE COMMAND...: runs a command for one node.
chain() {
  local id=$1
  shift
  dotnet src/Chain.Node/bin/Release/net10.0/chain.dll "$@" --node "$id" --datadir "$data"
}

start() {
  local id=$1
  shift
  local peer=()
  [ "$id" = "$central" ] || peer=(--peer "127.0.0.1:$central")
  local starts
  starts=$(count_starts "$id")
  dotnet src/Chain.Node/bin/Release/net10.0/chain.dll startnode --node "$id" --datadir "$data" --debug "${peer[@]}" "$@" 2>>"$data/node_$id.log" &
  pids[$id]=$!
  wait_for 20 "node $id runs" has_started "$id" "$starts"
  echo "node $id runs as process ${pids[$id]}"
}

stop() {
  kill -TERM "${pids[$1]}"
  wait "${pids[$1]}" || fail "node $1 did not stop cleanly"
  unset "pids[$1]"
  echo "node $1 stopped"
}

count_starts() { grep -c 'starts at height' "$data/node_$1.log" 2>/dev/null || true; }
has_started() {
  kill -0 "${pids[$1]}" 2>/dev/null || fail "node $1 ended"
  [ "$(count_starts "$1")" -gt "${2:-0}" ]
}
balance() { chain "$1" getbalance --address "$2" 2>/dev/null | awk '{print $NF}'; }
height() { chain "$1" rpc getblockcount; }
tip() { chain "$1" rpc getbestblockhash; }

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "waited in vain: $what"
    sleep 0.1
  done
}

expect() {
  [ "$2" = "$3" ] || fail "$1: expected $2, found $3"
  echo "ok: $1: $3"
}

same_tip() {
  local first
  first=$(tip "$1")
  for id in "${@:2}"; do [ "$(tip "$id")" = "$first" ] || return 1; done
}

balance_is() { [ "$(balance "$1" "$2")" = "$3" ]; }
height_is() { [ "$(height "$1")" = "$2" ]; }
pool_is_empty() { [ "$(chain "$1" rpc getmempoolinfo | grep -o '"size": [0-9]*' | grep -o '[0-9]*')" = 0 ]; }
logged() { grep -qE "$2" "$data/node_$1.log" || fail "the log of node $1 has no line '$2'"; }
is_on_chain() { [ "$(chain "$1" rpc getblockhash "$2")" = "$3" ]; }

say "build"
dotnet build src/Chain.Node -c Release -v quiet

say "(a) node $central makes a wallet and a chain"
chain "$central" createwallet
chain "$wallet" createwallet
chain "$miner" createwallet
a=$(chain "$central" listaddresses)
b=$(chain "$wallet" listaddresses)
c=$(chain "$miner" listaddresses)
chain "$central" createblockchain --address "$a"
expect "genesis pays" 10 "$(balance "$central" "$a")"

say "(b) node $central sends 4 to node $wallet and mines the block itself"
chain "$central" send --from "$a" --to "$b" --amount 4 --mine
expect "balance of $a" 16 "$(balance "$central" "$a")"
expect "balance of $b" 4 "$(balance "$central" "$b")"

say "(c) node $wallet has nothing but genesis.json, and fetches the rest"
[ ! -e "$data/blockchain_$wallet.db" ] || fail "node $wallet has a database already"
start "$central"
start "$wallet"
wait_for 20 "node $wallet has the block" height_is "$wallet" 1
expect "balance of $a at node $wallet" 16 "$(balance "$wallet" "$a")"
expect "balance of $b at node $wallet" 4 "$(balance "$wallet" "$b")"
for line in 'sent version' 'received version' 'sent getblocks' 'received inv' 'sent getdata' 'received block'; do logged "$wallet" "$line"; done
echo "ok: by version, getblocks, inv, getdata, block"

say "(d) node $miner mines what node $wallet sends"
start "$miner" --miner "$c"
wait_for 20 "node $miner has the chain" height_is "$miner" 1
sent_at=$SECONDS
chain "$wallet" send --from "$b" --to "$c" --amount 1.5
wait_for 10 "the payment is mined" height_is "$wallet" 2
echo "ok: mined after $((SECONDS - sent_at)) s"
wait_for 10 "all have the same tip" same_tip "$central" "$wallet" "$miner"
for id in "$central" "$wallet" "$miner"; do
  expect "balance of $a at node $id" 16 "$(balance "$id" "$a")"
  expect "balance of $b at node $id" 2.5 "$(balance "$id" "$b")"
  expect "balance of $c at node $id" 11.5 "$(balance "$id" "$c")"
done
logged "$central" "received tx .* from peer [0-9]+ \(from"
logged "$central" "sent tx .* to peer [0-9]+ \(from"
logged "$miner" "received tx .* from peer [0-9]+ \(to 127.0.0.1:$central"
echo "ok: the payment went $wallet, $central, $miner"

say "(e) node $wallet is away while seven blocks are made"
stop "$wallet"
chain "$central" rpc generatetoaddress 7 "$a" >/dev/null
start "$wallet"
wait_for 20 "node $wallet has the seven blocks" height_is "$wallet" 9
expect "balance of $a at node $wallet" 86 "$(balance "$wallet" "$a")"

say "(f) nodes $central and $wallet are cut off from each other, mine 5 and 3 blocks, and meet again"
stop "$miner"
chain "$wallet" rpc setnetworkactive false >/dev/null
payments=()
for amount in 0.1 0.2 0.3; do
  payments+=("$(chain "$wallet" send --from "$b" --to "$c" --amount "$amount" --mine | sed -nE 's/.*transaction ([0-9a-f]{64}).*/\1/p')")
done
chain "$central" rpc generatetoaddress 5 "$a" >/dev/null
expect "height of node $wallet alone" 12 "$(height "$wallet")"
expect "height of node $central alone" 14 "$(height "$central")"
longer=$(tip "$central")
chain "$wallet" rpc setnetworkactive true >/dev/null
wait_for 40 "node $wallet is on the longer chain" is_on_chain "$wallet" 14 "$longer"
is_on_chain "$central" 14 "$longer" || fail "node $central left the longer chain"
logged "$wallet" 'reorganisation: block 12'
waiting=$(chain "$wallet" rpc getrawmempool)
for id in "${payments[@]}"; do
  grep -q "$id" <<<"$waiting" || fail "payment $id is neither in the pool nor in the chain"
done
echo "ok: both are on the five; the payments of the three wait in the pool again"
start "$miner" --miner "$c"
wait_for 30 "the payments are mined again" balance_is "$central" "$b" 1.9
wait_for 20 "all have the same tip" same_tip "$central" "$wallet" "$miner"
wait_for 20 "the pool is empty" pool_is_empty "$wallet"

say "(g) every node is killed in the middle of mining"
declare -A before=()
for address in "$a" "$b" "$c"; do before[$address]=$(balance "$central" "$address"); done
other=$(chain "$miner" createwallet | awk '{print $NF}')
mined_from=$(height "$miner")
chain "$miner" rpc generatetoaddress 100000 "$other" >/dev/null 2>&1 &
generator=$!
beyond() { [ "$(height "$1")" -gt $((mined_from + 10)) ]; }
wait_for 20 "node $miner mines" beyond "$miner"
for id in "$central" "$wallet" "$miner"; do kill -KILL "${pids[$id]}"; done
for id in "$central" "$wallet" "$miner"; do
  wait "${pids[$id]}" 2>/dev/null || true
  unset "pids[$id]"
done
wait "$generator" 2>/dev/null || true
for id in "$central" "$wallet" "$miner"; do start "$id"; done
wait_for 30 "all have the same tip" same_tip "$central" "$wallet" "$miner"
for id in "$central" "$wallet" "$miner"; do
  for address in "$a" "$b" "$c"; do expect "balance of $address at node $id" "${before[$address]}" "$(balance "$id" "$address")"; done
  result=$(chain "$id" reindexutxo)
  grep -q 'no difference' <<<"$result" || fail "node $id: $result"
  echo "ok: node $id: $result"
done
for id in "$miner" "$wallet" "$central"; do stop "$id"; done

say "all as it should be, after $SECONDS s"
