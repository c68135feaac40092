#!/usr/bin/env bash
# Makes every screen of the README anew: runs the commands for real and puts what they print between the marks
# <!-- screen: NAME --> and <!-- end -->. Nodes 3000 to 3002 and the folder /tmp/tour must be free.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"
dotnet build src/Chain.Node -c Release -v quiet --nologo >/dev/null
PATH="$root/src/Chain.Node/bin/Release/net10.0:$PATH"
unset NODE_ID CHAIN_DATADIR
export NO_COLOR=1

tour=/tmp/tour
[ ! -e "$tour" ] || { echo "screens: $tour is there already: remove it first" >&2; exit 1; }
out=$(mktemp -d)
mkdir -p "$tour"
pids=()
cleanup() {
  [ $? -eq 0 ] || tail -n 20 "$out"/* >&2
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  (cd "$tour" 2>/dev/null && [ -f net.json ] && chain net down >/dev/null 2>&1) || true
  wait 2>/dev/null || true
  rm -rf "$out" "$tour"
}
trap cleanup EXIT

# run COMMAND: prints it as it is typed, and what it prints.
run() {
  echo "\$ $*"
  eval "$*" 2>&1 || true
}

# quietly COMMAND: what is needed beside the screens.
quietly() { eval "$*" >/dev/null 2>&1; }

# begin COMMAND: one that goes on; wait_for FILE TEXT waits for what it prints.
begin() {
  local log=$1
  shift
  eval "exec env $*" >"$log" 2>&1 &
  pids+=($!)
}
wait_for() {
  for _ in $(seq 300); do
    grep -q -- "$2" "$1" 2>/dev/null && return 0
    sleep 0.1
  done
  echo "screens: '$2' did not come" >&2
  cat "$1" >&2
  exit 1
}

screen_dev() {
  cd "$tour"
  begin "$out/dev.log" chain dev
  wait_for "$out/dev.log" 'Ctrl-C ends'
  {
    echo '$ chain dev'
    sed -n '/^A dev chain/,/^bob /p' "$out/dev.log"
    echo '...'
    grep -E '^(JSON-RPC|Explorer|Next|  chain send)' "$out/dev.log"
  } >"$out/dev"
  {
    run chain send --from alice --to bob --amount 1 --wait
    run chain getbalance --address bob
    run chain faucet carol 25
    run chain show mempool
    run chain show tip
  } >"$out/pay"
  chain stop >/dev/null 2>&1 || kill -TERM "${pids[-1]}"
  wait "${pids[-1]}" || true
  pids=()
}

screen_course() {
  cd "$tour"
  export NODE_ID=3000
  run chain createwallet >"$out/made"
  address=$(sed -n 's/^Your new address: //p' "$out/made")
  {
    echo '$ export NODE_ID=3000'
    cat "$out/made"
    run chain createblockchain --address "$address"
    run chain wallet label "$address" alice
  } >"$out/course"
  run NODE_ID=3001 chain createwallet >"$out/made"
  other=$(sed -n 's/^Your new address: //p' "$out/made")
  {
    cat "$out/made"
    run chain wallet label "$other" bob
    run chain send --from alice --to bob --amount 4 --mine
    run chain getbalance --address bob
    run chain printchain --limit 1
  } >"$out/first"
  begin "$out/3000.log" NODE_ID=3000 chain startnode
  wait_for "$out/3000.log" 'starts at height'
  begin "$out/3001.log" NODE_ID=3001 chain startnode
  wait_for "$out/3001.log" 'on the chain'
  miner=$(NODE_ID=3002 chain createwallet | sed 's/.* //')
  begin "$out/3002.log" NODE_ID=3002 chain startnode --miner "$miner"
  wait_for "$out/3002.log" 'on the chain'
  {
    echo "\$ NODE_ID=3001 chain send --from $other --to $miner --amount 1.5 --wait"
    NODE_ID=3001 chain send --from "$other" --to "$miner" --amount 1.5 --wait 2>&1
    run "NODE_ID=3000 chain getbalance --address $miner"
  } >"$out/nodes"
  wait_for "$out/3002.log" 'from this node: on the chain'
  sed 's/^[^ ]* //' "$out/3002.log" >"$out/log"
  {
    run chain send --from alice --to bob --amount 1000
    run chain send --from alice --to 1BoatSLRHtKNngkdXEeobR76b53LETtpyX --amount 1
    run chain send --from alice --to bob --amount 2 --dry-run
  } >"$out/mistakes"
  {
    run chain wallet label
    run chain wallet info
    run chain wallet history
  } >"$out/wallet"
  run chain doctor >"$out/doctor"
  for pid in "${pids[@]}"; do kill -TERM "$pid"; done
  wait
  pids=()
  unset NODE_ID
}

screen_net() {
  mkdir "$tour/net"
  cd "$tour/net"
  {
    run chain net up 3
    run chain net partition 3000,3001/3002
    run chain mine 3 --node 3000
    run chain mine 2 --node 3002
    run chain net status
    run chain net heal
  } >"$out/net"
  {
    run chain reorg 2
    run chain printchain --tree
  } >"$out/tree"
  {
    run chain snapshot save before
    run chain mine 5
    run chain snapshot restore before
  } >"$out/snapshot"
  quietly chain net down
}

# The screens of commands that tell the folder in which they run tell the tour's.
screen_dev
screen_course
screen_net

cd "$root"
awk -v out="$out" '
  /^<!-- screen: / { name = $3; print; print "```"; file = out "/" name; while ((getline line < file) > 0) print line; close(file); print "```"; inside = 1; next }
  /^<!-- end -->/ { inside = 0 }
  !inside { print }
' README.md >"$out/README.md"
cp "$out/README.md" README.md
echo "README.md has its screens anew"
