#include "evaluate/coco/coco_files.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"

namespace faceshot::evaluate {
namespace {

using Json = nlohmann::json;
using Places = std::unordered_map<std::int64_t, std::size_t>;

/// Reads members of one entry; errors say which entry lacks what.
class CocoEntry {
 public:
  CocoEntry(const std::filesystem::path& path, const char* list, std::size_t index,
            const Json& json)
      : path_(path), list_(list), index_(index), json_(json) {
    if (!json.is_object()) fail("is not an object");
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format,
                path_.string() + ": entry " + std::to_string(index_) + " of " + list_ + " " + what);
  }
  [[nodiscard]] const Json& member(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) fail(std::string("has no ") + name);
    return *found;
  }
  [[nodiscard]] std::int64_t id(const char* name) const {
    const Json& value = member(name);
    if (!value.is_number_integer()) fail(std::string("has a ") + name + " that is not an integer");
    return value.get<std::int64_t>();
  }
  [[nodiscard]] double number(const char* name) const { return finite(member(name), name); }
  [[nodiscard]] double number(const char* name, double otherwise) const {
    return json_.contains(name) ? number(name) : otherwise;
  }
  [[nodiscard]] bool flag(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) return false;
    if (found->is_boolean()) return found->get<bool>();
    return finite(*found, name) != 0;
  }
  [[nodiscard]] ScoredBox box() const {
    const Json& value = member("bbox");
    if (!value.is_array() || value.size() != 4)
      fail("has a bbox that is not [x, y, width, height]");
    return {finite(value[0], "bbox"), finite(value[1], "bbox"), finite(value[2], "bbox"),
            finite(value[3], "bbox"), 0};
  }
  /// The index of the object to which the member refers.
  [[nodiscard]] std::size_t place(const char* name, const Places& places) const {
    const std::int64_t wanted = id(name);
    const auto found = places.find(wanted);
    if (found == places.end())
      fail("has the " + std::string(name) + " " + std::to_string(wanted) +
           ", which is not in the annotations");
    return found->second;
  }

 private:
  [[nodiscard]] double finite(const Json& value, const char* name) const {
    if (!value.is_number() || !std::isfinite(value.get<double>()))
      fail(std::string("has a ") + name + " that is not a number");
    return value.get<double>();
  }

  const std::filesystem::path& path_;
  const char* list_;
  std::size_t index_;
  const Json& json_;
};

Json read_json(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw Error(ErrorCode::not_found, path.string() + ": no such file");
  if (std::filesystem::is_directory(path))
    throw Error(ErrorCode::io, path.string() + " is a folder; a JSON file is expected here");
  std::ifstream file(path);
  Json json = Json::parse(file, nullptr, false);
  if (file.bad() || !file.is_open()) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  if (json.is_discarded()) throw Error(ErrorCode::format, path.string() + ": not JSON");
  return json;
}

const Json& list_of(const std::filesystem::path& path, const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  if (found == json.end() || !found->is_array())
    throw Error(ErrorCode::format,
                path.string() + ": has no list of " + name + "; expected COCO annotations");
  return *found;
}

Places places_of(const std::filesystem::path& path, const std::vector<std::int64_t>& ids,
                 const char* what) {
  Places places;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (!places.emplace(ids[i], i).second)
      throw Error(ErrorCode::format,
                  path.string() + ": two " + what + " have the id " + std::to_string(ids[i]));
  return places;
}

}  // namespace

CocoTruth read_coco_truth(const std::filesystem::path& path) {
  const Json json = read_json(path);
  CocoTruth truth;
  std::map<std::int64_t, std::string> categories;
  for (const Json& entry : list_of(path, json, "categories")) {
    const CocoEntry category(path, "categories", categories.size(), entry);
    const Json& name = category.member("name");
    if (!categories.emplace(category.id("id"), name.is_string() ? name.get<std::string>() : "")
             .second)
      category.fail("has an id that is already used");
  }
  for (const auto& [id, name] : categories) {
    truth.category_ids.push_back(id);
    truth.names.push_back(name);
  }
  for (const Json& entry : list_of(path, json, "images"))
    truth.ids.push_back(CocoEntry(path, "images", truth.ids.size(), entry).id("id"));
  truth.images.resize(truth.ids.size());
  const Places images = places_of(path, truth.ids, "images");
  const Places kinds = places_of(path, truth.category_ids, "categories");
  std::size_t index = 0;
  for (const Json& json_entry : list_of(path, json, "annotations")) {
    const CocoEntry entry(path, "annotations", index++, json_entry);
    const ScoredBox box = entry.box();
    truth.images[entry.place("image_id", images)].faces.push_back(
        {box.x, box.y, box.w, box.h, entry.number("area", box.w * box.h), entry.flag("iscrowd"),
         entry.place("category_id", kinds)});
  }
  return truth;
}

void read_coco_results(const std::filesystem::path& path, CocoTruth& truth) {
  const Json json = read_json(path);
  if (!json.is_array())
    throw Error(
        ErrorCode::format,
        path.string() +
            ": not a list; COCO results are a list of {image_id, category_id, bbox, score}");
  const Places images = places_of(path, truth.ids, "images");
  const Places kinds = places_of(path, truth.category_ids, "categories");
  std::size_t index = 0;
  for (const Json& json_entry : json) {
    const CocoEntry entry(path, "the results", index++, json_entry);
    ScoredBox box = entry.box();
    box.score = entry.number("score");
    truth.images[entry.place("image_id", images)].found.push_back(
        {box, entry.place("category_id", kinds)});
  }
}

void write_coco_results(const std::filesystem::path& path, std::span<const CocoImage> images) {
  support::AtomicFile file(path);
  const char* before = "[\n";
  for (std::size_t i = 0; i < images.size(); ++i)
    for (const CocoFound& found : images[i].found) {
      const nlohmann::ordered_json entry{
          {"image_id", i + 1},
          {"category_id", found.category + 1},
          {"bbox", {found.box.x, found.box.y, found.box.w, found.box.h}},
          {"score", found.box.score}};
      file.write(before + entry.dump());
      before = ",\n";
    }
  file.write(*before == '[' ? "[]\n" : "\n]\n");
  file.commit();
}

}  // namespace faceshot::evaluate
