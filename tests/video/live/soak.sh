#!/usr/bin/env bash
# Eight cameras of 640x480 at 10 frames per second, and one of garbage, on two threads for a while:
# shares, latencies, memory and descriptors. On an idle machine:
#   soak.sh FACESHOT FACES [MINUTES]      default: 30; sends only to 127.0.0.1
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2") minutes=${3:-30} here=$(realpath "$(dirname "$0")")
source "$here/../common.sh"
enter_folder
servers=()
trap 'kill "${servers[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
ffmpeg -v error -loop 1 -framerate 10 -t 20 -i "$faces/two.jpg" \
  -vf "scale=800:600,crop=640:480:x='70+68*sin(n/15)':y='50+48*cos(n/20)'" -c:v libx264 -g 20 -bf 0 -pix_fmt yuv420p clip.mp4
ffmpeg -v error -i clip.mp4 -frames:v 3 frame%d.jpg
port=$(free_port)
/usr/bin/python3 "$here/camera_server.py" rtsp "$port" clip.mp4 &
servers+=($!)
bad_port=$(free_port)
/usr/bin/python3 "$here/camera_server.py" http "$bad_port" frame*.jpg &
servers+=($!)
for _ in $(seq 100); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done

for n in 1 2 3 4 5 6 7 8; do
  printf '[streams.camera%d]\nsource = "rtsp://127.0.0.1:%d/s"\n' "$n" "$port"
done >cameras.toml
printf '[streams.garbage]\nsource = "http://127.0.0.1:%d/garbage"\n' "$bad_port" >>cameras.toml
seconds=$(awk -v m="$minutes" 'BEGIN {print int(60 * m)}')
"$faceshot" video cameras.toml --threads 2 --for "$seconds" --log json --health health.json --events=events.jsonl 2>log &
watcher=$!
# The first quarter of the time is for everything to reach its final size.
sleep $((seconds / 4))
cp health.json early.json
sleep $((seconds * 3 / 4 - 6))
cp health.json late.json # all are still connected
wait $watcher || { cat log; fail "faceshot"; }

/usr/bin/python3 - <<'END'
import json, sys
early, late = (json.load(open(name)) for name in ("early.json", "late.json"))
good = [s for s in late["streams"] if s["name"] != "garbage"]
frames = [s["frames"] for s in good]
# Counted from then, since the first seconds are spent on connecting.
done = [s["frames"] - e["frames"] for s, e in zip(good, (s for s in early["streams"] if s["name"] != "garbage"))]
work = [s["processor_seconds"] for s in good]
p95 = max(s["latency"]["p95"] for s in good)
mean = sum(done) / len(done)
spread = max(abs(d - mean) for d in done) / mean
growth = late["resident_bytes"] / early["resident_bytes"] - 1
print(f"{len(good)} streams, {late['uptime']:.0f} s: {min(frames)} to {max(frames)} frames each "
      f"({sum(s['dropped'] for s in good)} dropped), looked at {sum(s['looks'] for s in good)}, "
      f"processor {min(work):.1f} to {max(work):.1f} s")
print(f"shares within {100 * spread:.1f} %, 95 % of frames in {1000 * p95:.0f} ms, resident {late['resident_bytes'] / 1e6:.0f} MB "
      f"({100 * growth:+.1f} %), descriptors {early['descriptors']} and {late['descriptors']}, detect every {late['detect_every']}")
wrong = []
if spread > 0.1: wrong.append("shares")
if p95 > 0.2: wrong.append("latency")
if growth > 0.05: wrong.append("memory")
# One for a garbage connection comes and goes.
if late["descriptors"] > early["descriptors"] + 1: wrong.append("descriptors")
if any(s["connections"] != 1 for s in good): wrong.append("connections were lost")
if any(s["name"] == "garbage" and s["received"] for s in late["streams"]): wrong.append("garbage has frames")
sys.exit("FAILED: " + ", ".join(wrong) if wrong else 0)
END
echo "shares, latency, memory and descriptors hold"
