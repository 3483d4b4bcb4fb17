#!/usr/bin/env bash
# Builds core-only with tests against wheels of torch, and runs them; see docs/developers/wheels.md.
#   scripts/check_wheels.sh [VERSION...]    default: 2.11.0 2.13.0+cpu 2.14.1
# Each wheel has an environment and a build of its own in build-wheels/VERSION. Goes on from where
# it was cut short; a wheel whose tests passed with these very sources is not built again. Prints
# one line a wheel, logs lie beside it. Exits 1 if a wheel did not pass, after all were tried.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
versions=("$@")
[ $# -gt 0 ] || versions=(2.11.0 2.13.0+cpu 2.14.1)

say() { printf '%s\n' "$*" >&2; }

# One hash of every source file and of its name. Empty outside of a git checkout: nothing is left
# out then.
sources() {
  git ls-files -co --exclude-standard -z 2>/dev/null |
    { xargs -0 -r sha256sum 2>/dev/null || true; } | sha256sum | cut -d ' ' -f 1 |
    grep -v '^e3b0c44298fc1c14' || true
}

# torch_is_there PYTHON VERSION: that version, to the end (pip writes the list of files last).
torch_is_there() {
  "$1" - "$2" 2>/dev/null <<'PYTHON'
import importlib.metadata, sys
found = importlib.metadata.distribution("torch")
wanted = sys.argv[1]  # 2.13.0 is had by 2.13.0+cpu as well, 2.13.0+cpu by nothing else
sys.exit(found.files is None or wanted not in (found.version, found.version.split("+")[0]))
PYTHON
}

# CUDA libraries are packages that the wheel depends on, and the tests load them: they come along.
install_wheel() {
  local version=$1 venv=$2
  torch_is_there "$venv/bin/python3" "$version" && return
  "$venv/bin/python3" -m pip --version >/dev/null 2>&1 ||
    { rm -rf "$venv" && python3 -m venv "$venv"; } || return
  "$venv/bin/python3" -m pip install --disable-pip-version-check --no-input "torch==$version"
}

build_and_test() {
  local folder=$1 venv=$1/venv build=$1/build results=$1/results
  export VIRTUAL_ENV=$venv PATH=$venv/bin:$PATH ECG_LORA_BUILD_DIR=$build
  unset CONDA_PREFIX CMAKE_PREFIX_PATH
  # No interpreter: the tests against transformers need what these environments lack.
  scripts/build.sh -DECG_LORA_CORE_ONLY=ON -DECG_LORA_TESTS=ON -DECG_LORA_PYTHON= \
    >"$folder/build.log" 2>&1 ||
    { echo "does not build: $folder/build.log"; return 1; }
  grep -q "^LibTorch_INCLUDE_DIR:PATH=$venv/" "$build/CMakeCache.txt" ||
    { echo "built with another libtorch than the wheel's: $build/CMakeCache.txt"; return 1; }
  rm -rf "$results"
  mkdir -p "$results"
  local status=0
  GTEST_OUTPUT="xml:$results/" OMP_NUM_THREADS=1 ctest --test-dir "$build" -j "$(nproc)" \
    --output-on-failure --output-junit "$results/ctest.junit" >"$folder/tests.log" 2>&1 || status=1
  python3 scripts/count_tests.py "$results" 2>&1 | tail -n 1
  [ ${PIPESTATUS[0]} -eq 0 ] || status=1
  [ "$status" -eq 0 ] || echo "see $folder/tests.log"
  return "$status"
}

# What the wheel is: its version, CUDA or CPU, and how many functions of std::filesystem libtorch
# and libtorch_cpu export.
describe() {
  local folder library counts=() kind=CPU version
  folder=$(echo "$1"/venv/lib/python3*/site-packages/torch)
  version=$(sed -n "s/^__version__ = '\(.*\)'/\1/p" "$folder/version.py")
  [ ! -e "$folder/lib/libtorch_cuda.so" ] || kind=CUDA
  for library in "$folder"/lib/libtorch.so "$folder"/lib/libtorch_cpu.so; do
    counts+=("$(nm -D --defined-only "$library" | grep -c 'St10filesystem' || true)")
  done
  echo "torch $version, $kind, exports ${counts[0]} and ${counts[1]} of std::filesystem"
}

# check VERSION: one line on standard output.
check() {
  local version=$1 folder=$ROOT/build-wheels/$1 now done_with result status=0
  mkdir -p "$folder"
  exec 9>"$folder/lock"
  flock -n 9 ||
    { echo "torch $version: another check_wheels.sh works in $folder; wait for it"; return 1; }
  now=$(sources)
  done_with=$(head -n 1 "$folder/passed" 2>/dev/null || true)
  if [ -n "$now" ] && [ "$done_with" = "$now" ]; then
    tail -n 1 "$folder/passed"
    return
  fi
  say "torch $version: installing (log: $folder/install.log)"
  install_wheel "$version" "$folder/venv" >"$folder/install.log" 2>&1 ||
    { echo "torch $version: pip cannot install it: $folder/install.log"; return 1; }
  say "torch $version: building and testing (logs: $folder/build.log, $folder/tests.log)"
  result=$(build_and_test "$folder") || status=1
  result="$(describe "$folder"): ${result//$'\n'/; }"
  [ "$status" -ne 0 ] || printf '%s\n' "$now" "$result" >"$folder/passed"
  echo "$result"
  return "$status"
}

failed=0
for version in "${versions[@]}"; do
  check "$version" || failed=1
done
exit "$failed"
