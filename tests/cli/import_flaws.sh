#!/usr/bin/env bash
# Problems that others had when preparing face data, and files that we damaged ourselves: `faceshot
# prepare` reads them correctly or reports the problem. The first part has cases from public
# reports.
#   import_flaws.sh PROGRAM MAKE_TEST_IMAGES
# shellcheck source=tests/cli/case_table.sh
. "$(dirname "${BASH_SOURCE[0]}")/case_table.sh"

coco() { # PATH IMAGES CATEGORIES ANNOTATIONS
  text "$1" <<<"{\"images\": [$2], \"categories\": [$3], \"annotations\": [$4]}"
}
image='{"id": 1, "file_name": "a.png", "width": 64, "height": 48}'
face='{"id": 1, "name": "face"}'
annotation() { # ID MEMBERS
  printf '{"id": %s, "image_id": 1, "category_id": 1, %s}' "$1" "$2"
}
good=$(annotation 1 '"bbox": [8, 8, 16, 12]')
voc() { # PATH FILENAME OBJECTS [SIZE]
  text "$1" <<<"<annotation><filename>$2</filename>${4-<size><width>64</width><height>48</height></size>}$3</annotation>"
}
object() { # [XMIN YMIN XMAX YMAX] [MORE]
  printf '<object><name>face</name>%s<bndbox><xmin>%s</xmin><ymin>%s</ymin><xmax>%s</xmax><ymax>%s</ymax></bndbox></object>' \
    "${5-}" "${1-9}" "${2-9}" "${3-24}" "${4-20}"
}
a="train:a.png 8,8,24,20 0"

# --- public reports ----------------------------------------------------------------------------------

begin csv_class "a column class is obeyed: 1 face kept, 2 others counted"
put a.png
text b.csv <<<$'filename,width,height,class,xmin,ymin,xmax,ymax\na.png,64,48,face,8,8,24,20\na.png,64,48,dog,1,1,9,9\na.png,64,48,cat,2,2,9,9'
gives "$a" "2  boxes of other classes" csv --images . --annotations b.csv --class face

begin csv_unknown_class "a class that is not there: those that are there are named"
put a.png
text b.csv <<<$'image,x1,y1,x2,y2,label\na.png,8,8,24,20,dog'
gives "" "dog" csv --images . --annotations b.csv --class face

begin yolo_unmatched "labels where no image looks for them: refused, with where they must be"
put images/a.png
text labels/train/a.txt <<<"0 0.25 0.25 0.25 0.25"
gives "" "there is '.*train/a.txt'" yolo --root .

begin yolo_half_matched "labels without an image are left out and named, images without labels are counted"
put images/a.png images/b.png
text labels/a.txt <<<"0 0.25 0.25 0.25 0.25"
text labels/lost.txt <<<"0 0.25 0.25 0.25 0.25"
gives "train:a.png 8,6,24,18 0; train:b.png none" "label files without an image
lost.txt
1  images without a label file" yolo --root .

