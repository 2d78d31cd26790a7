#!/usr/bin/env bash
# Exports of other tools, and examples from formats' own pages, read by `faceshot prepare`. Each
# file is written here after the page or tool named in its case; boxes are ours.
#   import_exports.sh PROGRAM MAKE_TEST_IMAGES
# shellcheck source=tests/cli/case_table.sh
. "$(dirname "${BASH_SOURCE[0]}")/case_table.sh"

# --- COCO ------------------------------------------------------------------------------------------

begin coco_crowd "cocodataset.org, data format: a crowd (RLE, iscrowd 1) is ignored, its bbox kept"
put i/a.png
text a.json <<'X'
{"info": {"year": 2017}, "licenses": [{"id": 1, "name": "ours", "url": ""}],
 "images": [{"license": 1, "file_name": "a.png", "coco_url": "http://x/a.png", "height": 48, "width": 64,
   "date_captured": "2013-11-14 17:02:52", "flickr_url": "", "id": 397133}],
 "annotations": [
  {"segmentation": [[8.5, 8.0, 24.0, 8.0, 24.0, 20.0]], "area": 93, "iscrowd": 0, "image_id": 397133,
   "bbox": [8.5, 8.0, 15.5, 12.0], "category_id": 1, "id": 82445},
  {"segmentation": {"counts": [272, 2, 4, 4], "size": [48, 64]}, "area": 10, "iscrowd": 1, "image_id": 397133,
   "bbox": [30, 10, 20, 16], "category_id": 1, "id": 900100}],
 "categories": [{"supercategory": "person", "id": 1, "name": "person", "keypoints": ["nose"], "skeleton": []}]}
X
gives "train:a.png 30,10,50,26 0 ignore; train:a.png 8.5,8,24,20 0" "classes: person" \
  coco --images i --annotations a.json

begin coco_label_studio "Label Studio: ids from 0, images/ in front, a task twice with sizes of null"
put out/images/a.png out/images/b.png
text out/result.json <<'X'
{"images": [{"width": 64, "height": 48, "id": 0, "file_name": "images/a.png"},
  {"width": null, "height": null, "id": 1, "file_name": "images/b.png"},
  {"width": 64, "height": 48, "id": 1, "file_name": "images/b.png"}],
 "categories": [{"id": 0, "name": "Face"}, {"id": 1, "name": "Hand"}],
 "annotations": [{"id": 0, "image_id": 0, "category_id": 1, "segmentation": [],
   "bbox": [8.0, 8.0, 16.0, 12.0], "ignore": 0, "iscrowd": 0, "area": 192.0},
  {"id": 1, "image_id": 1, "category_id": 0, "segmentation": [], "bbox": [4, 4, 8, 8], "ignore": 1, "iscrowd": 0, "area": 64}],
 "info": {"year": 2024, "version": "1.0", "description": "", "contributor": "Label Studio", "url": ""}}
X
gives "train:a.png 8,8,24,20 1; train:b.png 4,4,12,12 0 ignore" "images found under another name" \
  coco --images out/images --annotations out/result.json

begin coco_roboflow "Roboflow: its root category is no class; train/ and valid/ are splits"
for split in train valid; do
  put export/$split/a_$split.jpg
  text export/$split/_annotations.coco.json <<X
{"info": {"year": "2024", "version": "1", "description": "Exported from roboflow.com"}, "licenses": [],
 "categories": [{"id": 0, "name": "faces", "supercategory": "none"}, {"id": 1, "name": "face", "supercategory": "faces"}],
 "images": [{"id": 0, "license": 1, "file_name": "a_$split.jpg", "height": 48, "width": 64, "extra": {"name": "a.jpg"}}],
 "annotations": [{"id": 0, "image_id": 0, "category_id": 1, "bbox": [8, 8, 16.5, 12], "area": 198, "segmentation": [], "iscrowd": 0}]}
X
done
gives "train:train/a_train.jpg 8,8,24.5,20 0; val:valid/a_valid.jpg 8,8,24.5,20 0" "coco .*train
1 images, 1 faces" auto export

