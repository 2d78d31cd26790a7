"""Checks the event files of a training run as TensorBoard would read them: check_run_events.py RUN"""
import glob
import os
import struct
import sys
import zlib

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tensorboard"))
from event_reader import parse, read_events  # noqa: E402


def png_size(data):
    """Width and height of a PNG, after checking that its chunks are complete and its pixels can be unpacked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, size = 8, b"", None
    while at < len(data):
        (length,), kind = struct.unpack(">I", data[at:at + 4]), data[at + 4:at + 8]
        body = data[at + 8:at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 2)
            size = width, height
        if kind == b"IDAT":
            packed += body
        at += 12 + length
    assert len(zlib.decompress(packed)) == size[1] * (1 + 3 * size[0])
    return size


paths = sorted(glob.glob(sys.argv[1] + "/events.out.tfevents.*"))
assert len(paths) == 2, paths  # the run was stopped and resumed once
first, second = map(read_events, paths)
for events in first, second:
    assert events[0].file_version == "brain.Event:2"
    assert events[1].session_log.status == 1  # SessionLog.START
assert first[1].step == 0 and second[1].step > 0
assert all(e.step >= second[1].step for e in second[2:] if e.summary.value)

# For TensorBoard's graph page: every input is a node, every node has an operation.
graph = next(e for e in first if e.graph_def)
nodes = parse("GraphDef", graph.graph_def).node
names = {n.name for n in nodes}
assert len(names) == len(nodes) > 20 and "input" in names
assert all(i in names for n in nodes for i in n.input) and all(n.op for n in nodes)
assert any(n.name.startswith("backbone/") for n in nodes)

values = [(e.step, v) for events in (first, second) for e in events for v in e.summary.value]
by_tag = {}
for step, value in values:
    by_tag.setdefault(value.tag, []).append((step, value))
for tag in ("step/classification_loss", "step/location_loss", "step/total_loss", "step/learning_rate",
            "epoch/classification_loss", "epoch/location_loss", "val/classification_loss",
            "val/location_loss", "val/ap", "val/ap_mean", "val/ap_from_50px", "step/negative_log_likelihood", "val/negative_log_likelihood"):
    assert by_tag[tag] and all(np.isfinite(v.simple_value) for _, v in by_tag[tag]), tag
steps = sorted({step for step, v in by_tag["step/total_loss"]})
assert steps == list(range(1, steps[-1] + 1)), steps

sheet = by_tag["train/augmented_batch"][0][1].image
assert png_size(sheet.encoded_image_string) == (sheet.width, sheet.height)
photo = by_tag["val/detections/0"][0][1].image
assert png_size(photo.encoded_image_string) == (photo.width, photo.height)

curve = by_tag["val/precision_recall"][-1][1]
assert curve.metadata.plugin_data.plugin_name == "pr_curves"
tp, fp, tn, fn, precision, recall = np.frombuffer(curve.tensor.tensor_content, "<f4").reshape(6, -1)
assert len(tp) == 101 and np.all(np.diff(recall) <= 0) and np.all(tp + fn == tp[0] + fn[0])

weights = [tag for tag in by_tag if tag.startswith("weights/")]
gradients = [tag for tag in by_tag if tag.startswith("gradients/")]
assert len(weights) > 50 and "gradients/head0/loc/weight" in gradients
h = by_tag["weights/backbone/stem/conv/weight"][0][1].histo
assert h.num == 16 * 3 * 3 * 3 and sum(h.bucket) == h.num and h.min < 0 < h.max

experiment, session = by_tag["_hparams_/experiment"], by_tag["_hparams_/session_start_info"]
assert experiment[0][1].metadata.plugin_data.plugin_name == "hparams"
start = parse("HParams", session[0][1].metadata.plugin_data.content).session_start_info
parameters = {p.key: p.value for p in start.hparams}
assert parameters["train.optimizer"].string_value == "adamw"
assert parameters["train.batch_size"].number_value == 8
print("all as it should be")
