#!/bin/sh
# Trains the same network here and in PyTorch, alternating, so that a machine slowed down by others
# affects both. Prints images/s of every round, and medians.
#   bench/compare/training.sh BUILD CONFIG.toml PACKED_SET [ROUNDS [THREADS]]
# PACKED_SET is from `faceshot prepare pack`: no round decodes images. FaceShot's figure includes
# everything: augmentation, matching, optimiser, averages; PyTorch's (torch_training.py) has fixed
# pixels and targets.
set -eu
build=$1 config=$2 set=$3 rounds=${4:-5} threads=${5:-2}
here=$(dirname "$0")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$build/bin/faceshot" model summary "$config" --json > "$out/network.json"

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

torch() { # name, options
  name=$1
  shift
  /usr/bin/python3 "$here/torch_training.py" "$out/network.json" --threads "$threads" "$@" |
    sed 's/.*: \([0-9.]*\) images.*/\1/' | tee -a "$out/$name" | tr '\n' ' '
}

# The second of two epochs: the first one loads the set into memory.
faceshot() { # name, workers
  rm -rf "$out/run"
  "$build/bin/faceshot" train "$config" "data.train=$set" data.samples_per_epoch=1600 train.epochs=2 \
    train.validate_every=9 \
    "data.workers=$2" "train.threads=$threads" --out "$out/run" > "$out/log" 2>&1 ||
    { cat "$out/log"; exit 1; }
  tail -n 1 "$out/run/metrics.csv" | cut -d, -f5 | tee -a "$out/$1" | tr '\n' ' '
  tail -n 1 "$out/run/metrics.csv" | cut -d, -f6 >> "$out/waiting$2"
}

echo "images/s, $threads threads: FaceShot, batches made between steps; ahead, by a worker;" \
  "PyTorch tuned; PyTorch as it comes"
for _ in $(seq "$rounds"); do
  faceshot between 0
  faceshot ahead 1
  torch tuned --tuned --steps 25
  torch plain --steps 3 --warmup 1
  echo
done
echo "medians: $(median "$out/between") ($(median "$out/waiting0") of the time making batches)," \
  "$(median "$out/ahead") (waiting for the worker $(median "$out/waiting1"))," \
  "$(median "$out/tuned"), $(median "$out/plain")"
