#!/usr/bin/env bash
# `faceshot calibrate` on the command line: a report, a file that `detect` and `inspect` use, and
# failures.
#   calibrate.sh PROGRAM MODEL
set -u
program=$1
model=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset FACESHOT_MODEL
cd "$work" || exit 1

failed=0
complain() {
  echo "FAILED: $*: $(cat out err)"
  failed=1
}
# expect STATUS PATTERN ARGUMENTS...: one line on stderr, and no file.
expect() {
  local status=$1 pattern=$2
  shift 2
  "$program" calibrate "$@" --out never.onnx >out 2>err </dev/null
  [ $? -eq "$status" ] || complain "no exit status $status: $*"
  [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$pattern" err || complain "no '$pattern': $*"
  [ ! -e never.onnx ] || complain "a file was written: $*"
}

"$program" synthesize --count 30 --seed 7 --out set >out 2>err || complain "synthesize"
"$program" calibrate "$model" --data set/train.csv --out new.onnx >out 2>err || complain "calibrate"
grep -q 'expected calibration error' out || complain "no calibration error"
grep -q "the file's threshold" out || complain "no threshold"
grep -q 'the calibrated network is new.onnx' out || complain "no name"
"$program" inspect new.onnx >out 2>err || complain "inspect"
grep -q 'faceshot.calibration  *{"sets":\["set/train.csv"\]' out || complain "no summary"
grep -q 'detector: .*, score threshold 0\.[0-9]*$' out || complain "no threshold of the file's"
"$program" inspect "$model" >out 2>err || complain "inspect"
grep -q 'score threshold 0.52$' out || complain "not the file's threshold"
threshold=$("$program" inspect new.onnx --json | sed -n 's/^ "score_threshold": //p' | tr -d ,)
"$program" detect set/images --model new.onnx --json >own 2>err || complain "detect"
"$program" detect set/images --model new.onnx --json --threshold "$threshold" >told 2>err
cmp -s own told || complain "detect does not go by the file's threshold"
"$program" detect set/images --model new.onnx --json --threshold 0.99 >told 2>err
cmp -s own told && complain "detect does not go by the user's threshold"

# With only a report nothing is written; a calibrated file has little left to calibrate.
"$program" calibrate new.onnx --data set/train.csv --json >out 2>err || complain "a report"
grep -q '"brier_score"' out || complain "no JSON"
[ "$(find . -name '*.onnx' | wc -l)" -eq 1 ] || complain "a report wrote a file"

expect 1 nowhere.onnx nowhere.onnx --data set/train.csv
expect 1 missing "$model" --data missing.csv
expect 1 "val.csv" "$model" --data set
expect 2 "--data" "$model"
expect 2 "--threads" "$model" --data set/train.csv --threads 0
echo "no network" >text.onnx
expect 1 text.onnx text.onnx --data set/train.csv
head -1 set/train.csv >set/val.csv
expect 1 "no photographs" "$model" --data set
cut -d, -f1-3 set/train.csv | sort -u | grep -v '^image' | sed 's/$/,,,,/' >rows
{ echo "image,width,height,x1,y1,x2,y2"; cat rows; } >set/test.csv
expect 1 "no labelled faces" "$model" --data set/test.csv
"$program" calibrate --help | grep -q "Example:" || complain "no example"
exit "$failed"
