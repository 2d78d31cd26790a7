#include "data/export/set_export.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "data/prepared/splits.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"
#include "support/plain_file.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using geometry::ImageRecord;

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

/// Shortest text that parses to the same number.
template <class T>
std::string digits(T value) {
  std::array<char, 64> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

void write_file(const fs::path& path, const std::string& text) {
  support::make_folder(path.parent_path());
  support::write_file(path, text);
}

/// Writes pugixml's output piece by piece.
class XmlToFile : public pugi::xml_writer {
 public:
  explicit XmlToFile(support::AtomicFile& file) : file_(file) {}
  void write(const void* data, std::size_t size) override {
    file_.write({static_cast<const char*>(data), size});
  }

 private:
  support::AtomicFile& file_;
};

class XmlToText : public pugi::xml_writer {
 public:
  void write(const void* data, std::size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
  std::string text;
};

/// Builds DIR in a temporary folder beside it: `write` creates its files; images go to `images` in
/// it.
void build(const PreparedSet& set, const fs::path& dir, const char* images, LinkMode mode,
           const ImportProgress& progress, const std::function<void(const fs::path&)>& write) {
  require_new_folder(dir);
  tell_failures("cannot export to", dir, [&] {
    const fs::path target = real_folder(dir);
    const StagingFolder staging(target);
    write(staging.path());
    support::make_folder(staging.path() / images);
    std::size_t done = 0;
    for (const ImageRecord& record : set.records) {
      if (!fs::exists(set.images_dir / record.image))
        throw Error(ErrorCode::not_found,
                    "'" + (set.images_dir / record.image).string() + "' is missing");
      link_image(set.images_dir / record.image, staging.path() / images / record.image, mode);
      if (progress) progress(++done, set.records.size());
    }
    fs::rename(staging.path(), target);  // also replaces an empty folder
  });
}

/// Other formats have no ignore region for all classes: it becomes one of each class.
PreparedSet with_named_regions(const PreparedSet& given) {
  PreparedSet set{given.images_dir, given.classes, {}};
  for (const ImageRecord& record : given.records) {
    ImageRecord& named =
        set.records.emplace_back(ImageRecord{record.image, record.width, record.height, {}});
    for (const Annotation& a : record.annotations) {
      named.annotations.push_back(a);
      if (a.class_id != geometry::any_class) continue;
      named.annotations.back().class_id = 0;
      for (std::size_t c = 1; c < set.classes.size(); ++c) {
        named.annotations.push_back(a);
        named.annotations.back().class_id = static_cast<int>(c);
      }
    }
  }
  return set;
}

// --- COCO --------------------------------------------------------------------------------------

bool any_landmarks(const PreparedSet& set) {
  for (const ImageRecord& record : set.records)
    for (const Annotation& a : record.annotations)
      if (a.landmarks) return true;
  return false;
}

OrderedJson coco_annotation(const Annotation& a, std::size_t id, std::size_t image_id,
                            bool keypoints) {
  const auto exact = [](float v) { return static_cast<double>(v); };
  const double width = exact(a.box.x2) - exact(a.box.x1),
               height = exact(a.box.y2) - exact(a.box.y1);
  OrderedJson json{{"id", id},
                   {"image_id", image_id},
                   {"category_id", a.class_id + 1},
                   {"bbox", {exact(a.box.x1), exact(a.box.y1), width, height}},
                   {"area", width * height},
                   {"iscrowd", a.ignore ? 1 : 0},
                   {"segmentation", OrderedJson::array()}};
  if (!keypoints) return json;
  OrderedJson points = OrderedJson::array();
  for (std::size_t p = 0; p < 5; ++p)
    for (const double v : {a.landmarks ? exact((*a.landmarks)[p].x) : 0,
                           a.landmarks ? exact((*a.landmarks)[p].y) : 0, a.landmarks ? 2.0 : 0})
      points.push_back(v);
  json["keypoints"] = std::move(points);
  json["num_keypoints"] = a.landmarks ? 5 : 0;
  return json;
}

/// Written piece by piece: the document of a large set would not fit into memory together with the
/// set.
void write_coco(const fs::path& path, const PreparedSet& set) {
  const bool keypoints = any_landmarks(set);
  support::AtomicFile out(path);
  const auto dump = [](const OrderedJson& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  };
  out.write(
      "{\"info\": {\"description\": \"exported by FaceShot\"},\n\"licenses\": "
      "[],\n\"categories\": [");
  for (std::size_t c = 0; c < set.classes.size(); ++c) {
    OrderedJson category{{"id", c + 1}, {"name", set.classes[c]}, {"supercategory", "face"}};
    if (keypoints) {
      category["keypoints"] = {"left_eye", "right_eye", "nose", "mouth_left", "mouth_right"};
      category["skeleton"] = OrderedJson::array();
    }
    out.write((c > 0 ? ",\n" : "\n") + dump(category));
  }
  out.write("],\n\"images\": [");
  for (std::size_t i = 0; i < set.records.size(); ++i) {
    const ImageRecord& r = set.records[i];
    out.write(
        (i > 0 ? ",\n" : "\n") +
        dump({{"id", i + 1}, {"file_name", r.image}, {"width", r.width}, {"height", r.height}}));
  }
  out.write("],\n\"annotations\": [");
  std::size_t id = 0;
  for (std::size_t i = 0; i < set.records.size(); ++i)
    for (const Annotation& a : set.records[i].annotations) {
      out.write((id > 0 ? ",\n" : "\n") + dump(coco_annotation(a, id + 1, i + 1, keypoints)));
      ++id;
    }
  out.write("]}\n");
  out.commit();
}

/// Formats with one file per image name it after the image.
void require_different_stems(const PreparedSet& set) {
  std::set<std::string> stems;
  for (const ImageRecord& record : set.records)
    if (!stems.insert(fs::path(record.image).replace_extension("").generic_string()).second)
      throw Error(ErrorCode::invalid_argument,
                  "two images differ from '" + record.image +
                      "' only in their extension, so their label files would have the same name");
}

// --- YOLO --------------------------------------------------------------------------------------

std::string yolo_labels(const ImageRecord& record) {
  std::string text;
  const double width = record.width, height = record.height;
  for (const Annotation& a : record.annotations) {
    if (a.ignore) continue;
    const double x1 = static_cast<double>(a.box.x1), y1 = static_cast<double>(a.box.y1);
    const double x2 = static_cast<double>(a.box.x2), y2 = static_cast<double>(a.box.y2);
    text += std::to_string(a.class_id);
    for (const double share :
         {(x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height})
      text += ' ' + digits(share);
    text += '\n';
  }
  return text;
}

// --- VOC ---------------------------------------------------------------------------------------

void add_text(pugi::xml_node parent, const char* name, const std::string& text) {
  parent.append_child(name).text().set(text.c_str());
}

/// VOC counts from 1. Added to the decimal digits: 160.6 becomes 161.6, not 161.60000610351562.
std::string from_one(float value) {
  const std::string text = digits(value);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return digits(number + 1);
}

void write_voc(const fs::path& path, const ImageRecord& record,
               const std::vector<std::string>& classes) {
  pugi::xml_document xml;
  pugi::xml_node annotation = xml.append_child("annotation");
  add_text(annotation, "folder", "JPEGImages");
  add_text(annotation, "filename", fs::path(record.image).filename().string());
  pugi::xml_node size = annotation.append_child("size");
  add_text(size, "width", std::to_string(record.width));
  add_text(size, "height", std::to_string(record.height));
  add_text(size, "depth", "3");
  add_text(annotation, "segmented", "0");
  for (const Annotation& a : record.annotations) {
    pugi::xml_node object = annotation.append_child("object");
    add_text(object, "name", classes[static_cast<std::size_t>(a.class_id)]);
    add_text(object, "pose", "Unspecified");
    add_text(object, "truncated", "0");
    if (a.occlusion >= 0) add_text(object, "occluded", a.occlusion > 0 ? "1" : "0");
    add_text(object, "difficult", a.ignore ? "1" : "0");
    pugi::xml_node box = object.append_child("bndbox");
    add_text(box, "xmin", from_one(a.box.x1));
    add_text(box, "ymin", from_one(a.box.y1));
    add_text(box, "xmax", digits(a.box.x2));
    add_text(box, "ymax", digits(a.box.y2));
  }
  XmlToText file;
  xml.save(file, "  ", pugi::format_default | pugi::format_no_declaration);
  write_file(path, file.text);
}

/// ImageSets/Main/SPLIT.txt. Names with blanks are quoted, as in Datumaro.
std::string voc_list(const PreparedSet& set) {
  std::string text;
  for (const ImageRecord& record : set.records) {
    const std::string name = fs::path(record.image).replace_extension("").generic_string();
    text += name.find(' ') == std::string::npos ? name + "\n" : '"' + name + "\"\n";
  }
  return text;
}

// --- LabelMe, CVAT -----------------------------------------------------------------------------

/// In the order of Landmarks.
constexpr std::array<const char*, 5> landmark_names{"left_eye", "right_eye", "nose", "mouth_left",
                                                    "mouth_right"};

OrderedJson labelme_shape(const std::string& label, const char* type, OrderedJson points,
                          OrderedJson group, OrderedJson flags) {
  return {{"label", label},    {"points", std::move(points)}, {"group_id", std::move(group)},
          {"description", ""}, {"shape_type", type},          {"flags", std::move(flags)},
          {"mask", nullptr}};
}

OrderedJson labelme_point(float x, float y) {
  return OrderedJson::array({static_cast<double>(x), static_cast<double>(y)});
}

std::string labelme_json(const ImageRecord& record, const std::vector<std::string>& classes) {
  OrderedJson shapes = OrderedJson::array();
  int groups = 0;
  for (const Annotation& a : record.annotations) {
    OrderedJson flags = OrderedJson::object();
    if (a.ignore) flags["difficult"] = true;
    if (a.occlusion >= 0) flags["occluded"] = a.occlusion > 0;
    const OrderedJson group = a.landmarks ? OrderedJson(++groups) : OrderedJson();
    OrderedJson corners =
        OrderedJson::array({labelme_point(a.box.x1, a.box.y1), labelme_point(a.box.x2, a.box.y2)});
    shapes.push_back(labelme_shape(classes[static_cast<std::size_t>(a.class_id)], "rectangle",
                                   std::move(corners), group, std::move(flags)));
    if (!a.landmarks) continue;
    for (std::size_t p = 0; p < landmark_names.size(); ++p)
      shapes.push_back(labelme_shape(
          landmark_names[p], "point",
          OrderedJson::array({labelme_point((*a.landmarks)[p].x, (*a.landmarks)[p].y)}), group,
          OrderedJson::object()));
  }
  const OrderedJson document{
      {"version", "5.5.0"},          {"flags", OrderedJson::object()},
      {"shapes", std::move(shapes)}, {"imagePath", fs::path(record.image).filename().string()},
      {"imageData", nullptr},        {"imageHeight", record.height},
      {"imageWidth", record.width}};
  return document.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

void add_cvat_label(pugi::xml_node labels, const std::string& name, const char* type,
                    const char* parent) {
  pugi::xml_node label = labels.append_child("label");
  add_text(label, "name", name);
  add_text(label, "type", type);
  pugi::xml_node attributes = label.append_child("attributes");
  if (parent != nullptr) return add_text(label, "parent", parent);
  if (std::string_view(type) != "rectangle") return;
  pugi::xml_node difficult = attributes.append_child("attribute");
  add_text(difficult, "name", "difficult");
  add_text(difficult, "mutable", "False");
  add_text(difficult, "input_type", "checkbox");
  add_text(difficult, "default_value", "false");
  add_text(difficult, "values", "");
}

void print_cvat_meta(pugi::xml_writer& out, const PreparedSet& set) {
  pugi::xml_document xml;
  pugi::xml_node meta = xml.append_child("meta");
  pugi::xml_node task = meta.append_child("task");
  add_text(task, "name", "exported by FaceShot");
  add_text(task, "size", std::to_string(set.records.size()));
  add_text(task, "mode", "annotation");
  pugi::xml_node labels = task.append_child("labels");
  for (const std::string& name : set.classes) add_cvat_label(labels, name, "rectangle", nullptr);
  if (any_landmarks(set)) {
    add_cvat_label(labels, "landmarks", "skeleton", nullptr);
    for (const char* name : landmark_names) add_cvat_label(labels, name, "points", "landmarks");
  }
  meta.print(out, "  ");
}

void add_cvat_skeleton(pugi::xml_node image, const Landmarks& landmarks, int group) {
  pugi::xml_node skeleton = image.append_child("skeleton");
  skeleton.append_attribute("label") = "landmarks";
  skeleton.append_attribute("source") = "manual";
  skeleton.append_attribute("z_order") = 0;
  skeleton.append_attribute("group_id") = group;
  for (std::size_t p = 0; p < landmark_names.size(); ++p) {
    pugi::xml_node point = skeleton.append_child("points");
    point.append_attribute("label") = landmark_names[p];
    point.append_attribute("source") = "manual";
    point.append_attribute("outside") = 0;
    point.append_attribute("occluded") = 0;
    point.append_attribute("points") =
        (digits(landmarks[p].x) + "," + digits(landmarks[p].y)).c_str();
  }
}

/// @param group the last group that was used
void print_cvat_image(pugi::xml_writer& out, const ImageRecord& record, std::size_t id,
                      const std::string& split, const std::vector<std::string>& classes,
                      int& group) {
  pugi::xml_document xml;
  pugi::xml_node image = xml.append_child("image");
  image.append_attribute("id") = std::to_string(id).c_str();
  image.append_attribute("name") = record.image.c_str();
  image.append_attribute("subset") = split.c_str();
  image.append_attribute("width") = record.width;
  image.append_attribute("height") = record.height;
  for (const Annotation& a : record.annotations) {
    pugi::xml_node box = image.append_child("box");
    box.append_attribute("label") = classes[static_cast<std::size_t>(a.class_id)].c_str();
    box.append_attribute("source") = "manual";
    box.append_attribute("occluded") = a.occlusion > 0 ? 1 : 0;
    box.append_attribute("xtl") = digits(a.box.x1).c_str();
    box.append_attribute("ytl") = digits(a.box.y1).c_str();
    box.append_attribute("xbr") = digits(a.box.x2).c_str();
    box.append_attribute("ybr") = digits(a.box.y2).c_str();
    box.append_attribute("z_order") = 0;
    if (a.landmarks) box.append_attribute("group_id") = ++group;
    pugi::xml_node difficult = box.append_child("attribute");
    difficult.append_attribute("name") = "difficult";
    difficult.text().set(a.ignore ? "true" : "false");
    if (a.landmarks) add_cvat_skeleton(image, *a.landmarks, group);
  }
  image.print(out, "  ");
}

/// Image by image, like write_coco.
void write_cvat(const fs::path& path, const PreparedSet& set, const std::string& split) {
  support::AtomicFile file(path);
  XmlToFile out(file);
  file.write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n<version>1.1</version>\n");
  print_cvat_meta(out, set);
  int group = 0;
  for (std::size_t i = 0; i < set.records.size(); ++i)
    print_cvat_image(out, set.records[i], i, split, set.classes, group);
  file.write("</annotations>\n");
  file.commit();
}

ExportReport count(const PreparedSet& set, bool holds_ignore, bool holds_landmarks) {
  ExportReport report;
  report.images = set.records.size();
  for (const ImageRecord& record : set.records)
    for (const Annotation& a : record.annotations) {
      if (a.ignore && !holds_ignore) {
        ++report.ignored_left_out;
        continue;
      }
      ++report.boxes;
      if (a.landmarks && !holds_landmarks) ++report.landmarks_left_out;
    }
  return report;
}

}  // namespace

std::string yolo_yaml(const std::vector<std::string>& classes, std::span<const YoloSplit> splits) {
  // Without `path`, Ultralytics resolves places relative to this file. It rejects a data.yaml
  // without `train` or `val`; with an empty one it still validates a set that has only a val split,
  // and does not confuse the photographs of the splits.
  std::string text;
  for (const std::string_view name : split_names) {
    const auto there = std::find_if(splits.begin(), splits.end(),
                                    [&](const YoloSplit& split) { return split.split == name; });
    if (there != splits.end())
      text += std::string(name) + ": " + there->images + "\n";
    else if (name != "test")
      text += std::string(name) + ":  # none; list photographs that are in no other split\n";
  }
  text += "names:\n";
  for (std::size_t c = 0; c < classes.size(); ++c)
    // JSON's quoted text is also valid YAML.
    text += "  " + std::to_string(c) + ": " + OrderedJson(classes[c]).dump() + "\n";
  return text;
}

ExportReport export_coco(const PreparedSet& given, const fs::path& dir,
                         const std::string& /*split*/, LinkMode mode,
                         const ImportProgress& progress) {
  const PreparedSet set = with_named_regions(given);
  build(set, dir, "images", mode, progress,
        [&](const fs::path& staged) { write_coco(staged / "annotations.json", set); });
  return count(set, true, true);
}

ExportReport export_yolo(const PreparedSet& set, const fs::path& dir, const std::string& split,
                         LinkMode mode, const ImportProgress& progress) {
  require_different_stems(set);
  build(set, dir, "images", mode, progress, [&](const fs::path& staged) {
    const YoloSplit only{split, "images"};
    write_file(staged / "data.yaml", yolo_yaml(set.classes, {&only, 1}));
    for (const ImageRecord& record : set.records)
      write_file((staged / "labels" / record.image).replace_extension(".txt"), yolo_labels(record));
  });
  return count(set, false, false);
}

ExportReport export_voc(const PreparedSet& given, const fs::path& dir, const std::string& split,
                        LinkMode mode, const ImportProgress& progress) {
  const PreparedSet set = with_named_regions(given);
  require_different_stems(set);
  build(set, dir, "JPEGImages", mode, progress, [&](const fs::path& staged) {
    write_file(staged / "ImageSets" / "Main" / (split + ".txt"), voc_list(set));
    for (const ImageRecord& record : set.records)
      write_voc((staged / "Annotations" / record.image).replace_extension(".xml"), record,
                set.classes);
  });
  return count(set, true, false);
}

ExportReport export_labelme(const PreparedSet& given, const fs::path& dir,
                            const std::string& /*split*/, LinkMode mode,
                            const ImportProgress& progress) {
  const PreparedSet set = with_named_regions(given);
  require_different_stems(set);
  build(set, dir, "", mode, progress, [&](const fs::path& staged) {
    for (const ImageRecord& record : set.records)
      write_file((staged / record.image).replace_extension(".json"),
                 labelme_json(record, set.classes));
  });
  return count(set, true, true);
}

ExportReport export_cvat(const PreparedSet& given, const fs::path& dir, const std::string& split,
                         LinkMode mode, const ImportProgress& progress) {
  const PreparedSet set = with_named_regions(given);
  build(set, dir, "images", mode, progress,
        [&](const fs::path& staged) { write_cvat(staged / "annotations.xml", set, split); });
  return count(set, true, true);
}

}  // namespace faceshot::data
