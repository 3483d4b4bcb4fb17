#!/usr/bin/env bash
# Makes the pictures of docs/users/paper.md. Needs Python with Pillow, for palettes that keep them
# small.
#   bench/render/paper_sheets.sh build/bin/paper_sheet docs/images
set -euo pipefail
sheet=$1 out=$2

"$sheet" --pages 2 --columns 2 --width 300 --out "$out/paper-clean.png"
for preset in scan phone_photo old_archive; do
  "$sheet" --set preset=$preset --seed 5 --width 300 --out "$out/paper-$preset.png"
done
"$sheet" --set preset=phone_photo moire=0.6 --seed 5 --pages 3 --width 300 \
  --out "$out/paper-screen.png"
"$sheet" --effects rotation perspective scan_edges crop crease wrinkle stain handwriting \
  --columns 4 --width 220 --seed 3 --out "$out/paper-sheet-effects.png"
"$sheet" --effects shadow uneven_light colour_temperature moire fading blur noise jpeg \
  --columns 4 --width 220 --seed 3 --out "$out/paper-camera-effects.png"
python3 - "$out"/paper-*.png <<'PYTHON'
import sys
from PIL import Image
for name in sys.argv[1:]:
    few = Image.open(name).quantize(
        256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(name, optimize=True)
PYTHON
