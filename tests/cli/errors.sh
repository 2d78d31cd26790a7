#!/usr/bin/env bash
# How `faceshot` handles wrong usage and damaged files: one line on stderr, exit status 2 for wrong
# usage and 1 for a failure, no input touched, no partial output.
#   errors.sh PROGRAM MAKE_TEST_IMAGES
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset FACESHOT_MODEL
export XDG_CACHE_HOME=$work/cache
"$2" "$work" || { echo "the test's own files could not be made"; exit 1; }
cd "$work" || exit 1
model=(--model model.onnx)
mkdir empty bad
head -c 300 photos/cell.jpg >bad/cut.jpg
echo "no picture" >bad/text.png
cp photos/cell.png bad/whole.png
head -c 200 model.onnx >cut.onnx
echo "no network" >text.onnx

failed=0
complain() {
  echo "FAILED: $*"
  sed 's/^/  stderr: /' err
  failed=1
}

# expect NAME STATUS LINES PATTERN ARGUMENTS...: the program ends with STATUS and writes LINES lines
# to stderr, of which the first matches PATTERN.
expect() {
  local name=$1 status=$2 lines=$3 pattern=$4 got
  shift 4
  "$program" "$@" >out 2>err </dev/null
  got=$?
  [ "$got" -eq "$status" ] || complain "$name: exit status $got instead of $status"
  [ "$(wc -l <err)" -eq "$lines" ] || complain "$name: $(wc -l <err) lines instead of $lines"
  [ "$lines" -eq 0 ] || head -1 err | grep -q -- "$pattern" || complain "$name: no '$pattern'"
}

# expect_files NAME FOLDER FILES: FOLDER contains exactly these.
expect_files() {
  local found
  found=$(cd "$2" 2>/dev/null && find . -type f | sort | tr '\n' ' ')
  [ "$found" = "$3" ] || complain "$1: $2 holds '$found' instead of '$3'"
}

sums=$(find photos bad -type f -exec md5sum {} + | sort)

expect "a good run" 0 0 "" detect photos "${model[@]}" --out good --sheet good.png
expect_files "a good run" good "./cell.jpg ./cell.png ./more/cell.png "
[ -s good.png ] || complain "a good run: no sheet"

expect "JSON" 0 0 "" detect photos/cell.png "${model[@]}" --json
grep -q '"score"' out && grep -q '"x1":17' out || complain "JSON: not the expected box: $(cat out)"

grep -q '"landmarks"' out && complain "JSON: landmarks of a network that has none"
expect "landmarks" 0 0 "" detect photos/cell.png --model points.onnx --json
# The cell's centre is (20, 12); the left eye is 2 px above and left of it.
tr -d ' \n' <out | grep -q '"landmarks":\[\[18.0,10.0\],' || complain "landmarks: $(cat out)"

expect "a missing description" 1 1 nowhere.toml detect photos --model model.onnx --model-info nowhere.toml
printf 'head = "yunet"\nlevles = []\n' >misspelt_info.toml
expect "a misspelt description" 1 1 "misspelt_info.toml:2: .*levels" \
  detect photos --model model.onnx --model-info misspelt_info.toml
# The network's metadata say the same in JSON; here the threshold is reached by logits.
printf '[priors]\nvariances = [0.1, 0.1, 0.1, 0.1]\nlevels = [{min_sizes = [8], step = 8}]\n' >own.toml
sed -i '1i scale = [0.00392156863, 0.00392156863, 0.00392156863]\nsize_divisor = 8' own.toml
expect "a description" 0 0 "" detect photos/cell.png "${model[@]}" --model-info own.toml --json
grep -q '"x1":17' out || complain "a description: not the expected box: $(cat out)"

