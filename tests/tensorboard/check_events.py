"""Checks the event file that event_file_test.cpp wrote. Usage: check_events.py DIR"""
import glob
import sys

import numpy as np
from event_reader import parse, read_events

paths = glob.glob(sys.argv[1] + "/events.out.tfevents.*")
assert len(paths) == 1, paths
events = read_events(paths[0])

version, loss, far, image, histogram, curve, hparams, graph, start = events
assert version.file_version == "brain.Event:2" and version.wall_time > 1e9
assert loss.step == 7 and loss.summary.value[0].tag == "loss/total"
assert loss.summary.value[0].simple_value == 1.25
assert far.step == 1 << 40 and far.summary.value[0].simple_value == -3
picture = image.summary.value[0].image
assert (picture.width, picture.height, picture.colorspace) == (20, 10, 3)
assert picture.encoded_image_string.startswith(b"\x89PNG")

h = histogram.summary.value[0].histo
assert (h.min, h.max, h.num, h.sum, h.sum_squares) == (-1, 2, 5, 0.5, 6.25)
assert len(h.bucket) == len(h.bucket_limit) and list(h.bucket_limit) == sorted(h.bucket_limit)
filled = [(limit, count) for limit, count in zip(h.bucket_limit, h.bucket) if count]
assert [count for _, count in filled] == [2, 1, 1, 1], filled
for (limit, _), value in zip(filled, [-1, 0, 0.5, 2]):
    assert value <= limit and abs(limit - value) <= 0.11 * abs(value) + 1e-11, (value, limit)

value = curve.summary.value[0]
assert value.metadata.plugin_data.plugin_name == "pr_curves" and value.metadata.data_class == 2
assert parse("PrCurvePluginData", value.metadata.plugin_data.content).num_thresholds == 3
assert [d.size for d in value.tensor.shape.dim] == [6, 3] and value.tensor.dtype == 1
rows = np.frombuffer(value.tensor.tensor_content, "<f4").reshape(6, 3)
assert rows.tolist() == [[1, 2, 3], [0, 1, 5], [0, 0, 0], [3, 2, 1], [1, 0.5, 0.25],
                         [0.25, 0.5, 0.75]]

assert [v.tag for v in hparams.summary.value] == ["_hparams_/experiment",
                                                  "_hparams_/session_start_info"]
contents = [v.metadata.plugin_data for v in hparams.summary.value]
assert all(c.plugin_name == "hparams" for c in contents)
experiment = parse("HParams", contents[0].content).experiment
assert [(i.name, i.type) for i in experiment.hparam_infos] == [("optimizer", 1), ("rate", 3)]
assert experiment.metric_infos[0].name.tag == "val/ap"
session = parse("HParams", contents[1].content).session_start_info
assert session.hparams[0].value.string_value == "adamw" and session.start_time_secs == 1234.5
assert session.hparams[1].value.number_value == 0.003

nodes = parse("GraphDef", graph.graph_def).node
assert [(n.name, n.op, list(n.input)) for n in nodes] == [
    ("input", "Placeholder", []), ("backbone/stem", "Conv", ["input"])]
assert nodes[1].attr[0].key == "kernel" and nodes[1].attr[0].value.s == b"3x3"
assert start.step == 12 and start.session_log.status == 1  # SessionLog.START
print("all as it should be")
