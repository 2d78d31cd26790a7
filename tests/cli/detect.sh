#!/usr/bin/env bash
# `faceshot detect`: machine-readable outputs, standard input, folders, cores, skipped and truncated
# files.
#   detect.sh PROGRAM MAKE_TEST_IMAGES
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset FACESHOT_MODEL
export XDG_CACHE_HOME=$work/cache
"$2" "$work" || { echo "the test's own files could not be made"; exit 1; }
cd "$work" || exit 1
failed=0
complain() {
  echo "FAILED: $*"
  sed 's/^/  stderr: /' err
  failed=1
}
detect() { "$program" detect --model model.onnx "$@" >out 2>err </dev/null; }

# A shipped network by its name, but a file of that name comes first.
for name in nano faceshot-nano; do
  "$program" inspect $name >out 2>err || complain "a shipped network by name: $name"
  grep -q "faceshot-nano.onnx: " out || complain "a shipped network by name: $(cat out)"
done
cp model.onnx nano
"$program" inspect nano >out 2>err || complain "a file with the name of a shipped network"
grep -q "^nano: " out || complain "a file with the name of a shipped network: $(cat out)"
rm nano

# The same faces in three formats.
detect photos --json=a.json --jsonl=a.jsonl --csv=a.csv || complain "to files"
grep -q "faces in 3 images" out || complain "no table beside the files: $(cat out)"
for format in json jsonl csv; do
  detect photos --$format || complain "$format to standard output"
  cmp -s out a.$format || complain "$format: standard output and file differ"
done
/usr/bin/python3 - <<'PY' >out 2>err || complain "JSON, JSON lines and CSV differ: $(cat out)"
import csv, json
document = json.load(open("a.json"))
assert document == [json.loads(line) for line in open("a.jsonl")], "lines"
rows = list(csv.DictReader(open("a.csv", newline="")))
faces = [(image["file"], face) for image in document for face in image["faces"]]
assert len(faces) == len(rows) > 0, (len(faces), len(rows))
for (file, face), row in zip(faces, rows):
    assert row["file"] == file and row["class"], row
    for key in ("x1", "y1", "x2", "y2", "score"):
        assert float(row[key]) == face[key], (row, face)  # the same digits in all three
PY
detect photos --json --csv && complain "two on standard output: a success"
grep -q -- "--csv=faces.csv" err || complain "two on standard output"

# With several classes each row states its class, quoted if necessary.
"$program" detect photos --model classes.onnx --threshold 0.2 --csv >two.csv 2>err || complain "several classes"
"$program" detect photos --model classes.onnx --threshold 0.2 --class cell --csv >cell.csv 2>err || complain "--class"
"$program" detect photos --model classes.onnx --threshold 0.2 --suppress across --csv >across.csv 2>err || complain "--suppress"
"$program" detect photos --model classes.onnx --csv >sure.csv 2>err || complain "thresholds by class"
"$program" detect photos --model classes.onnx --suppress beside >out 2>err && complain "--suppress beside: a success"
/usr/bin/python3 - <<'PY' >out 2>err || complain "several classes: $(cat two.csv)"
import csv
rows, cells, across, sure = ([row["class"] for row in csv.DictReader(open(f + ".csv", newline=""))]
                             for f in ("two", "cell", "across", "sure"))
assert sorted(set(rows)) == ['bright, "white"', "cell"] and len(rows) == 2 * len(cells), rows
assert set(cells) == {"cell"}, cells
assert len(across) == len(cells), across  # objects of both classes are reported once
assert set(sure) == {'bright, "white"'} and len(sure) == len(cells), sure  # .73 of .3, .27 of .6
PY
"$program" detect photos/cell.png --model classes.onnx --threshold 0.2 --crops kinds >out 2>err || complain "crops of several classes"
[ "$(cd kinds && echo */*)" = 'bright, "white"/cell-face1.jpg cell/cell-face2.jpg' ] || complain "crops of several classes: $(find kinds)"
"$program" inspect classes.onnx >out 2>err || complain "inspect of several classes"
grep -q 'score threshold 0.3 and up, by class' out && grep -q 'classes: bright, "white" (0.3), cell (0.6)' out ||
  complain "inspect of several classes: $(cat out)"

