#include "train/start/class_logits.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

namespace faceshot::train {
namespace {

using weights::MatchReport;
using weights::NamedArray;

/// For each of the network's logits the row of the file's prior logits from which it is taken;
/// background first. Nothing: the network's own.
std::vector<std::optional<std::size_t>> rows_of(const std::vector<MatchReport::ClassStart>& starts,
                                                const std::vector<std::string>& file_classes) {
  std::vector<std::optional<std::size_t>> rows{0};
  for (const MatchReport::ClassStart& start : starts) {
    const auto found = std::find(file_classes.begin(), file_classes.end(), start.from);
    rows.push_back(found == file_classes.end()
                       ? std::nullopt
                       : std::optional(static_cast<std::size_t>(found - file_classes.begin()) + 1));
  }
  return rows;
}

/// @param own the network's array of the same name
void carry(const std::vector<std::optional<std::size_t>>& rows, std::size_t file_rows,
           const weights::WeightArray& own, NamedArray& array) {
  if (array.shape.empty() || own.shape.size() != array.shape.size()) return;
  const auto outputs = static_cast<std::size_t>(array.shape.front());
  const std::size_t priors = outputs / file_rows;
  if (outputs == 0 || outputs % file_rows != 0 ||
      own.shape.front() != static_cast<std::int64_t>(priors * rows.size()))
    return;
  const std::size_t length = array.values.size() / outputs;
  if (own.values.size() != priors * rows.size() * length) return;
  const bool bias = array.shape.size() == 1;
  std::vector<float> values;
  values.reserve(own.values.size());
  for (std::size_t p = 0; p < priors; ++p)
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const float* const from = rows[r] ? array.values.data() + (p * file_rows + *rows[r]) * length
                                        : own.values.data() + (p * rows.size() + r) * length;
      values.insert(values.end(), from, from + length);
      // Classes that start from the same one together have its probability.
      if (bias && rows[r])
        values.back() -=
            std::log(static_cast<float>(std::count(rows.begin(), rows.end(), rows[r])));
    }
  array.values = std::move(values);
  array.shape.front() = own.shape.front();
}

}  // namespace

std::vector<MatchReport::ClassStart> class_starts(const network::NetworkSpec& spec,
                                                  const std::vector<std::string>& file_classes) {
  const auto has = [&](const std::string& name) {
    return std::find(file_classes.begin(), file_classes.end(), name) != file_classes.end();
  };
  std::vector<MatchReport::ClassStart> starts;
  for (const std::string& name : spec.classes) {
    std::string from;
    if (has(name))
      from = name;
    else if (has("face"))
      from = "face";
    else if (file_classes.size() == 1)
      from = file_classes.front();
    starts.push_back({name, from});
  }
  return starts;
}

void carry_class_logits(const network::NetworkSpec& spec,
                        const std::vector<std::string>& file_classes,
                        const std::vector<MatchReport::ClassStart>& starts,
                        const weights::Weights& own, std::vector<NamedArray>& arrays) {
  const auto rows = rows_of(starts, file_classes);
  for (const network::Head& head : spec.heads)
    for (const char* const part : {".weight", ".bias"}) {
      const auto mine = own.find(head.conf + part);
      const auto array = std::find_if(arrays.begin(), arrays.end(), [&](const NamedArray& a) {
        return a.name == head.conf + part;
      });
      if (mine != own.end() && array != arrays.end())
        carry(rows, file_classes.size() + 1, mine->second, *array);
    }
}

}  // namespace faceshot::train
