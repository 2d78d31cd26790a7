#!/usr/bin/env python3
"""COCO's, PASCAL VOC's and FDDB's evaluation, implemented independently to check `faceshot evaluate`.

  check_protocols.py coco TRUTH.json RESULTS.json    by pycocotools itself (cocodataset/cocoapi on PYTHONPATH)
  check_protocols.py voc TRUTH.json RESULTS.json     by VOC's development kit's rules
  check_protocols.py fddb FOLDS_DIR RESULTS_DIR      by the definition of the report and of the authors' program

VOC takes COCO's files, as `faceshot data export --format coco` and `faceshot evaluate --protocol coco --out` write
them; detections at least half inside a crowd are ignored, which the development kit does not have. Each prints JSON. With
--faceshot PROGRAM the program evaluates the same files, and the script fails if any figure differs by 0.00005 or more. Needs Debian's
python3-numpy and python3-scipy.
"""
import argparse
import contextlib
import io
import json
import pathlib
import subprocess
import sys

import numpy as np

COCO_NAMES = ("AP", "AP50", "AP75", "AP small", "AP medium", "AP large",
              "AR1", "AR10", "AR100", "AR small", "AR medium", "AR large")
FDDB_ALARMS = (10, 50, 100, 500, 1000, 2000)


def coco(truth, results):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
    with contextlib.redirect_stdout(io.StringIO()):
        annotations = COCO(truth)
        for a in annotations.dataset["annotations"]:
            a.setdefault("area", a["bbox"][2] * a["bbox"][3])
        run = COCOeval(annotations, annotations.loadRes(str(results)), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return {name: None if v < 0 else float(v) for name, v in zip(COCO_NAMES, run.stats)}


def box_overlaps(boxes, box):
    """IoU of boxes (corners) with one box, and the share of that box that they cover."""
    w = np.minimum(boxes[:, 2], box[2]) - np.maximum(boxes[:, 0], box[0])
    h = np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1])
    shared = np.maximum(w, 0) * np.maximum(h, 0)
    own = (box[2] - box[0]) * (box[3] - box[1])
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return shared / (areas + own - shared), shared / own


def voc(truth, results):
    """VOCevaldet.m and VOCap.m, of 2007 (eleven points) and of 2010."""
    document = json.loads(pathlib.Path(truth).read_text())
    found = json.loads(pathlib.Path(results).read_text())
    faces = {image["id"]: [] for image in document["images"]}
    for a in document["annotations"]:
        x, y, w, h = a["bbox"]
        faces[a["image_id"]].append((x, y, x + w, y + h, bool(a.get("iscrowd", 0))))
    faces = {i: np.array(f, float).reshape(-1, 5) for i, f in faces.items()}
    taken = {i: np.zeros(len(f), bool) for i, f in faces.items()}
    positives = sum(int((f[:, 4] == 0).sum()) for f in faces.values())
    # Equal scores: in the order of images, then of the image's detections.
    place = {image["id"]: i for i, image in enumerate(document["images"])}
    order = sorted(range(len(found)), key=lambda i: (-found[i]["score"], place[found[i]["image_id"]], i))
    hits, alarms = [], []
    for i in order:
        d = found[i]
        x, y, w, h = d["bbox"]
        box = np.array([x, y, x + w, y + h])
        boxes = faces[d["image_id"]]
        overlap, covered = box_overlaps(boxes, box) if len(boxes) else (np.zeros(0), np.zeros(0))
        crowd = boxes[:, 4] != 0
        real = np.where(crowd, -1, overlap) if len(boxes) else overlap
        best = int(np.argmax(real)) if len(real) else -1
        if best >= 0 and real[best] >= 0.5:
            hit = not taken[d["image_id"]][best]
            taken[d["image_id"]][best] = True
        elif np.any(crowd & ((overlap >= 0.5) | (covered >= 0.5))):
            continue
        else:
            hit = False
        hits.append(hit)
        alarms.append(not hit)
    tp, fp = np.cumsum(hits), np.cumsum(alarms)
    recall, precision = tp / positives, tp / (tp + fp)
    eleven = 0.0
    for tenth in range(11):
        at = tp * 10 >= tenth * positives
        eleven += (precision[at].max() if at.any() else 0) / 11
    r = np.concatenate([[0], recall, [1]])
    p = np.concatenate([[0], precision, [0]])
    p = np.maximum.accumulate(p[::-1])[::-1]
    steps = np.flatnonzero(r[1:] != r[:-1])
    return {"ap": float(np.sum((r[steps + 1] - r[steps]) * p[steps + 1])), "ap_11_points": float(eleven)}


def chords(region, ys):
    """Left and right end of a region on each line; left > right if the line misses it."""
    if len(region) == 4:
        x, y, w, h = region
        inside = (ys >= y) & (ys <= y + h)
        return np.where(inside, x, np.inf), np.where(inside, x + w, -np.inf)
    a, b, t, cx, cy = region
    dy = ys - cy
    # (x cos + y sin)^2 / a^2 + (y cos - x sin)^2 / b^2 = 1, for x
    A = np.cos(t) ** 2 / a ** 2 + np.sin(t) ** 2 / b ** 2
    B = 2 * dy * np.sin(t) * np.cos(t) * (1 / a ** 2 - 1 / b ** 2)
    C = dy ** 2 * (np.sin(t) ** 2 / a ** 2 + np.cos(t) ** 2 / b ** 2) - 1
    root = np.sqrt(np.maximum(B * B - 4 * A * C, 0))
    met = B * B - 4 * A * C > 0
    return np.where(met, cx + (-B - root) / (2 * A), np.inf), np.where(met, cx + (-B + root) / (2 * A), -np.inf)


