#!/usr/bin/env bash
# Runs programs that others wrote for Bitcoin against a node of ours on regtest: python3-bitcoinlib, bitcoinjs-lib and bcoin.
# What cannot be installed is skipped by name. Ends with `N passed, M failed, K skipped`; status 1 where anything failed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"

tests=$root/tests/interop
data=$(mktemp -d)
node_pid=
passed=0 failed=0 skipped=0

stop_node() {
  [ -n "$node_pid" ] || return 0
  kill -TERM "$node_pid" 2>/dev/null || true
  wait "$node_pid" 2>/dev/null || true
  node_pid=
}
cleanup() {
  stop_node
  rm -rf "$data"
}
trap cleanup EXIT

# start_node FOLDER OPTIONS...: a node of an empty regtest chain, whose cookie lies where Bitcoin Core puts its own.
start_node() {
  local folder=$1 port deadline=$((SECONDS + 60))
  shift
  port=$(free_port)
  mkdir -p "$folder/regtest"
  printf 'datadir=%s\nrpcconnect=127.0.0.1\nrpcport=%s\n' "$folder" "$((port + 10000))" >"$folder/bitcoin.conf"
  : >"$folder/node.log"
  dotnet src/Chain.Node/bin/Release/net10.0/chain.dll startnode --profile regtest --node "$port" --datadir "$folder" \
    --http-port "$((port + 10000))" --cookie-file "$folder/regtest/.cookie" --debug "$@" 2>>"$folder/node.log" &
  node_pid=$!
  until grep -q 'starts at height' "$folder/node.log"; do
    kill -0 "$node_pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ] || { tail -n 15 "$folder/node.log" >&2; return 1; }
    sleep 0.1
  done
  export INTEROP_CONF=$folder/bitcoin.conf INTEROP_COOKIE=$folder/regtest/.cookie
  export INTEROP_RPC_PORT=$((port + 10000)) INTEROP_P2P_PORT=$port
}

# run NAME OPTIONS... -- PROGRAM...: a program against a node of its own; its lines `ok` and `FAILED` are counted.
run() {
  local name=$1 folder=$data/$1 options=() status=0 good bad
  shift
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  mkdir -p "$folder"
  printf '\n== %s\n' "$name"
  if start_node "$folder" "${options[@]}"; then
    timeout 300 "$@" >"$folder/out" 2>"$folder/err" || status=$?
    grep -E '^(ok|FAILED) ' "$folder/out" || true
    stop_node
  else
    stop_node
    status=start
  fi
  good=$(grep -c '^ok ' "$folder/out" 2>/dev/null || true)
  bad=$(grep -c '^FAILED ' "$folder/out" 2>/dev/null || true)
  if [ "$status" != 0 ] || [ "$((${good:-0} + ${bad:-0}))" = 0 ]; then
    bad=$((${bad:-0} + 1))
    echo "FAILED $name: ended with $status"
  fi
  if [ "${bad:-0}" -gt 0 ]; then
    tail -n 30 "$folder/err" "$folder/node.log" >&2 2>/dev/null || true
  fi
  passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0}))
}

skip() {
  printf '\nskipped: %s (could not be installed)\n' "$1"
  skipped=$((skipped + 1))
}

# The first Python that has bitcoinlib: a Python of one's own does not see Debian's packages.
find_python() {
  local python
  for python in python3 /usr/bin/python3; do
    command -v "$python" >/dev/null && "$python" -c 'import bitcoin.rpc' 2>/dev/null && { echo "$python"; return 0; }
  done
  return 1
}

install_python() {
  find_python >/dev/null || install_packages python3-bitcoinlib || true
  python=$(find_python || true)
}

install_js() {
  command -v npm >/dev/null || install_packages nodejs npm || true
  command -v npm >/dev/null || return 0
  # Scripts of packages are not run: all that is needed here is JavaScript and WebAssembly.
  (cd "$tests" && npm ci --ignore-scripts --no-audit --no-fund >"$data/npm.log" 2>&1) || tail -n 5 "$data/npm.log" >&2
}

has_js() {
  local package
  command -v node >/dev/null || return 1
  for package in "$@"; do [ -f "$tests/node_modules/$package/package.json" ] || return 1; done
}

echo "== build and install"
dotnet build src/Chain.Node -c Release -v quiet --nologo
install_python
install_js

if [ -n "$python" ]; then
  run bitcoinlib-rpc -- "$python" "$tests/python/rpc.py"
  run bitcoinlib-p2p -- "$python" "$tests/python/p2p.py"
  run bitcoinlib-wallet -- "$python" "$tests/python/wallet.py"
else
  skip python3-bitcoinlib
fi
if has_js bitcoinjs-lib ecpair tiny-secp256k1; then
  run bitcoinjs-lib -- node "$tests/js/bitcoinjs.mjs"
else
  skip bitcoinjs-lib
fi
if has_js bcoin; then
  # bcoin learns of segwit from the bits of blocks; on regtest that is at height 432.
  run bcoin --activation segwit@432 --activation taproot@100000 -- node "$tests/js/bcoin.mjs"
else
  skip bcoin
fi

printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
