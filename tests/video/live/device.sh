#!/usr/bin/env bash
# `faceshot video /dev/video97`: a camera simulated by replacing C library calls (fake_v4l2.cpp).
#   device.sh FACESHOT FACES FAKE.so
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2") fake=$(realpath "$3")
source "$(dirname "$0")/../common.sh"
enter_folder

ffmpeg -v error -i "$faces/two.jpg" -vf scale=400:300,crop=320:240 -pix_fmt yuvj422p frame.jpg
# Sanitizers must be the first library.
watch() { ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 LD_PRELOAD=$fake FAKE_V4L2="$1" \
  "$faceshot" video /dev/video97 --threads 1 "${@:2}" 2>log || { cat log; fail "video /dev/video97 with $1"; }; }

watch "mjpeg=frame.jpg" --for 1.5 --jsonl=lines --events=events --health health.json
grep -q "mjpeg 320x240 by v4l2" log || { cat log; fail "not MJPEG"; }
[ "$(wc -l <lines)" -gt 20 ] || fail "$(wc -l <lines) frames in 1.5 s"
[ "$(grep -c '"event":"appeared"' events)" = 2 ] || { cat events; fail "two faces"; }
grep -q '"still": [1-9]' health.json || { cat health.json; fail "a still picture was looked at each time"; }

# The ramp arrives unchanged: luma by position, and reddish.
watch yuyv --for 1 --show-zones ramp.png >/dev/null
mean() { ffmpeg -v error -i ramp.png -vf "crop=20:20:$1:108,scale=1:1:flags=area,format=rgb24" -f rawvideo - | od -An -tu1; }
read -r r1 g1 b1 < <(mean 40)
read -r r2 g2 b2 < <(mean 266)
[ "$r1" -gt "$((b1 + 60))" ] && [ "$g2" -gt "$((g1 + 120))" ] || fail "the picture: $r1 $g1 $b1, $r2 $g2 $b2"

# Torn frames are skipped, an unplugged camera comes back.
watch "yuyv torn=3 unplug=20" --for 2 --health health.json
grep -q "lost: '/dev/video97' is gone" log && [ "$(grep -c connected log)" = 2 ] || { cat log; fail "unplugged"; }
grep -q '"damaged": [1-9]' health.json && grep -q '"connections": 2' health.json || { cat health.json; fail "counters"; }

watch busy --for 0.5 --health health.json
grep -q "unreachable: cannot open '/dev/video97': Device or resource busy" log || { cat log; fail "busy"; }
"$faceshot" video /dev/video98 --for 0.3 --health health.json 2>log
grep -q "unreachable: cannot open '/dev/video98': No such file" log || { cat log; fail "no device"; }
echo "cameras of this machine come and go"
