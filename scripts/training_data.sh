#!/usr/bin/env bash
# Prepares the data on which FaceShot's own networks are trained: a tenth of each set held out and
# the rest packed (about 16 GB). It takes a quarter of an hour on two cores.
#
#   scripts/training_data.sh PHOTOGRAPHS NO_FACES OUT
#
# PHOTOGRAPHS has the sets listed in docs/training.md, "The data of the shipped networks"; NO_FACES
# is a folder of more photographs without people. Output in OUT: sets/ (prepared; val.csv has the
# held-out images) and packed/.
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
photographs=$(realpath "$1")
no_faces=$(realpath "$2")
out=$3
faceshot=${FACESHOT:-$(dirname "$0")/../build/release/bin/faceshot}
faceshot=$(realpath "$faceshot")
mkdir -p "$out/sets" "$out/packed"
cd "$out"

prepare() {  # NAME SOURCE ARGUMENTS: existing sets stay
  [ -d "sets/$1" ] || "$faceshot" prepare "$2" --out "sets/$1" "${@:3}"
}

for part in known new altered; do
  prepare "wider_$part" retinaface \
    --images "$photographs/extra/wider_train_$part/WIDER_train/images" \
    --annotations "$photographs/extra/annotations/train_label.txt"
done
for set in face_counting aizoo_mafa ilc_mask2021; do
  # Masked or not, a face is a face.
  awk -F, -v OFS=, 'NR > 1 && $8 != "" {$8 = "face"} {print}' \
    "$photographs/extra/$set/boxes.csv" >"$set.csv"
  prepare "$set" csv --images "$photographs/extra/$set" --annotations "$set.csv"
done
for set in neg_pets neg_imagenet_sample neg_bsds500 neg_facades neg_kangaroo; do
  prepare "$set" background --images "$photographs/negatives/$set/images"
done
prepare no_faces background --images "$no_faces"

# BSDS, facades and kangaroo are only for evaluation.
pack() {  # LONGER SIDE, NAMES
  for set in "${@:2}"; do
    [ "$set" = no_faces ] || [ -f "sets/$set/val.csv" ] ||
      "$faceshot" prepare split "sets/$set" --val 0.1 --by name
    [ -d "packed/$set" ] ||
      "$faceshot" prepare pack "sets/$set" --max-side "$1" --out "packed/$set"
  done
}
pack 800 wider_known wider_new wider_altered
pack 640 face_counting aizoo_mafa ilc_mask2021 neg_pets neg_imagenet_sample no_faces
