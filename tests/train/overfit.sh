#!/usr/bin/env bash
# One backbone overfits eight drawn pictures to AP 1.0 in under two minutes.
#   overfit.sh PROGRAM CONFIG BACKBONE [KEY=VALUE...]
set -eu
program=$1
config=$2
backbone=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$program" synthesize --count 8 --seed 5 --size 160x160 --min-face 24 --out eight >/dev/null
seconds=$(date +%s)
"$program" train "$config" data.train=eight/train.csv data.val=eight/train.csv \
  model.backbone="$backbone" "$@" --out run | tee log
seconds=$(($(date +%s) - seconds))
echo "$backbone: $seconds s"
grep -q "AP 1\.0000" log || {
  echo "the eight pictures were not learnt"
  exit 1
}
[ "$seconds" -lt 120 ] || {
  echo "that took longer than two minutes"
  exit 1
}
