#!/usr/bin/env bash
# A set of three splits through every writer and the reader of the same format: boxes to 0.01 px,
# classes, landmarks, ignored faces and splits, as far as the format can hold them.
#   round_trips.sh PROGRAM MAKE_TEST_IMAGES
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$2" "$work" || { echo "the test's own files could not be made"; exit 1; }
cd "$work" || exit 1
failed=0
complain() {
  echo "FAILED: $*"
  failed=1
}

mkdir -p set/images/sub
for id in a b c sub/d; do cp photos/cell.png set/images/$id.png; done # 64x48
echo '{"classes": {"0": "face", "1": "masked & odd"}}' >set/label.json
header=image,width,height,x1,y1,x2,y2,class,ignore,left_eye_x,left_eye_y,right_eye_x,right_eye_y,nose_x,nose_y,\
mouth_left_x,mouth_left_y,mouth_right_x,mouth_right_y
{
  echo "$header"
  echo "a.png,64,48,1.2345,2.1,30.777,40.3,0,0,8.5,12,20.25,12.5,14,20,9,30,19,31"
  echo "a.png,64,48,33,0,64,47.9,1,0,,,,,,,,,,"
  echo "a.png,64,48,3,3,9,9,0,1,,,,,,,,,,"
  echo "sub/d.png,64,48,,,,,,,,,,,,,,,,"
} >set/train.csv
{ echo "$header" && echo "b.png,64,48,10.01,11.02,20.03,30.04,1,0,,,,,,,,,,"; } >set/val.csv
{ echo "$header" && echo "c.png,64,48,0,0,64,48,0,0,10,10,50,10,30,20,15,40,45,40"; } >set/test.csv

# rows SET FORMAT: each row of all splits with the fields that the format holds, by split and image;
# numbers follow a '#'.
rows() {
  local split
  for split in train val test; do
    [ ! -e "$1/$split.csv" ] || awk -F, -v split_name=$split -v format="$2" '
      FNR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
      { ignore = at["ignore"] && $(at["ignore"]) == 1
        if (ignore && format == "yolo") next
        n = split($(at["image"]), part, "/")
        line = split_name " " part[n] " class " ($(at["x1"]) == "" ? "-" : $(at["class"]) + 0) " ignore " ignore
        for (c = 0; c < 4; ++c) line = line " #" $(at[substr("x1y1x2y2", 2 * c + 1, 2)])
        if (format != "yolo" && format != "voc" && at["nose_x"])
          for (c = at["left_eye_x"]; c <= at["mouth_right_y"]; ++c) line = line " #" $c
        sub(/( #)+$/, "", line)
        print line }' "$1/$split.csv"
  done | LC_ALL=C sort -s -k1,2
}

# same NAME FORMAT SET: the rows equal those of `set`, numbers to 0.01.
same() {
  rows set "$2" >wanted
  rows "$3" "$2" >found
  paste -d'|' wanted found | awk -F'|' '
    { n = split($1, a, " "); m = split($2, b, " ")
      bad = n != m
      for (i = 1; i <= n && !bad; ++i)
        if (a[i] ~ /^#/ && b[i] ~ /^#/) { d = substr(a[i], 2) - substr(b[i], 2); bad = d > 0.01 || d < -0.01 }
        else bad = a[i] != b[i]
      if (bad) { print "  " $1 "\n  became " $2; wrong = 1 } }
    END { exit wrong }' || complain "$1"
  [ "$(grep -o '"masked & odd"' "$3/label.json" | wc -l)" -ge 1 ] || complain "$1: the class names"
}

run() { # NAME ARGUMENTS...
  local name=$1
  shift
  "$program" "$@" >out 2>&1 || { complain "$name: exit status $?"; cat out; }
}

for format in coco yolo voc labelme cvat; do
  # All splits at once, recognised again without options.
  run "$format" data export set --format $format --out all-$format
  run "$format again" prepare auto all-$format --out back-$format
  same "$format" $format back-$format
  # Each split alone, if the format states which it is.
  for split in train val test; do
    run "$format $split" data export set --split $split --format $format --out $split-$format
    told=()
    case $format in coco | labelme) told=(--split $split) ;; esac
    reader=(prepare $format --root $split-$format)
    [ $format != coco ] ||
      reader=(prepare coco --images $split-coco/images --annotations $split-coco/annotations.json)
    run "$format $split again" "${reader[@]}" "${told[@]}" --merge "masked & odd" --out one-$format
  done
  sed -E 's/(class) [01]/\1 0/' <(rows set $format) >wanted.one
  rows one-$format $format | sed -E 's/ #.*//' >found.one
  sed -E 's/ #.*//' wanted.one | diff - found.one || complain "$format, a split alone"
done
rm -r back-* one-*

# Through all formats, one after the other: errors do not accumulate.
last=set
for format in cvat coco labelme; do
  run "chain, $format" data export "$last" --format $format --out chain-$format
  run "chain, $format again" prepare auto chain-$format --out chained-$format
  last=chained-$format
done
same "cvat, coco, labelme" labelme "$last"

[ "$failed" -eq 0 ] && echo "all came back"
exit "$failed"