begin coco_cvat "CVAT: a box with the attribute rotation is the one around it; attributes are no classes"
put images/a.png
text annotations/instances_default.json <<'X'
{"licenses": [{"name": "", "id": 0, "url": ""}], "info": {"contributor": "", "version": ""},
 "categories": [{"id": 1, "name": "face", "supercategory": ""}],
 "images": [{"id": 1, "width": 64, "height": 48, "file_name": "a.png", "license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0}],
 "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [], "area": 192.0,
   "bbox": [10.0, 10.0, 20.0, 10.0], "iscrowd": 0, "attributes": {"occluded": false, "rotation": 90.0}}]}
X
gives "train:a.png 15,5,25,25 0" "rotated boxes, replaced by the upright boxes around them" \
  coco --images images --annotations annotations/instances_default.json

begin coco_lvis "LVIS: no file_name, but the address of COCO's image"
put train2017/a.jpg
text lvis.json <<'X'
{"images": [{"id": 9, "coco_url": "http://images.cocodataset.org/train2017/a.jpg", "height": 48, "width": 64, "neg_category_ids": []}],
 "annotations": [{"id": 1, "image_id": 9, "category_id": 3, "bbox": [8, 8, 16, 12], "area": 96, "segmentation": [[8, 8, 24, 8, 24, 20]]}],
 "categories": [{"id": 3, "name": "face", "synset": "face.n.01", "frequency": "r"}]}
X
gives "train:train2017/a.jpg 8,8,24,20 0" "" coco --images . --annotations lvis.json

begin coco_labelme2coco "labelme2coco: categories from 0 with JPEGImages/ in front of names, outlines with their box"
put set/JPEGImages/a.png
text set/annotations.json <<'X'
{"info": {"description": null, "version": null}, "licenses": [{"url": null, "id": 0, "name": null}],
 "images": [{"license": 0, "url": null, "file_name": "JPEGImages/a.png", "height": 48, "width": 64, "date_captured": null, "id": 0}],
 "type": "instances", "annotations": [{"id": 0, "image_id": 0, "category_id": 1,
   "segmentation": [[8.0, 8.0, 24.0, 8.0, 24.0, 20.0]], "area": 96.0, "bbox": [8.0, 8.0, 16.0, 12.0], "iscrowd": 0}],
 "categories": [{"supercategory": null, "id": 0, "name": "_background_"}, {"supercategory": null, "id": 1, "name": "face"}]}
X
gives "train:JPEGImages/a.png 8,8,24,20 0" "1  faces" coco --images set --annotations set/annotations.json

# --- Pascal VOC --------------------------------------------------------------------------------------

voc() { # PATH FILENAME OBJECTS [HEAD]
  text "$1" <<<"<annotation>${4:-<folder>VOC2012</folder>}<filename>$2</filename><source><database>ours</database></source>
<size><width>64</width><height>48</height><depth>3</depth></size><segmented>0</segmented>$3</annotation>"
}
box='<bndbox><xmax>24</xmax><xmin>9</xmin><ymax>20</ymax><ymin>9</ymin></bndbox>'
begin voc_devkit "VOC2012 devkit: ImageSets/Main says the splits; parts of a person are none of its boxes"
for id in 2008_000001 2008_000002 2008_000003 2008_000004; do
  put VOC2012/JPEGImages/$id.jpg
  voc VOC2012/Annotations/$id.xml $id.jpg "<object><name>person</name><pose>Frontal</pose><truncated>1</truncated>
<occluded>1</occluded><difficult>0</difficult>$box<part><name>head</name><bndbox><xmin>10.5</xmin><ymin>10</ymin>
<xmax>12</xmax><ymax>12</ymax></bndbox></part></object>"
done
text VOC2012/ImageSets/Main/train.txt <<<2008_000001
text VOC2012/ImageSets/Main/val.txt <<<2008_000002
text VOC2012/ImageSets/Main/trainval.txt <<<$'2008_000001\n2008_000002'
text VOC2012/ImageSets/Main/test.txt <<<$'2008_000003\n2008_000009'
text VOC2012/ImageSets/Main/person_train.txt <<<$'2008_000001  1\n2008_000004 -1'
gives "test:2008_000003.jpg 8,8,24,20 0; train:2008_000001.jpg 8,8,24,20 0; val:2008_000002.jpg 8,8,24,20 0" \
  "test.txt:2: there is no 'VOC2012/Annotations/2008_000009.xml'
2008_000004.xml: '2008_000004.jpg'
1  images in none of the lists in ImageSets/Main" voc --root VOC2012

