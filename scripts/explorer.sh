#!/usr/bin/env bash
# Opens every page of the explorer in headless Chromium, at phone and desktop width, light and dark: no console error, no failed
# request, nothing wider than the screen, live news within 2 seconds, searches, pages without JavaScript. The pictures lie in
# artifacts/explorer. What cannot be installed is skipped by name. Ends with `N passed, M failed, K skipped`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"

tests=$root/tests/explorer
data=$(mktemp -d)
chain=("dotnet" "$root/src/Chain.Node/bin/Release/net10.0/chain.dll")
nodes=()

cleanup() {
  local pid
  for pid in "${nodes[@]}"; do
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$data"
}
trap cleanup EXIT

find_browser() {
  local name
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" && return 0
  done
  return 1
}

# start_node ID PEER: a node in the folder, of the chain that lies there.
start_node() {
  local deadline=$((SECONDS + 60))
  NODE_ID=$1 "${chain[@]}" startnode --peer "127.0.0.1:$2" --datadir "$data" 2>"$data/$1.log" &
  nodes+=("$!")
  until grep -q 'starts at height' "$data/$1.log"; do
    kill -0 "${nodes[-1]}" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ] || { tail -n 15 "$data/$1.log" >&2; return 1; }
    sleep 0.1
  done
}

echo "== build and install"
dotnet build src/Chain.Node -c Release -v quiet --nologo
find_browser >/dev/null || install_packages chromium fonts-dejavu-core || true
command -v npm >/dev/null || install_packages nodejs npm || true
if command -v npm >/dev/null; then
  (cd "$tests" && npm ci --ignore-scripts --no-audit --no-fund >"$data/npm.log" 2>&1) || tail -n 5 "$data/npm.log" >&2
fi
for needed in "$(find_browser || true)" "$tests/node_modules/puppeteer-core/package.json"; do
  if [ ! -e "$needed" ]; then
    echo "skipped: explorer (Chromium or puppeteer-core could not be installed)"
    printf '\n0 passed, 0 failed, 1 skipped\n'
    exit 0
  fi
done

echo "== a chain with two nodes"
first=$(free_port)
second=$(free_port)
while [ "$second" = "$first" ]; do second=$(free_port); done
export NODE_ID=$first CHAIN_DATADIR=$data
echo '{"powLimit": "207fffff"}' >"$data/easy.json"
own=$("${chain[@]}" createwallet | awk '{print $NF}')
"${chain[@]}" createblockchain --address "$own" --params "$data/easy.json" >/dev/null
start_node "$first" "$second"
start_node "$second" "$first"

mkdir -p "$root/artifacts/explorer"
EXPLORER_BROWSER=$(find_browser) EXPLORER_NODE=$first EXPLORER_DATA=$data EXPLORER_OWN=$own EXPLORER_CHAIN=${chain[1]} \
  EXPLORER_PICTURES=$root/artifacts/explorer timeout 600 node "$tests/explorer.mjs"
