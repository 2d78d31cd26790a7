#include "data/import/coco.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "data/import/image_names.hpp"
#include "data/import/import.hpp"
#include "data/import/shapes.hpp"
#include "data/prepared/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using Json = nlohmann::json;

/// An id as a number if it is written as one, such as 12, 12.0 or "12"; otherwise the text.
using CocoId = std::pair<std::int64_t, std::string>;

/// A number, or one of its substitutes, at the beginning of a text.
struct NumberToken {
  std::size_t length = 0;  ///< 0: there is no number
  bool finite = true;
};

NumberToken number_at(std::string_view text) {
  for (const std::string_view word : {"NaN", "Infinity", "-Infinity"})
    if (text.starts_with(word)) return {word.size(), false};
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return {static_cast<std::size_t>(end - text.data()), error != std::errc::result_out_of_range};
}

/// Python writes NaN and Infinity, which are not JSON, and JSON allows 1e999, which no double can
/// hold: they become null, which no record may have where a number is required.
std::string without_nan(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool quoted = false;
  for (std::size_t at = 0; at < text.size();) {
    if (const NumberToken number = quoted ? NumberToken{} : number_at(text.substr(at));
        number.length != 0) {
      result += number.finite ? text.substr(at, number.length) : "null";
      at += number.length;
      continue;
    }
    if (quoted && text[at] == '\\' && at + 1 < text.size())
      result += text[at++];
    else if (text[at] == '"')
      quoted = !quoted;
    result += text[at++];
  }
  return result;
}

Json parse_coco(const std::filesystem::path& path) {
  const std::string text = read_text_file(path);
  Json document = Json::parse(text, nullptr, false);
  if (!document.is_discarded()) return document;
  const std::string valid = without_nan(text);
  try {
    return Json::parse(valid);
  } catch (const Json::parse_error& e) {
    const auto end = valid.begin() + static_cast<std::ptrdiff_t>(std::min(e.byte, valid.size()));
    throw Error(ErrorCode::format,
                path.string() + ":" + std::to_string(std::count(valid.begin(), end, '\n') + 1) +
                    ": is not JSON, or damaged, " +
                    (valid.size() == text.size() ? "at byte " + std::to_string(e.byte) : "here") +
                    "; export it again");
  } catch (const Json::exception& e) {
    throw Error(ErrorCode::format, path.string() + ": is not JSON, or damaged: " + e.what());
  }
}

/// Why a record cannot be used.
Error coco_fault(const std::string& what) { return {ErrorCode::format, what}; }

/// The value itself, or a description if it is long.
std::string coco_text(const Json& value) {
  constexpr std::size_t most = 16;
  const bool is_flat = !value.is_structured() ||
                       std::none_of(value.begin(), value.end(),
                                    [](const Json& entry) { return entry.is_structured(); });
  if (value.is_object()) return "an object";
  if (!is_flat) return "a list of lists";
  if (value.size() > most) return "a list of " + std::to_string(value.size());
  const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  constexpr std::size_t longest = 80;
  return text.size() > longest ? text.substr(0, longest) + " ..." : text;
}

const Json& coco_member(const Json& object, const char* name) {
  if (!object.is_object() || !object.contains(name))
    throw coco_fault(std::string("has no ") + name);
  return object[name];
}

std::optional<float> coco_number(const Json& value) {
  if (!value.is_number() || !std::isfinite(value.get<float>())) return std::nullopt;
  return value.get<float>();
}

CocoId coco_id(const Json& object, const char* name) {
  const Json& value = coco_member(object, name);
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
    return {0, std::to_string(value.get<std::uint64_t>())};
  if (value.is_number_integer()) return {value.get<std::int64_t>(), {}};
  constexpr double exact = 9007199254740992;  // above it doubles cannot represent all integers
  if (value.is_number_float() && std::abs(value.get<double>()) < exact &&
      value.get<double>() == std::floor(value.get<double>()))
    return {static_cast<std::int64_t>(value.get<double>()), {}};
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) {
    const auto& text = value.get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return {number, {}};
    return {0, text};
  }
  throw coco_fault(std::string(name) + " must be a whole number or a text, not " +
                   coco_text(value));
}

