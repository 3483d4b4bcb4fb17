#!/usr/bin/env bash
# Makes models/pages anew, in about 80 minutes on 2 cores: random weights, then two stages of
# full-parameter training on synthetic pages of elementary findings, none of which is a condition of
# the quick start. The result is runs/base/yes-no/model. A stage that was cut short goes on from its
# newest checkpoint.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$ROOT"
scripts/build.sh
export PATH=$BUILD/bin:$PATH

run=runs/base
mkdir -p "$run"
[ -d "$run/data" ] || ecg-lora synth data --preset findings --patients 16000 --seed 11 \
  --out "$run/data"
[ -d "$run/random" ] || ecg-lora synth model --shape configs/shapes/pages.json --out "$run/random"
for stage in checklist yes-no; do
  [ -d "$run/$stage/model" ] && continue
  resume=()
  [ ! -d "$run/$stage" ] || resume=(--resume)
  ecg-lora train --config "configs/base-$stage.json" "${resume[@]}"
done
echo "the base is in $run/yes-no/model"
