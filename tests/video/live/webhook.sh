#!/usr/bin/env bash
# `faceshot video --webhook`: the receiver is down at first, then receives all events, in order,
# signed.
#   webhook.sh FACESHOT FACES
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2") here=$(realpath "$(dirname "$0")")
source "$here/../common.sh"
enter_folder
server=
trap 'kill $server 2>/dev/null; rm -rf "$folder"' EXIT

port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'a secret\n' >secret
drawn_film "$faces" film.mp4 1 -g 5
ffmpeg -v error -i film.mp4 -an -c copy -f mpegts film.ts
run() { "$faceshot" video - --threads 1 --every-frame --events=events --webhook "http://127.0.0.1:$port/faces" \
  --webhook-secret-file secret --webhook-queue queue --health health.json "$@" <film.ts 2>log || { cat log; fail "video"; }; }

# Nobody is listening: events wait on disk, across runs.
run
run
waiting=$(ls queue | grep -c json)
[ "$waiting" = "$(wc -l <events)" ] && [ "$waiting" -gt 5 ] || { cat log; fail "$waiting of $(wc -l <events) events wait"; }
grep -q "Could not connect\|Couldn't connect" log && grep -q "events are still waiting on disk" log || { cat log; fail "the log"; }

/usr/bin/python3 "$here/receiver.py" "$port" secret taken &
server=$!
run
for _ in 1 2 3 4 5; do [ "$(ls queue | grep -c json)" = 0 ] && break; run; done
[ "$(ls queue | grep -c json)" = 0 ] || { cat log; fail "events are left"; }
grep -q BAD taken && { cat taken; fail "signatures"; }
# The event whose answer was lost arrived twice, with the same id; all others once; all in order.
[ "$(cut -d' ' -f2 taken | uniq -d | wc -l)" = 1 ] || { cat taken; fail "what comes twice"; }
[ "$(cut -d' ' -f2 taken | uniq | sort | uniq -d | wc -l)" = 0 ] || { cat taken; fail "ids"; }
diff <(uniq taken | cut -d' ' -f3-) events || fail "not the events, or not in order"
grep -q '"queued": 0' health.json || { cat health.json; fail "health"; }
echo "all events arrive, in order, signed"
