#!/usr/bin/env bash
# `faceshot synthesize`: the same bytes for any number of threads, and a valid set.
#   synthesize.sh PROGRAM
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

failed=0
complain() {
  echo "FAILED: $*"
  failed=1
}
sums() { (cd "$1" && find . -type f -exec md5sum {} + | sort); }
size=320x240
make() { "$program" synthesize --count 8 --size $size "$@" >out 2>err </dev/null; }

make --seed 7 --threads 1 --out one || complain "a good run: $(cat err)"
make --seed 7 --threads 2 --out two || complain "two threads: $(cat err)"
[ "$(find one/images -name '*.jpg' | wc -l)" -eq 8 ] || complain "not 8 images"
[ "$(sums one)" = "$(sums two)" ] || complain "the number of threads changes the result"
make --seed 8 --threads 1 --out other --split val || complain "another seed: $(cat err)"
[ "$(sums one/images)" != "$(sums other/images)" ] || complain "the seed changes nothing"
[ -e other/val.csv ] || complain "no val.csv"
"$program" data check one --strict >out 2>err || complain "data check: $(cat out err)"

# Faces of one set in photographs of another.
make --seed 3 --min-face 40 --out faces || complain "large faces: $(cat err)"
mkdir walls
cp one/images/00000{0,1}.jpg walls
"$program" prepare background --images walls --out backgrounds >out 2>err || complain "$(cat err)"
for threads in 1 2; do
  make --faces faces --backgrounds backgrounds/train.csv --threads $threads --out composed$threads \
    --json || complain "composition: $(cat err)"
done
grep -q '"images": 8' out || complain "composition: no JSON: $(cat out)"
[ "$(sums composed1)" = "$(sums composed2)" ] || complain "composition: threads change the result"
"$program" data check composed1 >out 2>err || complain "data check: $(cat out err)"

# Masks are classes, including on pasted faces.
make --seed 3 --min-face 60 --masks 0.7 --out masked --json || complain "masks: $(cat err)"
tr -d ' \n' <masked/label.json | grep -q '"0":"with_incorrect_mask","1":"with_mask","2":"without_mask"' ||
  complain "masks: $(cat masked/label.json)"
grep -q '"without_mask": [1-9]' out || complain "masks: $(cat out)"
"$program" data check masked >out 2>err || complain "data check of masks: $(cat out err)"
make --faces masked --backgrounds backgrounds/train.csv --out put --json || complain "masks put elsewhere: $(cat err)"
grep -q '"with_mask": [1-9]' out || complain "masks put elsewhere: $(cat out)"
"$program" data stats put/train.csv >out 2>err && grep -q 'with_mask  *[1-9]' out || complain "stats: $(cat out err)"

# refuse PATTERN ARGUMENTS...: wrong usage, reported in one line, with nothing written.
refuse() {
  local pattern=$1 got
  shift
  make "$@"
  got=$?
  [ "$got" -eq 2 ] || complain "$pattern: exit status $got instead of 2"
  [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$pattern" err || complain "$pattern: $(cat err)"
}
before=$(sums one)
refuse "is not empty" --out one
[ "$(sums one)" = "$before" ] || complain "a set was changed"
size=640 refuse "WxH" --out new
refuse "smallest face" --min-face 1000 --out new
refuse "--masks" --masks 0.5 --faces faces --backgrounds backgrounds/train.csv --out new
refuse "--masks" --masks 2 --out new
refuse "--backgrounds" --faces faces --out new
refuse "backgrounds must have none" --faces faces --backgrounds composed1 --out new
[ -z "$(find . -maxdepth 1 -name 'new*')" ] || complain "something was left"

# Films: the same bytes for any number of threads, in MOTChallenge's layout.
film() { "$program" synthesize "$@" >out 2>err </dev/null; }
printf '[seeds]\nfirst = 4\nlast = 9\n[scene]\nwidth = 160\nheight = 96\nframes = 5\nface_height = [12, 40]\n' >moving.toml
for threads in 1 2; do
  film --moving moving.toml --count 2 --threads $threads --out film$threads || complain "films: $(cat err)"
done
[ "$(sums film1)" = "$(sums film2)" ] || complain "films: threads change the result"
[ "$(find film1 -name '*.jpg' | wc -l)" -eq 10 ] || complain "films: not 2 of 5 frames"
for file in scene-004/gt/gt.txt scene-005/seqinfo.ini scene-005/img1/000005.jpg; do
  [ -s film1/$file ] || complain "films: no $file"
done
film --moving moving.toml --count 1 --seed 70 --json --out film3 && grep -q '"scenes": 1' out && [ -e film3/scene-070 ] ||
  complain "films: another seed: $(cat out err)"
printf '[scene]\nframes = 0\n' >faulty.toml
film --moving faulty.toml --out film4
[ $? -eq 1 ] && grep -q "faulty.toml:2: " err || complain "films: a faulty description: $(cat err)"
film --moving none.toml --out film4
[ $? -eq 1 ] && grep -q "cannot read 'none.toml'" err || complain "films: no description: $(cat err)"

[ "$failed" -eq 0 ] && echo "all as it should be"
exit "$failed"
