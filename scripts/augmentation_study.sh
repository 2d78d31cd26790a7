#!/usr/bin/env bash
# Measures the benefit of a learned augmentation policy: two searches of the same size (reinforce,
# random), then equal budgets of 300,000 crops from one start with four policies, three seeds each,
# as a table.
#
#   scripts/augmentation_study.sh DATA WHOLE_VAL OUT
#
# DATA is the output of scripts/training_data.sh, WHOLE_VAL the val.csv of WIDER FACE's whole val.
# Results that are already in OUT are not computed again: stop it at any moment and start it again,
# also on several machines that share OUT (each takes part in the searches, and in trainings that no
# other machine is running). Environment: FACESHOT the program, TRIALS (40), CROPS of a trial
# (18000), BUDGET of a training (300000), SEEDS ("1 2 3"), WORKERS (1), THREADS (0: all cores).
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2; }
root=$(realpath "$(dirname "$0")/..")
data=$(realpath "$1")
whole=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3")
faceshot=$(realpath "${FACESHOT:-$root/build/release/bin/faceshot}")
trials=${TRIALS:-40} crops=${CROPS:-18000} budget=${BUDGET:-300000} seeds=${SEEDS:-1 2 3}
workers=${WORKERS:-1} threads=${THREADS:-0}
cd "$root"

# The start is the network that has not seen the held-out images (docs/training-log.md, piece 1).
start=models/training/faceshot-nano.onnx
list() { printf '"%s",' "$@"; }
train=("$data"/packed/{wider_known,wider_new,wider_altered,face_counting,aizoo_mafa,ilc_mask2021}/train.csv
  "$data"/packed/{neg_pets,neg_imagenet_sample,no_faces}/train.csv)
kept=("$data"/sets/{wider_known,wider_new,wider_altered}/val.csv)
config=(configs/faceshot-nano.toml "data.train=[$(list "${train[@]}")]" 'data.weights=[1,1,1,0.1,0.2,0.2,0.6,0.6,0.6]'
  "data.val=[$(list "${kept[@]}")]" 'model.prior_sizes=[[8,14,22],[32,48],[64,96],[128,192,288,448]]')  # as
                                                                                                        # in
                                                                                                        # the
                                                                                                        # start

for method in reinforce random; do
  if [ -f "$out/$method/search.json" ]; then
    "$faceshot" augment search --resume "$out/$method" --workers "$workers" --out "$out/$method.toml"
  else
    "$faceshot" augment search "${config[@]}" --method $method --trials "$trials" --crops "$crops" --start $start \
      --dir "$out/$method" --workers "$workers" --threads "$threads" --out "$out/$method.toml"
  fi
done

epoch=10000
[ "$budget" -ge $epoch ] || epoch=$budget
epochs=$((budget / epoch))
for seed in $seeds; do
  for policy in face rand-augment random reinforce; do
    run=$out/runs/$policy-$seed
    file=$policy
    [ ! -f "$out/$policy.toml" ] || file=$out/$policy.toml
    [ ! -f "$run/test.json" ] || continue
    mkdir -p "$run"
    exec 9>"$run/lock"
    flock --nonblock 9 || continue  # another process is running it
    if [ -f "$run/last.pt" ]; then
      "$faceshot" train --resume "$run"
    else
      "$faceshot" train "${config[@]}" "data.test=$whole" "augment.policy=$file" model.init.file=$start \
        data.samples_per_epoch=$epoch train.epochs=$epochs train.learning_rate=1e-3 train.warmup_steps=200 \
        train.validate_every=$epochs train.validate_start=false train.seed="$seed" train.threads="$threads" --out "$run"
    fi
  done
done

figure() { sed -n "s/.*\"$2\": \([0-9.]*\).*/\1/p" "$1" | head -n 1; }
kept_out() { "$faceshot" runs list "$1" --json | sed -n 's/.*"val_ap_mean": \([0-9.]*\).*/\1/p' | head -n 1; }
echo "| policy | seed | kept out, mean over heights | whole val, mean over heights | whole val, all faces |"
echo "|---|---|---|---|---|"
for policy in face rand-augment random reinforce; do
  for seed in $seeds; do
    run=$out/runs/$policy-$seed
    [ -f "$run/test.json" ] || { echo "| $policy | $seed | not done | | |"; continue; }
    printf '| %s | %s | %.4f | %.4f | %.4f |\n' $policy "$seed" "$(kept_out "$run")" "$(figure "$run/test.json" ap_mean)" \
      "$(figure "$run/test.json" ap)"
  done
done
