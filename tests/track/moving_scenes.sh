#!/usr/bin/env bash
# The 50 moving scenes, from drawing to the table of docs/tracking.md, and its claims.
#   moving_scenes.sh FACESHOT BENCH_TRACKING SCENES.toml MODEL
set -eu
program=$1 bench=$2 scenes=$3 model=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$program" synthesize --moving "$scenes" --out "$work/scenes"
"$bench" detect "$model" "$work/scenes" "$work/films"
"$bench" measure "$work/scenes" "$work/films" | tee "$work/table"
awk '
  { idf1[$1] = $6; leak[$1] = $9 }
  function fail(what) { print "FAILED: " what; failed = 1 }
  END {
    if (idf1["tracker"] < idf1["iou"] + 0.05) fail("IDF1 is not 0.05 above IoU matching")
    for (name in idf1)
      if (name ~ /^bytetrack/ && idf1["tracker"] < idf1[name]) fail("IDF1 is below " name)
    if (leak["hiding"] > 0.1 * leak["frame-by-frame"]) fail("more than a tenth leaks")
    exit failed
  }' "$work/table"
