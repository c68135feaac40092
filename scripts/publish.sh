#!/usr/bin/env bash
# Makes what is given away: artifacts/publish/RID, one self-contained executable for this kind of machine with the two native
# libraries beside it; and artifacts/tool, a package that 'dotnet tool install' takes. The smoke tests run against both.
# --no-test leaves them out.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$root"

rid=$(dotnet --info | sed -nE 's/^ *RID: *//p' | head -n 1)
case $rid in
  linux-x64 | linux-arm64 | osx-x64 | osx-arm64) ;;
  *) echo "publish: this machine is of the kind '$rid', which has no recipe here" >&2; exit 1 ;;
esac
out=artifacts/publish/$rid
tool=artifacts/tool
rm -rf "$out" "$tool"

# Trimmed: what the program does not call is left out. NativeAOT would start quicker still, and the code is kept clean for it
# (IsAotCompatible); it needs a runtime pack that not every package registry holds.
# For x64 the code ahead is for processors of the last ten years (AVX2), so that less is compiled at each start; an older one
# compiles all of it itself, and starts within a third of a second.
ahead=()
[[ $rid != *-x64 ]] || ahead=(-p:PublishReadyToRunCrossgen2ExtraArgs=--instruction-set:x86-64-v3)
dotnet publish src/Chain.Node -c Release -r "$rid" --self-contained -v quiet --nologo -o "$out" \
  -p:PublishSingleFile=true -p:PublishTrimmed=true -p:PublishReadyToRun=true -p:DebugType=none -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -p:PackAsTool=false "${ahead[@]}"

# The libraries of this machine, under the names by which the program looks for them.
copy_library() {
  local path
  path=$({ ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | sed -nE "s|.*($1) .*=> (.*)|\2|p" | head -n 1)
  [ -n "$path" ] || { echo "publish: $1 was not found" >&2; exit 1; }
  cp -L "$path" "$out/$(basename "$path")"
}
if [[ $rid == linux-* ]]; then
  copy_library 'libsecp256k1\.so\.[0-9]+'
  copy_library 'libsqlite3\.so\.0'
fi

dotnet pack src/Chain.Node -c Release -v quiet --nologo -o "$tool"
echo "made $out/chain ($(du -h "$out/chain" | cut -f 1)) and $(ls "$tool"/*.nupkg)"
[ "${1:-}" != "--no-test" ] || exit 0

dotnet build tests/Chain.Tests -c Release -v quiet --nologo
installed=$(mktemp -d)
trap 'rm -rf "$installed"' EXIT
version=$(ls "$tool"/*.nupkg | sed -E 's/.*Chain\.Tool\.(.*)\.nupkg/\1/')
dotnet tool install Chain.Tool --tool-path "$installed" --source "$root/$tool" --version "$version" >/dev/null
for program in "$root/$out/chain" "$installed/chain"; do
  echo "== smoke tests of $program"
  CHAIN_PROGRAM=$program dotnet test tests/Chain.Tests -c Release --no-build --logger "console;verbosity=minimal" --filter Category=Smoke
done
