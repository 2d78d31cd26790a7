#!/usr/bin/env bash
# Runs every command of docs/tutorial.md (its ```sh blocks, in order), in a folder of its own.
#   tutorial.sh FACESHOT PROJECT
set -euo pipefail
faceshot=$1 project=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' "$project/docs/tutorial.md" >"$folder/commands"
count=$(grep -c '^faceshot ' "$folder/commands")
[ "$count" -ge 15 ] || { echo "docs/tutorial.md has only $count commands"; exit 1; }
cd "$folder"
ln -s "$project/configs" "$project/models" .
PATH=$(dirname "$faceshot"):$PATH
bash -euxo pipefail commands
for file in before.jpg before.json check.html labels.png stats.html before.html samples.png mine.onnx difference.html after.jpg; do
  [ -s "out/$file" ] || { echo "the tutorial made no out/$file"; exit 1; }
done
