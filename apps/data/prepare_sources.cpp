#include "prepare_sources.hpp"

#include <utility>

#include "data/import/coco.hpp"
#include "data/import/csv_boxes.hpp"
#include "data/import/cvat.hpp"
#include "data/import/fddb_ellipses.hpp"
#include "data/import/import.hpp"
#include "data/import/labelme.hpp"
#include "data/import/retinaface_text.hpp"
#include "data/import/voc.hpp"
#include "data/import/wider_mat.hpp"
#include "data/import/wider_text.hpp"
#include "data/import/yolo.hpp"
#include "data/import/yolo_layout.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

Source source(const SourceOptions& o, data::LabelledSet set, const char* format) {
  Source result{std::move(set), o.images, o.annotations,
                std::string(format) + ", " + o.annotations.filename().string()};
  result.has_classes = true;
  return result;
}

Source source(const SourceOptions& o, std::vector<data::LabelledImage> faces, const char* format) {
  data::LabelledSet set;
  set.images = std::move(faces);
  Source result = source(o, std::move(set), format);
  result.has_classes = false;
  return result;
}

Source read_widerface_source(const SourceOptions& o, data::FlawLog& flaws) {
  const bool matlab = o.annotations.extension() == ".mat";
  return source(o,
                matlab ? data::read_wider_mat(o.annotations, flaws)
                       : data::read_wider_text(o.annotations, flaws),
                "WIDER FACE");
}

Source read_retinaface_source(const SourceOptions& o, data::FlawLog& flaws) {
  return source(o, data::read_retinaface_text(o.annotations, flaws), "RetinaFace labels");
}

Source read_voc_source(const SourceOptions& given, data::FlawLog& flaws) {
  SourceOptions o = given;
  if (!o.root.empty()) {
    const data::VocFolders folders = data::find_voc_folders(o.root);
    o.annotations = folders.annotations;
    o.images = folders.images;
  }
  data::LabelledSet set = data::read_voc(o.annotations, flaws);
  data::set_voc_splits(set, o.annotations, flaws);
  return source(o, std::move(set), "Pascal VOC");
}

Source read_yolo_source(const SourceOptions& o, data::FlawLog& flaws) {
  if (o.root.empty())
    return source(o, data::read_yolo(o.images, o.annotations, o.names, flaws), "YOLO");
  const data::YoloLayout layout = data::find_yolo_layout(o.root, o.names, o.split, flaws);
  data::YoloSet read = data::read_yolo_layout(layout, flaws);
  SourceOptions found = o;
  found.images = read.images;
  found.annotations = layout.names.empty() ? o.root : layout.names;
  return source(found, std::move(read.set), "YOLO");
}

Source read_coco_source(const SourceOptions& o, data::FlawLog& flaws) {
  return source(o, data::read_coco(o.annotations, flaws), "COCO");
}

/// The images, and the JSON files, at or below one folder.
Source read_labelme_source(const SourceOptions& given, data::FlawLog& flaws) {
  SourceOptions o = given;
  if (!o.root.empty()) o.images = o.annotations = o.root;
  data::LabelledSet set = data::read_labelme(o.annotations, o.images, flaws);
  data::set_splits_by_folder(set);
  return source(o, std::move(set), "LabelMe");
}

Source read_cvat_source(const SourceOptions& given, data::FlawLog& flaws) {
  SourceOptions o = given;
  if (!o.root.empty()) {
    o.images = o.root / "images";
    o.annotations = o.root / "annotations.xml";
  }
  return source(o, data::read_cvat(o.annotations, o.images, flaws), "CVAT");
}

Source read_fddb_source(const SourceOptions& o, data::FlawLog& flaws) {
  return source(o, data::read_fddb_ellipses(o.annotations, flaws), "FDDB");
}

