#!/usr/bin/env bash
# Runs clang-tidy with the checks of .clang-tidy on the C++ sources that changed since BASE, and
# ends with 1 if it finds something: scripts/tidy.sh [BASE] [-- FILE...]
#   BASE             a commit (default: where this branch left main, or the last commit on main)
#   ECG_LORA_BUILD_DIR   a configured build folder, for its compile_commands.json (default: build)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${ECG_LORA_BUILD_DIR:-build}
tidy=$(command -v clang-tidy || true)
[ ! -x .venv/bin/clang-tidy ] || tidy=.venv/bin/clang-tidy
[ -n "$tidy" ] || { echo "no clang-tidy; pip install -r tests/requirements.txt" >&2; exit 2; }
[ -f "$build/compile_commands.json" ] ||
  { echo "$build has no compile_commands.json; run scripts/build.sh" >&2; exit 2; }

base=HEAD~
if [ $# -gt 0 ] && [ "$1" != -- ]; then
  base=$1
  shift
else
  for main in origin/main main; do
    fork=$(git merge-base "$main" HEAD 2>/dev/null) || continue
    [ "$fork" = "$(git rev-parse HEAD)" ] || base=$fork
    break
  done
fi
if [ "${1:-}" = -- ]; then
  files=("${@:2}")
else
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base" -- \
    'src/*.cpp' 'tools/*.cpp' 'tests/*.cpp' 'bench/*.cpp')
fi
[ ${#files[@]} -gt 0 ] || { echo "no C++ source changed since $base"; exit 0; }

# Commands per file, also of a build that compiles several files as one, and without gcc's own
# precompiled header, which clang cannot read.
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
python3 scripts/tidy_commands.py "$build/compile_commands.json" "$commands" "${files[@]}" \
  >"$commands/files"
mapfile -t files <"$commands/files"
echo "${#files[@]} files to check" >&2
[ ${#files[@]} -gt 0 ] || exit 0
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$(nproc)" "$tidy" --quiet -p "$commands" --warnings-as-errors='*' \
    2> >(grep -v ' warnings generated' >&2) || exit 1
