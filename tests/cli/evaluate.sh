#!/usr/bin/env bash
# `faceshot evaluate` on a prepared set and on result files: APs, false positives, error sheets.
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
# The same photographs without labels: every detection is a false positive.
columns=$(head -1 set/train.csv | tr ',' '\n' | wc -l)
{ head -1 set/train.csv; tail -n +2 set/train.csv | cut -d, -f1-3 | sort -u |
  sed "s/\$/$(printf ',%.0s' $(seq 4 "$columns"))/"; } >set/val.csv

voc --model "$model" --negatives set --out report --errors sheets || complain "voc"
grep -q '^AP from 50 px up  ' out && grep -q '^mean of these  ' out || complain "no APs by height"
grep -q '^false positives .* per image of 8 ' out || complain "no false positives"
grep -q '^false positives on 50px' out || complain "no table of errors"
head -1 sheets/errors.csv | grep -q '^kind,image,score,iou,x,y,width,height,face_x,' ||
  complain "no list of errors"
listed=$(tail -n +2 sheets/errors.csv | cut -d, -f1 | sort -u)
for kind in $listed; do [ -s "sheets/$kind.png" ] || complain "no sheet of $kind"; done
[ "$(tail -n +2 sheets/errors.csv | awk -F, 'NF != 12' | wc -l)" -eq 0 ] || complain "uneven rows"

voc --model "$model" --negatives set --json || complain "JSON"
mean=$(number ap_mean)
own=$("$program" inspect "$model" --json | sed -n 's/^ "score_threshold": \([0-9.]*\),*$/\1/p')
[ -n "$own" ] && [ "$(number score)" = "$own" ] || complain "at score $(number score), not at the network's $own"
for key in ap_by_height errors negatives; do grep -q "\"$key\"" out || complain "no $key"; done
# At least as many as the faces found there.
awk "BEGIN { exit !($(number false_alarms_per_image) >= 0.8) }" || complain "too few false positives"

voc --detections report/detections --json || complain "result files of a prepared set"
[ "$(number ap_mean)" = "$mean" ] || complain "result files give $(number ap_mean), not $mean"
voc --detections report/detections --errors-on all || complain "errors on all faces"
grep -q '^false positives on all' out || complain "no table of errors on all faces"

truth=(--ground-truth "$fixtures/ground_truth")
evaluate --detections "$fixtures/detections_fine" "${truth[@]}" --errors-on hard || complain "WIDER"
grep -q '^false positives on hard' out || complain "WIDER: no table of errors"
evaluate --detections "$fixtures/detections_fine" "${truth[@]}" --json || complain "WIDER: JSON"
grep -q '"badly placed"' out || complain "WIDER: no errors in JSON"

# Reports in three formats, with and without photographs; figures that are high enough, and too low.
voc --detections report/detections --report page.html page.md page.json --at-least ap=0.1 recall=0 --samples 50 ||
  complain "reports"
grep -q 'the report is page.md' out || complain "which reports"
grep -q 'data:image/jpeg;base64' page.html && ! grep -q 'https\?://' page.html || complain "a page with pictures, and alone"
grep -q '^| \*\*all\*\* ' page.md && grep -q '"recommended"' page.json || complain "Markdown or JSON"
evaluate --detections "$fixtures/detections_fine" "${truth[@]}" --report wider.html --no-pictures --samples 50 || complain "WIDER: report"
! grep -q '<img' wider.html && grep -q 'By event' wider.html || complain "WIDER: a page without pictures"
expect 1 "easy is 0.6413; at least 0.7 is required" --detections "$fixtures/detections_fine" "${truth[@]}" --at-least hard=0.5 easy=0.7
expect 2 "the figures are easy, medium, hard" --detections "$fixtures/detections_fine" "${truth[@]}" --at-least ap=0.7
expect 2 "NAME=NUMBER" --detections "$fixtures/detections_fine" "${truth[@]}" --at-least easy
expect 2 "must end in .html, .md or .json" --detections "$fixtures/detections_fine" "${truth[@]}" --report page.pdf