# Results are in the order of the photographs, whichever thread processes them.
mkdir many
for n in $(seq -w 1 40); do cp photos/cell.png "many/$n.png"; done
detect many --jobs 1 --jsonl=one.jsonl || complain "one job"
detect many --jobs 7 --jsonl=seven.jsonl || complain "seven jobs"
cmp -s one.jsonl seven.jsonl || complain "seven jobs: another order"
[ "$(wc -l <one.jsonl)" = 40 ] || complain "one job: not 40 lines"

# Standard input, pipes.
"$program" detect --model model.onnx - --json <photos/cell.png >piped 2>err || complain "standard input"
detect photos/cell.png --json
diff <(grep -v '"file"' piped) <(grep -v '"file"' out) >/dev/null || complain "standard input: other faces"
detect <(cat photos/cell.png) --json || complain "a pipe by name"
detect /dev/stdin </dev/null && complain "an empty standard input: a success"

# Folders: skipped files are reported; .jfif is a photograph, Apple's ._ files are not.
mkdir mixed
cp photos/cell.jpg mixed/a.jfif
cp photos/cell.jpg mixed/._b.jpg
echo text >mixed/notes.txt
ln -s ../photos mixed/linked
detect mixed || complain "a mixed folder"
grep -q "in 1 image$" out || complain "a mixed folder: $(cat out)"
grep -q "1 .txt" err && grep -q "1 linked folder" err || complain "a mixed folder: nothing is said of the others"

# A missing end of a file is a warning.
mkdir cut
head -c -2 photos/cell.jpg >cut/no_end.jpg
detect cut || complain "no end marker"
grep -q "warning.*no_end.jpg.*truncated" err || complain "no end marker: no warning"
detect photos/cell.jpg --json && sed 's/photos.cell/cut\/no_end/' out >wanted
detect cut --json && cmp -s out wanted || complain "no end marker: other faces"

# Pictures: unique names, face crops, pictures without boxes.
cp photos/cell.png many.png
detect photos/cell.png photos/cell.jpg many.png photos/more/cell.png --out pictures --crops crops || complain "pictures"
[ "$(ls pictures | tr '\n' ' ')" = "cell-2.png cell.jpg cell.png many.png " ] || complain "pictures: $(ls pictures)"
[ "$(ls crops | wc -l)" = 4 ] || complain "crops: $(ls crops)"
detect photos/cell.png --out plain --no-annotate || complain "no boxes"
detect plain/cell.png --json && sed 's/plain/photos/' out >a && detect photos/cell.png --json && cmp -s a out ||
  complain "no boxes: the picture is another"
detect photos/cell.png --out photos/cell.png/x && complain "a folder that cannot be made: a success"

# An output that cannot be written ends the run immediately: one line, whatever the number of
# photographs.
detect many --out /dev/full/x && complain "no place for pictures: a success"
if [ "$(id -u)" -eq 0 ] && mkdir disk && mount -t tmpfs -o size=4k tmpfs disk 2>/dev/null; then
  detect many --out disk && complain "a full disk: a success"
  [ "$(grep -c 'No space left' err)" = 1 ] || complain "a full disk: not one line"
  umount disk
fi

# A photograph on its side.
detect photos/cell.png --turns 4 --json || complain "four ways up"
grep -q '"turned"' out || complain "four ways up: not said"

! message=$("$program" detect --model model.onnx photos/cell.png --jsonl 2>&1 >/dev/full) ||
  complain "a full disk is a success"
for wrong in "--threads 5000" "--jobs 0" "--turns 3"; do
  detect photos $wrong && complain "$wrong: a success"
done
exit $failed
