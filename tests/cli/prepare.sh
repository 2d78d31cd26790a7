#!/usr/bin/env bash
# `faceshot prepare` and commands that read its sets: splits, names, and folders of unknown content.
#   prepare.sh PROGRAM MAKE_TEST_IMAGES
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$2" "$work" || { echo "the test's own files could not be made"; exit 1; }
cd "$work" || exit 1
photo=photos/cell.png # 64x48

failed=0
complain() {
  echo "FAILED: $*"
  sed 's/^/  stderr: /' err
  failed=1
}

# expect NAME STATUS PATTERN ARGUMENTS...: the program ends with STATUS, without a line on stderr if
# it is 0, otherwise with one that matches PATTERN.
expect() {
  local name=$1 status=$2 pattern=$3 lines=1 got
  shift 3
  "$program" "$@" >out 2>err </dev/null
  got=$?
  [ "$status" -ne 0 ] || lines=0
  [ "$got" -eq "$status" ] || complain "$name: exit status $got instead of $status"
  [ "$(wc -l <err)" -eq "$lines" ] || complain "$name: $(wc -l <err) lines instead of $lines"
  [ "$status" -eq 0 ] || grep -q -- "$pattern" err || complain "$name: no '$pattern'"
}

# says NAME PATTERN: the last command's output contains it.
says() { grep -q -- "$2" out || complain "$1: no '$2' in: $(cat out)"; }

# has NAME CSV ROWS: the rows of a split, image and box, sorted.
has() {
  local found
  found=$(tail -n +2 "$2" | cut -d, -f1,4-8 | sort | tr '\n' ' ')
  [ "$found" = "$3" ] || complain "$1: $2 holds '$found' instead of '$3'"
}

put() { mkdir -p "$(dirname "$1")" && cp "$photo" "$1"; }

# --- splits of the source ------------------------------------------------------------------------

for split in train valid; do
  put "robo/$split/images/a.png"
  mkdir -p "robo/$split/labels"
  echo "0 0.5 0.5 0.25 0.5" >"robo/$split/labels/a.txt"
done
printf 'train: ../train/images\nval: ../valid/images\nnc: 1\nnames: [face]\n' >robo/data.yaml
expect "yolo splits" 0 "" prepare yolo --root robo --out yolo
has "yolo splits" yolo/train.csv "train/images/a.png,24,12,40,36,0 "
has "yolo splits" yolo/val.csv "valid/images/a.png,24,12,40,36,0 "
says "yolo splits" "train  1 images, 1 faces"
says "yolo splits" "val  1 images, 1 faces"
expect "one of them" 0 "" prepare yolo --root robo --split val --out yolo1 --json
[ ! -e yolo1/train.csv ] && [ -e yolo1/val.csv ] || complain "one of them: not val alone"
says "one of them" '"split": "val"'
expect "one that is not there" 2 "names train, val and no test" prepare yolo --root robo --split test --out none
sed -i 's/valid/gone/' robo/data.yaml
expect "a place that is not there" 1 "val: '../gone/images'" prepare yolo --root robo --out none
[ ! -e none ] || complain "a place that is not there: something was written"

# --- sets without a train.csv --------------------------------------------------------------------

printf 'image,x1,y1,x2,y2\nphotos/cell.png,4,4,12,12\n' >boxes.csv
expect "val alone" 0 "" prepare csv --images . --annotations boxes.csv --split val --out val
for command in "data show val --out sheet.png" "data stats val" "data check val --strict" \
  "data export val --format coco --out coco1" "data export val --format npz --out val.npz" \
  "prepare pack val --out packed" "prepare merge val --out merged" \
  "augment preview val --out preview.png" "augment run val --out augmented"; do
  # shellcheck disable=SC2086
  expect "$command" 0 "" $command
done
for set in packed merged augmented; do [ -e $set/val.csv ] || complain "$set: no val.csv"; done
[ -e val.npz ] && [ -e coco1/annotations.json ] || complain "export: not where it was asked for"
expect "a split that is not there" 1 "'val' has no train.csv; there is val.csv" \
  data stats val --split train
expect "nothing to split" 1 "there is val.csv" prepare split val

# --- several splits at once ----------------------------------------------------------------------