std::string coco_name(const Json& object, const char* name) {
  const Json& value = coco_member(object, name);
  if (!value.is_string() || value.get_ref<const std::string&>().empty())
    throw coco_fault(std::string(name) + " must be a text, not " + coco_text(value));
  return value.get<std::string>();
}

/// A side of an image; 0 if the file does not state it.
int coco_side(const Json& image, const char* name) {
  if (!image.contains(name) || image[name].is_null()) return 0;
  const Json& value = image[name];
  constexpr int most = 1 << 24;
  if (!value.is_number() || !(value.get<double>() >= 1 && value.get<double>() <= most) ||
      value.get<double>() != std::floor(value.get<double>()))
    throw coco_fault(std::string(name) + " cannot be " + coco_text(value) +
                     "; correct it, or remove width and height if the boxes fit");
  return static_cast<int>(value.get<double>());
}

/// @param name "iscrowd", or "ignore", which Label Studio and VOC conversion scripts write
bool coco_flag(const Json& annotation, const char* name) {
  if (!annotation.contains(name) || annotation[name].is_null()) return false;
  const Json& value = annotation[name];
  if (value.is_boolean()) return value.get<bool>();
  if (!value.is_number())
    throw coco_fault(std::string(name) + " must be 0 or 1, not " + coco_text(value));
  return value.get<double>() != 0;
}

/// The rotation of CVAT's box about its centre, in degrees.
float coco_rotation(const Json& annotation) {
  if (!annotation.contains("attributes") || !annotation["attributes"].is_object()) return 0;
  const Json& values = annotation["attributes"];
  return values.contains("rotation") ? coco_number(values["rotation"]).value_or(0) : 0;
}

/// The image's path. LVIS has none, but COCO's URL: http://.../train2017/1.jpg
std::string coco_file_name(const Json& image) {
  if (!image.is_object() || image.contains("file_name") || !image.contains("coco_url"))
    return coco_name(image, "file_name");
  const std::filesystem::path address = coco_name(image, "coco_url");
  return (address.parent_path().filename() / address.filename()).generic_string();
}

/// Four numbers; nothing if there is no box, or an empty list.
std::optional<Box> coco_box(const Json& annotation) {
  if (!annotation.contains("bbox") || annotation["bbox"].is_null()) return std::nullopt;
  const Json& box = annotation["bbox"];
  if (box.is_array() && box.empty()) return std::nullopt;
  const auto fault = [&] { return coco_fault("bbox must be four numbers, not " + coco_text(box)); };
  if (!box.is_array() || box.size() != 4) throw fault();
  std::array<float, 4> v{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto number = coco_number(box[i]);
    if (!number) throw fault();
    v[i] = *number;
  }
  return Box{v[0], v[1], v[0] + v[2], v[1] + v[3]};
}

void extend_coco_box(Box& box, const Json& polygon) {
  const auto fault = [] {
    return coco_fault("has no bbox, and its segmentation is not a polygon of x, y, x, y, ...");
  };
  if (!polygon.is_array() || polygon.size() < 6 || polygon.size() % 2 != 0) throw fault();
  for (std::size_t i = 0; i < polygon.size(); i += 2) {
    const auto x = coco_number(polygon[i]), y = coco_number(polygon[i + 1]);
    if (!x || !y) throw fault();
    box = {std::min(box.x1, *x), std::min(box.y1, *y), std::max(box.x2, *x), std::max(box.y2, *y)};
  }
}

/// The extent of the polygons.
Box coco_outline(const Json& annotation) {
  if (!annotation.contains("segmentation") || annotation["segmentation"].is_null() ||
      annotation["segmentation"].empty())
    throw coco_fault("has no bbox");
  const Json& segmentation = annotation["segmentation"];
  if (!segmentation.is_array())
    throw coco_fault("has no bbox, and its segmentation is a mask (RLE), which is not read");
  constexpr float far = std::numeric_limits<float>::max();
  Box box{far, far, -far, -far};
  if (segmentation[0].is_array())
    for (const Json& polygon : segmentation) extend_coco_box(box, polygon);
  else
    extend_coco_box(box, segmentation);
  return box;
}

