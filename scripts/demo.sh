#!/usr/bin/env bash
# Detects faces in the demo photographs and prints where the pictures are.
#   scripts/demo.sh [PROGRAM]     default: build/release/bin/faceshot
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${1:-build/release/bin/faceshot}
faces=build/demo/faces
sheet=build/demo/faces.jpg

if [ ! -x "$program" ]; then
  echo "demo: $program is not built; run: make demo" >&2
  exit 1
fi
photos=$(scripts/demo_photos.sh build/demo/photos)
rm -rf "$faces"
# Some of them lie on their side.
"$program" detect "$photos" --turns 4 --out "$faces" --sheet "$sheet"
echo
echo "Photographs:     $photos"
echo "Annotated:       $faces"
echo "All at a glance: $sheet"
echo "Your own:        $program detect FOLDER --out out/"