expect "export of all" 0 "" data export yolo --format yolo --out again
expect "there and back" 0 "" prepare yolo --root again --out back
has "there and back" back/train.csv "train/images/train/images/a.png,24,12,40,36,0 "
has "there and back" back/val.csv "val/images/valid/images/a.png,24,12,40,36,0 "
expect "export as coco" 0 "" data export yolo --format coco --out coco2
[ -e coco2/train/annotations.json ] && [ -e coco2/val/annotations.json ] || complain "export as coco"
expect "export as npz" 0 "" data export yolo --format npz --out all.npz
[ -e all-train.npz ] && [ -e all-val.npz ] || complain "export as npz: not a file a split"
expect "stats of all" 0 "" data stats yolo
says "stats of all" "^images  *2 "
expect "merge" 0 "" prepare merge yolo val --out merged2
has "merge" merged2/train.csv "yolo/train/images/a.png,24,12,40,36,0 "
has "merge" merged2/val.csv "val/photos/cell.png,4,4,12,12,0 yolo/valid/images/a.png,24,12,40,36,0 "

# --- names that are not UTF-8 --------------------------------------------------------------------

put $'latin/caf\xe9.png'
put latin/a.png
expect "a name in Latin-1" 0 "" prepare background --images latin --out utf8
says "a name in Latin-1" "images whose name is not UTF-8"
says "a name in Latin-1" 'caf\\xE9.png'
has "a name in Latin-1" utf8/train.csv "a.png,,,,, "
expect "a name in Latin-1, strict" 1 'caf\\xE9.png' prepare background --images latin --out no --strict
expect "packed afterwards" 0 "" prepare pack utf8 --out packed2
printf 'visag\xe9\n' >names.txt
expect "a class in Latin-1" 1 'visag\\xE9' prepare yolo --images robo/train/images \
  --annotations robo/train/labels --names names.txt --out no

# --- photographs with an EXIF rotation -----------------------------------------------------------

# Orientation 6: the stored 64x48 pixels are to be rotated by 90 degrees clockwise, so that rows
# 8 to 16 from the top become columns 32 to 40 from the left of the upright 48x64.
mkdir turned
{
  head -c 2 photos/cell.jpg
  printf '\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06'
  printf '\x00\x00\x00\x00\x00\x00'
  tail -c +3 photos/cell.jpg
} >turned/a.jpg
printf 'image,width,height,x1,y1,x2,y2\na.jpg,64,48,16,8,24,16\n' >turned.csv
turned=(prepare csv --images turned --annotations turned.csv)
expect "EXIF" 1 "turned.csv:2: .*orientation 6; --exif turn" "${turned[@]}" --out none
expect "EXIF, turned" 0 "" "${turned[@]}" --exif turn --out exif1
has "EXIF, turned" exif1/train.csv "a.jpg,32,16,40,24,0 "
says "EXIF, turned" "photographs whose boxes were rotated"
expect "EXIF, as it is" 0 "" "${turned[@]}" --exif as-is --out exif2
has "EXIF, as it is" exif2/train.csv "a.jpg,16,8,24,16,0 "
says "EXIF, as it is" "boxes kept as they are"

# --- auto ----------------------------------------------------------------------------------------

expect "auto: yolo" 0 "" prepare auto again --out auto1
has "auto: yolo" auto1/val.csv "val/images/valid/images/a.png,24,12,40,36,0 "
expect "auto: photographs alone" 1 "prepare background --images latin" prepare auto latin --out no
mkdir nothing
expect "auto: nothing" 1 "neither photographs nor annotations" prepare auto nothing --out no
expect "auto: a prepared set" 2 "is already a prepared set" prepare auto yolo --out no
expect "auto: nowhere to" 2 "give --out" prepare auto again
expect "auto: a dry run" 0 "" prepare auto again --dry-run --json
says "auto: a dry run" '"format": "yolo"'

# A folder with every format, damaged in ten places.
voc() { # NAME WIDTH XMIN
  printf '<annotation><filename>%s</filename><size><width>%s</width><height>48</height></size><object>
<name>face</name><bndbox><xmin>%s</xmin><ymin>9</ymin><xmax>24</xmax><ymax>16</ymax></bndbox></object>
</annotation>' "$1" "$2" "$3" >"mix/voc/Annotations/${1%.png}.xml"
}
mkdir -p mix/{coco,voc/Annotations,wider/images,retina,fddb,csv,yolo/labels/train}
for name in coco/photos/c1 voc/JPEGImages/v1 voc/JPEGImages/v2 wider/images/0--Parade/w1 \
  retina/images/r1 csv/t1 yolo/images/train/y1 loose; do put mix/$name.png; done