def region_overlap(a, b):
    """IoU of two regions by 20,000 lines."""
    def span(r):
        if len(r) == 4:
            return r[1], r[1] + r[3]
        reach = max(r[0], r[1])
        return r[4] - reach, r[4] + reach
    low, high = min(span(a)[0], span(b)[0]), max(span(a)[1], span(b)[1])
    ys = low + (np.arange(20000) + 0.5) * (high - low) / 20000
    (al, ar), (bl, br) = chords(a, ys), chords(b, ys)
    area = lambda l, r: np.maximum(np.where(l > r, 0, r - l), 0).sum()
    shared = area(np.maximum(al, bl), np.minimum(ar, br))
    return shared / (area(al, ar) + area(bl, br) - shared)


def read_fddb(path, width):
    """{image: [numbers of a line]} from a list."""
    lines = path.read_text().splitlines()
    images, at = {}, 0
    while at < len(lines):
        count = int(lines[at + 1])
        images[lines[at]] = [[float(v) for v in line.split()] for line in lines[at + 2:at + 2 + count]]
        assert all(len(row) in width for row in images[lines[at]]), path
        at += 2 + count
    return images


def fddb(folds, results):
    """The ROC of all folds: rates at some numbers of false positives, and each fold's at 10."""
    from scipy.optimize import linear_sum_assignment
    folds, results = pathlib.Path(folds), pathlib.Path(results)

    def roc(names):
        truth, found = {}, {}
        for name in names:
            truth.update(read_fddb(folds / f"FDDB-fold-{name}-ellipseList.txt", (5, 6)))
            found.update(read_fddb(results / f"fold-{name}-out.txt", (5, 6)))
        overlaps = {i: np.array([[region_overlap(f[:5], d[:-1]) for d in found[i]] for f in faces])
                    .reshape(len(faces), len(found[i])) for i, faces in truth.items()}
        faces = sum(len(f) for f in truth.values())
        points = []
        for score in sorted({d[-1] for ds in found.values() for d in ds}, reverse=True):
            shown = hits = total = 0
            for i, ds in found.items():
                keep = [k for k, d in enumerate(ds) if d[-1] >= score]
                shown += len(keep)
                m = overlaps[i][:, keep]
                r, c = linear_sum_assignment(m, maximize=True)
                total += m[r, c].sum()
                hits += int((m[r, c] > 0.5).sum())
            points.append((hits / faces, total / faces, shown - hits))
        return points

    def at(points, alarms):
        best = (0.0, 0.0)
        for discrete, continuous, false in points:
            if false <= alarms:
                best = (discrete, continuous)
        return {"discrete": best[0], "continuous": best[1]}

    names = sorted(p.name[10:-16] for p in folds.glob("FDDB-fold-*-ellipseList.txt"))
    whole = roc(names)
    return {"at": {str(n): at(whole, n) for n in FDDB_ALARMS},
            "folds_at_10": {name: at(roc([name]), 10) for name in names}}


def flat(value, prefix=""):
    if isinstance(value, dict):
        return {k2: v2 for k, v in value.items() for k2, v2 in flat(v, f"{prefix}{k}/").items()}
    return {prefix[:-1]: value}


def ours(o):
    """The same figures, from the program."""
    files = ["--ground-truth", o.truth, "--detections", o.results]
    if o.protocol == "voc":
        if not o.data or not o.found:
            sys.exit("voc: the program takes --data, a prepared set, and --found, its result files")
        files = ["--data", o.data, "--detections", o.found]
    command = [o.faceshot, "evaluate", "--protocol", o.protocol, *files, "--json"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return json.loads(run.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("protocol", choices=("coco", "voc", "fddb"))
    parser.add_argument("truth")
    parser.add_argument("results")
    parser.add_argument("--faceshot", help="program to compare with")
    parser.add_argument("--data", help="voc: the prepared set that TRUTH was exported from")
    parser.add_argument("--found", help="voc: the result files that RESULTS were made of")
    o = parser.parse_args()
    expected = {"coco": coco, "voc": voc, "fddb": fddb}[o.protocol](o.truth, o.results)
    print(json.dumps(expected, indent=2))
    if o.faceshot is None:
        return
    report = ours(o)
    actual = {"coco": lambda r: r["figures"], "voc": lambda r: {"ap": r["ap"], "ap_11_points": r["ap_11_points"]},
              "fddb": lambda r: {"at": r["at"], "folds_at_10": {f["name"]: f["at"]["10"] for f in r["folds"]}},
              }[o.protocol](report)
    expected, actual = flat(expected), flat(actual)
    worst = 0
    for name, value in expected.items():
        other = actual[name]
        if (value is None) != (other is None):
            sys.exit(f"{name}: {other}, not {value}")
        if value is not None:
            worst = max(worst, abs(value - other))
    print(f"greatest difference of {len(expected)} figures: {worst:.2g}", file=sys.stderr)
    if worst >= 0.00005:
        sys.exit("faceshot computes something else")


if __name__ == "__main__":
    main()
