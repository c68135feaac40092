#!/usr/bin/env bash
# Installs what a fresh Debian or Ubuntu lacks to build and run chain: two system libraries. The .NET SDK must be there.
# Does nothing, quickly, where all is there. Other scripts source it for what they share.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
  HOME=$(mktemp -d)
  export HOME
fi

has_library() {
  { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep "$1" >/dev/null
}

install_packages() {
  local run=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: as root, install: $*" >&2; exit 1; }
    run=(sudo)
  fi
  "${run[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
# A port that is free, as is the one 10000 above it; both below those that the system gives to connections.
free_port() {
  local port
  while :; do
    port=$((12000 + RANDOM % 10000))
    if is_free "$port" && is_free "$((port + 10000))"; then break; fi
  done
  echo "$port"
}

setup() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "setup: the .NET SDK 10 is needed and was not found: https://dotnet.microsoft.com/download" >&2
    exit 1
  fi
  local wanted=()
  if ! has_library 'libsecp256k1\.so'; then
    command -v apt-get >/dev/null || { echo "setup: libsecp256k1 is needed: install it with your package manager" >&2; exit 1; }
    install_packages libsecp256k1-1 2>/dev/null || install_packages libsecp256k1-2 || install_packages libsecp256k1-dev
  fi
  has_library 'libsqlite3\.so\.0' || wanted+=(libsqlite3-0)
  if [ "${#wanted[@]}" -gt 0 ]; then
    command -v apt-get >/dev/null || { echo "setup: needed: ${wanted[*]}" >&2; exit 1; }
    install_packages "${wanted[@]}"
  fi
}

setup