begin voc2007_trainval "VOC2007: trainval.txt and test.txt"
for id in 000001 000005; do
  put VOC2007/JPEGImages/$id.jpg
  voc VOC2007/Annotations/$id.xml $id.jpg "<object><name>face</name>$box</object>"
done
text VOC2007/ImageSets/Main/trainval.txt <<<000005
text VOC2007/ImageSets/Main/test.txt <<<000001
gives "test:000001.jpg 8,8,24,20 0; train:000005.jpg 8,8,24,20 0" "voc .*train, test" \
  auto .

begin voc_cvat "CVAT's VOC: default.txt says no split; rotation among the attributes turns the box"
put JPEGImages/a.png
voc Annotations/a.xml a.png "<object><name>face</name><truncated>0</truncated><occluded>0</occluded>
<difficult>0</difficult><bndbox><xmin>11.0</xmin><ymin>11.0</ymin><xmax>30.0</xmax><ymax>20.0</ymax></bndbox>
<attributes><attribute><name>rotation</name><value>90.0</value></attribute></attributes></object>" "<folder></folder>"
text ImageSets/Main/default.txt <<<a
text labelmap.txt <<<$'# label:color_rgb:parts:actions\nface:128,0,0::'
gives "train:a.png 15,5,25,25 0" "rotated boxes" voc --root .

begin voc_labelme2voc "labelme2voc: an element annotation within, empty flags, fractions"
put JPEGImages/a.jpg
text Annotations/a.xml <<'X'
<annotation>
  <folder/><filename>a.jpg</filename><database/><annotation/><image/>
  <size><height>48</height><width>64</width><depth>3</depth></size><segmented/>
  <object><name>face</name><pose/><truncated/><difficult/>
    <bndbox><xmin>9.25</xmin><ymin>9.5</ymin><xmax>24.75</xmax><ymax>20.0</ymax></bndbox></object>
</annotation>
X
gives "train:a.jpg 8.25,8.5,24.75,20 0" "flags that are not numbers, taken as 0" voc --root .

begin voc_labelimg "labelImg of old: a filename without extension, a path of another machine"
put images/a.jpg
voc annotations/a.xml a "<object><name>face</name><pose>Unspecified</pose><truncated>0</truncated><difficult>1</difficult>$box</object>" \
  '<folder>images</folder><path>C:\Users\me\images\a.jpg</path>'
gives "train:a.jpg 8,8,24,20 0 ignore" "'a' is taken to be 'a.jpg'" voc --root .

begin voc_roboflow "Roboflow's VOC: XML beside the photographs, in train/ and valid/"
for split in train valid; do
  put set/$split/a.jpg
  voc set/$split/a.xml a.jpg "<object><name>face</name><pose>Unspecified</pose><polygon><x1>9</x1><y1>9</y1></polygon>$box</object>" \
    "<folder></folder><path>a.jpg</path>"
done
gives "train:train/a.jpg 8,8,24,20 0; val:valid/a.jpg 8,8,24,20 0" "1 images, 1 faces" voc --root set

# --- YOLO --------------------------------------------------------------------------------------------

line="0 0.25 0.25 0.25 0.25" # 8,6 to 24,18
begin yolo_cvat "CVAT's YOLO 1.1: obj.data, obj.names, and data/ in front of all paths"
put obj_train_data/a.png obj_valid_data/b.png
text obj_train_data/a.txt <<<"1 0.25 0.25 0.25 0.25"
text obj_valid_data/b.txt </dev/null
text obj.data <<<$'classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\nnames = data/obj.names\nbackup = backup/'
text obj.names <<<$'cat\nface'
text train.txt <<<data/obj_train_data/a.png
text valid.txt <<<data/obj_valid_data/b.png
gives "train:obj_train_data/a.png 8,6,24,18 1; val:obj_valid_data/b.png none" "classes: cat, face" yolo --root .

begin yolo_darknet "darknet: data/obj.data, lists relative to the folder above, a label file that no list names"
put d/data/obj/a.jpg d/data/obj/b.jpg d/data/obj/c.jpg
for id in a b c; do text d/data/obj/$id.txt <<<"$line"; done
text d/data/obj.data <<<$'classes= 1\ntrain  = data/train.txt\nvalid  = data/test.txt\nnames = data/obj.names\nbackup = backup/'
text d/data/obj.names <<<face
text d/data/train.txt <<<$'data/obj/a.jpg\ndata/obj/gone.jpg'
text d/data/test.txt <<<'/home/me/darknet/data/obj/b.jpg'
gives "train:a.jpg 8,6,24,18 0; val:b.jpg 8,6,24,18 0" "train.txt:2: 'data/obj/gone.jpg'
label files in none of the lists
c.txt: its image is in no list" auto .

