#!/usr/bin/env bash
# `faceshot video http://..., rtsp://..., -, FIFO`: streams over loopback and pipes.
#   network.sh FACESHOT FACES
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2") here=$(realpath "$(dirname "$0")")
source "$here/../common.sh"
enter_folder
servers=()
trap 'kill "${servers[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
listening() { for _ in $(seq 100); do (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return; sleep 0.1; done; fail "no server"; }
video() { "$faceshot" video --threads 1 "$@" 2>log || { cat log; fail "video $*"; }; }

drawn_film "$faces" film.mp4 2 -g 10 -bf 0
ffmpeg -v error -i film.mp4 -an -c copy film.ts
ffmpeg -v error -i film.mp4 -frames:v 10 frame%02d.jpg

# A film through a pipe: every frame, each kind of container, and the same faces as from the file.
"$faceshot" video film.mp4 --threads 1 --tracks=rows >/dev/null
for container in mpegts matroska h264; do
  ffmpeg -v error -i film.mp4 -an -c copy -f $container - | video - --every-frame --jsonl >lines
  [ "$(wc -l <lines)" = 50 ] || fail "$(wc -l <lines) of 50 frames through a pipe ($container)"
done
[ "$(grep -o '"id":[0-9]*' lines | sort -u | wc -l)" = "$(cut -d, -f2 rows | sort -u | wc -l)" ] || fail "other tracks"

# A FIFO: writers come and go.
mkfifo pipe
(cat film.ts >pipe; sleep 0.2; cat film.ts >pipe) &
video pipe --for 3 --health health.json --out rec.mkv
grep -q '"connections": 2' health.json || { cat log health.json; fail "a FIFO with two writers"; }
ffprobe -v error rec.mkv || fail "the recording"
wait %1

port=$(free_port)
/usr/bin/python3 "$here/camera_server.py" http "$port" frame*.jpg &
servers+=($!)
rtsp_port=$(free_port)
/usr/bin/python3 "$here/camera_server.py" rtsp "$rtsp_port" film.mp4 &
servers+=($!)
listening "$port"
listening "$rtsp_port"

# All at once, good and bad ones: the bad ones do not affect the good ones.
cat >cameras.toml <<END
[live]
events = "events.jsonl"
health = "health.json"
metrics = "faceshot.prom"
connect_timeout = 1.5
read_timeout = 1
log = "json"
[streams.tcp]
source = "rtsp://user:secret@127.0.0.1:$rtsp_port/s"
[streams.tcp.zones]
all = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
[streams.mjpeg]
source = "http://127.0.0.1:$port/mjpeg?key=secret"
[streams.short]
source = "http://127.0.0.1:$port/short"
[streams.garbage]
source = "http://127.0.0.1:$port/garbage"
[streams.hang]
source = "http://127.0.0.1:$port/hang"
[streams.file]
source = "http://127.0.0.1:$port/file"
[streams.asleep]
source = "http://127.0.0.1:$port/mjpeg"
hours = ["$(LC_ALL=C date -d '3 days' +%a | tr A-Z a-z) 00:00-00:01"]
END
video cameras.toml --for 4
of() { /usr/bin/python3 -c 'import json, sys; print(next(s for s in json.load(open("health.json"))["streams"] if s["name"] == sys.argv[1])[sys.argv[2]])' "$@"; }
[ "$(of tcp received)" -gt 40 ] || { cat log; fail "RTSP: $(of tcp received) frames"; }
[ "$(of mjpeg received)" -gt 30 ] || { cat log; fail "MJPEG: $(of mjpeg received) frames"; }
[ "$(of short connections)" -ge 2 ] || { cat log; fail "a stream that ends is taken up again"; }
for stream in garbage hang file asleep; do
  [ "$(of $stream received)" = 0 ] || fail "frames of $stream"
done
[ "$(of asleep failures)" = 0 ] && [ "$(of hang failures)" -ge 1 ] && [ "$(of file failures)" -ge 2 ] || { cat health.json; fail "failures"; }
grep -q '"stream":"tcp","event":"entered"' events.jsonl || { cat events.jsonl; fail "events"; }
grep -q 'rtsp (tcp)' log || { cat log; fail "RTSP goes over TCP"; }
grep -q secret log health.json faceshot.prom events.jsonl && fail "a password was told"
/usr/bin/python3 -c 'import json, sys; [json.loads(line) for line in open("log")]' || { cat log; fail "the log is not JSON"; }
grep -q '^faceshot_stream_up{stream="mjpeg"}' faceshot.prom || { cat faceshot.prom; fail "metrics"; }

# In privacy mode only counts are sent, and recordings show no face.
video "http://127.0.0.1:$port/mjpeg" --for 1.5 --privacy --events=private --out hidden.mkv
[ "$(wc -l <private)" = 1 ] && grep -q '"event":"counts".*"appeared":2' private || { cat private log; fail "privacy"; }
"$faceshot" video hidden.mkv --threads 1 --json | grep -q '"tracks": 0' || fail "a face is left in the recording"

# Wrong usage: one line, status 2.
bad() {  # WORDS ARGUMENTS...
  local status=0
  "$faceshot" video "${@:2}" >/dev/null 2>log || status=$?
  [ "$status" = 2 ] && [ "$(wc -l <log)" = 1 ] && grep -q -- "$1" log || { cat log; fail "$status for video ${*:2}"; }
}
bad "unsupported protocol; use" file:///etc/passwd --events
bad "is not a stream" rtsp://a/b film.mp4 --events
bad "nothing to write" rtsp://a/b
bad "is for films" rtsp://a/b --events --from 3
bad "is for films" rtsp://a/b --tracks=t.csv
bad "is for live streams" film.mp4 --json --events=e
bad "snapshots show faces" rtsp://a/b --privacy --snapshots faces
bad "only one of" rtsp://a/b --jsonl --events
bad "is not a size" rtsp://a/b --snapshots faces --keep-size much
bad "rec.mkv" rtsp://a/b --out rec.mp4
bad "https://" rtsp://a/b --webhook ftp://a
echo "streams come from everywhere"
