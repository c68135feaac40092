#!/usr/bin/env bash
# Measures the import of 100,000 P2PKH spends beside libsecp256k1's own rate. 'scripts/bench.sh --filter *' runs the
# micro-benchmarks instead.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"
[ "$#" -gt 0 ] || set -- import
dotnet run --project tests/Chain.Benchmarks -c Release -- "$@"
