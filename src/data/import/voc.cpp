#include "data/import/voc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "data/import/image_names.hpp"
#include "data/import/import.hpp"
#include "data/import/shapes.hpp"
#include "data/prepared/classes.hpp"
#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;

namespace fs = std::filesystem;

/// Why an annotation file, or one of its objects, cannot be used.
Error voc_fault(const std::string& what) { return {ErrorCode::format, what}; }

pugi::xml_node voc_child(pugi::xml_node parent, const char* name) {
  const pugi::xml_node found = parent.child(name);
  if (!found) throw voc_fault("<" + std::string(parent.name()) + "> has no <" + name + ">");
  return found;
}

std::string_view voc_text(pugi::xml_node node) {
  std::string_view text = node.text().get();
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

std::optional<float> voc_value(std::string_view text) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(std::abs(value) < 1e7F))
    return std::nullopt;
  return value;
}

float voc_number(pugi::xml_node node) {
  const std::string_view text = voc_text(node);
  const auto value = voc_value(text);
  if (!value)
    throw voc_fault("<" + std::string(node.name()) + "> must be a number, not '" +
                    std::string(text) + "'");
  return *value;
}

/// The rotation of CVAT's box about its centre, in degrees.
float voc_rotation(pugi::xml_node object) {
  for (const pugi::xml_node attribute : object.child("attributes").children("attribute"))
    if (voc_text(attribute.child("name")) == "rotation")
      return voc_value(voc_text(attribute.child("value"))).value_or(0);
  return 0;
}

/// One annotation file.
class VocFile {
 public:
  /// @param class_ids receives new names
  VocFile(const fs::path& path, const fs::path& root, FlawLog& flaws,
          std::map<std::string, int>& class_ids)
      : path_(path),
        folder_(path.parent_path().lexically_relative(root)),
        flaws_(flaws),
        class_ids_(class_ids) {}

  /// Nothing, and a flaw, if the file cannot be used.
  std::optional<LabelledImage> read() {
    std::string fault;
    try {
      load();
      read_size();
    } catch (const Error& e) {
      if (e.code() != ErrorCode::format) throw;
      fault = e.what();
    }
    if (!fault.empty()) {
      flaws_.left_out("annotation files that cannot be read", place() + fault);
      return std::nullopt;
    }
    read_name();
    std::size_t objects = 0;
    for (const pugi::xml_node object : annotation_.children("object"))
      add(object, "object " + std::to_string(++objects));
    if (objects != 0 && image_.annotations.empty()) {
      flaws_.left_out(flaw::no_box_left, place() + "'" + image_.image + "'");
      return std::nullopt;
    }
    return std::move(image_);
  }

 private:
  void load() {
    text_ = read_text_file(path_);
    const pugi::xml_parse_result result = xml_.load_buffer_inplace(text_.data(), text_.size());
    if (!result)
      throw voc_fault(std::string(result.description()) + " at byte " +
                      std::to_string(result.offset));
    annotation_ = xml_.child("annotation");
    if (!annotation_) throw voc_fault("has no element <annotation>");
    image_.file = path_.string();
  }

  void read_size() {
    const auto size = annotation_.child("size");
    const std::string_view width = voc_text(size.child("width"));
    const std::string_view height = voc_text(size.child("height"));
    if (width.empty() && height.empty()) {
      if (size) flaws_.changed(flaw::no_size, place() + "<size> is empty and was not checked");
      return;
    }
    for (const char* side : {"width", "height"})
      if (voc_number(voc_child(size, side)) < 1)
        throw voc_fault("<" + std::string(side) +
                        "> cannot be 0; correct it, or remove <size> if the boxes fit");
    image_.width = static_cast<int>(voc_number(size.child("width")));
    image_.height = static_cast<int>(voc_number(size.child("height")));
  }

