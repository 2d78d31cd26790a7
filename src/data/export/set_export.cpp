#include "data/export/set_export.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <set>
#include <string>

#include "faceshot/error.hpp"
#include "support/folder.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using geometry::ImageRecord;

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

/// Shortest text that reads back as the same number.
template <class T>
std::string digits(T value) {
  std::array<char, 64> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

void write_file(const fs::path& path, const std::string& text) {
  support::make_folder(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw Error(ErrorCode::io, "cannot write '" + path.string() + "'");
}

/// Builds DIR in a folder beside it: `write` makes its files, images come into `images`.
void build(const PreparedSet& set, const fs::path& dir, const char* images, LinkMode mode,
           const ImportProgress& progress, const std::function<void(const fs::path&)>& write) {
  require_new_folder(dir);
  try {
    const fs::path target = real_folder(dir);
    const StagingFolder staging(target);
    write(staging.path());
    fs::create_directory(staging.path() / images);
    std::size_t done = 0;
    for (const ImageRecord& record : set.records) {
      if (!fs::exists(set.images_dir / record.image))
        throw Error(ErrorCode::not_found,
                    "'" + (set.images_dir / record.image).string() + "' is missing");
      link_image(set.images_dir / record.image, staging.path() / images / record.image, mode);
      if (progress) progress(++done, set.records.size());
    }
    fs::rename(staging.path(), target);  // also over an empty folder
  } catch (const fs::filesystem_error& e) {
    throw Error(ErrorCode::io, "cannot export to '" + dir.string() + "': " + e.code().message() +
                                   " ('" + e.path1().string() + "')");
  }
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
    for (const double v :
         {a.landmarks ? exact((*a.landmarks)[2 * p]) : 0,
          a.landmarks ? exact((*a.landmarks)[2 * p + 1]) : 0, a.landmarks ? 2.0 : 0})
      points.push_back(v);
  json["keypoints"] = std::move(points);
  json["num_keypoints"] = a.landmarks ? 5 : 0;
  return json;
}

/// Written piece by piece: the document of a large set would not fit into memory beside it.
void write_coco(const fs::path& path, const PreparedSet& set) {
  const bool keypoints = any_landmarks(set);
  std::ofstream out(path, std::ios::binary);
  const auto dump = [](const OrderedJson& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  };
  out << "{\"info\": {\"description\": \"exported by FaceShot\"},\n\"licenses\": "
         "[],\n\"categories\": [";
  for (std::size_t c = 0; c < set.classes.size(); ++c) {
    OrderedJson category{{"id", c + 1}, {"name", set.classes[c]}, {"supercategory", "face"}};
    if (keypoints) {
      category["keypoints"] = {"left_eye", "right_eye", "nose", "mouth_left", "mouth_right"};
      category["skeleton"] = OrderedJson::array();
    }
    out << (c > 0 ? ",\n" : "\n") << dump(category);
  }
  out << "],\n\"images\": [";
  for (std::size_t i = 0; i < set.records.size(); ++i) {
    const ImageRecord& r = set.records[i];
    out << (i > 0 ? ",\n" : "\n")
        << dump({{"id", i + 1}, {"file_name", r.image}, {"width", r.width}, {"height", r.height}});
  }
  out << "],\n\"annotations\": [";
  std::size_t id = 0;
  for (std::size_t i = 0; i < set.records.size(); ++i)
    for (const Annotation& a : set.records[i].annotations) {
      out << (id > 0 ? ",\n" : "\n") << dump(coco_annotation(a, id + 1, i + 1, keypoints));
      ++id;
    }
  out << "]}\n";
  out.close();
  if (!out) throw Error(ErrorCode::io, "cannot write '" + path.string() + "'");
}

/// Formats with a file an image name it like the image.
void require_different_stems(const PreparedSet& set) {
  std::set<std::string> stems;
  for (const ImageRecord& record : set.records)
    if (!stems.insert(fs::path(record.image).replace_extension("").generic_string()).second)
      throw Error(ErrorCode::invalid_argument,
                  "two images differ from '" + record.image +
                      "' in their extension alone: their labels would have one name");
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

std::string yolo_yaml(const PreparedSet& set) {
  std::string text = "path: .\ntrain: images\nval: images\nnames:\n";
  for (std::size_t c = 0; c < set.classes.size(); ++c)
    // JSON's quoted text is YAML's as well.
    text += "  " + std::to_string(c) + ": " + OrderedJson(set.classes[c]).dump() + "\n";
  return text;
}

// --- VOC ---------------------------------------------------------------------------------------

void add_text(pugi::xml_node parent, const char* name, const std::string& text) {
  parent.append_child(name).text().set(text.c_str());
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
    add_text(box, "xmin", digits(static_cast<double>(a.box.x1) + 1));  // VOC counts from 1
    add_text(box, "ymin", digits(static_cast<double>(a.box.y1) + 1));
    add_text(box, "xmax", digits(a.box.x2));
    add_text(box, "ymax", digits(a.box.y2));
  }
  support::make_folder(path.parent_path());
  if (!xml.save_file(path.c_str(), "  ", pugi::format_default | pugi::format_no_declaration))
    throw Error(ErrorCode::io, "cannot write '" + path.string() + "'");
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

ExportReport export_coco(const PreparedSet& set, const fs::path& dir, LinkMode mode,
                         const ImportProgress& progress) {
  build(set, dir, "images", mode, progress,
        [&](const fs::path& staged) { write_coco(staged / "annotations.json", set); });
  return count(set, true, true);
}

ExportReport export_yolo(const PreparedSet& set, const fs::path& dir, LinkMode mode,
                         const ImportProgress& progress) {
  require_different_stems(set);
  build(set, dir, "images", mode, progress, [&](const fs::path& staged) {
    write_file(staged / "data.yaml", yolo_yaml(set));
    for (const ImageRecord& record : set.records)
      write_file((staged / "labels" / record.image).replace_extension(".txt"), yolo_labels(record));
  });
  return count(set, false, false);
}

ExportReport export_voc(const PreparedSet& set, const fs::path& dir, LinkMode mode,
                        const ImportProgress& progress) {
  require_different_stems(set);
  build(set, dir, "JPEGImages", mode, progress, [&](const fs::path& staged) {
    for (const ImageRecord& record : set.records)
      write_voc((staged / "Annotations" / record.image).replace_extension(".xml"), record,
                set.classes);
  });
  return count(set, true, false);
}

}  // namespace faceshot::data