/// Five labelled keypoints; the seventeen of people and others are ignored.
std::optional<Landmarks> coco_landmarks(const Json& annotation) {
  constexpr std::size_t fields = 15;  // x, y, visibility
  if (!annotation.contains("keypoints")) return std::nullopt;
  const Json& points = annotation["keypoints"];
  if (!points.is_array() || points.size() != fields) return std::nullopt;
  Landmarks result;
  for (std::size_t i = 0; i < fields; ++i) {
    const auto number = coco_number(points[i]);
    if (!number) throw coco_fault("keypoints must be numbers, not " + coco_text(points));
    if (i % 3 == 2 && *number == 0) return std::nullopt;  // not labelled
    if (i % 3 == 0) result[i / 3].x = *number;
    if (i % 3 == 1) result[i / 3].y = *number;
  }
  return result;
}

class CocoParser {
 public:
  CocoParser(const std::filesystem::path& path, FlawLog& flaws)
      : name_(path.string()), document_(parse_coco(path)), flaws_(flaws) {
    if (!document_.is_object()) throw fail("is not a JSON object");
  }

  LabelledSet parse() {
    read_categories();
    each("images", "images that cannot be read",
         [&](const Json& image, std::size_t i) { add_image(image, i); });
    each("annotations", flaw::unreadable_box,
         [&](const Json& annotation, std::size_t i) { add_box(annotation, i); });
    leave_out_emptied();
    name_classes();
    return std::move(set_);
  }

 private:
  /// A category; those with the same name are one.
  struct Class {
    std::string name;
    bool used = false;
  };
  struct Image {
    static constexpr std::size_t gone = static_cast<std::size_t>(-1);
    std::size_t entry = 0;     ///< index in the document's images
    std::size_t index = gone;  ///< index in the set
    std::size_t left_out = 0;  ///< number of omitted boxes
  };