  /// Without a name, the image has the annotation file's own name, as the format requires.
  void read_name() {
    std::string name(voc_text(annotation_.child("filename")));
    if (name.empty()) {
      name = path_.stem().string();
      flaws_.changed("annotation files without an image name",
                     place() + "<filename> is missing or empty; '" + name + "' is used");
    }
    image_.image = (folder_ / name).lexically_normal().generic_string();
  }

  void add(pugi::xml_node object, const std::string& record) {
    std::string fault;
    try {
      const std::string name(voc_text(voc_child(object, "name")));
      if (name.empty()) throw voc_fault("<name> is empty");
      const pugi::xml_node box = voc_child(object, "bndbox");
      Annotation a;
      a.box = {voc_number(voc_child(box, "xmin")) - 1, voc_number(voc_child(box, "ymin")) - 1,
               voc_number(voc_child(box, "xmax")), voc_number(voc_child(box, "ymax"))};
      if (!a.box.valid())
        throw voc_fault("<bndbox> has xmin > xmax or ymin > ymax; correct it or remove the object");
      if (const float degrees = voc_rotation(object); degrees != 0) {
        a.box = turned_extent(a.box, degrees);
        flaws_.changed(flaw::rotated, [&] {
          return place(record) + fmt::format("rotated by {:g} degrees", degrees);
        });
      }
      a.ignore = flag(object, "difficult", record);
      if (object.child("occluded")) a.occlusion = flag(object, "occluded", record) ? 1 : 0;
      a.class_id = class_ids_.try_emplace(name, static_cast<int>(class_ids_.size())).first->second;
      image_.annotations.push_back(a);
      return;
    } catch (const Error& e) {
      fault = e.what();
    }
    flaws_.left_out(flaw::unreadable_box, place(record) + fault);
  }

  bool flag(pugi::xml_node object, const char* name, const std::string& record) {
    const pugi::xml_node node = object.child(name);
    if (!node) return false;
    const std::string_view text = voc_text(node);
    if (const auto value = voc_value(text)) return *value != 0;
    flaws_.changed("flags that are not numbers, taken as 0",
                   place(record) + "<" + name + "> is '" + std::string(text) + "'");
    return false;
  }

  [[nodiscard]] std::string place(const std::string& record = {}) const {
    return path_.string() + (record.empty() ? "" : ":" + record) + ": ";
  }

  fs::path path_, folder_;
  FlawLog& flaws_;
  std::map<std::string, int>& class_ids_;
  std::string text_;  ///< parsed in place: `xml_` points into it
  pugi::xml_document xml_;
  pugi::xml_node annotation_;
  LabelledImage image_;
};

bool has_annotation_file(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".xml" && !is_apple_double(entry.path())) return true;
  return false;
}

}  // namespace

VocFolders find_voc_folders(const fs::path& root) {
  for (const char* annotations : {"Annotations", "annotations"})
    for (const char* images : {"JPEGImages", "images", "Images"})
      if (fs::is_directory(root / annotations) && fs::is_directory(root / images))
        return {root / annotations, root / images};
  for (const char* split : {"", "train", "val", "valid", "test"})
    if (has_annotation_file(root / split)) return {root, root};
  throw Error(ErrorCode::not_found, "'" + root.string() +
                                        "' has no Annotations/ with JPEGImages/ beside it; give "
                                        "--annotations and --images");
}

LabelledSet read_voc(const fs::path& annotations, FlawLog& flaws) {
  if (!fs::is_directory(annotations))
    throw Error(ErrorCode::not_found, "'" + annotations.string() + "' is not a folder");
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(annotations))
    if (entry.path().extension() == ".xml" && !is_apple_double(entry.path()))
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty())
    throw Error(ErrorCode::not_found, "there is no .xml file in '" + annotations.string() + "'");
  LabelledSet set;
  std::map<std::string, int> class_ids;
  for (const fs::path& file : files)
    if (auto image = VocFile(file, annotations, flaws, class_ids).read())
      set.images.push_back(std::move(*image));
  sort_classes(set, class_ids);
  return set;
}

}  // namespace faceshot::data
