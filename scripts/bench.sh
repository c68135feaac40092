#!/usr/bin/env bash
# Measures whole nodes on workloads that it makes itself, and prints one table beside libsecp256k1's own rate of the same run.
#   scripts/bench.sh                   everything, in under 15 minutes
#   scripts/bench.sh import tip        only these; a name that does not exist lists all
#   scripts/bench.sh --quick           each figure once instead of the median of five
#   scripts/bench.sh --json FILE       where the results go as JSON (default artifacts/bench.json)
#   scripts/bench.sh --filter '*'      the micro-benchmarks (BenchmarkDotNet)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"
dotnet build tests/Chain.Benchmarks -c Release -v quiet
dotnet tests/Chain.Benchmarks/bin/Release/net10.0/Chain.Benchmarks.dll "$@"