Source read_csv_source(const SourceOptions& o, data::FlawLog& flaws) {
  data::CsvBoxes csv = data::read_csv_boxes(o.annotations, flaws);
  Source result = source(o, std::move(csv.set), "CSV boxes");
  result.has_classes = csv.has_classes;
  result.ignored_columns = std::move(csv.ignored_columns);
  return result;
}

Source read_background_source(const SourceOptions& o, data::FlawLog& /*flaws*/) {
  Source result = source(o, data::list_background(o.images), "");
  result.annotations = o.images;
  result.description = "photographs without faces";
  return result;
}

constexpr SourceKind kinds[] = {
    {"widerface", "WIDER FACE's official files, text or MATLAB",
     "wider_face_train_bbx_gt.txt, wider_face_train.mat or similar", nullptr, false,
     "Example:\n  faceshot prepare widerface --images WIDER_train/images "
     "--annotations wider_face_split/wider_face_train_bbx_gt.txt --out data/wider",
     read_widerface_source},
    {"retinaface",
     "RetinaFace's labels for WIDER FACE, or libfacedetection's labelv2: boxes with five landmarks",
     "train/label.txt, labelv2.txt or similar", nullptr, false,
     "Example:\n  faceshot prepare retinaface --images WIDER_train/images "
     "--annotations train/label.txt --out data/wider",
     read_retinaface_source},
    {"voc", "Pascal VOC: one XML file per image", "Folder of the XML files",
     "Folder with Annotations/ and JPEGImages/ (or annotations/ and images/), or with both kinds "
     "of file side by side; replaces --images and --annotations",
     false,
     "Example:\n  faceshot prepare voc --root VOC2012 --class face --class masked --merge face "
     "--out data/voc",
     read_voc_source},
    {"yolo", "YOLO: one text file per image, boxes as fractions of its size",
     "Folder of the text files",
     "data.yaml or obj.data, or a folder with one of them, with lists of images (train.txt), with "
     "images/ and labels/, or with train/images and train/labels; replaces --images and "
     "--annotations",
     true, "Example:\n  faceshot prepare yolo --root export --merge face --out data/yolo",
     read_yolo_source},
    {"coco", "COCO: one JSON file", "instances_train.json or similar", nullptr, false,
     "Example:\n  faceshot prepare coco --images photos --annotations instances.json "
     "--class face --out data/coco",
     read_coco_source},
    {"labelme", "LabelMe: one JSON file per image",
     "Folder of the JSON files, searched recursively",
     "Folder with the photographs and JSON files side by side; replaces --images and --annotations",
     false, "Example:\n  faceshot prepare labelme --root photos --class face --out data/mine",
     read_labelme_source},
    {"cvat", "CVAT for images 1.1: one XML file", "annotations.xml or similar",
     "Folder with annotations.xml and images/; replaces --images and --annotations", false,
     "Example:\n  faceshot prepare cvat --root task_7 --class face --out data/mine",
     read_cvat_source},
    {"fddb", "FDDB's ellipses, converted to bounding boxes",
     "FDDB-fold-01-ellipseList.txt or similar", nullptr, false,
     "Example:\n  faceshot prepare fddb --images originalPics "
     "--annotations FDDB-folds/FDDB-fold-01-ellipseList.txt --out data/fddb",
     read_fddb_source},
    {"csv", "CSV file with a header, one box per row",
     "CSV with the columns image (or name, filename, file) and xmin,ymin,xmax,ymax (or "
     "x1,y1,x2,y2 or x,y,w,h); optionally class (or label, class_name, category) and width,height; "
     "an empty box means no faces",
     nullptr, false,
     "Example:\n  faceshot prepare csv --images photos --annotations boxes.csv --out data/mine",
     read_csv_source},
    {"background", "Folder of photographs without faces, searched recursively", nullptr, nullptr,
     false, "Example:\n  faceshot prepare background --images landscapes --out data/background",
     read_background_source},
};

}  // namespace

std::span<const SourceKind> source_kinds() { return kinds; }

}  // namespace faceshot::cli
