#include "data/prepared/classes.hpp"

#include <algorithm>

#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "'" : ", '") + name + "'";
  return list;
}

}  // namespace

std::size_t select_classes(LabelledSet& set, const std::vector<std::string>& names) {
  std::vector<int> new_id(set.classes.size(), -1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find(set.classes.begin(), set.classes.end(), names[i]);
    if (found == set.classes.end())
      throw Error(ErrorCode::invalid_argument,
                  "there is no class '" + names[i] + "'; there are " + list_of(set.classes));
    int& id = new_id[static_cast<std::size_t>(found - set.classes.begin())];
    if (id >= 0)
      throw Error(ErrorCode::invalid_argument, "class '" + names[i] + "' is named twice");
    id = static_cast<int>(i);
  }
  std::size_t gone = 0;
  for (LabelledImage& image : set.images) {
    gone += std::erase_if(image.annotations, [&](const Annotation& a) {
      return new_id[static_cast<std::size_t>(a.class_id)] < 0;
    });
    for (Annotation& a : image.annotations)
      a.class_id = new_id[static_cast<std::size_t>(a.class_id)];
  }
  set.classes = names;
  return gone;
}

void merge_classes(LabelledSet& set, const std::string& name) {
  for (LabelledImage& image : set.images)
    for (Annotation& a : image.annotations) a.class_id = 0;
  set.classes = {name};
}

void use_classes(PreparedSet& set, const std::vector<std::string>& classes) {
  if (set.classes == classes) return;
  constexpr int other = -1;
  std::vector<int> ids;
  for (const std::string& name : set.classes) {
    const auto found = std::find(classes.begin(), classes.end(), name);
    ids.push_back(found == classes.end() ? other : static_cast<int>(found - classes.begin()));
  }
  for (geometry::ImageRecord& record : set.records) {
    for (Annotation& a : record.annotations) {
      a.class_id = ids[static_cast<std::size_t>(a.class_id)];
      if (a.ignore && a.class_id == other) a.class_id = 0;
    }
    std::erase_if(record.annotations, [](const Annotation& a) { return a.class_id == other; });
  }
  set.classes = classes;
}

}  // namespace faceshot::data
