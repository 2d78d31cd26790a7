#!/usr/bin/env bash
# `faceshot augment search` with trials that are a command: killed, interrupted, shared, resumed.
#   augment_search.sh PROGRAM
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0
complain() { echo "FAILED: $*"; failed=1; }

cat >space.toml <<'TOML'
[search]
p = [0, 0.5]
strength = [0.5, 1]
[[augment.policy]]
slot = "a"
steps = [{op = "hue"}, {op = "shadow"}]
[[augment.policy]]
op = "fliplr"
p = {levels = [0, 0.5]}
TOML
# Shadows are good, and the same trial gives the same figure. Each run leaves a mark.
cat >trial.sh <<'SH'
echo "$FACESHOT_TRIAL-$FACESHOT_RUNG" >>"$FACESHOT_MARKS"
sleep "${FACESHOT_NAP:-0}"
shadows=$(grep -c shadow "$FACESHOT_POLICY")
echo "a line of talk, 7"
echo "0.$((FACESHOT_RUNG + 1 + 3 * shadows))$((FACESHOT_TRIAL * 7 % 10))$((FACESHOT_SEED % 10))"
SH
run=  # exec: in the background, if a signal should reach the program and not its shell
search() {  # NAME OPTIONS...: a new search in folder NAME
  local name=$1
  shift
  FACESHOT_MARKS=$work/$name.marks $run "$program" augment search --trial-command "sh $work/trial.sh" --space space.toml \
    --trials 12 --batch 4 --eta 2 --confirm 1 --dir "$name" "$@"
}
resume() {
  local name=$1
  shift
  FACESHOT_MARKS=$work/$name.marks $run "$program" augment search --resume "$name" "$@"
}
same() {  # NAME: its trials and figures equal those of the undisturbed search
  local file
  diff -x '*.tmp-*' -r whole/proposals "$1/proposals" >diff.txt && diff -x '*.tmp-*' -r whole/policies "$1/policies" >>diff.txt ||
    complain "$1: other policies: $(head -5 diff.txt)"
  [ "$(ls whole/results)" = "$(ls "$1/results")" ] || complain "$1: other trials: $(ls "$1/results")"
  for file in whole/results/*; do
    [ "$(grep '"figure"' "$file")" = "$(grep '"figure"' "$1/results/${file##*/}")" ] || complain "$1: ${file##*/} differs"
  done
  cmp -s whole/best.toml "$1/best.toml" || complain "$1: another best policy"
}
results() { find "$1/results" -name '*.json' 2>/dev/null | wc -l; }
await() {  # NAME COUNT: waits for that many results
  local i
  for ((i = 0; i < 600; ++i)); do
    [ "$(results "$1")" -ge "$2" ] && return
    sleep 0.05
  done
  complain "$1: no $2 results within 30 seconds"
}

search whole --out policies/best.toml >out 2>err </dev/null || complain "a good run: $(cat err)"
jobs=$(results whole)
[ "$(wc -l <whole.marks)" -eq "$jobs" ] && [ "$jobs" -gt 16 ] || complain "$jobs results of $(wc -l <whole.marks) runs"
cmp -s policies/best.toml whole/best.toml || complain "--out is not the best policy"
grep -q '^# Found by faceshot augment search' policies/best.toml || complain "not said where the policy is from"
grep -q shadow policies/best.toml || complain "the better operation was not found: $(cat policies/best.toml)"
for file in whole/learned.svg whole/progress.svg whole/tensorboard/events.out.tfevents.*; do
  [ -s "$file" ] || complain "no $file"
done
"$program" augment search --show whole --json >shown 2>err || complain "--show: $(cat err)"
grep -q '"done": true' shown && grep -q '"spearman"' shown || complain "--show --json: $(head -3 shown)"
"$program" augment search --show whole >shown 2>err && grep -q '^fliplr.p ' shown || complain "--show: $(cat err shown)"
resume whole >out 2>err || complain "resuming what is done: $(cat err)"
[ "$(wc -l <whole.marks)" -eq "$jobs" ] || complain "what was done was done again"

# Killed with SIGKILL during a trial, whose process ends with it.
FACESHOT_NAP=0.1 run=exec search killed >out 2>err </dev/null &
victim=$!
await killed 3
before=$(results killed)
kill -9 $victim
wait $victim 2>/dev/null
sleep 0.3
[ "$(results killed)" -eq "$before" ] || complain "killed, it goes on"
resume killed --json >out 2>err || complain "resumed after SIGKILL: $(cat err)"
grep -q '"done": true' out || complain "resumed: $(head -3 out)"
same killed
[ "$(wc -l <killed.marks)" -le $((jobs + 1)) ] || complain "more than the trial that was cut off was run again"

# Ctrl-C (as SIGTERM, since background jobs of shells ignore SIGINT), then continued with two
# workers.
FACESHOT_NAP=0.1 run=exec search stopped >out 2>err </dev/null &
victim=$!
await stopped 2
kill -TERM $victim
wait $victim
got=$?
[ $got -eq 130 ] || complain "stopped: exit status $got"
grep -q "Resume with: faceshot augment search --resume stopped" err || complain "stopped: $(cat err)"
resume stopped --workers 2 >out 2>err || complain "two workers: $(cat err)"
same stopped

# Two processes on one folder, one of which is killed: no trial is lost or repeated.
FACESHOT_NAP=0.1 run=exec search shared >out 2>err </dev/null &
first=$!
await shared 1
FACESHOT_NAP=0.1 run=exec resume shared >out2 2>err2 </dev/null &
second=$!
await shared 5
kill -9 $first
wait $first 2>/dev/null
wait $second || complain "the other worker: $(cat err2)"
same shared
[ "$(cut -d'"' -f4 <(grep -h '"worker"' shared/results/*) | sort -u | wc -l)" -eq 2 ] || complain "one worker did it all"

# refuse STATUS PATTERN ARGUMENTS...
refuse() {
  local status=$1 pattern=$2 got
  shift 2
  "$program" augment search "$@" >out 2>err </dev/null
  got=$?
  [ $got -eq "$status" ] || complain "$pattern: exit status $got"
  [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$pattern" err || complain "$pattern: $(cat err)"
}
refuse 2 "give a training config or --trial-command"
refuse 2 "contains a search with other settings" --trial-command true --dir whole
refuse 2 "did you mean 'steps'" --trial-command true --dir new --space <(printf '[[augment.policy]]\nslot="a"\nstep=[]\n')
refuse 2 "expected a duration" --trial-command true --dir new --budget 120
refuse 2 "'train.epochs' is set by the search itself" space.toml train.epochs=3 --dir new
refuse 1 "no such file: 'none.toml'" none.toml --dir new
refuse 1 "is 'none' the folder of a search" --resume none
refuse 2 "leave out --seed" --resume whole --seed 3
refuse 2 "leave out config" --show whole space.toml
refuse 2 "not both" --show whole --resume whole
refuse 2 "one where larger is better" space.toml --metric val_loss --dir new
[ ! -e new ] || complain "something was left"
refuse 1 "printed no line with just a number" --trial-command "echo hello" --dir wrong
refuse 1 "status 3: what is wrong" --trial-command "echo what is wrong; exit 3" --dir wrong2
refuse 1 "all 8 trials of a batch failed" --trial-command "echo nan" --dir wrong3

[ "$failed" -eq 0 ] && echo "all as it should be"
exit "$failed"
