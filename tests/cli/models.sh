#!/usr/bin/env bash
# `faceshot models` and `faceshot model summary`: published figures, as JSON and as tables, and
# error messages.
#   models.sh PROGRAM CONFIGS
set -u
program=$1
configs=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

failed=0
complain() {
  echo "FAILED: $*"
  failed=1
}
# same WHAT WANTED JSON_FILE PYTHON_EXPRESSION
same() {
  local got
  got=$(/usr/bin/python3 -c "import json,sys; d=json.load(open('$3')); print($4)")
  [ "$got" = "$2" ] || complain "$1: $got, not $2"
}

"$program" models >table || complain "models"
for name in mobilenet_v1 mobilenet_v2 vgg16 resnet18 resnet34 resnet50 inception_v3 faceshot_nano; do
  grep -q "^$name " table || complain "$name is not in the table"
done
grep -q "^nano .*faceshot-nano.onnx (default)$" table || complain "the shipped networks are not listed"
"$program" models --json >models.json || complain "models --json"
same "ResNet-50's parameters" 23508032 models.json \
  "[m['parameters'] for m in d if m['name']=='resnet50'][0]"
"$program" models --backbone mobilenet_v2 --alpha 0.5 >one || complain "models --backbone"
grep -q "^C4_expand *16 *288" one || complain "MobileNetV2's expansion at stride 16"

"$program" model summary "$configs/ssd300-vgg16.toml" --json >vgg.json || complain "summary --json"
same "SSD300's priors" 8732 vgg.json "sum(l['priors'] for l in d['levels'])"
same "SSD300's maps" "[38, 19, 10, 5, 3, 1]" vgg.json "[l['width'] for l in d['levels']]"
same "conv4_3's receptive field" 92 vgg.json \
  "[l['receptive_field'] for l in d['layers'] if l['name']=='backbone.features.22'][0]"
for config in "$configs"/*.toml; do
  "$program" model summary "$config" >summary || complain "$config"
  tail -n 1 summary | grep -q "parameters, .* GFLOP, .* priors" || complain "$config: last line"
done

# wrong STATUS PATTERN ARGUMENTS...: one line on stderr
wrong() {
  local status=$1 pattern=$2 got
  shift 2
  "$program" "$@" >out 2>err
  got=$?
  [ $got -eq "$status" ] || complain "$*: status $got, not $status"
  [ "$(wc -l <err)" -eq 1 ] || complain "$*: not one line: $(cat err)"
  grep -q "$pattern" err || complain "$*: $(cat err)"
}
wrong 1 "did you mean 'resnet50'" models --backbone resnet51
wrong 2 "has: torchvision" models --backbone vgg16 --variant keras
wrong 2 "has no tap\|no tap" model summary "$configs/ssd300-vgg16.toml" 'model.features=["C3","C9"]'
wrong 2 "too small" model summary "$configs/ssd300-vgg16.toml" --size 64
wrong 2 "model.prior_sizes" model summary "$configs/ssd300-vgg16.toml" 'model.prior_sizes=[[30]]'
exit $failed