  /// Calls read(entry, place) and records its error as a flaw.
  template <typename Read>
  void each(const char* name, std::string_view kind, const Read& read) {
    const Json& entries = list(name);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      std::string fault;
      try {
        read(entries[i], i);
      } catch (const Error& e) {
        fault = e.what();
      }
      if (!fault.empty()) flaws_.left_out(kind, place(name, i) + fault);
    }
  }

  [[nodiscard]] std::string place(const char* name, std::size_t i) const {
    return name_ + ":" + name + "[" + std::to_string(i) + "]: ";
  }

  void read_categories() {
    std::set<CocoId> doubled;
    each("categories", "categories that cannot be read", [&](const Json& category, std::size_t i) {
      const CocoId id = coco_id(category, "id");
      const std::string name = coco_name(category, "name");
      const auto known = std::find_if(class_of_.begin(), class_of_.end(), [&](const auto& entry) {
        return classes_[entry.second].name == name;
      });
      const bool is_new = known == class_of_.end();
      const std::size_t index = is_new ? classes_.size() : known->second;
      const auto [before, added] = class_of_.try_emplace(id, index);
      if (!added && before->second != index) {
        doubled.insert(id);
        throw coco_fault("another category, '" + classes_[before->second].name +
                         "', has the same id as '" + name + "'");
      }
      if (is_new)
        classes_.push_back({name});
      else
        flaws_.changed("categories of one name, made one class",
                       place("categories", i) + "'" + name + "' was already defined");
    });
    for (const CocoId& id : doubled) class_of_.erase(id);
    if (class_of_.empty()) throw fail("has no category");
  }

  void add_image(const Json& entry, std::size_t i) {
    // Known by its id even if it is omitted: its boxes go with it.
    const auto [found, is_new] = images_.try_emplace(coco_id(entry, "id"), Image{i});
    Image& known = found->second;
    LabelledImage image;
    image.image = coco_file_name(entry);
    if (!is_new) return add_again(known, image.image, i);
    image.width = coco_side(entry, "width");
    image.height = coco_side(entry, "height");
    if (image.width == 0 || image.height == 0) {
      image.width = image.height = 0;
      flaws_.changed(flaw::no_size, [&] {
        return place("images", i) + "'" + image.image + "' has no width and height to check";
      });
    }
    image.line = i;
    image.list = "images";
    known.index = set_.images.size();
    set_.images.push_back(std::move(image));
  }

  /// A repeated id: if it is another image, it is unclear which of them its boxes belong to.
  void add_again(Image& known, const std::string& name, std::size_t i) {
    const std::string where = "images[" + std::to_string(known.entry) + "]";
    if (known.index == Image::gone) throw coco_fault("has the id of " + where);
    const std::string first = set_.images[known.index].image;
    if (plain_image_name(first) == plain_image_name(name)) {
      flaws_.changed(flaw::double_image,
                     place("images", i) + "'" + name + "' is " + where + " again");
      return;
    }
    set_.images[known.index].image.clear();
    known.index = Image::gone;
    throw coco_fault("'" + name + "' has the id of " + where + ", '" + first +
                     "'; both are left out");
  }

  void add_box(const Json& annotation, std::size_t i) {
    const auto image = images_.find(coco_id(annotation, "image_id"));
    if (image == images_.end())
      throw coco_fault("no image has the id " + coco_text(annotation["image_id"]));
    Image& owner = image->second;
    if (owner.index == Image::gone) return;
    ++owner.left_out;
    const auto category = class_of_.find(coco_id(annotation, "category_id"));
    if (category == class_of_.end())
      throw coco_fault("no category, or more than one, has the id " +
                       coco_text(annotation["category_id"]));
    classes_[category->second].used = true;
    geometry::Annotation a;
    const auto box = coco_box(annotation);
    a.box = box ? *box : coco_outline(annotation);
    if (!box)
      flaws_.changed(flaw::polygon, [&] {
        return place("annotations", i) + "has no bbox; the bounding box of its polygon is used";
      });
    a.class_id = static_cast<int>(category->second);
    if (const float degrees = coco_rotation(annotation); box && degrees != 0) {
      a.box = turned_extent(a.box, degrees);
      flaws_.changed(flaw::rotated, [&] {
        return place("annotations", i) + fmt::format("rotated by {:g}", degrees);
      });
    }
    a.ignore = coco_flag(annotation, "iscrowd") || coco_flag(annotation, "ignore");
    a.landmarks = coco_landmarks(annotation);
    set_.images[owner.index].annotations.push_back(a);
    --owner.left_out;
  }

  /// Images that would only be background because their boxes could not be read.
  void leave_out_emptied() {
    for (const auto& [id, image] : images_) {
      if (image.index == Image::gone || image.left_out == 0) continue;
      LabelledImage& emptied = set_.images[image.index];
      if (!emptied.annotations.empty()) continue;
      flaws_.left_out(flaw::no_box_left, place("images", image.entry) + "'" + emptied.image + "'");
      emptied.image.clear();
    }
    std::erase_if(set_.images, [](const LabelledImage& image) { return image.image.empty(); });
  }

  /// Ids in the order of the categories' ids, without those that have no box.
  void name_classes() {
    const bool any = std::any_of(classes_.begin(), classes_.end(),
                                 [](const Class& known) { return known.used; });
    std::vector<int> new_id(classes_.size(), -1);
    set_.classes.clear();
    for (const auto& [id, index] : class_of_) {
      const Class& known = classes_[index];
      if (any && !known.used) {
        if (std::find(set_.unused.begin(), set_.unused.end(), known.name) == set_.unused.end())
          set_.unused.push_back(known.name);
      } else if (new_id[index] < 0) {
        new_id[index] = static_cast<int>(set_.classes.size());
        set_.classes.push_back(known.name);
      }
    }
    for (LabelledImage& image : set_.images)
      for (geometry::Annotation& a : image.annotations)
        a.class_id = new_id[static_cast<std::size_t>(a.class_id)];
  }

  const Json& list(const char* name) const {
    if (!document_.contains(name)) throw fail(std::string("the document has no ") + name);
    if (!document_[name].is_array()) throw fail(std::string(name) + " must be a list");
    return document_[name];
  }

  [[nodiscard]] Error fail(const std::string& what) const {
    return {ErrorCode::format, name_ + ": " + what};
  }

  std::string name_;
  Json document_;
  FlawLog& flaws_;
  LabelledSet set_;
  std::vector<Class> classes_;
  std::map<CocoId, std::size_t> class_of_;
  std::map<CocoId, Image> images_;
};

}  // namespace

LabelledSet read_coco(const std::filesystem::path& path, FlawLog& flaws) {
  return CocoParser(path, flaws).parse();
}

}  // namespace faceshot::data
