#!/usr/bin/env bash
# From a folder in Pascal VOC's layout to boxes with class names, without any option for classes:
#   classes.sh FACESHOT MAKE_SHAPE_SET SAME_IN_OPENCV CONFIGS
set -euo pipefail
program=$(realpath "$1")
make_set=$(realpath "$2")
same_in_opencv=$(realpath "$3")
configs=$(realpath "$4")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "$*"; exit 1; }

"$make_set" shapes 400 3
"$program" prepare voc --root shapes --out set >out
grep -q 'classes: cross, disc, triangle' out || fail "prepare: $(cat out)"
"$program" prepare split set --val 0.2
"$program" train "$configs/faceshot-nano.toml" data.train=set/train.csv data.val=set/val.csv \
  augment.size=192 augment.large_size=0 augment.policy=ssd loss.class_loss=focal loss.iou_weight=1 train.validate_side=256 train.epochs=60 train.warmup_steps=50 train.threads=2 \
  train.ema_decay=0.98 train.tensorboard.every=0 data.workers=0 --out run >out 2>&1 || fail "$(tail -5 out)"
grep -q 'classes: cross (.* boxes), disc (.* boxes), triangle (.* boxes)' out || fail "$(cat out)"
"$program" export run/best.pt --out shapes.onnx >out
"$program" evaluate --protocol voc --data set --model shapes.onnx --max-side 256 --json >report.json
"$program" detect shapes/JPEGImages --model shapes.onnx --max-side 256 --json >found.json
/usr/bin/python3 - <<'PY'
import json
report = json.load(open("report.json"))
print("mAP", report["ap"], [(c["name"], round(c["ap"], 3)) for c in report["classes"]["of"]])
assert report["ap"] > 0.9, report["ap"]
confusion = report["classes"]["confusion"]
assert sum(confusion[i][i] for i in range(3)) > 0.9 * sum(sum(row[:3]) for row in confusion[:3])
names = {face["class"] for image in json.load(open("found.json")) for face in image["faces"]}
assert names == {"cross", "disc", "triangle"}, names
PY
head -1 run/metrics.csv | grep -q ',val_ap.cross,val_ap.disc,val_ap.triangle$' || fail "metrics.csv"

# One class alone, and an unknown name.
"$program" detect shapes/JPEGImages/0.png --model shapes.onnx --class triangle --json >one.json
! grep -q '"class": "disc"' one.json || fail "--class triangle shows a disc"
! "$program" detect shapes/JPEGImages/0.png --model shapes.onnx --class cube >out 2>&1 || fail "--class cube"
grep -q "knows cross, disc, triangle" out || fail "$(cat out)"

# Other classes, starting from this network: the report says from which class each starts.
"$make_set" more 60 20
"$program" prepare voc --root more --out more_set >out
"$program" train "$configs/faceshot-nano.toml" data.train=more_set/train.csv augment.size=192 augment.large_size=0 \
  train.validate_side=256 train.epochs=1 train.batch_size=8 train.threads=2 train.tensorboard.every=0 \
  model.init.file=shapes.onnx --out more_run >out 2>&1 || fail "$(tail -5 out)"
grep -Eq 'class +disc +disc' out || fail "$(cat out)"
grep -Eq 'class +square_blue +- +random' out || fail "$(cat out)"

# The classical networks are trained on twenty classes, like SSD on VOC; no pretrained base network
# is available, so all of it is trained.
"$make_set" twenty 400 20
"$program" prepare voc --root twenty --out twenty_set >out
"$program" prepare split twenty_set --val 0.2
"$program" train "$configs/ssd300-mobilenetv2.toml" data.train=twenty_set/train.csv data.val=twenty_set/val.csv \
  'model.freeze=[]' train.epochs=25 train.learning_rate=2e-3 train.warmup_steps=50 train.batch_size=16 train.validate_every=25 \
  train.early_stopping.metric=none train.threads=2 train.tensorboard.every=0 data.workers=0 --out classical >out 2>&1 ||
  fail "$(tail -5 out)"
"$program" export classical/best.pt --out classical.onnx >out 2>&1 || fail "$(tail -5 out)"
"$program" inspect classical.onnx >out
grep -q 'triangle_red' out || fail "$(cat out)"
"$program" evaluate --protocol voc --data twenty_set --model classical.onnx --max-side 300 --json >report.json
/usr/bin/python3 - <<'PY'
import json
report = json.load(open("report.json"))
print("20 classes: mAP", report["ap"])
assert len(report["classes"]["of"]) == 20 and report["ap"] > 0.8, report["ap"]
PY

# OpenCV's DNN module finds the same boxes of the same classes.
"$program" export run/best.pt --size 256x192 --out shapes256.onnx >out
"$same_in_opencv" shapes256.onnx 0.3 shapes/JPEGImages/1?.png >out 2>&1 || fail "three classes in OpenCV: $(cat out)"
"$program" export classical/best.pt --size 300x300 --out classical300.onnx >out
"$same_in_opencv" classical300.onnx 0.3 twenty/JPEGImages/??.png >out 2>&1 || fail "twenty classes in OpenCV: $(cat out)"
