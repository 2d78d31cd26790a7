#!/usr/bin/env bash
# Installs the Debian packages that FaceShot needs (scripts/packages.txt). Silent and fast if
# nothing is missing. Uses sudo if it is not run as root.
#   setup.sh [runtime|demo|all]    what for; default: all
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
job=${1:-all}
grep -qxF "[$job]" "$here/packages.txt" || {
  echo "setup: there is no job '$job'; see scripts/packages.txt" >&2
  exit 2
}
packages() {  # of this purpose and of those above it
  awk -v job="[$job]" '/^\[/ {if (done) exit; done = $0 == job; next} /^[^#]/' "$here/packages.txt"
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup: this is not Debian or one of its kin (no apt-get). Install the equivalents of:" >&2
  packages | xargs | fold -s -w 90 | sed 's/^/  /' >&2
  exit 1
fi

mapfile -t wanted < <(packages)
# "installed" for every installed package; dpkg-query fails for the others, which is no error.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
            sed -n 's/^installed //p') || true
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: missing packages, and neither root nor sudo to install them. As root:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

# Not known without package lists, as in a fresh container.
size=$(apt-get install -qq --print-uris --no-install-recommends "${missing[@]}" 2>/dev/null |
       awk '{bytes += $3} END {if (bytes) printf ", %.0f MB to download", bytes / 1e6}') || true
echo "setup: installing (minutes$size): ${missing[*]}"
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}"
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The package lists may be missing (a fresh container) or old: fetch them only if installing fails
# without.
if ! install >"$log" 2>&1; then
  if ! { "${as_root[@]}" apt-get update -qq && install; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "setup: could not install the packages; the last lines of apt-get are above" >&2
    exit 1
  fi
fi
