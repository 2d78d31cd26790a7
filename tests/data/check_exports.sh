#!/usr/bin/env bash
# `faceshot data export` as seen by other programs: numpy loads the .npz without pickle, and the
# documents of COCO, LabelMe and CVAT follow their specifications, member by member.
#   check_exports.sh PROGRAM
set -eu
program=$1
python=/usr/bin/python3
"$python" -c "import numpy" 2>/dev/null || {
  echo "SKIPPED: exports are NOT tested: Debian's python3-numpy is missing"
  exit 77
}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Two flat BMP images of 4x3 pixels, written byte by byte.
mkdir -p photos/ü
"$python" - <<'EOF'
import struct
def bmp(path, w, h):
    row = b'\x40\x80\xc0' * w + b'\0' * (-3 * w % 4)
    data = row * h
    head = struct.pack('<2sIHHI', b'BM', 54 + len(data), 0, 0, 54)
    info = struct.pack('<IiiHHIIiiII', 40, w, h, 1, 24, 0, len(data), 2835, 2835, 0, 0)
    open(path, 'wb').write(head + info + data)
bmp('photos/a.bmp', 40, 30)
bmp('photos/ü/b.bmp', 20, 10)
EOF
printf 'image,x1,y1,x2,y2\na.bmp,4,3,20,15\na.bmp,0,0,40,30\n"ü/b.bmp",,,,\n' >boxes.csv
"$program" prepare csv --images photos --annotations boxes.csv --out set >/dev/null
"$program" data export set --format npz --out set.npz >/dev/null
"$program" data export set --format coco --out coco >/dev/null
"$program" data export set --format labelme --out labelme >/dev/null
"$program" data export set --format cvat --out cvat >/dev/null
printf 'policy = [{op = "grey"}]\n' >grey.toml
"$program" augment run set --policy grey.toml --times 2 --size 48 --npz pixels.npz >/dev/null
"$python" - <<'EOF'
import numpy as np
npz = np.load('pixels.npz', allow_pickle=False)
assert npz['images'].shape == (4, 48, 48, 3) and npz['images'].dtype == np.uint8
assert list(npz['files']) == ['a_0.jpg', 'a_1.jpg', 'ü/b_0.jpg', 'ü/b_1.jpg'], npz['files']
# 40 x 30 pixels of one colour become 48 x 36 of its grey between padding.
luma = round(0.114 * 0x40 + 0.587 * 0x80 + 0.299 * 0xc0)
assert abs(int(npz['images'][0, 24, 24, 0]) - luma) <= 1
assert (npz['images'][0, 0] == 127).all() and (npz['images'][0, 47] == 127).all()
assert npz['offsets'].tolist() == [0, 2, 4, 4, 4]
assert np.allclose(npz['bboxes'][1], [0, 6 / 48, 1, 42 / 48])
EOF
"$python" "$here/check_exports.py" set.npz coco/annotations.json labelme cvat/annotations.xml
[ -f coco/images/ü/b.bmp ] && [ -f labelme/ü/b.bmp ] && [ -f cvat/images/ü/b.bmp ]
echo "all as it should be"
