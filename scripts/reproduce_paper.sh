#!/usr/bin/env bash
# The whole of arXiv 2501.18670 by one command; see usage below and docs/users/reproduce.md.
set -euo pipefail

usage() {
  cat <<'TEXT'
Reproduces arXiv 2501.18670: tunes Llama 3.2 Vision on ECGInstruct by rank-64 LoRA, then scores
PTB-XL's superclasses and 71 labels, and prints the published figures next to those obtained.

usage: scripts/reproduce_paper.sh MODEL PTBXL ECGINSTRUCT OUT [options]

  MODEL        folder of Llama-3.2-11B-Vision-Instruct
  PTBXL        folder of PTB-XL 1.0.3
  ECGINSTRUCT  folder as downloaded from the hub, or as scripts/from_hub.py writes it
  OUT          folder of all results; OUT/paper.md and OUT/paper.json hold the table

  --dry-run             print stages, plan, disk and estimates of time; write nothing
  --set KEY=VALUE…      fields of the configs of training and of evaluation
  --set-train KEY=VALUE…, --set-eval KEY=VALUE…  fields of one of them
  --config FILE         config of training (configs/llama-11b-paper.json)
  --ecgbench DIR        also ask ECGBench's own questions (ptb-test), a folder of from_hub.py
  --limit N             score N records only; the table says so
  --tflops X            arithmetic that one device really does, TFLOP/s, for the estimates (200)
  --device-memory GB    of one device, for the plan (80)

NPROC=8 in the environment trains and scores with 8 processes under torchrun. Killed at any moment,
the same command goes on where it was. Exit codes are those of ecg-lora; 75: interrupted, run it
again.

Example:
  model=Llama-3.2-11B-Vision-Instruct
  scripts/reproduce_paper.sh $model ptb-xl ECGInstruct runs/paper --dry-run
  NPROC=8 scripts/reproduce_paper.sh $model ptb-xl ECGInstruct runs/paper
TEXT
}

fail() { printf 'error: %s\n' "$*" >&2; exit 2; }

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$home/scripts/steps.sh"
train_config=$home/configs/llama-11b-paper.json eval_config=$home/configs/llama-11b-eval.json
places=() set_train=() set_eval=() limit=() ecgbench="" dry=false tflops=200 memory=80 take=place
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --dry-run) dry=true take=place ;;
    --set | --set-train | --set-eval) take=$1 ;;
    --config | --ecgbench | --limit | --tflops | --device-memory)
      [ $# -ge 2 ] || fail "$1: expected a value, got none; see --help"
      case $1 in
        --config) train_config=$2 ;;
        --ecgbench) ecgbench=$2 ;;
        --limit) limit=(--limit "$2") ;;
        --tflops) tflops=$2 ;;
        *) memory=$2 ;;
      esac
      take=place
      shift ;;
    -*) fail "$1: expected an option of --help, got another" ;;
    *=*) case $take in
        --set) set_train+=("$1") set_eval+=("$1") ;;
        --set-train) set_train+=("$1") ;;
        --set-eval) set_eval+=("$1") ;;
        *) places+=("$1") ;;
      esac ;;
    *) [ "$take" = place ] || [ ${#places[@]} -lt 4 ] ||
         fail "$1: expected KEY=VALUE behind $take, got no '='"
       places+=("$1") ;;
  esac
  shift
done
if [ ${#places[@]} != 4 ]; then
  usage >&2
  fail "expected MODEL PTBXL ECGINSTRUCT OUT, got ${#places[@]} of them"
fi
model=${places[0]} ptbxl=${places[1]} ecginstruct=${places[2]} run=${places[3]}
for place in "$train_config" "$model/config.json" "$ptbxl/ptbxl_database.csv" "$ecginstruct"; do
  [ -e "$place" ] ||
    fail "$place: expected it, got nothing; docs/users/llama-11b.md says how to fetch it"
done

build=${ECG_LORA_BUILD_DIR:-$home/build}
[ ! -x "$build/bin/ecg-lora" ] || PATH=$build/bin:$PATH
command -v ecg-lora >/dev/null ||
  fail "expected ecg-lora in $build/bin or on PATH, got none; run scripts/build.sh"
python=$home/.venv/bin/python3
[ -x "$python" ] || python=python3
step_inputs=("$train_config" "$eval_config")

# Where the conversations are, or will be once from_hub.py has run.
items=$ecginstruct
convert=false
if ! compgen -G "$ecginstruct/*.jsonl" >/dev/null; then
  items=$ecginstruct/files
  compgen -G "$items/*.jsonl" >/dev/null || { convert=true items=$run/ECGInstruct; }
fi

# step NAME OUTPUT WORD...: one stage. Each goes on by itself with what it finds in OUTPUT.
step() {
  local name=$1 output=$2 command
  printf -v command '%q ' "${@:3}"
  if $dry; then
    printf '\n== %s\n$ %s\n' "$name" "$command"
  else
    run_step "$name" "$output" "${command% }" goes_on
  fi
}

# ask NAME OUTPUT FIELD...: an evaluation of the tuned model.
ask() {
  step "$1" "$2" "${launcher[@]}" ecg-lora-eval --config "$eval_config" "${limit[@]}" \
    "${compat[@]}" --set "model=$model" "adapter=$run/train/adapter" "data.root=$ptbxl" \
    "output=$2" "${@:3}" "${set_eval[@]}"
}

launcher=()
[ "${NPROC:-1}" = 1 ] || launcher=(torchrun --no-python --standalone --nproc-per-node "$NPROC")
train_fields=("model=$model" "data.root=$ptbxl" "data.instructions=[\"$items\"]"
              "output=$run/train" "${set_train[@]}")
question_fields=(minimum_likelihood=0 unstated=present largest_share=1 varied=false)
compat=()

if $convert; then
  step "Convert ECGInstruct" "$items" "$python" "$home/scripts/from_hub.py" "$ecginstruct" \
    "$items" --allow-missing
fi
step "Count conversations by fold" "$run/folds.json" "$python" "$home/scripts/paper_table.py" \
  folds "$items" "$ptbxl" "$run/folds.json"
$dry || mkdir -p "$run/train"  # for --resume, which wants it to be there
step "Train" "$run/train" "${launcher[@]}" ecg-lora-train --config "$train_config" --resume \
  --set "${train_fields[@]}"
step "Write the questions in words" "$run/ptb-test.json" ecg-lora prepare questions \
  --root "$ptbxl" --folds 10 --kinds categories --out "$run/ptb-test.json" \
  --wording "$home/configs/wording/superclass-names.json" --set "${question_fields[@]}"
compat=(--compat pulse)
ask "Answer in words" "$run/words" "tasks.files=[\"$run/ptb-test.json\"]"
if [ -n "$ecgbench" ]; then
  ask "Answer ECGBench in words" "$run/ecgbench" "tasks.files=[\"$ecgbench/ptb-test.jsonl\"]"
fi
compat=()
ask "Score the superclasses" "$run/superclass" data.labels=superclass
ask "Score all labels" "$run/all" data.labels=all
step "Table" "$run/paper.md" "$python" "$home/scripts/paper_table.py" table "$run"

if $dry; then
  printf '\n== Plan, disk and time (nothing was written)\n'
  "$python" "$home/scripts/paper_estimate.py" --model "$model" --ptbxl "$ptbxl" \
    --ecginstruct "$ecginstruct" --out "$run" --config "$train_config" \
    --processes "${NPROC:-1}" --tflops "$tflops" --device-memory "$memory" \
    --set "${train_fields[@]}"
fi
