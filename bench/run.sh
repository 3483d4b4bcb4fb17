#!/usr/bin/env bash
# Everything that has a peer beside its peer, on this machine, in one run: bench/run.sh [BUILD
# FOLDER] > table.md ROUNDS (7), SIZES (tiny,40m,300m), DTYPES (fp32,bf16) and PTBXL (a folder of
# recordings, for reading and drawing) are taken from the environment. DEVICE=cuda measures steps
# and passes there, of the 11B shape in bf16 unless SIZES and DTYPES say otherwise; CHECKPOINTING=1
# recomputes all layers in both programs. It needs a libtorch with CUDA, and a build folder with
# -DECG_LORA_CORE_ONLY=ON is enough.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -n "${PTBXL:-}" ] && ! python -c 'import ecg_plot, matplotlib, wfdb' 2> /dev/null; then
  echo "reading and drawing are measured beside wfdb and ecg-plot, which this Python lacks; run" \
    "'pip install -r bench/render/requirements.txt wfdb', or leave PTBXL unset" >&2
  exit 2
fi
device=${DEVICE:-cpu}
[ "$device" = cpu ] && sizes=tiny,40m,300m dtypes=fp32,bf16 || sizes=11b dtypes=bf16
build=${1:-build} rounds=${ROUNDS:-7} sizes=${SIZES:-$sizes} dtypes=${DTYPES:-$dtypes}
cmake -B "$build" -DECG_LORA_BENCH=ON > /dev/null
# The writer of the models' files; the 11B shape has none.
[ "$sizes" = 11b ] && writer= || writer=ecg-lora-synth
cmake --build "$build" --target bench_train $writer > /dev/null
models=$(mktemp -d)
trap 'rm -rf "$models"' EXIT
train() {
  python -W ignore bench/train/compare.py --bin "$build/bin" --models "$models" --sizes "$sizes" \
    --rounds "$rounds" --device "$device" ${CHECKPOINTING:+--checkpointing} "$@"
}

echo "## Training step"
train --dtypes "$dtypes"
echo "## Forward pass, validation loss, P(yes)"
train --settings text+vision:1,text+vision:4 --commands forward,loss,evaluate \
  --dtypes "${dtypes%%,*}"
[ "$device" = cpu ] || exit 0

cmake --build "$build" --target bench_wfdb ecg-lora-merge ecg-lora-render ecg-lora-eval > /dev/null
echo "## Merge"
for size in ${sizes//,/ }; do
  python -W ignore bench/train/merge.py --bin "$build/bin" --model "$models/$size/model" \
    --adapter "$models/$size/adapter-text+vision" 2> /dev/null
done
if [ -n "${PTBXL:-}" ]; then
  echo "## Reading a recording"
  python bench/wfdb/compare.py "$build/bin/bench_wfdb" "$PTBXL"
  echo "## Scoring with intervals"
  python bench/scoring.py --bin "$build/bin" --data "$PTBXL"
  echo "## Drawing a page"
  python bench/render/compare.py --render "$build/bin/ecg-lora-render" --folder "$PTBXL/records500"
fi
