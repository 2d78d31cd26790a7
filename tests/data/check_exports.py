"""Checks what check_exports.sh exported. Usage: check_exports.py SET.npz COCO.json LABELME_DIR CVAT.xml"""
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np

npz = np.load(sys.argv[1], allow_pickle=False)
assert sorted(npz.files) == ["bboxes", "classes", "files", "ignore", "labels", "offsets", "sizes"]
assert list(npz["files"]) == ["a.bmp", "ü/b.bmp"], npz["files"]
assert npz["sizes"].tolist() == [[40, 30], [20, 10]]
assert npz["offsets"].dtype == np.int64 and npz["offsets"].tolist() == [0, 2, 2]
assert npz["bboxes"].dtype == np.float32
assert np.allclose(npz["bboxes"], [[0.1, 0.1, 0.5, 0.5], [0, 0, 1, 1]])
assert npz["labels"].dtype == np.int64 and npz["labels"].tolist() == [0, 0]
assert npz["ignore"].dtype == np.bool_ and not npz["ignore"].any()
assert list(npz["classes"]) == ["face"]

# COCO's format as cocodataset.org describes it under "Object Detection".
coco = json.load(open(sys.argv[2], encoding="utf-8"))
assert set(coco) >= {"info", "licenses", "images", "annotations", "categories"}


def unique_ids(entries, members):
    for entry in entries:
        for name, kind in members.items():
            assert isinstance(entry[name], kind), (name, entry)
    ids = [entry["id"] for entry in entries]
    assert len(set(ids)) == len(ids)
    return set(ids)


images = unique_ids(coco["images"], {"id": int, "file_name": str, "width": int, "height": int})
categories = unique_ids(coco["categories"], {"id": int, "name": str, "supercategory": str})
unique_ids(coco["annotations"], {"id": int, "image_id": int, "category_id": int, "area": (int, float),
                                 "bbox": list, "iscrowd": int, "segmentation": list})
for annotation in coco["annotations"]:
    assert annotation["image_id"] in images and annotation["category_id"] in categories
    x, y, width, height = annotation["bbox"]
    assert width > 0 and height > 0 and annotation["iscrowd"] in (0, 1)
    assert abs(annotation["area"] - width * height) < 1e-6
assert [a["bbox"] for a in coco["annotations"]] == [[4, 3, 16, 12], [0, 0, 40, 30]]

# LabelMe: what its LabelFile.load() asks of a file.
files = sorted(pathlib.Path(sys.argv[3]).rglob("*.json"))
assert [f.name for f in files] == ["a.json", "b.json"], files
labelme = json.load(open(files[0], encoding="utf-8"))
assert set(labelme) >= {"version", "imageData", "imagePath", "shapes", "flags", "imageHeight", "imageWidth"}
assert (files[0].parent / labelme["imagePath"]).is_file()
assert (labelme["imageWidth"], labelme["imageHeight"]) == (40, 30)
for shape in labelme["shapes"]:
    assert shape["label"] == "face" and shape["shape_type"] == "rectangle" and shape["flags"] == {}
    assert shape["group_id"] is None
assert [s["points"] for s in labelme["shapes"]] == [[[4, 3], [20, 15]], [[0, 0], [40, 30]]]

# CVAT: docs.cvat.ai, "XML annotation format".
cvat = ElementTree.parse(sys.argv[4]).getroot()
assert cvat.tag == "annotations" and cvat.findtext("version") == "1.1"
assert [n.text for n in cvat.findall("meta/task/labels/label/name")] == ["face"]
frames = cvat.findall("image")
assert [(f.get("id"), f.get("name"), f.get("width"), f.get("height")) for f in frames] == [
    ("0", "a.bmp", "40", "30"), ("1", "ü/b.bmp", "20", "10")]
assert {f.get("subset") for f in frames} == {"train"}
boxes = [[float(b.get(side)) for side in ("xtl", "ytl", "xbr", "ybr")] for b in frames[0].findall("box")]
assert boxes == [[4, 3, 20, 15], [0, 0, 40, 30]]
for box in frames[0]:
    assert box.get("label") == "face" and box.get("occluded") == "0" and int(box.get("z_order")) == 0
