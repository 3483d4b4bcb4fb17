#!/usr/bin/env bash
# Configures and builds into build/. Arguments go to cmake, for example -DECG_LORA_CORE_ONLY=ON.
#   ECG_LORA_BUILD_DIR   build folder (default: build)
#   ECG_LORA_UNITY       OFF compiles each file on its own, for work on the code (default: ON,
#                        files together: faster from nothing)
#   ECG_LORA_WERROR      ON makes warnings errors (default: ON where CI=true, else OFF)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$ROOT"

werror=OFF
[ "${CI:-}" = true ] && werror=ON
werror=${ECG_LORA_WERROR:-$werror}

# One compiler job per core, but no more than memory allows: libtorch's headers cost about 1.5 GB
# per job.
jobs=$(nproc)
memory_jobs=$(awk '/^MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
[ "$memory_jobs" -ge "$jobs" ] || jobs=$((memory_jobs > 0 ? memory_jobs : 1))

# A build folder that was made against a libtorch which is gone is configured anew.
fresh=()
cached=$(sed -n 's/^LibTorch_INCLUDE_DIR:PATH=//p' "$BUILD/CMakeCache.txt" 2>/dev/null || true)
[ -z "$cached" ] || [ -d "$cached" ] || fresh=(--fresh)

cmake "${fresh[@]}" -G Ninja -S . -B "$BUILD" -DCMAKE_BUILD_TYPE="${CMAKE_BUILD_TYPE:-Release}" \
  -DECG_LORA_WERROR="$werror" -DECG_LORA_UNITY="${ECG_LORA_UNITY:-ON}" "$@" >&2
cmake --build "$BUILD" -j "$jobs" >&2