expect "aligned crops" 0 0 "" detect photos --model points.onnx --align 32 --out crops --json
expect_files "aligned crops" crops "./cell-2-face1.png ./cell-face1.png ./more/cell-face1.png "
grep -q '"crop":"crops/more/cell-face1.png"' out || complain "aligned crops: not in JSON"
expect "nothing to align by" 1 1 landmarks detect photos "${model[@]}" --align 112 --out no_crops
[ -e no_crops ] && complain "nothing to align by: a folder was made"
expect "crops without a folder" 2 1 --crops detect photos --model points.onnx --align 112
expect "an impossible crop" 2 1 align detect photos --model points.onnx --align 5 --out no_crops

expect "no photographs" 2 1 "faceshot detect: missing 'paths': Photographs.*; see faceshot detect --help" detect
expect "no source" 2 1 "faceshot prepare: which command? One of widerface, " prepare
expect "an unknown source" 2 1 "faceshot prepare: there is no command 'widder', but" prepare widder
expect "an argument too many" 2 1 "faceshot bench: unexpected argument '--rounds'; see faceshot bench --help" bench --rounds
expect "a misspelt option" 2 1 "unexpected argument '--thread'; did you mean '--threads'?" detect a.jpg --foo --thread 3
expect "no images" 2 1 "faceshot prepare csv: missing '--images'" prepare csv --out o

expect "a cut JPEG" 1 1 cut.jpg detect bad/cut.jpg "${model[@]}" --out cut
expect_files "a cut JPEG" cut ""
expect "damaged files beside a whole one" 1 2 cut.jpg detect bad "${model[@]}" --out some
expect_files "damaged files beside a whole one" some "./whole.png "
expect "damaged files, JSON" 1 2 cut.jpg detect bad "${model[@]}" --json
grep -q 'whole.png' out || complain "damaged files, JSON: the whole one is missing"

expect "an empty folder" 1 1 empty detect empty "${model[@]}" --out none
expect_files "an empty folder" none ""
expect "a missing file" 1 1 nowhere.jpg detect nowhere.jpg "${model[@]}" --out none
expect "a missing model" 1 1 nowhere.onnx detect photos --model nowhere.onnx --out none
expect "a folder as model" 1 1 "is a folder" detect photos --model photos --out none
expect "a cut model" 1 1 cut.onnx detect photos --model cut.onnx --out none
expect "a model of four pictures at a time" 1 1 "4 images" detect photos --model batch.onnx --out none
expect "a text as model" 1 1 text.onnx detect photos --model text.onnx --out none
FACESHOT_MODEL=elsewhere.onnx expect "a missing model from the environment" 1 1 elsewhere.onnx \
  detect photos --out none
expect "a name that is no shipped network" 1 1 "shipped: nano, small" detect photos --model nanny --out none
FACESHOT_MODEL=nanny expect "such a name from the environment" 1 1 "shipped: nano, small" detect photos --out none
expect_files "missing files" none ""

expect "an impossible threshold" 2 1 threshold detect photos "${model[@]}" --threshold 2
expect "a word as threshold" 2 1 threshold detect photos "${model[@]}" --threshold high
expect "no threads" 2 1 threads detect photos "${model[@]}" --threads 0
expect "an unknown option" 2 1 --colour detect photos "${model[@]}" --colour
expect "no photograph" 2 1 paths detect
expect "no subcommand" 2 0 ""
grep -q "faceshot detect photo.jpg" out || complain "no subcommand: nothing to try"
expect "a slip in an option" 2 1 "did you mean '--max-side'" detect photos "${model[@]}" --max-sid 320
expect "a slip in a command" 2 1 "did you mean 'detect'" detcet photos
expect "an unknown subcommand" 2 1 dedect dedect photos
expect "a sheet without a format" 2 1 sheet.xyz detect photos "${model[@]}" --sheet sheet.xyz

# Inputs are never overwritten.
expect "a sheet over an input" 2 1 photos/cell.png detect photos "${model[@]}" --sheet photos/cell.png
expect "into the inputs' own folder" 0 0 "" detect photos/cell.png "${model[@]}" --out photos
expect "over another input" 0 0 "" detect bad/whole.png photos/more/cell.png photos/cell.png \
  "${model[@]}" --out photos/more