begin yolo_voc_label "darknet's voc_label.py: JPEGImages/ and labels/, lists of absolute paths, no obj.data"
put VOC/JPEGImages/1.jpg VOC/JPEGImages/2.jpg
text VOC/labels/1.txt <<<"$line"
text VOC/labels/2.txt <<<"$line"
text train.txt <<<"$PWD/VOC/JPEGImages/1.jpg"
text val.txt <<</data/me/VOC/JPEGImages/2.jpg
gives "train:1.jpg 8,6,24,18 0; val:2.jpg 8,6,24,18 0" "" yolo --root .

begin yolo_cvat_ultralytics "CVAT's Ultralytics YOLO: data.yaml names a list; blanks in names"
put "images/train/a b.png"
text "labels/train/a b.txt" <<<"$line"
text data.yaml <<<$'names:\n  0: face\npath: .\ntrain: train.txt'
text train.txt <<<"data/images/train/a b.png"
gives "train:a b.png 8,6,24,18 0" "1  faces" yolo --root .

begin yolo_ultralytics "Ultralytics' coco8.yaml: path of a folder above, names by number, an empty test"
put coco8/images/train/a.jpg coco8/images/val/b.jpg
text coco8/labels/train/a.txt <<<"$line"
text coco8/labels/val/b.txt <<<"$line"
text cfg/coco8.yaml <<<$'path: coco8 # dataset root dir\ntrain: images/train\nval: images/val\ntest: # optional\nnames:\n  0: face\ndownload: https://x/coco8.zip'
gives "train:train/a.jpg 8,6,24,18 0; val:val/b.jpg 8,6,24,18 0" "" yolo --root cfg/coco8.yaml

begin yolo_roboflow "Roboflow's YOLOv8: ../ in front of what lies beside, a test that is not there is counted"
put train/images/a.jpg valid/images/b.jpg
text train/labels/a.txt <<<"$line"
text valid/labels/b.txt <<<"0 0.125 0.125 0.375 0.125 0.375 0.375 0.125 0.375"
text data.yaml <<<$'train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 1\nnames: [\'face\']\n\nroboflow:\n  version: 3'
gives "train:train/images/a.jpg 8,6,24,18 0; val:valid/images/b.jpg 8,6,24,18 0" "test: '../test/images'
boxes derived from outlines" yolo --root .

begin yolo_roboflow_darknet "Roboflow's darknet: labels beside the photographs, a _darknet.labels a split"
for split in train valid; do
  put set/$split/a.jpg
  text set/$split/a.txt <<<"1 0.25 0.25 0.25 0.25"
  text set/$split/_darknet.labels <<<$'cat\nface'
done
gives "train:train/a.jpg 8,6,24,18 1; val:valid/a.jpg 8,6,24,18 1" "classes: cat, face" auto set

begin yolo_label_studio "Label Studio's YOLO: classes.txt and notes.json; a polygon among boxes"
put images/8a7c-a.jpg images/9b1d-b.jpg
text labels/8a7c-a.txt <<<$'0 0.25 0.25 0.25 0.25\n0 0.125 0.125 0.375 0.125 0.375 0.375'
text labels/9b1d-b.txt </dev/null
text classes.txt <<<Face
text notes.json <<<'{"categories": [{"id": 0, "name": "Face"}], "info": {"year": 2024, "version": "1.0", "contributor": "Label Studio"}}'
gives "train:8a7c-a.jpg 8,6,24,18 0; train:8a7c-a.jpg 8,6,24,18 0; train:9b1d-b.jpg none" "1  boxes derived from outlines" \
  yolo --root .

begin yolo_obb "Ultralytics' oriented boxes: four corners, of which the extent is the box"
put images/a.jpg
text labels/a.txt <<<"0 0.25 0.125 0.375 0.25 0.25 0.375 0.125 0.25"
gives "train:a.jpg 8,6,24,18 0" "boxes derived from outlines" yolo --root .

# --- LabelMe -----------------------------------------------------------------------------------------

