#!/usr/bin/env bash
# `faceshot evaluate` on a prepared set and on result files: APs, false alarms, errors made visible.
#   evaluate.sh PROGRAM MODEL FIXTURES
set -u
program=$1
model=$2
fixtures=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset FACESHOT_MODEL
cd "$work" || exit 1

failed=0
complain() {
  echo "FAILED: $*: $(cat out err)"
  failed=1
}
evaluate() { "$program" evaluate "$@" >out 2>err </dev/null; }
# expect STATUS PATTERN ARGUMENTS...: one line on stderr.
expect() {
  local status=$1 pattern=$2
  shift 2
  evaluate "$@"
  [ $? -eq "$status" ] || complain "no exit status $status: $*"
  [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$pattern" err || complain "no '$pattern': $*"
}
# number KEY: its first value in the JSON on stdout.
number() { grep -m 1 "\"$1\":" out | sed 's/.*: *//; s/,$//'; }
voc() { evaluate --protocol voc --data set/train.csv "$@"; }

"$program" synthesize --count 8 --seed 7 --size 640x480 --min-face 40 --out set >out 2>err ||
  complain "synthesize"
# The same photographs as if there were no faces: whatever is found is a false alarm.
columns=$(head -1 set/train.csv | tr ',' '\n' | wc -l)
{ head -1 set/train.csv; tail -n +2 set/train.csv | cut -d, -f1-3 | sort -u |
  sed "s/\$/$(printf ',%.0s' $(seq 4 "$columns"))/"; } >set/val.csv

voc --model "$model" --negatives set --out report --errors sheets || complain "voc"
grep -q '^AP from 50 px up  ' out && grep -q '^mean of these  ' out || complain "no APs by height"
grep -q '^false alarms .* an image of 8 ' out || complain "no false alarms"
grep -q '^false positives on 50px' out || complain "no table of errors"
head -1 sheets/errors.csv | grep -q '^kind,image,score,iou,x,y,width,height,face_x,' ||
  complain "no list of errors"
listed=$(tail -n +2 sheets/errors.csv | cut -d, -f1 | sort -u)
for kind in $listed; do [ -s "sheets/$kind.png" ] || complain "no sheet of $kind"; done
[ "$(tail -n +2 sheets/errors.csv | awk -F, 'NF != 12' | wc -l)" -eq 0 ] || complain "uneven rows"

voc --model "$model" --negatives set --json || complain "JSON"
mean=$(number ap_mean)
for key in ap_by_height errors negatives; do grep -q "\"$key\"" out || complain "no $key"; done
# No fewer than the faces that are found there.
awk "BEGIN { exit !($(number false_alarms_per_image) >= 0.8) }" || complain "too few false alarms"

voc --detections report/detections --json || complain "result files of a prepared set"
[ "$(number ap_mean)" = "$mean" ] || complain "result files give $(number ap_mean), not $mean"
voc --detections report/detections --errors-on all || complain "errors on all faces"
grep -q '^false positives on all' out || complain "no table of errors on all faces"

truth=(--ground-truth "$fixtures/ground_truth")
evaluate --detections "$fixtures/detections_fine" "${truth[@]}" --errors-on hard || complain "WIDER"
grep -q '^false positives on hard' out || complain "WIDER: no table of errors"
evaluate --detections "$fixtures/detections_fine" "${truth[@]}" --json || complain "WIDER: JSON"
grep -q '"badly placed"' out || complain "WIDER: no errors in JSON"

expect 2 "one of easy, medium, hard" --detections "$fixtures/detections_fine" "${truth[@]}" --errors-on 50px
expect 2 "--images" --detections "$fixtures/detections_fine" "${truth[@]}" --errors sheets
expect 1 "there is no photograph of" --detections "$fixtures/detections_fine" "${truth[@]}" \
  --errors sheets --images set
expect 2 "not both" --data set --detections "$fixtures/detections_fine" "${truth[@]}"
expect 2 "--protocol voc" --data set --negatives set "${truth[@]}"
expect 2 "runs a network" --protocol voc --data set --detections report/detections --negatives set
expect 2 "has a face in" --protocol voc --data set/train.csv --model "$model" --negatives set/train.csv
expect 2 "has no result file of" --protocol voc --data set --detections "$fixtures/detections_fine"

# Tracks: one file or folders; what TrackEval says of these is in mot_metrics_test.cpp.
mot=(--protocol mot --ground-truth "$fixtures/mot/truth.txt")
evaluate "${mot[@]}" --detections "$fixtures/mot/steady.txt" || complain "tracks"
grep -q '^all .*0\.568 .*0\.745 .*0\.687 ' out || complain "tracks: not TrackEval's figures"
evaluate "${mot[@]}" --detections "$fixtures/mot/shaky.txt" --json --out tracks || complain "tracks: JSON"
grep -q '"idsw": 13' out && grep -q '"idsw": 13' tracks/report.json || complain "tracks: no switches"
evaluate "${mot[@]}" --detections "$fixtures/mot/steady.txt" --shape ellipse --margin 0 || complain "ellipse"
expect 2 "with --detections" "${mot[@]}"
expect 2 "leave --data" "${mot[@]}" --detections "$fixtures/mot/steady.txt" --data set
expect 1 "no such file of tracks" "${mot[@]}" --detections nowhere.txt
printf '1,1,0,0,5\n' >cut.txt
expect 1 "cut.txt:1: " "${mot[@]}" --detections cut.txt
exit "$failed"
