#!/usr/bin/env bash
# The main job on synthetic data, end to end and without a download of weights or recordings. A
# second run repeats only what is not done yet, or comes after a changed command or config; remove
# runs/quickstart to start over.
set -euo pipefail
started=$SECONDS
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$ROOT"
source scripts/steps.sh
# A fresh build folder leaves the tests out; scripts/test.sh adds them.
tests=()
[ -f "$BUILD/CMakeCache.txt" ] || tests=(-DECG_LORA_TESTS=OFF)
scripts/build.sh "${tests[@]}"
export PATH=$BUILD/bin:$PATH

run=runs/quickstart
config=configs/quickstart.json
eval_config=configs/quickstart-eval.json
eval="ecg-lora eval --config $eval_config"
record=$run/data/records100/00000/00001_lr
question="--question 'Does this ECG show sinus rhythm?'"
merge="ecg-lora merge --base models/pages --adapter $run/train/adapter"
predict="ecg-lora predict --model $run/merged --record $record"
# Each step: what it is, what it writes (if anything), and the command.
steps=(
  "Synthesise recordings|$run/data|ecg-lora synth data --out $run/data --patients 600 --seed 3"
  "Score the base|$run/before|$eval --set output=$run/before"
  "Fine-tune|$run/train|ecg-lora train --config $config"
  "Score the fine-tuned model|$run/after|$eval --set adapter=$run/train/adapter output=$run/after"
  "Merge|$run/merged|$merge --out $run/merged"
  "Draw one page|$run/page.png|ecg-lora render --record $record --out $run/page.png"
  "Ask one question||$predict $question --probabilities --dtype fp32"
)

step_inputs=("$config" "$eval_config")
job=$SECONDS
for step in "${steps[@]}"; do
  IFS='|' read -r name output command <<<"$step"
  run_step "$name" "$output" "$command"
done

printf '\nThe main job took %d s, with packages and build %d s. Files:\n' \
  $((SECONDS - job)) $((SECONDS - started))
for step in "${steps[@]}"; do
  IFS='|' read -r name output command <<<"$step"
  [ ! -e "$output" ] || printf '  %-28s %s\n' "$output" "$name"
done