labelme() { # PATH IMAGE SHAPES [MORE]
  text "$1" <<<"{\"version\": \"5.7.0\", \"flags\": {}, \"shapes\": [$3], \"imagePath\": \"$2\",
 \"imageData\": null, \"imageHeight\": 48, \"imageWidth\": 64${4:-}}"
}
shape() { # LABEL TYPE POINTS [MORE]
  printf '{"label": "%s", "points": %s, "group_id": null, "description": null, "shape_type": "%s", "flags": {}, "mask": null%s}' \
    "$1" "$3" "$2" "${4:-}"
}
begin labelme_bbox "labelme's bbox_detection example: corners in any order"
put a.jpg
labelme a.json a.jpg "$(shape person rectangle '[[24.0, 20.5], [8.0, 8.0]]')"
gives "train:a.jpg 8,8,24,20.5 0" "classes: person" labelme --root .

begin labelme_primitives "labelme's primitives example: what has an extent is a box, points and lines are left out"
put a.jpg
labelme a.json a.jpg "$(shape r rectangle '[[1, 2], [9, 8]]'), $(shape c circle '[[30, 20], [33, 24]]'),
 $(shape p polygon '[[40, 4], [50, 6], [45, 12]]'), $(shape l line '[[1, 1], [5, 5]]'), $(shape q point '[[3, 3]]'),
 $(shape s linestrip '[[1, 1], [5, 5], [6, 2]]'), $(shape m mask '[[10, 30], [19, 39]]')"
gives "train:a.jpg 1,2,9,8 3; train:a.jpg 10,30,20,40 1; train:a.jpg 25,15,35,25 0; train:a.jpg 40,4,50,12 2" \
  "2  shapes that are not boxes
1  points that are not landmarks" labelme --root .

begin labelme_ignore "labelme's label __ignore__ is neither face nor background, and no class"
put a.jpg
labelme a.json a.jpg "$(shape face rectangle '[[8, 8], [24, 20]]'), $(shape __ignore__ rectangle '[[30, 8], [40, 20]]')"
gives "train:a.jpg 30,8,40,20 0 ignore; train:a.jpg 8,8,24,20 0" "1  boxes marked as ignore" labelme --root .

begin labelme_3 "labelme 3: no shape_type (all polygons), colours, no size; a path of Windows"
put img/a.jpg
text json/a.json <<'X'
{"flags": {}, "shapes": [{"label": "face", "line_color": null, "fill_color": null,
   "points": [[8, 8], [24, 8], [24, 20]]}], "lineColor": [0, 255, 0, 128], "fillColor": [255, 0, 0, 128],
 "imagePath": "..\\img\\a.jpg", "imageData": "aGVsbG8="}
X
gives "train:a.jpg 8,8,24,20 0" "boxes derived from outlines" labelme --images img --annotations json

begin labelme_x_anylabeling "X-AnyLabeling: four corners, difficult beside the flags, more keys"
put a.jpg
labelme a.json a.jpg "$(shape face rectangle '[[8, 8], [24, 8], [24, 20], [8, 20]]' ', "score": null, "difficult": true, "attributes": {}, "kie_linking": []')"
gives "train:a.jpg 8,8,24,20 0 ignore" "" labelme --root .

# --- CVAT --------------------------------------------------------------------------------------------

begin cvat_images "CVAT for images 1.1, its documentation: subset, tag, a turned box, a mask, an ellipse"
put images/a.png images/b.png
text annotations.xml <<'X'
<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version>
  <meta><job><id>4</id><labels><label><name>face</name><color>#c06060</color><type>any</type><attributes>
    </attributes></label></labels></job><dumped>2020-06-11 09:08:14</dumped></meta>
  <image id="0" name="a.png" subset="Train" task_id="3" width="64" height="48">
    <tag label="face" source="manual"></tag>
    <box label="face" source="manual" occluded="1" xtl="10.00" ytl="10.00" xbr="30.00" ybr="20.00" rotation="90.00" z_order="0"></box>
    <mask label="face" source="semi-auto" occluded="0" rle="3, 5, 7" left="40" top="30" width="10" height="8" z_order="0"></mask>
  </image>
  <image id="1" name="b.png" subset="Validation" task_id="3" width="64" height="48">
    <ellipse label="face" source="manual" occluded="0" cx="20.00" cy="20.00" rx="10.00" ry="5.00" z_order="0"></ellipse>
  </image></annotations>