begin yolo_split "validation photographs land in val.csv"
for split in train:a val:b; do
  put images/${split%:*}/${split#*:}.png
  text labels/${split%:*}/${split#*:}.txt <<<"0 0.25 0.25 0.25 0.25"
done
text data.yaml <<<$'path: .\ntrain: images/train\nval: images/val\nnames: [face]'
gives "train:train/a.png 8,6,24,18 0; val:val/b.png 8,6,24,18 0" "" yolo --root .

begin coco_robodup "categories of one name are one class"
put a.png
coco a.json "$image" '{"id": 0, "name": "face", "supercategory": "none"}, {"id": 1, "name": "face"}' "$good"
gives "$a" "categories of one name, made one class" coco --images . --annotations a.json --class face

begin voc_double "two XML files of one picture: boxes join, a box given twice is one"
put i/a.png
voc x/a.xml a.png "$(object)"
voc x/a-copy.xml ./a.png "$(object)$(object 31 9 40 20)"
gives "train:a.png 30,8,40,20 0; $a" "images given more than once, boxes merged
duplicate boxes" voc --images i --annotations x

begin coco_double "an image twice under two ids: joined"
put a.png
coco a.json "$image, {\"id\": 2, \"file_name\": \"./a.png\", \"width\": 64, \"height\": 48}" "$face" "$good"
gives "$a" "images given more than once" coco --images . --annotations a.json

begin csv_dot "./a.png and a.png are one picture"
put a.png
text b.csv <<<$'image,xmin,ymin,xmax,ymax\n./a.png,8,8,24,20\na.png,30,8,40,20'
gives "train:a.png 30,8,40,20 0; $a" "images given more than once" csv --images . --annotations b.csv

begin coco_bad_sizes "a size of 0, and one that is swapped: these entries go, the others stay"
put a.png b.png c.png
coco a.json "$image, {\"id\": 2, \"file_name\": \"b.png\", \"width\": 0, \"height\": 0}, {\"id\": 3, \"file_name\": \"c.png\", \"width\": 48, \"height\": 64}" "$face" "$good"
gives "$a" "images\[1\]: width cannot be 0
'c.png' claims to be 48x64 but is 64x48" coco --images . --annotations a.json

begin yolo_rounding "a share of 1.0000002 is rounding, not pixels"
put images/a.png
text labels/a.txt <<<"0 0.5 0.5 1.0000002 0.5"
gives "train:a.png 0,12,64,36 0" "" yolo --root .

begin voc_odd_files "an empty difficult, an empty size, an empty file, Apple's ._a.xml"
put i/a.png i/b.png
voc x/a.xml a.png "$(object 9 9 24 20 '<difficult/>')"
voc x/b.xml b.png "$(object 9 9 24 20)" "<size/>"
text x/c.xml </dev/null
text x/._a.xml <<<$'\x00\x05\x16\x07'
gives "$a; train:b.png 8,8,24,20 0" "x/c.xml: 
1  annotation files that cannot be read" voc --images i --annotations x

begin coco_no_bbox "without bbox, or with an empty one, the polygon's extent is the box"
put a.png
outline='"segmentation": [[8, 8, 24, 8, 24, 20]]'
coco a.json "$image" "$face" "$(annotation 1 "$outline"), $(annotation 2 "\"bbox\": [], ${outline//24/30}")"
gives "$a; train:a.png 8,8,30,20 0" "2  boxes derived from outlines" coco --images . --annotations a.json

begin coco_nan "NaN in a record: that record is named, the others stay"
put a.png
coco a.json "$image" "$face" "$good, $(annotation 2 '"bbox": [NaN, 8, 16, 12]')"
gives "$a" "annotations\[1\]: bbox must be four numbers" coco --images . --annotations a.json

begin yolo_five_points "YOLOv5-face: five points behind a box are landmarks"
put images/a.png
text labels/a.txt <<<"0 0.5 0.5 0.5 0.5 0.45 0.45 0.55 0.45 0.5 0.5 0.46 0.55 0.54 0.55"
gives "train:a.png 16,12,48,36 0 landmarks" "" yolo --root .

begin csv_separators "blanks around fields; semicolons with decimal commas; tabs"
put a.png
text b.csv <<<$'image;xmin;ymin;xmax;ymax\na.png; 8,0;8;24;20,0 '
gives "$a" "" csv --images . --annotations b.csv
begin csv_tabs "tabs, a byte order mark, CRLF"
put a.png
text b.csv <<<$'\xEF\xBB\xBFimage\txmin\tymin\txmax\tymax\r\na.png\t8\t8\t24\t20\r'
gives "$a" "" csv --images . --annotations b.csv

begin latin_name "a name that is not UTF-8 is left out, its bytes escaped"
put a.png $'caf\xe9.png'
text b.csv <<<$'image,x1,y1,x2,y2\na.png,8,8,24,20\ncaf\xe9.png,8,8,24,20'
gives "$a" 'caf\\xE9.png' csv --images . --annotations b.csv

# --- our own -------------------------------------------------------------------------------------

begin coco_turned_numbers "negative width, no width, infinite: each is left out and named"
put a.png
coco a.json "$image" "$face" "$good, $(annotation 2 '"bbox": [24, 20, -16, -12]'), $(annotation 3 '"bbox": [8, 8, 0, 12]'), $(annotation 4 '"bbox": [8, 8, 1e999, 12]')"
gives "$a" "2  boxes entirely outside
1  boxes that cannot be read" coco --images . --annotations a.json

begin coco_lost_ids "an annotation of no image and one of no category are named"
put a.png
coco a.json "$image" "$face" "$good, {\"id\": 2, \"image_id\": 7, \"category_id\": 1, \"bbox\": [1, 1, 5, 5]}, {\"id\": 3, \"image_id\": 1, \"category_id\": 9, \"bbox\": [1, 1, 5, 5]}"
gives "$a" "annotations\[1\]: no image has the id 7
annotations\[2\]: no category, or more than one, has the id 9" coco --images . --annotations a.json

begin coco_text_ids "ids as texts and fractions, iscrowd true"
put a.png
coco a.json "${image/1/\"1\"}" '{"id": 1.0, "name": "face"}' "$(annotation 1 '"bbox": [8, 8, 16, 12], "iscrowd": true')"
gives "$a ignore" "" coco --images . --annotations a.json

begin coco_results "a list of a detector's results is no data set"
put a.png
text a.json <<<'[{"image_id": 1, "category_id": 1, "bbox": [8, 8, 16, 12], "score": 0.9}]'
gives "" "is not a JSON object" coco --images . --annotations a.json

begin coco_cut "a file that ends too early: where"
put a.png
coco a.json "$image" "$face" "$good"
truncate -s -20 a.json
gives "" "a.json:1: is not JSON, or damaged" coco --images . --annotations a.json

begin coco_utf16 "a file in UTF-16, as PowerShell writes"
put a.png
coco b.json "$image" "$face" "$good"
{ printf '\xff\xfe' && iconv -f UTF-8 -t UTF-16LE b.json; } >a.json && rm b.json
gives "$a" "" coco --images . --annotations a.json

begin coco_one_bad_image "no box of an image can be read: it is not one without faces"
put a.png b.png
coco a.json "$image, {\"id\": 2, \"file_name\": \"b.png\", \"width\": 64, \"height\": 48}" "$face" "$good, {\"id\": 2, \"image_id\": 2, \"category_id\": 1, \"bbox\": [1, 2, 3]}"
gives "$a" "1  images with no readable box" coco --images . --annotations a.json

begin voc_reversed "xmin above xmax, a word for a number, an object without a box: each is named"
put i/a.png
voc x/a.xml a.png "$(object)$(object 24 9 9 20)$(object x 9 24 20)<object><name>face</name></object>"
gives "$a" "a.xml:object 2: <bndbox> has xmin > xmax
a.xml:object 3: <xmin> must be a number
a.xml:object 4: <object> has no <bndbox>" voc --images i --annotations x

begin voc_latin1 "a declared Latin-1 file: names become UTF-8"
put i/a.png
printf '<?xml version="1.0" encoding="ISO-8859-1"?><annotation><filename>a.png</filename><object><name>visag\xe9</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>24</xmax><ymax>20</ymax></bndbox></object></annotation>' | text x/a.xml
gives "$a" "classes: visagé" voc --images i --annotations x

begin voc_windows "a path of Windows, letters of another case"
put i/sub/A.PNG
cp "$png" i/sub/A.PNG
voc x/a.xml 'C:\photos\i\sub\a.png' "$(object)"
gives "train:sub/A.PNG 8,8,24,20 0" "is taken to be 'sub/A.PNG'" voc --images i --annotations x

begin voc_outside "boxes beyond the edge are cut, those outside left out"
put i/a.png
voc x/a.xml a.png "$(object 61 9 90 20)$(object 90 9 99 20)"
gives "train:a.png 60,8,64,20 0" "1  boxes clipped to their image
1  boxes entirely outside" voc --images i --annotations x

begin voc_lists_foreign "lists of another set: no image is left, said with the first flaw"
put JPEGImages/a.png
voc Annotations/a.xml a.png "$(object)"
text ImageSets/Main/train.txt <<<other
gives "" "there is no '.*other.xml'" voc --root .

begin voc_two_splits "an image in train.txt and in val.txt is trained on, and counted"
put JPEGImages/a.png JPEGImages/b.png
voc Annotations/a.xml a.png "$(object)"
voc Annotations/b.xml b.png "$(object)"
text ImageSets/Main/train.txt <<<a.png
text ImageSets/Main/val.txt <<<$'a\nb'
gives "$a; val:b.png 8,8,24,20 0" "val.txt:1: 'a' is in train and in val" voc --root .

begin yolo_odd_numbers "tabs, CRLF, 1e-1, +, a class as 0.0, a byte order mark"
put images/a.png
text labels/a.txt <<<$'\xEF\xBB\xBF0.0\t0.25 2.5e-1  0.25 0.25\r\n'
gives "train:a.png 8,6,24,18 0" "" yolo --root .

begin yolo_wrong_lines "commas, pixels, a class without a name, a confidence: each is named"
put images/a.png
text labels/a.txt <<<$'0 0.25 0.25 0.25 0.25\n0,0.5,0.5,0.1,0.1\n0 32 24 16 12\n3 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 0.1 0.9'
gives "train:a.png 8,6,24,18 0" "4  boxes that cannot be read
a.txt:2: expected a box
a.txt:3: .*these look like pixels
a.txt:4: there is no class 3" yolo --root .

begin yolo_nc "nc that contradicts names"
put images/a.png
text labels/a.txt <<<"0 0.25 0.25 0.25 0.25"
text data.yaml <<<$'train: images\nnc: 2\nnames: [face]'
gives "" "nc is 2, but names has 1" yolo --root .

begin yolo_darknet_classes "obj.data whose classes contradict obj.names"
put obj/a.png
text obj/a.txt <<<"0 0.25 0.25 0.25 0.25"
text obj.data <<<$'classes = 2\ntrain = train.txt\nnames = obj.names'
text obj.names <<<face
text train.txt <<<obj/a.png
gives "" "classes is 2, but '.*obj.names' names 1" yolo --root .

begin yolo_same_val "one folder for train and val is no validation"
put images/a.png
text labels/a.txt <<<"0 0.25 0.25 0.25 0.25"
text data.yaml <<<$'train: images\nval: images\nnames: [face]'
gives "train:a.png 8,6,24,18 0" "images in more than one split, kept in the first" yolo --root .

begin wider_counts "a count that is wrong costs its image, not the next ones"
put i/a.png i/b.png i/c.png
text gt.txt <<<$'b.png\n2\n1 1 5 5 0 0 0 0 0 0\na.png\n1\n8 8 16 12 0 0 0 0 0 0\nc.png\nmany\n1 1 5 5 0 0 0 0 0 0'
gives "$a" "'b.png' claims 2 faces but has 1
the number of faces of 'c.png' is expected here" widerface --images i --annotations gt.txt

begin fddb_counts "the same in FDDB's files; an ellipse of five numbers"
put a.jpg b.jpg
text f.txt <<<$'b\n2\n10 5 0 20 20 1\na\n2\n10 5 0 20 20 1\n10 5 0 20 20'
gives "train:a.jpg 10,15,30,25 0" "'b.jpg' claims 2 faces but has 1
an ellipse of 'a.jpg' is expected here" fddb --images . --annotations f.txt

begin retinaface_mixed "images of the other layout are left out, boxes before the first image too"
put a.png b.png
text l.txt <<<$'1 1 5 5\n# a.png\n8 8 16 12\n# b.png 64 48\n1 1 5 5'
gives "$a" "must come before the first box
a mix of two layouts" retinaface --images . --annotations l.txt

begin labelme_nan "NaN in one file: that file is named"
put a.png b.png
for id in a b; do
  text $id.json <<<'{"version": "5.0.1", "flags": {}, "shapes": [{"label": "face", "points": [[8, 8], [24, 20]],
    "shape_type": "rectangle", "flags": {}}], "imagePath": "'$id'.png", "imageHeight": 48, "imageWidth": 64}'
