#include "train/start/class_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

using data::PreparedSet;
using geometry::Annotation;
using geometry::ImageRecord;

bool has_boxes(const PreparedSet& set) {
  return std::any_of(set.records.begin(), set.records.end(),
                     [](const ImageRecord& record) { return !record.annotations.empty(); });
}

void add_new(const std::vector<std::string>& names, std::vector<std::string>& to) {
  for (const std::string& name : names)
    if (std::find(to.begin(), to.end(), name) == to.end()) to.push_back(name);
}

}  // namespace

std::vector<std::string> trained_classes(const std::vector<std::string>& wanted,
                                         const std::vector<PreparedSet>& sets) {
  std::vector<std::string> all, with_boxes;
  for (const PreparedSet& set : sets) {
    add_new(set.classes, all);
    if (has_boxes(set)) add_new(set.classes, with_boxes);
  }
  if (wanted == std::vector<std::string>{"auto"}) return with_boxes.empty() ? all : with_boxes;
  for (const std::string& name : wanted)
    if (std::find(all.begin(), all.end(), name) == all.end())
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("model.classes: no set of data.train has a class '{}'; available: {}",
                              name, fmt::join(all, ", ")));
  return wanted;
}

std::vector<float> weights_of_classes(const std::vector<std::string>& weights,
                                      const std::vector<std::string>& classes) {
  if (weights.empty()) return {};
  const auto fail = [](const std::string& text, const std::string& what) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("loss.class_weights: '{}' {}", text, what));
  };
  std::vector<float> of_class(classes.size(), 1);
  std::vector<bool> named(classes.size());
  for (const std::string& text : weights) {
    const std::size_t equals = text.rfind('=');  // a name may contain one
    float weight = -1;
    if (equals != std::string::npos) {
      const char* const end = text.data() + text.size();
      const auto [rest, error] = std::from_chars(text.data() + equals + 1, end, weight);
      if (error != std::errc() || rest != end || !std::isfinite(weight)) weight = -1;
    }
    if (!(weight >= 0)) fail(text, "is not NAME=WEIGHT with a weight of 0 or more");
    const auto found = std::find(classes.begin(), classes.end(), text.substr(0, equals));
    if (found == classes.end())
      fail(text, fmt::format("is not a class of the run; classes: {}", fmt::join(classes, ", ")));
    const auto id = static_cast<std::size_t>(found - classes.begin());
    if (named[id]) fail(text, "repeats a class");
    named[id] = true;
    of_class[id] = weight;
  }
  return of_class;
}

std::vector<std::size_t> boxes_of_classes(const std::vector<PreparedSet>& sets,
                                          std::size_t classes) {
  std::vector<std::size_t> boxes(classes);
  for (const PreparedSet& set : sets)
    for (const ImageRecord& record : set.records)
      for (const Annotation& a : record.annotations)
        if (!a.ignore) ++boxes[static_cast<std::size_t>(a.class_id)];
  return boxes;
}

}  // namespace faceshot::train