X
gives "train:a.png 15,5,25,25 0; train:a.png 40,30,50,38 0; val:b.png 10,15,30,25 0" "1  rotated boxes
2  boxes derived from outlines" cvat --root .

begin cvat_video "CVAT for video 1.1 has no images: refused, with the way out"
put images/a.png
text annotations.xml <<<'<annotations><version>1.1</version><meta/><track id="0" label="face"><box frame="0" outside="0" occluded="0" xtl="1" ytl="1" xbr="9" ybr="9"/></track></annotations>'
gives "" "export it as 'CVAT for images 1.1'" cvat --root .

# --- text --------------------------------------------------------------------------------------------

begin wider_readme "WIDER FACE: no faces with a line of zeros, invalid faces, a box without width"
put i/0--Parade/a.jpg i/0--Parade/b.jpg
text gt.txt <<<$'0--Parade/a.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \n0--Parade/b.jpg\n3\n8 8 16 12 2 0 0 1 2 0 \n30 8 10 10 0 1 0 0 0 1 \n5 5 0 9 0 0 0 0 0 0 '
gives "train:0--Parade/a.jpg none; train:0--Parade/b.jpg 30,8,40,18 0; train:0--Parade/b.jpg 8,8,24,20 0 ignore" \
  "boxes entirely outside" widerface --images i --annotations gt.txt

points="10 10 0.0 20 10 0.0 15 13 0.0 11 17 0.0 19 17 0.0"
begin retinaface_label "RetinaFace's label.txt: x y w h, five points, -1 where there are none"
put i/0--Parade/a.jpg
text label.txt <<<$'# 0--Parade/a.jpg\n8 8 16 12 '"$points"$' 0.82\n30 8 10 10 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 0.3'
gives "train:0--Parade/a.jpg 30,8,40,18 0; train:0--Parade/a.jpg 8,8,24,20 0 landmarks" "" \
  retinaface --images i --annotations label.txt

begin retinaface_labelv2 "libfacedetection's labelv2.txt: size behind the name, x1 y1 x2 y2, a 1 for ignored"
put i/a.jpg
text labelv2.txt <<<$'# a.jpg 64 48\n8 8 24 20 '"$points"$'\n30 8 40 18 1\n1 1 5 5'
gives "train:a.jpg 1,1,5,5 0; train:a.jpg 30,8,40,18 0 ignore; train:a.jpg 8,8,24,20 0 landmarks" "" \
  retinaface --images i --annotations labelv2.txt

begin fddb_readme "FDDB: no extension, radii, angle, centre"
put 2002/08/img_1.jpg
text fold.txt <<<$'2002/08/img_1\n1\n10.0 5.0 1.5707963 20.0 24.0  1'
gives "train:2002/08/img_1.jpg 15,14,25,34 0" "" fddb --images . --annotations fold.txt

# --- CSV ---------------------------------------------------------------------------------------------

begin csv_tensorflow "TensorFlow's and Roboflow's _annotations.csv: a class that is not asked for is counted"
put a.jpg
text _annotations.csv <<<$'filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,64,48,face,8,8,24,20\na.jpg,64,48,dog,1,1,9,9'
gives "train:a.jpg 8,8,24,20 0" "1  boxes of other classes" csv --images . --annotations _annotations.csv --class face

begin csv_via "VGG's annotator: its CSV holds JSON, and is refused with what columns must be there"
put a.jpg
text via.csv <<'X'
filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes
a.jpg,1024,"{}",1,0,"{""name"":""rect"",""x"":8,""y"":8,""width"":16,""height"":12}","{}"
X
gives "" "it needs the columns xmin,ymin,xmax,ymax" csv --images . --annotations via.csv

begin csv_retinanet "keras-retinanet: no header, refused with what it must be called"
put a.jpg
text boxes.csv <<<'a.jpg,8,8,24,20,face'
gives "" "must be called image, name, filename or file" csv --images . --annotations boxes.csv

begin csv_open_images "Open Images: shares of the sides are not taken for pixels"
put a.jpg
text boxes.csv <<<$'image,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\na.jpg,xclick,/m/0dzct,1,0.125,0.375,0.1,0.4'
gives "" "if they are fractions" csv --images . --annotations boxes.csv

finish