# Two detectors on the same images.
cp -r "$fixtures/detections_fine" worse
for file in worse/*/*.txt; do  # four fifths of the detections removed
  { head -1 "$file"; n=$(sed -n 2p "$file"); echo $((n / 5)); tail -n +3 "$file" | head -$((n / 5)); } >cut && mv cut "$file"
done
evaluate --compare "$fixtures/detections_fine" worse "${truth[@]}" --report pair.html || complain "a pair"
grep -q '^AP hard .*-0\.[0-9]* .*  real$' out || complain "a loss that is no accident"
grep -q 'is better by' pair.html || complain "the pair's page"
evaluate --compare "$fixtures/detections_fine" "$fixtures/detections_fine" "${truth[@]}" --json || complain "twice the same"
grep -q '"real": true' out && complain "a difference where there is none"
expect 2 "they must cover the same images" --compare "$fixtures/detections_fine" "$fixtures/detections_coarse" "${truth[@]}"
expect 2 "neither a folder" --compare worse nowhere "${truth[@]}"

# COCO and FDDB; the results of pycocotools and scipy for these are in coco_protocol_test.cpp and
# fddb_test.cpp.
evaluate --protocol coco --ground-truth "$fixtures/coco/truth.json" --detections "$fixtures/coco/fine.json" --report coco.html ||
  complain "COCO"
grep -q '^AP50  *0\.6002$' out && grep -q 'IoU 0.75' coco.html || complain "COCO: not pycocotools' figures"
evaluate --protocol coco --data set/train.csv --detections report/detections --out coco || complain "COCO: a prepared set"
"$program" data export set/train.csv --format coco --out exported >/dev/null 2>&1 || complain "COCO: export"
cp out prepared
evaluate --protocol coco --ground-truth "$(find exported -name '*.json' | head -1)" --detections coco/coco_results.json || complain "COCO: its own files"
[ "$(grep ^A out)" = "$(grep ^A prepared)" ] || complain "COCO: the set and its export differ"
evaluate --protocol fddb --ground-truth "$fixtures/fddb/folds" --detections "$fixtures/fddb/ellipses" --report fddb.html || complain "FDDB"
grep -q '^10 folds, each at 100 false positives' out && grep -q 'ROC of all folds' fddb.html || complain "FDDB: no folds"
expect 2 "COCO's files" --protocol coco --detections "$fixtures/coco/fine.json"
expect 2 "FDDB-folds" --protocol fddb --detections "$fixtures/fddb/ellipses"
expect 1 "has no FDDB-fold" --protocol fddb --ground-truth "$fixtures/coco" --detections "$fixtures/fddb/ellipses"

expect 2 "one of easy, medium, hard" --detections "$fixtures/detections_fine" "${truth[@]}" --errors-on 50px
expect 2 "--images" --detections "$fixtures/detections_fine" "${truth[@]}" --errors sheets
expect 1 "no photograph of" --detections "$fixtures/detections_fine" "${truth[@]}" \
  --errors sheets --images set
expect 2 "not both" --data set --detections "$fixtures/detections_fine" "${truth[@]}"
expect 2 "--protocol voc" --data set --negatives set "${truth[@]}"
expect 2 "runs a network" --protocol voc --data set --detections report/detections --negatives set
expect 2 "has a face in" --protocol voc --data set/train.csv --model "$model" --negatives set/train.csv
expect 2 "has no result file of" --protocol voc --data set --detections "$fixtures/detections_fine"

# Tracks: one file or folders; TrackEval's results for these are in mot_metrics_test.cpp.
mot=(--protocol mot --ground-truth "$fixtures/mot/truth.txt")
evaluate "${mot[@]}" --detections "$fixtures/mot/steady.txt" || complain "tracks"
grep -q '^all .*0\.568 .*0\.745 .*0\.687 ' out || complain "tracks: not TrackEval's figures"
evaluate "${mot[@]}" --detections "$fixtures/mot/shaky.txt" --json --out tracks || complain "tracks: JSON"
grep -q '"idsw": 13' out && grep -q '"idsw": 13' tracks/report.json || complain "tracks: no switches"
evaluate "${mot[@]}" --detections "$fixtures/mot/steady.txt" --shape ellipse --margin 0 || complain "ellipse"
expect 2 "as --detections" "${mot[@]}"
expect 2 "does not support --report" "${mot[@]}" --detections "$fixtures/mot/steady.txt" --report page.html
expect 2 "leave out --data" "${mot[@]}" --detections "$fixtures/mot/steady.txt" --data set
expect 1 "no such file" "${mot[@]}" --detections nowhere.txt
printf '1,1,0,0,5\n' >cut.txt
expect 1 "cut.txt:1: " "${mot[@]}" --detections cut.txt
exit "$failed"
