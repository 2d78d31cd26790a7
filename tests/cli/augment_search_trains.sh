#!/usr/bin/env bash
# `faceshot augment search` with trials that train: rungs continue from one another, a population
# from inherited weights, and a killed search ends like an undisturbed one.
#   augment_search_trains.sh PROGRAM CONFIG
set -u
program=$1
config=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0
complain() { echo "FAILED: $*"; failed=1; }

cat >space.toml <<'TOML'
[[augment.policy]]
op = "fliplr"
p = {levels = [0, 0.5]}
[[augment.policy]]
op = "brightness"
by = {levels = [0, 20, 40]}
TOML
"$program" synthesize --count 24 --seed 5 --size 160x160 --min-face 24 --out faces >/dev/null || complain "no faces"
run=  # exec: if a signal should reach the program
search() {  # NAME OPTIONS...
  local name=$1
  shift
  $run "$program" augment search "$config" data.train=faces/train.csv data.val=faces/train.csv model.backbone=faceshot_nano \
    model.alpha=1 --space space.toml --batch 2 --eta 2 --threads 1 --crops 96 --confirm 1 --confirm-times 1 \
    --dir "$name" "$@"
}
figures() { (cd "$1/results" && grep -h '"figure"' -- * ); }

search whole --trials 4 >out 2>err || complain "a search: $(cat err)"
for results in whole/results/000?-0.json; do
  grep -q '"figure": [0-9]' "$results" || complain "no figure: $(cat "$results")"
done
# After the first rung half of the epochs are done; after the second all of them, by the same run.
long=$(ls -d whole/runs/*-1.1 | head -n 1)
short=${long%-1.1}-0.1
[ "$(tail -n 1 "$short/metrics.csv" | cut -d, -f1)" = 1 ] && [ "$(tail -n 1 "$long/metrics.csv" | cut -d, -f1)" = 2 ] ||
  complain "rungs end elsewhere: $(cat "$short/metrics.csv" "$long/metrics.csv")"
[ "$(head -n 2 "$short/metrics.csv")" = "$(head -n 2 "$long/metrics.csv")" ] || complain "the second rung is another run"
grep -q '"brightness"' whole/best.toml || complain "the best policy: $(cat whole/best.toml)"

run=exec search killed --trials 4 >out 2>err &
victim=$!
for ((i = 0; i < 1200; ++i)); do
  [ -f killed/results/0000-0.json ] && [ -f killed/runs/0001-0.1/log.txt ] && break
  sleep 0.05
done
kill -9 $victim
wait $victim 2>/dev/null
"$program" augment search --resume killed >out 2>err || complain "resumed: $(cat err)"
[ "$(figures killed)" = "$(figures whole)" ] || complain "killed and resumed: $(figures killed) instead of $(figures whole)"
cmp -s whole/best.toml killed/best.toml || complain "killed and resumed: another best policy"

search pba --method pba --trials 6 >out 2>err || complain "pba: $(cat err)"
for proposal in pba/proposals/000[2-5].json; do
  parent=$(sed -n 's/.*"parent": \([0-9]*\).*/\1/p' "$proposal")
  trial=$(basename "$proposal" .json)
  grep -q "runs/000$parent-0.1/last.pt" "pba/runs/$trial-0.1/config.toml" || complain "trial $trial does not start from $parent"
done
"$program" augment preview faces --policy pba/best.toml --count 2 --out sheet.png >/dev/null 2>err || complain "$(cat err)"

"$program" augment search "$config" data.train=nowhere.csv --space space.toml --dir wrong >out 2>err
[ $? -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "nowhere.csv" err || complain "no data: $(cat err)"

[ "$failed" -eq 0 ] && echo "all as it should be"
exit "$failed"