rm -f photos/cell-2.png photos/more/{whole,cell-2,cell-3}.png
[ "$(find photos bad -type f -exec md5sum {} + | sort)" = "$sums" ] || complain "inputs changed"

expect "detect: tiles" 0 0 "" detect photos/cell.png "${model[@]}" --max-side 8 --tile 64
grep -q "1 face in 1 image$" out || complain "detect: tiles: $(cat out)"
expect "detect: tiles too small" 2 1 "--tile" detect photos/cell.png "${model[@]}" --tile 10
expect "detect: an overlap without tiles" 2 1 "--tile" detect photos/cell.png "${model[@]}" \
  --tile-overlap 0.5

expect "bench: a size that is none" 2 1 640 bench "${model[@]}" --size 640
expect "bench: a precision that is none" 2 1 precision bench "${model[@]}" --precision fp16
rm -rf cache/faceshot  # left by other networks
expect "bench: bf16, on any CPU by auto" 0 0 "" bench "${model[@]}" --size 64x64 --threads 1 \
  --seconds 0.01 --precision auto
# The measurement is cached if possible; the cache is not trusted.
if grep -q avx512_bf16 /proc/cpuinfo; then
  [ "$(find cache/faceshot -name 'precision-*.txt' | wc -l)" = 1 ] || complain "auto: nothing is kept"
  grep -q "^cpu .*[a-zA-Z]" cache/faceshot/precision-*.txt || complain "auto: no CPU is named"
  kept=$(cat cache/faceshot/precision-*.txt)
  expect "detect: auto, again" 0 0 "" detect photos/cell.png "${model[@]}" --precision auto
  [ "$kept" = "$(cat cache/faceshot/precision-*.txt)" ] || complain "auto: measured again"
  echo "damaged" >"$(echo cache/faceshot/precision-*.txt)"
  expect "detect: auto, damaged" 0 0 "" detect photos/cell.png "${model[@]}" --precision auto
  grep -q "^fp32_ms" cache/faceshot/precision-*.txt || complain "auto: the damaged file is still there"
fi
XDG_CACHE_HOME=$work/text.onnx expect "auto: a folder that cannot be written" 0 0 "" \
  detect photos/cell.png "${model[@]}" --precision auto
XDG_CACHE_HOME='' HOME='' expect "auto: no folder" 0 0 "" \
  detect photos/cell.png "${model[@]}" --precision auto
expect "auto: a missing model" 1 1 nowhere.onnx detect photos/cell.png --model nowhere.onnx \
  --precision auto
expect "evaluate: auto" 2 1 precision evaluate --data none --precision auto
# Missing CPU features are reported, and fp32 is used.
FACESHOT_ISA=avx2 expect "detect: bf16 without AVX512_BF16" 0 1 fp32 detect photos/cell.png \
  "${model[@]}" --precision bf16
FACESHOT_ISA=mmx expect "detect: a level that is none" 1 1 FACESHOT_ISA detect photos/cell.png \
  "${model[@]}"
expect "bench: a missing model" 1 1 nowhere.onnx bench --model nowhere.onnx
expect "bench: layers" 0 0 "" bench "${model[@]}" --layers --size 32x16 --seconds 0.01
grep -q "^ *2  Conv 8x8/8" out && grep -q "the timed steps add up" out || complain "bench: layers: $(cat out)"
expect "bench: layers, JSON" 0 0 "" bench "${model[@]}" --layers --size 32x16 --seconds 0.01 --json
grep -q '"kernel"' out && grep -q '"sum_of_steps_ms"' out || complain "bench: layers, JSON: $(cat out)"
expect "bench: layers of two sizes" 2 1 "single --size" bench "${model[@]}" --layers --size 32x16 64x64
expect "bench: two networks" 0 0 "" bench "${model[@]}" --compare points.onnx --size 32x16 --threads 1 --seconds 0.01
grep -q "B total ms" out || complain "bench: two networks: $(cat out)"
expect "bench: a missing second network" 1 1 nowhere.onnx bench "${model[@]}" --compare nowhere.onnx