done
sed -i 's/24, 20/NaN, 20/' b.json
gives "$a" "b.json: damaged, or not a LabelMe JSON file" labelme --root .

begin labelme_splits "folders that are called as splits are"
for split in train val; do
  put $split/a.png
  text $split/a.json <<<'{"shapes": [{"label": "face", "points": [[8, 8], [24, 20]], "shape_type": "rectangle"}], "imagePath": "a.png"}'
done
gives "train:train/a.png 8,8,24,20 0; val:val/a.png 8,8,24,20 0" "" labelme --root .

begin cvat_damaged "a label that is missing, a number that is none, a size of 0: each is named"
put images/a.png images/b.png
text annotations.xml <<<'<annotations><image id="0" name="a.png" width="64" height="48">
<box label="face" xtl="8" ytl="8" xbr="24" ybr="20"/>
<box xtl="8" ytl="8" xbr="24" ybr="20"/>
<box label="face" xtl="eight" ytl="8" xbr="24" ybr="20"/></image>
<image id="1" name="b.png" width="0" height="48"/></annotations>'
gives "$a" "annotations.xml:3: has no label
annotations.xml:4: xtl must be a number
annotations.xml:5: width cannot be 0" cvat --root .

begin csv_quotes "a quote in a name, a comma in a field, rows that are scattered, rows that are damaged"
put 'a"b.png' c.png
text b.csv <<<$'note,image,x1,y1,x2,y2\n"1, 2","a""b.png",8,8,24,20\n,c.png,1,1,5,5\n,"a""b.png",30,8,40,20\n,c.png,5,1,1,5\n,c.png,1,1,5'
gives 'train:"a""b.png" 30,8,40,20 0; train:"a""b.png" 8,8,24,20 0; train:c.png 1,1,5,5 0' "2  rows that cannot be used
b.csv:5: the box has x1 >= x2" csv --images . --annotations b.csv

begin damaged_photograph "a photograph that is cut off is left out, strict or not named first"
put a.png b.png
head -c 60 "$png" >b.png
text b.csv <<<$'image,x1,y1,x2,y2\na.png,8,8,24,20\nb.png,8,8,24,20'
gives "$a" "1  images that cannot be read
b.png" csv --images . --annotations b.csv

begin nothing_left "no box that can be used: refused, with the first flaw"
put a.png
text b.csv <<<$'image,x1,y1,x2,y2\na.png,90,8,99,20'
gives "" "no boxes left; 1 boxes entirely outside" csv --images . --annotations b.csv

finish
