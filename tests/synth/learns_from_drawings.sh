#!/usr/bin/env bash
# The whole process without a photograph: draws people, trains on them for about three minutes,
# detects faces in new drawings.
#   learns_from_drawings.sh PROGRAM CONFIG
set -eu
program=$1
config=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$program" synthesize --count 4000 --seed 1 --out drawn >/dev/null
"$program" synthesize --count 500 --seed 2 --split val --out fresh >/dev/null
seconds=$(date +%s)
"$program" train "$config" data.train=drawn/train.csv data.val=fresh/val.csv train.epochs=12 \
  train.validate_every=12 train.warmup_steps=100 train.ema_decay=0.995 \
  augment.large_size=0 loss.class_loss=focal loss.iou_weight=1 --out run
echo "trained for $(($(date +%s) - seconds)) s"
"$program" export run/best.pt --out drawn.onnx >/dev/null
"$program" evaluate --protocol voc --model drawn.onnx --data fresh --score 0.35 --json >report.json
cat report.json
sed -n 's/.*"recall": \([0-9.]*\).*/\1/p' report.json |
  awk '{ exit !($1 >= 0.95) }' || {
  echo "fewer than 95 % of the faces were found"
  exit 1
}
sed -n 's/.*"precision": \([0-9.]*\).*/\1/p' report.json |
  awk '{ exit !($1 >= 0.75) }' || {
  echo "more than a quarter of what was found is no face"
  exit 1
}
