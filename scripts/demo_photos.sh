#!/usr/bin/env bash
# Fetches demo photographs: the demo album of Debian's kphotoalbum package, which is unpacked, not
# installed. Prints the folder; fetches nothing if it exists.
#
#   scripts/demo_photos.sh [FOLDER]     default: build/demo/photos
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
photos=${1:-$root/build/demo/photos}

if [ ! -d "$photos" ]; then
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "demo: the photographs come from Debian's package kphotoalbum, but there is no apt-get" \
         "here; try: faceshot detect YOUR_PHOTOS --out faces/" >&2
    exit 1
  fi
  mkdir -p "$(dirname "$photos")"
  scratch=$(mktemp -d "$(dirname "$photos")/fetch.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  # Root's downloads run as the user _apt, which may not be allowed to write here.
  sandbox=()
  [ "$(id -u)" -eq 0 ] && sandbox=(-o APT::Sandbox::User=root)
  download() { (cd "$scratch" && apt-get download -qq "${sandbox[@]}" kphotoalbum); }
  echo "demo: fetching photographs (Debian's kphotoalbum, 12 MB)" >&2
  if ! download >"$scratch/log" 2>&1; then
    # There may be no package lists yet, or old ones that name a version which is gone.
    as_root=()
    [ "$(id -u)" -ne 0 ] && as_root=(sudo)
    if ! { "${as_root[@]}" apt-get update -qq && download; } >"$scratch/log" 2>&1; then
      tail -n 5 "$scratch/log" >&2
      echo "demo: could not fetch the package kphotoalbum; is there a network?" >&2
      exit 1
    fi
  fi
  dpkg-deb -x "$scratch"/kphotoalbum_*.deb "$scratch/package"
  mkdir "$scratch/photos"
  cp "$scratch"/package/usr/share/kphotoalbum/demo/*.jpg "$scratch/photos/"
  cp "$scratch"/package/usr/share/doc/kphotoalbum/copyright "$scratch/photos/" 2>/dev/null || true
  mv "$scratch/photos" "$photos"  # complete, or not at all
fi
echo "$photos"
