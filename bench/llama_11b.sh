#!/usr/bin/env bash
# Runs the 11B shape end to end on 2 cores and 24 GiB, and prints a table:
#   bench/llama_11b.sh DIR [--bin BUILD/bin]
# SIZE=tiny does the same with a model of 6 million parameters, in under a minute.
# What each stage gave is kept in DIR/results: a second call goes on where the first ended.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -d .venv ] && PATH=$PWD/.venv/bin:$PATH
exec python3 -W ignore bench/end_to_end.py --size "${SIZE:-11b}" --work "$@"
