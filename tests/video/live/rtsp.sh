#!/usr/bin/env bash
# `faceshot video rtsp://...` with Debian's librtsp-server-perl, to which ffmpeg sends encoded
# clips: killed, refused, back with another size; with `long`, also hung, repeatedly.
#   rtsp.sh FACESHOT FACES [long]
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2") length=${3:-short}
source "$(dirname "$0")/../common.sh"
if ! perl -MAnyEvent -MRTSP::Server -e 1 2>/dev/null; then
  echo "SKIPPED: no RTSP server is tested against: Debian's librtsp-server-perl is missing"
  exit 77
fi
enter_folder
server= sender= watcher=
trap 'kill -9 $server $sender $watcher 2>/dev/null || true; rm -rf "$folder"' EXIT

ports() { /usr/bin/python3 -c 'import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))'; }
read -r port source_port < <(ports)
rtp_port=$((20000 + RANDOM % 5000 * 4))

drawn_film "$faces" small.mp4 2 -g 10 -bf 0
drawn_film "$faces" large.mp4 2 -g 10 -bf 0 -vf scale=400:300

start_server() {
  perl -MAnyEvent -MRTSP::Server -e '$| = 1; $RTSP::Server::RTP_START_PORT = '"$rtp_port"';
    my $server = RTSP::Server->new_with_options(); $server->listen; AnyEvent->condvar->recv' -- \
    --client_listen_address 127.0.0.1 --source_listen_address 127.0.0.1 --clientport "$port" --serverport "$source_port" \
    --rtp_start_port "$rtp_port" >server.log 2>&1 &
  server=$!
  for _ in $(seq 100); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return; sleep 0.1; done
  cat server.log
  fail "the RTSP server does not start"
}
now() { date +%s.%N; }
# Sends the clip; returns when the server has it.
send() {  # CLIP
  ffmpeg -v error -re -stream_loop -1 -i "$1" -an -c copy -f rtsp "rtsp://127.0.0.1:$source_port/camera" </dev/null >/dev/null 2>sender.log &
  sender=$!
  for _ in $(seq 200); do
    ffprobe -v error -rtsp_transport udp -timeout 300000 -show_entries stream=codec_name "rtsp://127.0.0.1:$port/camera" >/dev/null 2>&1 && return
    kill -0 $sender 2>/dev/null || { cat sender.log server.log; fail "ffmpeg cannot send"; }
    sleep 0.1
  done
  fail "the server does not play"
}
stop_all() { kill -9 $server $sender 2>/dev/null || true; wait $server $sender 2>/dev/null || true; }
frames() { wc -l <lines; }
# frames_within SECONDS WIDTH: waits for a frame of this width that arrives after this call.
frames_within() {
  local from until
  from=$(frames) until=$(awk -v n="$(now)" -v s="$1" 'BEGIN {printf "%.3f", n + s}')
  while awk -v n="$(now)" -v u="$until" 'BEGIN {exit !(n < u)}'; do
    tail -n "+$((from + 1))" lines | grep -q "\"width\":$2," && return
    sleep 0.05
  done
  cat log
  fail "no frame of width $2 within $1 s"
}
alive() { kill -0 $watcher || { cat log; fail "faceshot is gone"; }; }

: >lines
start_server
send small.mp4
"$faceshot" video "rtsp://127.0.0.1:$port/camera" --threads 1 --log json --read-timeout 2 --connect-timeout 2 \
  --jsonl=lines --health health.json 2>log &
watcher=$!
frames_within 20 320
grep -q 'rtsp (udp)' log || { cat log; fail "the server has UDP alone, which was to be found out"; }

# Killed, refused, and back with another size.
stop_all
sleep 2
alive
start_server
send large.mp4
frames_within 2 400
alive
grep -q '"event":"lost"' log && grep -q '"event":"resized"' log && grep -q "Connection refused" log || { cat log; fail "the log does not tell"; }

if [ "$length" = long ]; then
  # Hung: no byte arrives, all connections stay; then it continues.
  for pause in 1 4 9; do
    kill -STOP $server
    sleep $pause
    alive
    kill -CONT $server
    frames_within 2 400
  done
  # Only the source disappears, and comes back smaller: the server stays.
  kill -9 $sender
  sleep 5
  stop_all
  sleep 20
  for clip in small large small; do
    start_server
    send $clip.mp4
    frames_within 2 "$([ $clip = small ] && echo 320 || echo 400)"
    stop_all
    sleep 1
  done
  alive
  [ "$(wc -l <log)" -lt 60 ] || { cat log; fail "the log is flooded"; }
fi
kill -TERM $watcher
wait $watcher || { cat log; fail "exit code $?"; }
watcher=
grep -q '"event":"stopped"' log || { cat log; fail "no farewell"; }
echo "cameras come back"
