#!/usr/bin/env bash
# The checks against transformers, peft and Meta's code with fresh seeds, in turns, for an hour.
# scripts/test.sh runs them with one fixed seed.
#
#   tests/parity/fresh.sh [MINUTES]      after scripts/test.sh
#
# Prints how often each check ran and failed, and the command that repeats each failure. Exits 1 if
# one failed. Errors above a tolerance count in multiples of the reference's own rounding
# (check_model.py), so that a correct program passes.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
end=$((SECONDS + 60 * ${1:-60}))
bin=${ECG_LORA_BUILD_DIR:-build}/bin
python=.venv/bin/python3
[ -x "$python" ] || python=python3
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

declare -A command=(
  [model]="check_model.py --parity $bin/ecg-lora-parity --cases 12"
  [bf16]="check_model.py --parity $bin/ecg-lora-parity --cases 64 --dtype bf16"
  [variants]="check_variants.py --bin $bin"
  [generate]="check_generate.py --values $bin/generate_values --cases 4"
  [merge]="check_merge.py --bin $bin"
  [meta]="check_meta.py --bin $bin"
  [states]="check_states.py --bin $bin"
  [table]="check_table.py --bin $bin"
)
declare -A runs=() failures=()
status=0
for ((round = 1; SECONDS < end; ++round)); do
  for name in model variants generate merge meta states table bf16; do
    [ "$SECONDS" -lt "$end" ] || break
    seed=$((RANDOM * 32768 + RANDOM))
    runs[$name]=$((${runs[$name]:-0} + 1))
    # shellcheck disable=SC2086
    "$python" -W ignore tests/parity/${command[$name]} --seed "$seed" >"$log/out" 2>&1
    code=$?
    if [ "$code" != 0 ] && [ "$code" != 77 ]; then  # 77: skipped
      status=1
      failures[$name]=$((${failures[$name]:-0} + 1))
      echo "FAILED: $python tests/parity/${command[$name]} --seed $seed"
      grep -E "FAILED|Error|error" "$log/out" | tail -5
    fi
    printf 'round %d, %s, %d minutes left\n' "$round" "$name" $(((end - SECONDS) / 60))
  done
done
printf '%-10s%8s%10s\n' check runs failures
for name in "${!runs[@]}"; do
  printf '%-10s%8d%10d\n' "$name" "${runs[$name]}" "${failures[$name]:-0}"
done
exit "$status"
