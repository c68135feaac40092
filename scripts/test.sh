#!/usr/bin/env bash
# Everything that CI does: sets up, builds with warnings as errors, checks the formatting, runs every test. The last line
# says how many passed, failed and were skipped. Arguments go to 'dotnet test', such as --filter Chainstate.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"

dotnet build Chain.sln -c Release -v quiet
dotnet format whitespace Chain.sln --verify-no-changes --no-restore

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
dotnet test tests/Chain.Tests -c Release --no-build --logger "console;verbosity=minimal" "$@" 2>&1 | tee "$log" || status=$?

counts=$(sed -nE 's/.*Failed: *([0-9]+), Passed: *([0-9]+), Skipped: *([0-9]+), Total:.*/\2 passed, \1 failed, \3 skipped/p' "$log" | tail -n 1)
if [ -z "$counts" ]; then
  echo "test: no test was run" >&2
  exit 1
fi
echo "$counts"
exit "$status"
