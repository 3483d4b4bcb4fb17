#!/usr/bin/env bash
# Lines of own code, and what apt-get would install for the library that could stand in its place:
# packages that this machine lacks, and MB on the disk. Run from the repository's root.
#   bench/own/cost.sh
set -euo pipefail

row() {  # PIECE PACKAGE FILE...
  local piece=$1 package=$2 lines=0 new mb=0
  shift 2
  lines=$(cat "$@" | wc -l)
  if ! apt-cache show "$package" >/dev/null 2>&1; then
    printf '%-16s %5d lines  %s: no package\n' "$piece" "$lines" "$package"
    return
  fi
  new=$(apt-get -s install --no-install-recommends "$package" | awk '/^Inst/ {print $2}')
  for name in ${new:-}; do
    mb=$((mb + $(apt-cache show --no-all-versions "$name" | awk '/^Installed-Size/ {print $2}')))
  done
  printf '%-16s %5d lines  %s: %d packages, %d MB\n' "$piece" "$lines" "$package" \
    "$(wc -w <<<"${new:-}")" "$((mb / 1000))"
}

row sha-256 libssl-dev src/base/hash.cpp
row png libspng-dev src/page/render/png.cpp
row csv libcsv-dev src/base/csv.cpp src/base/csv_reader.cpp
row random libboost-random-dev src/base/random.cpp
row quantiles libboost-math-dev src/metrics/statistics/student.cpp src/metrics/statistics/normal.cpp
row logistic liblinear-dev src/metrics/statistics/logistic.cpp
row plots libplplot-dev src/report/plot.cpp src/report/curve_plot.cpp
row progress libindicators-dev src/base/progress.cpp
row text_table libtabulate-dev src/base/text_table.cpp
row zip libzip-dev src/tensorio/zip_stored.cpp
row pickle libtorch-pickle-dev src/tensorio/pickle.cpp
row protobuf libprotobuf-dev include/ecg_lora/base/wire_format.h
