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

bool has_name(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::size_t select_classes(LabelledSet& set, const std::vector<std::string>& names) {
  const bool any = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return has_name(set.classes, name);
  });
  std::vector<int> new_id(set.classes.size(), -1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::count(names.begin(), names.end(), names[i]) > 1)
      throw Error(ErrorCode::invalid_argument, "class '" + names[i] + "' is listed twice");
    const auto found = std::find(set.classes.begin(), set.classes.end(), names[i]);
    if (found != set.classes.end())
      new_id[static_cast<std::size_t>(found - set.classes.begin())] = static_cast<int>(i);
    else if (!any || !has_name(set.unused, names[i]))
      throw Error(ErrorCode::invalid_argument,
                  "there is no class '" + names[i] + "'; there are " + list_of(set.classes));
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

void sort_classes(LabelledSet& set, const std::map<std::string, int>& class_ids) {
  if (class_ids.empty()) {
    set.classes = {"face"};
    return;
  }
  std::vector<int> new_id(class_ids.size());
  set.classes.clear();
  for (const auto& [name, id] : class_ids) {
    new_id[static_cast<std::size_t>(id)] = static_cast<int>(set.classes.size());
    set.classes.push_back(name);
  }
  for (LabelledImage& image : set.images)
    for (Annotation& a : image.annotations)
      a.class_id = new_id[static_cast<std::size_t>(a.class_id)];
}

void use_classes(PreparedSet& set, const std::vector<std::string>& classes) {
  if (set.classes == classes) return;
  constexpr int other = geometry::any_class;  // nobody knows what else is there
  std::vector<int> ids;
  for (const std::string& name : set.classes) {
    const auto found = std::find(classes.begin(), classes.end(), name);
    ids.push_back(found == classes.end() ? other : static_cast<int>(found - classes.begin()));
  }
  for (geometry::ImageRecord& record : set.records) {
    for (Annotation& a : record.annotations)
      if (a.class_id != geometry::any_class) a.class_id = ids[static_cast<std::size_t>(a.class_id)];
    std::erase_if(record.annotations,
                  [](const Annotation& a) { return a.class_id == other && !a.ignore; });
  }
  set.classes = classes;
}

std::vector<int> detector_class_ids(const std::vector<std::string>& of_set,
                                    const std::vector<std::string>& of_detector) {
  std::vector<int> ids;
  for (const std::string& name : of_detector) {
    const auto found = std::find(of_set.begin(), of_set.end(), name);
    if (found == of_set.end()) {
      std::string known;
      for (const std::string& other : of_set) known += (known.empty() ? "" : ", ") + other;
      throw Error(ErrorCode::format, "the model finds '" + name +
                                         "', which is not a class of the set; it has: " + known);
    }
    ids.push_back(static_cast<int>(found - of_set.begin()));
  }
  return ids;
}

}  // namespace faceshot::data
