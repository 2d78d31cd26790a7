"""Checks what check_exports.sh exported. Usage: check_exports.py SET.npz ANNOTATIONS.json"""
import json
import sys

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
