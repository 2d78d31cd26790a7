#!/usr/bin/env bash
# `faceshot data pseudo` on the command line: in place and into a new folder, repeatedly, and
# failures.
#   pseudo.sh PROGRAM MODEL MAKE_TEST_IMAGES
set -u
program=$1
model=$2
make_images=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset FACESHOT_MODEL
cd "$work" || exit 1

failed=0
complain() {
  echo "FAILED: $*: $(cat out err)"
  failed=1
}
pseudo() { "$program" data pseudo "$@" --model "$model" >out 2>err </dev/null; }
# expect STATUS PATTERN ARGUMENTS...: one line on stderr, and nothing changes.
expect() {
  local status=$1 pattern=$2 before
  shift 2
  before=$(sums set)
  "$program" data pseudo "$@" >out 2>err </dev/null
  [ $? -eq "$status" ] || complain "no exit status $status: $*"
  [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$pattern" err || complain "no '$pattern': $*"
  [ "$(sums set)" = "$before" ] || complain "the set has changed: $*"
}
sums() { (cd "$1" && find . -type f -exec md5sum {} + | sort); }

"$program" synthesize --count 8 --seed 7 --size 640x480 --min-face 40 --out set >out 2>err ||
  complain "synthesize"
# The header, and one row without a box for each image: all labels hidden.
cp set/train.csv whole.csv
columns=$(head -1 whole.csv | tr ',' '\n' | wc -l)
{ head -1 whole.csv; tail -n +2 whole.csv | cut -d, -f1-3 | sort -u |
  sed "s/\$/$(printf ',%.0s' $(seq 4 "$columns"))/"; } >hidden.csv
cp hidden.csv set/train.csv

pseudo set --out new --json || complain "a new folder"
grep -q '"labels_kept": 0' out || complain "labels out of nowhere"
[ -s new/train-pseudo.png ] || complain "no picture"
head -1 new/train.csv | grep -q ',source$' || complain "no column 'source'"
grep -q ',source$' set/train.csv && complain "the old set has changed"
grep -q 'pseudo-labels of faceshot-nano.onnx (accept 0.7, ignore 0.3)' new/label.json ||
  complain "label.json does not say so"
"$program" data check new >out 2>err || complain "data check"

pseudo set || complain "in place"
cmp -s set/train.csv new/train.csv || complain "in place it is another set"
pseudo set --sheet other.png || complain "again"
cmp -s set/train.csv new/train.csv || complain "again it is another set"
grep -q 'from an earlier run' out || complain "earlier labels were not replaced"
[ -s other.png ] || complain "no picture where it was asked for"
[ "$(grep -o 'pseudo-labels of' set/label.json | wc -l)" -eq 1 ] || complain "said more than once"

good=(--model "$model")
expect 1 "nowhere.onnx" set --model nowhere.onnx
expect 2 "must not exceed" set "${good[@]}" --accept 0.2 --ignore 0.3
expect 1 "missing" missing "${good[@]}"
expect 2 "not a prepared set" set "${good[@]}" --out .
expect 2 "sheet.xyz" set "${good[@]}" --sheet sheet.xyz
head -1 whole.csv >set/val.csv
expect 1 "no images" set "${good[@]}" --split val
# A detector of two classes, on unlabelled photographs: the set adopts its classes.
"$make_images" two || complain "the test's own files"
"$program" prepare background --images two/photos --out unlabelled >out 2>err || complain "prepare background"
"$program" data pseudo unlabelled --model two/classes.onnx --accept 0.5 --ignore 0.2 --out named --json >out 2>err ||
  complain "several classes"
tr -d ' \n' <out | grep -q '"faces_added_of_class":{"bright,\\"white\\"":3,"cell":0}' || complain "faces of classes"
tr -d ' \n' <out | grep -q '"ignore_regions_added":3,' || complain "regions of the other class"
tr -d ' \n' <named/label.json | grep -q '"classes":{"0":"bright,\\"white\\"","1":"cell"}' || complain "names"
"$program" data check named >out 2>err || complain "data check of several classes"
"$program" data pseudo named --model "$model" >out 2>err && complain "a class that the set has not"
grep -q "the model finds 'face', which is not a class of the set; it has: bright" err || complain "a class that the set has not"
"$program" data pseudo --help | grep -q "Example:" || complain "no example"

# The removed labels come back: suspected, decided on, applied.
cp hidden.csv set/train.csv
"$program" data audit set --split train --model "$model" --score 0.3 --min-side 4 --out audit.html --json >out 2>err ||
  complain "audit: $(cat err)"
grep -q '"kind": "missing"' out && grep -q "<li class='suspect'>" audit.html || complain "audit: nothing is suspected"
page=$(sed -n "s/.*id='suspects-data'>\(.*\)<.script>.*/\1/p" audit.html)
decisions=$(sed 's/^.*"suspects":\[//; s/\]}$//; s/},{/}\n{/g' <<<"$page" | head -1 | sed 's/}$/,"decision":"accept"}/')
printf '{"format":"faceshot-audit","version":1,"csv":"%s","decisions":[%s]}' "$PWD/set/train.csv" "$decisions" >audit-decisions.json
rows=$(wc -l <set/train.csv)
"$program" data audit --apply audit-decisions.json >out 2>err || complain "audit: apply: $(cat err)"
grep -q "labels added  *1" out && [ "$(wc -l <set/train.csv)" -ge "$rows" ] || complain "audit: no label was added: $(cat out)"
"$program" data audit --apply audit-decisions.json --json >out 2>err && grep -q '"already": 1' out || complain "audit: twice"
echo '{}' >wrong.json
"$program" data audit --apply wrong.json >out 2>err && complain "audit: no decisions"
grep -q "wrong.json: not a file of decisions" err || complain "audit: no decisions: $(cat err)"
"$program" data audit >out 2>err && complain "audit of nothing"
grep -q "needs a prepared set" err || complain "audit of nothing: $(cat err)"
"$program" data stats set --report stats.html >/dev/null && grep -q "<caption>Counts" stats.html || complain "stats: no page"
exit "$failed"
