#include "train/init_weights.hpp"

#include <map>
#include <utility>

#include "faceshot/error.hpp"
#include "weights/array_stats.hpp"
#include "weights/name_map.hpp"
#include "weights/weight_file.hpp"

namespace faceshot {
namespace {

[[noreturn]] void fail(ErrorCode code, const InitOptions& options, const std::string& what) {
  throw Error(code, "model.init.file '" + options.file + "': " + what);
}

/// match_weights() knows nothing of files.
MatchedWeights match(std::vector<NamedArray> arrays, const Weights& weights,
                     const InitOptions& options) {
  std::map<std::string, std::vector<std::int64_t>> want;
  for (const auto& [name, array] : weights) want[name] = array.shape;
  try {
    return match_weights(std::move(arrays), want,
                         {.map = options.map, .prefix = "backbone.", .strict = options.strict});
  } catch (const Error& e) {
    fail(e.code(), options, e.what());
  }
}

}  // namespace

MatchReport init_weights(Weights& weights, const InitOptions& options) {
  MatchedWeights matched = match(read_weight_file(options.file).arrays, weights, options);
  // One of them is enough to make every later weight so.
  for (const auto& [name, array] : matched.weights)
    if (const auto bad = array_stats(array.values).not_finite; bad > 0)
      fail(ErrorCode::format, options,
           "of the values for '" + name + "' " + std::to_string(bad) + " are not finite");
  for (auto& [name, array] : matched.weights) weights.at(name) = std::move(array);
  return std::move(matched.report);
}

}  // namespace faceshot
