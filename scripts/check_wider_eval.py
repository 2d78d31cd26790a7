#!/usr/bin/env python3
"""WIDER FACE's official evaluation, reimplemented in Python to check `faceshot evaluate`.

  check_wider_eval.py GROUND_TRUTH_DIR DETECTIONS_DIR [--faceshot PROGRAM]

Follows the authors' MATLAB tools step by step (every threshold of every image separately). Prints the three APs as JSON; with --faceshot it runs
`PROGRAM evaluate --detections` on the same files and fails if any AP differs by 0.00005 or more.
Needs Debian's python3-numpy and python3-scipy.
"""
import argparse
import json
import pathlib
import subprocess
import sys

import numpy as np
import scipy.io

SETTINGS = ("easy", "medium", "hard")
THRESHOLDS = 1000


def read_detections(path):
    """Rows x, y, w, h, score by descending score; None if there is no file for the image."""
    if not path.exists():
        return None
    lines = path.read_text().splitlines()
    rows = [[float(v) for v in line.split()[:5]] for line in lines[2:2 + int(lines[1])]]
    rows = np.array(rows, dtype=float).reshape(-1, 5)
    return rows[np.argsort(-rows[:, 4], kind="stable")]


def overlaps(faces, box):
    """IoU of every face with one box, both x, y, w, h; sides count one pixel more."""
    f = np.column_stack([faces[:, :2], faces[:, :2] + faces[:, 2:]])
    b = np.concatenate([box[:2], box[:2] + box[2:4]])
    w = np.minimum(f[:, 2], b[2]) - np.maximum(f[:, 0], b[0]) + 1
    h = np.minimum(f[:, 3], b[3]) - np.maximum(f[:, 1], b[1]) + 1
    inter = w * h
    face_area = (f[:, 2] - f[:, 0] + 1) * (f[:, 3] - f[:, 1] + 1)
    box_area = (b[2] - b[0] + 1) * (b[3] - b[1] + 1)
    iou = inter / (face_area + box_area - inter)
    iou[(w <= 0) | (h <= 0)] = 0
    return iou


def best_faces(faces, rows):
    """Per detection the face it overlaps most, -1 if the IoU is below 0.5."""
    best = np.full(len(rows), -1)
    for i, row in enumerate(rows):
        iou = overlaps(faces, row)
        if iou.max() >= 0.5:
            best[i] = np.argmax(iou)
    return best


def image_curve(best, keep, scores):
    """Per threshold: proposals that count, and faces found."""
    state = np.zeros(len(keep))     # 0 not found, 1 found, -1 found though outside the setting
    proposal = np.ones(len(best))
    found = np.zeros(len(best))
    for i, face in enumerate(best):
        if face >= 0:
            if not keep[face]:
                state[face] = -1
                proposal[i] = -1
            elif state[face] == 0:
                state[face] = 1
        found[i] = np.count_nonzero(state == 1)
    proposals = np.cumsum(proposal == 1)
    curve = np.zeros((THRESHOLDS, 2))
    for t in range(THRESHOLDS):
        admitted = np.searchsorted(-scores, -(1 - (t + 1) / THRESHOLDS), side="right")
        if admitted > 0:
            curve[t] = proposals[admitted - 1], found[admitted - 1]
    return curve


def average_precision(recall, precision):
    r = np.concatenate([[0], recall, [1]])
    p = np.concatenate([[0], precision, [0]])
    p = np.maximum.accumulate(p[::-1])[::-1]
    steps = np.flatnonzero(r[1:] != r[:-1])
    return float(np.sum((r[steps + 1] - r[steps]) * p[steps + 1]))


def evaluate(truth_dir, detections_dir):
    """Per setting the AP and the number of faces, over the images that have a result file."""
    truth_dir, detections_dir = pathlib.Path(truth_dir), pathlib.Path(detections_dir)
    truth = scipy.io.loadmat(truth_dir / "wider_face_val.mat")
    images = []  # (event index, image index, boxes, detections, which face each one found)
    low, high = np.finfo(np.float32).max, np.finfo(np.float32).tiny
    for e, event in enumerate(truth["event_list"]):
        for i, name in enumerate(truth["file_list"][e][0]):
            rows = read_detections(detections_dir / event[0][0] / (name[0][0] + ".txt"))
            if rows is None:
                continue
            faces = truth["face_bbx_list"][e][0][i][0].astype(float)
            images.append((e, i, faces, rows, best_faces(faces, rows) if len(faces) else None))
            if len(rows):
                low, high = min(low, rows[:, 4].min()), max(high, rows[:, 4].max())
    result = {}
    for setting in SETTINGS:
        lists = scipy.io.loadmat(truth_dir / f"wider_{setting}_val.mat")["gt_list"]
        total = np.zeros((THRESHOLDS, 2))
        count = 0
        for e, i, faces, rows, best in images:
            indices = lists[e][0][i][0].ravel().astype(int) - 1
            count += len(indices)
            if not len(faces) or not len(rows):
                continue
            keep = np.zeros(len(faces), dtype=bool)
            keep[indices] = True
            scores = (rows[:, 4] - low) / (high - low) if high != low else np.ones(len(rows))
            total += image_curve(best, keep, scores)
        precision = np.divide(total[:, 1], total[:, 0], out=np.zeros(THRESHOLDS),
                              where=total[:, 0] > 0)
        recall = total[:, 1] / count if count else np.zeros(THRESHOLDS)
        result[setting] = {"ap": average_precision(recall, precision), "faces": count}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ground_truth", help="folder with wider_{face,easy,medium,hard}_val.mat")
    parser.add_argument("detections", help="folder with <event>/<image>.txt")
    parser.add_argument("--faceshot", help="the program to compare with")
    args = parser.parse_args()
    ours = evaluate(args.ground_truth, args.detections)
    print(json.dumps(ours, indent=2))
    if not args.faceshot:
        return 0
    output = subprocess.run(
        [args.faceshot, "evaluate", "--detections", args.detections, "--protocol", "widerface",
         "--ground-truth", args.ground_truth, "--json"], check=True, capture_output=True).stdout
    theirs = json.loads(output)["settings"]
    failed = False
    for setting in SETTINGS:
        difference = abs((theirs[setting]["ap"] or 0.0) - ours[setting]["ap"])
        same_faces = theirs[setting]["faces"] == ours[setting]["faces"]
        failed |= difference >= 5e-5 or not same_faces
        print(f"{setting}: difference {difference:.2e}"
              + ("" if same_faces else ", different number of faces"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
