#include "data/import/coco.hpp"

#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>

#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using Json = nlohmann::json;

class CocoParser {
 public:
  explicit CocoParser(const std::filesystem::path& path) : name_(path.string()) {
    document_ = Json::parse(read_text_file(path), nullptr, false);
    if (!document_.is_object()) fail("is not a JSON object, or damaged");
  }

  LabelledSet parse() {
    read_categories();
    read_images();
    const Json& annotations = list("annotations");
    for (std::size_t i = 0; i < annotations.size(); ++i)
      add(annotations[i], "annotations[" + std::to_string(i) + "]");
    return std::move(set_);
  }

 private:
  void read_categories() {
    std::map<std::int64_t, std::string> names;  // by id
    const Json& categories = list("categories");
    for (std::size_t i = 0; i < categories.size(); ++i) {
      const std::string place = "categories[" + std::to_string(i) + "]";
      const std::int64_t id = integer(categories[i], "id", place);
      if (!names.emplace(id, text(categories[i], "name", place)).second)
        fail(place + ": another category has the id " + std::to_string(id));
    }
    if (names.empty()) fail("names no category");
    set_.classes.clear();
    for (const auto& [id, name] : names) {
      class_ids_[id] = static_cast<int>(set_.classes.size());
      set_.classes.push_back(name);
    }
  }

  void read_images() {
    const Json& images = list("images");
    for (std::size_t i = 0; i < images.size(); ++i) {
      const std::string place = "images[" + std::to_string(i) + "]";
      const std::int64_t id = integer(images[i], "id", place);
      if (!image_places_.emplace(id, i).second)
        fail(place + ": another image has the id " + std::to_string(id));
      LabelledImage& image = set_.images.emplace_back();
      image.image = text(images[i], "file_name", place);
      image.width = side(images[i], "width", place);
      image.height = side(images[i], "height", place);
    }
  }

  void add(const Json& annotation, const std::string& place) {
    const std::int64_t image_id = integer(annotation, "image_id", place);
    const auto image = image_places_.find(image_id);
    if (image == image_places_.end())
      fail(place + ": no image has the id " + std::to_string(image_id));
    const std::int64_t category = integer(annotation, "category_id", place);
    const auto class_id = class_ids_.find(category);
    if (class_id == class_ids_.end())
      fail(place + ": no category has the id " + std::to_string(category));
    const Json& box = member(annotation, "bbox", place);
    if (!box.is_array() || box.size() != 4) fail(place + ": bbox must be four numbers");
    std::array<float, 4> v{};
    for (std::size_t i = 0; i < 4; ++i) {
      if (!box[i].is_number() || !std::isfinite(box[i].get<float>()))
        fail(place + ": bbox must be four numbers");
      v[i] = box[i].get<float>();
    }
    geometry::Annotation& a = set_.images[image->second].annotations.emplace_back();
    a.box = {v[0], v[1], v[0] + v[2], v[1] + v[3]};
    a.class_id = class_id->second;
    a.landmarks = landmarks(annotation, place);
    a.ignore = annotation.contains("iscrowd") && integer(annotation, "iscrowd", place) != 0;
  }

  /// Five keypoints that are labelled; people's seventeen and others mean nothing to us.
  std::optional<Landmarks> landmarks(const Json& annotation, const std::string& place) const {
    constexpr std::size_t fields = 15;  // x, y, visibility
    if (!annotation.contains("keypoints")) return std::nullopt;
    const Json& points = annotation["keypoints"];
    if (!points.is_array() || points.size() != fields) return std::nullopt;
    Landmarks result;
    for (std::size_t i = 0; i < fields; ++i) {
      if (!points[i].is_number()) fail(place + ": keypoints must be numbers");
      if (i % 3 == 2 && points[i].get<double>() == 0) return std::nullopt;  // not labelled
      if (i % 3 != 2) result[i / 3 * 2 + i % 3] = points[i].get<float>();
    }
    return result;
  }

  const Json& list(const char* name) const {
    const Json& value = member(document_, name, "the document");
    if (!value.is_array()) fail(std::string(name) + " must be a list");
    return value;
  }
  const Json& member(const Json& object, const char* name, const std::string& place) const {
    if (!object.is_object() || !object.contains(name)) fail(place + " has no " + name);
    return object[name];
  }
  std::int64_t integer(const Json& object, const char* name, const std::string& place) const {
    const Json& value = member(object, name, place);
    if (!value.is_number_integer()) fail(place + ": " + name + " must be a whole number");
    return value.get<std::int64_t>();
  }
  int side(const Json& object, const char* name, const std::string& place) const {
    const std::int64_t value = integer(object, name, place);
    if (value < 1 || value > 1 << 24)
      fail(place + ": " + name + " cannot be " + std::to_string(value));
    return static_cast<int>(value);
  }
  std::string text(const Json& object, const char* name, const std::string& place) const {
    const Json& value = member(object, name, place);
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
      fail(place + ": " + name + " must be a text");
    return value.get<std::string>();
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, name_ + ": " + what);
  }

  std::string name_;
  Json document_;
  LabelledSet set_;
  std::map<std::int64_t, int> class_ids_;
  std::unordered_map<std::int64_t, std::size_t> image_places_;
};

}  // namespace

LabelledSet read_coco(const std::filesystem::path& path) { return CocoParser(path).parse(); }

}  // namespace faceshot::data
