#!/usr/bin/env bash
# Makes the pictures of docs/users/pages.md: docs/images/pages.sh BUILD/bin, from the repository's
# root.
set -euo pipefail
bin=$1 data=$(mktemp -d)/data
"$bin/ecg-lora" synth data --out "$data" --patients 30 --seed 5 --rates 500
sheet() {
  local name=$1 limit=$2
  shift 2
  "$bin/ecg-lora" render --root "$data" --limit "$limit" \
    --contact-sheet "docs/images/pages-$name.png" --set header=true "$@"
}
sheet 3x4 2
sheet 3x4-three-strips 2 'rhythm_leads=["II","V1","V5"]'
sheet 6x2 2 layout=6x2
sheet 12x1 2 layout=12x1 'rhythm_leads=[]'
sheet cabrera 2 layout=6x2 order=cabrera 'rhythm_leads=[]'
sheet 4-1 2 paper=4:1 'rhythm_leads=[]'
sheet brown 2 colours=brown paper=2:1
sheet black-and-white 2 colours=black_and_white paper=2:1
