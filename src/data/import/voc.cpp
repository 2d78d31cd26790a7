#include "data/import/voc.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;

namespace fs = std::filesystem;

/// One annotation file.
class VocFile {
 public:
  VocFile(const fs::path& path, const fs::path& root)
      : path_(path), folder_(path.parent_path().lexically_relative(root)) {
    text_ = read_text_file(path);
    const pugi::xml_parse_result result = xml_.load_buffer_inplace(text_.data(), text_.size());
    if (!result)
      fail(std::string(result.description()) + " at byte " + std::to_string(result.offset));
    annotation_ = xml_.child("annotation");
    if (!annotation_) fail("has no element <annotation>");
  }

  /// @param class_ids grows by the names that come up
  LabelledImage image(std::map<std::string, int>& class_ids) const {
    LabelledImage image;
    const std::string name = child(annotation_, "filename").text().get();
    if (name.empty()) fail("<filename> is empty");
    image.image = (folder_ / name).lexically_normal().generic_string();
    if (const auto size = annotation_.child("size")) {
      image.width = static_cast<int>(number(child(size, "width")));
      image.height = static_cast<int>(number(child(size, "height")));
    }
    for (const pugi::xml_node object : annotation_.children("object"))
      image.annotations.push_back(annotation(object, class_ids));
    return image;
  }

 private:
  Annotation annotation(pugi::xml_node object, std::map<std::string, int>& class_ids) const {
    Annotation a;
    const std::string name = child(object, "name").text().get();
    if (name.empty()) fail("an object's <name> is empty");
    a.class_id = class_ids.try_emplace(name, static_cast<int>(class_ids.size())).first->second;
    const pugi::xml_node box = child(object, "bndbox");
    a.box = {number(child(box, "xmin")) - 1, number(child(box, "ymin")) - 1,
             number(child(box, "xmax")), number(child(box, "ymax"))};
    a.ignore = flag(object, "difficult");
    if (object.child("occluded")) a.occlusion = flag(object, "occluded") ? 1 : 0;
    return a;
  }

  pugi::xml_node child(pugi::xml_node parent, const char* name) const {
    const pugi::xml_node found = parent.child(name);
    if (!found) fail("<" + std::string(parent.name()) + "> has no <" + name + ">");
    return found;
  }

  float number(pugi::xml_node node) const {
    std::string_view text = node.text().get();
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    float value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(std::abs(value) < 1e7F))
      fail("<" + std::string(node.name()) + "> must be a number, not '" + std::string(text) + "'");
    return value;
  }

  bool flag(pugi::xml_node object, const char* name) const {
    const pugi::xml_node node = object.child(name);
    return node && number(node) != 0;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, path_.string() + ": " + what);
  }

  fs::path path_, folder_;
  std::string text_;  ///< parsed in place: `xml_` points into it
  pugi::xml_document xml_;
  pugi::xml_node annotation_;
};

/// Ids in order of the names, so that they do not depend on which file came first.
void sort_classes(LabelledSet& set, const std::map<std::string, int>& class_ids) {
  std::vector<int> new_id(class_ids.size());
  set.classes.clear();
  for (const auto& [name, id] : class_ids) {
    new_id[static_cast<std::size_t>(id)] = static_cast<int>(set.classes.size());
    set.classes.push_back(name);
  }
  for (LabelledImage& image : set.images)
    for (Annotation& a : image.annotations)
      a.class_id = new_id[static_cast<std::size_t>(a.class_id)];
  if (set.classes.empty()) set.classes = {"face"};
}

}  // namespace

VocFolders find_voc_folders(const fs::path& root) {
  for (const char* annotations : {"Annotations", "annotations"})
    for (const char* images : {"JPEGImages", "images", "Images"})
      if (fs::is_directory(root / annotations) && fs::is_directory(root / images))
        return {root / annotations, root / images};
  throw Error(ErrorCode::not_found, "'" + root.string() +
                                        "' has no Annotations/ with JPEGImages/ beside it; give "
                                        "--annotations and --images");
}

LabelledSet read_voc(const fs::path& annotations) {
  if (!fs::is_directory(annotations))
    throw Error(ErrorCode::not_found, "'" + annotations.string() + "' is not a folder");
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(annotations))
    if (entry.path().extension() == ".xml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty())
    throw Error(ErrorCode::not_found, "there is no .xml file in '" + annotations.string() + "'");
  LabelledSet set;
  std::map<std::string, int> class_ids;
  for (const fs::path& file : files)
    set.images.push_back(VocFile(file, annotations).image(class_ids));
  sort_classes(set, class_ids);
  return set;
}

}  // namespace faceshot::data