expect "bench: against a foreign network" 0 1 "networks only.*foreign.onnx" \
  bench "${model[@]}" --compare foreign.onnx --size 32x16 --threads 1 --seconds 0.01 --json
grep -q '"network_ratio"' out || complain "bench: against a foreign network: $(cat out)"
grep -q '"total_ms"' out && complain "bench: against a foreign network: totals of what is no detector"
expect "bench: a foreign network" 1 1 "configs/detectors" bench --model foreign.onnx --size 32x16

expect "inspect: a foreign network" 0 0 "" inspect foreign.onnx
grep -q "^at *32x16" out || complain "inspect: a foreign network: not its own size: $(cat out)"
expect "inspect: a size that it does not take" 2 1 "32x16; leave out" inspect foreign.onnx --size 64x48
expect "inspect" 0 0 "" inspect model.onnx --size 32x16 --graph
# The mean of 8x8 cells of three planes; two heads of 4 and 2 values with their biases.
grep -q "^  Conv  *3  *204 " out || complain "inspect: not 192 + 8 + 4 parameters: $(cat out)"
grep -q "^ *all  *8 *$" out || complain "inspect: not 4x2 priors: $(cat out)"
grep -q "Conv 8x8/8  *image 1x3x16x32 -> cells 1x1x2x4" out || complain "inspect: no graph: $(cat out)"
expect "inspect: JSON" 0 0 "" inspect model.onnx --json
grep -q '"multiply_adds"' out || complain "inspect: JSON: $(cat out)"
expect "inspect: no network" 1 1 "text.onnx.*not an ONNX file; give an ONNX file" inspect text.onnx
expect "inspect: a missing file" 1 1 nowhere.onnx inspect nowhere.onnx
expect "inspect: a folder" 2 1 "is a folder" inspect empty

expect "evaluate: no ground truth" 2 1 --ground-truth evaluate --data empty
expect "evaluate: nothing to evaluate" 2 1 --data evaluate --ground-truth empty

# prepare: the error names the row, and no partial data set is left.
printf 'image,x1,y1,x2,y2\nphotos/cell.png,4,4,12,12\nphotos/cell.jpg,9,4,5,12\n' >crossed.csv
expect "prepare: x1 >= x2" 1 1 "crossed.csv:3: .*x1 >= x2" \
  prepare csv --images . --annotations crossed.csv --out prepared --strict
[ ! -e prepared ] || complain "prepare: x1 >= x2: something was written"
expect "prepare: x1 >= x2, left out" 0 0 "" \
  prepare csv --images . --annotations crossed.csv --out mended --link copy
grep -q "crossed.csv:3: .*x1 >= x2" out || complain "prepare: x1 >= x2: the row is not named"
printf 'image,x1,y1,x2,y2\nphotos/gone.png,4,4,12,12\n' >gone.csv
expect "prepare: no annotations" 1 1 nowhere.csv \
  prepare csv --images . --annotations nowhere.csv --out prepared
[ ! -e prepared ] || complain "prepare: no annotations: something was written"

# prepare: missing classes, labels of other images, and a set that lost all its boxes.
printf 'image,class,x1,y1,x2,y2\nphotos/cell.png,cat,4,4,12,12\n' >cats.csv
expect "prepare: an unknown class" 2 1 "no class 'face'; there are 'cat'" \
  prepare csv --images . --annotations cats.csv --class face --out prepared
expect "prepare: no classes" 2 1 "these annotations have none" \
  prepare csv --images . --annotations crossed.csv --class face --out prepared
mkdir -p unmatched/images unmatched/labels/train
cp photos/cell.png unmatched/images
echo "0 0.5 0.5 0.2 0.2" >unmatched/labels/train/cell.txt
expect "prepare: labels of no image" 1 1 "has labels.*but there is '.*train/cell.txt'" \
  prepare yolo --root unmatched --out prepared