mkdir -p mix/fddb/2002 && cp photos/cell.jpg mix/fddb/2002/f1.jpg
put $'mix/csv/caf\xe9.png'
head -c 100 $photo >mix/wider/images/0--Parade/w2.png # 1: a truncated photograph
echo '{"images": [{"id": 1, "file_name": "c1.png", "width": 64, "height": 48},
  {"id": 2, "file_name": "gone.png", "width": 64, "height": 48}],
 "categories": [{"id": 5, "name": "mask"}, {"id": 7, "name": "face"}], "annotations": [
  {"id": 1, "image_id": 1, "category_id": 7, "bbox": [16, 8, 8, 8]},
  {"id": 2, "image_id": 1, "category_id": 5, "bbox": [90, 8, 8, 8]}]}' >mix/coco/train.json # 2, 3
voc v1.png 64 17
voc v2.png 640 17 # 4: another size
printf '0--Parade/w1.png\n1\n16 8 8 8 0 0 0 0 0 0\n0--Parade/w2.png\n1\n16 8 8 8 0 0 0 0 0 0\n' \
  >mix/wider/wider_face_val_bbx_gt.txt
printf '# r1.png\n60 8 8 8\n' >mix/retina/label.txt # 5: beyond the edge
printf '2002/f1\n1\n4 4 0 20 12 1\n2002/f2\n1\n4 4 0 20 12 1\n' >mix/fddb/list.txt # 6: no f2
printf 'image,x1,y1,x2,y2\nt1.png,16,8,24,16\nt1.png,16,8,x,16\ncaf\xe9.png,1,1,9,9\n' >mix/csv/b.csv # 7, 8
echo "1 0.3125 0.25 0.125 0.25" >mix/yolo/labels/train/y1.txt
printf 'train: images/train\ntest: ../test\nnames: [mask, face]\n' >mix/yolo/data.yaml # 9: no test
echo '{"images": [' >mix/broken.json # 10
put mix/lme/l1.png
echo '{"version": "5.2.1", "flags": {}, "shapes": [{"label": "face", "points": [[16, 8], [24, 16]],
  "group_id": null, "shape_type": "rectangle", "flags": {}}], "imagePath": "l1.png",
  "imageData": null, "imageHeight": 48, "imageWidth": 64}' >mix/lme/l1.json
put mix/cvat/images/k1.png
echo '<?xml version="1.0"?><annotations><version>1.1</version><meta><task><labels><label><name>face</name>
  </label></labels></task></meta><image id="0" name="k1.png" subset="Validation" width="64" height="48">
  <box label="face" occluded="0" xtl="16" ytl="8" xbr="24" ybr="16"/></image></annotations>' \
  >mix/cvat/annotations.xml
expect "auto: everything, strict" 1 "without --strict" prepare auto mix --out no --strict
[ ! -e no ] || complain "auto, strict: something was written"
expect "auto: everything" 0 "" prepare auto mix --out all --class face
has "auto: everything" all/train.csv "coco/photos/c1.png,16,8,24,16,0 csv/t1.png,16,8,24,16,0 \
fddb/2002/f1.jpg,16,8,24,16,0 lme/l1.png,16,8,24,16,0 retina/images/r1.png,60,8,64,16,0 voc/JPEGImages/v1.png,16,8,24,16,0 \
yolo/images/train/y1.png,16,6,24,18,0 "
has "auto: everything" all/val.csv "cvat/images/k1.png,16,8,24,16,0 wider/images/0--Parade/w1.png,16,8,24,16,0 "
expect "auto: all classes" 0 "" prepare auto mix --out all2
says "auto: all classes" "classes: mask, face"
for damage in "w2.png" "gone.png' is not in" "the box 90, 8 to 98, 16" "claims to be 640x48" \
  "the box 60, 8 to 68, 16" "2002/f2.jpg' is not in" "b.csv:3" 'caf\\xE9.png' "test: '../test'" \
  "broken.json' has an unknown format" "1 photographs without annotations.*loose.png"; do
  says "auto: all ten damages, and what is unmentioned" "$damage"
done

# Two annotations of the same photographs: only the user knows which is right.
mkdir two && put two/a.png
printf 'image,x1,y1,x2,y2\na.png,16,8,24,16\n' >two/b.csv
echo "0 0.5 0.5 0.1 0.1" >two/a.txt
expect "auto: two formats" 2 "yolo 'two' and csv 'two/b.csv' .*choose one with faceshot prepare yolo or csv" prepare auto two --out no
[ ! -e no ] || complain "auto: two formats: something was written"

[ "$failed" -eq 0 ] && echo "all as it should be"
exit "$failed"