printf 'image,x1,y1,x2,y2\nphotos/cell.png,,,,\nphotos/cell.jpg,9,4,5,12\n' >lost.csv
expect "prepare: no boxes left" 1 1 "no boxes left; 1 rows that cannot be used, the first: lost.csv:3" \
  prepare csv --images . --annotations lost.csv --out prepared
[ ! -e prepared ] || complain "prepare: something was written"

# Ctrl-C: the staging folder is removed, and the destination was never created.
mkdir many
cp photos/cell.jpg many/0.jpg
perl -e 'link "many/0.jpg", "many/$_.jpg" for 1..4000' # ln would take 4,000 processes
bash -c 'set -m; "$1" prepare background --images many --out cancelled --link copy >out 2>err &
         sleep 0.05; kill -INT $!; wait $!' _ "$program" 2>/dev/null
case $? in
  130) [ -z "$(find . -maxdepth 1 -name "cancelled*")" ] || complain "Ctrl-C: something was left" ;;
  0) echo "Ctrl-C came too late to be tested" ;;
  *) complain "Ctrl-C: an unexpected end" ;;
esac

# data: problems are reported, repaired on request, and reflected in the exit status.
printf 'image,x1,y1,x2,y2\nphotos/cell.png,4,4,12,12\n' >boxes.csv
expect "prepare: a good set" 0 0 "" prepare csv --images . --annotations boxes.csv --out checked --link copy
expect "data check: a good set" 0 0 "" data check checked --strict
sed -i 's/,4,4,12,12,/,12,4,4,12,/' checked/train.csv
expect "data check: swapped corners" 1 0 "" data check checked --report check.html --json
grep -q swapped-corners out || complain "data check: the problem is not named"
grep -q "data:image/jpeg" check.html || complain "data check: no picture in the report"
expect "data check: the wrong repair" 2 1 "nothing was repaired" data check checked --fix clip
expect "data check: an unknown repair" 2 1 "unknown problem 'swop'" data check checked --fix swop
expect "data check: repair" 0 0 "" data check --fix swap,clip checked
expect "data check: a repaired set" 0 0 "" data check checked --strict
expect "data check: no set" 1 1 "no train.csv" data check empty
expect "data show: no format" 2 1 sheet.xyz data show checked --out sheet.xyz
expect "data export: a folder with content" 2 1 "is not empty" data export checked --format coco --out checked
expect "prepare split: no shares left" 2 1 "leave images for training" prepare split checked --val 1

# Training and export, if they are built.
if [ -x "$(dirname "$program")/faceshot-train" ]; then
  printf '[model]\nname = "faceshot-nano"\n[data]\ntrain = ["set/train.csv"]\n' >good.toml
  sed 's/name/nmae/' good.toml >misspelt.toml
  head -c 25 good.toml >cut.toml
  expect "train: nothing" 2 1 "give a config" train
  expect "train: an unknown option" 2 1 --colour train --colour
  expect "train: a missing config" 1 1 nowhere.toml train nowhere.toml --out run
  expect "train: an unknown key" 2 1 model.nmae train misspelt.toml --out run
  expect "train: an unknown key as override" 2 1 train.epoch train good.toml train.epoch=3 --out run
  expect "train: a value of the wrong kind" 2 1 train.epochs train good.toml train.epochs=many --out run
  expect "train: a cut config" 2 1 cut.toml train cut.toml --out run
  expect "train: missing data" 1 1 set/train.csv train good.toml --out run
  expect "train: nothing to resume" 1 1 run train --resume run
  [ ! -e run ] || complain "train: something was written"
  expect "export: a missing checkpoint" 1 1 nowhere.pt export nowhere.pt --out new.onnx
  expect "export: no checkpoint" 1 1 text.onnx export text.onnx --out new.onnx
  [ ! -e new.onnx ] || complain "export: something was written"
fi

[ "$failed" -eq 0 ] && echo "all as it should be"
exit "$failed"
