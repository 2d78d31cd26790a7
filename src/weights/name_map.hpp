// Maps the arrays of a foreign file to the parameters of a network.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

struct NameMapOptions {
  /// "none": the file has the network's very names. "torchvision": the same but for what stands in
  /// front ("module.", "model.", "backbone.", "features."). "keras": keras_names.hpp. "auto":
  /// whichever of these fits most arrays.
  std::string map = "auto";
  std::string prefix = "backbone.";  ///< what the network may have in front of the usual names
  bool strict = false;               ///< left-overs on either side, and wrong shapes, are fatal
};

struct MatchReport {
  struct Matched {
    std::string name;     ///< here
    std::string foreign;  ///< in the file
    std::vector<std::int64_t> shape;
  };
  struct WrongShape {
    std::string name, foreign;
    std::vector<std::int64_t> wanted;  ///< by the network
    std::vector<std::int64_t> found;   ///< in the file, after conversion to our layout
  };
  std::string map;  ///< the rule that was used: "none", "torchvision" or "keras"
  std::vector<Matched> matched;
  std::vector<WrongShape> wrong_shape;
  std::vector<std::string> left_over;  ///< in the file, of no use here
  std::vector<std::string> missing;    ///< here, not in the file
  /// BatchNorm parameters that the file lacks because its layers have none (Keras' scale=False,
  /// center=False): given 1 or 0, which is the same.
  std::vector<std::string> filled;
  /// BatchNorm layers that the file has folded into their convolutions: put back by whoever knows
  /// the network (train/start/init_weights.hpp), not by match_weights().
  std::vector<std::string> unfolded;
  /// Where a class's predictors begin, if the file's network has other classes.
  struct ClassStart {
    std::string name;  ///< here
    std::string from;  ///< the file's class; empty: random
  };
  std::vector<ClassStart> classes;  ///< empty: the same; filled by whoever knows the network
  /// An array of the file that was smaller than the network's and was enlarged.
  struct Grown {
    std::string name;
    std::vector<std::int64_t> from, to;
  };
  std::vector<Grown> grown;  ///< filled, as `branches`, by whoever knows the network
  /// BatchNorm layers that end a residual branch which the file lacks, and which starts at zero.
  std::vector<std::string> branches;
  /// PyTorch's num_batches_tracked: counters, no weights; neither matched nor left over.
  std::vector<std::string> counters;
};

struct MatchedWeights {
  MatchReport report;
  Weights weights;  ///< by our names, in our layout: those matched and those filled
};

/// Matches the arrays of a file with a network's parameters.
/// @param have  the file's arrays, whose values are moved from
/// @param want  the network's parameters and BatchNorm statistics with their shapes
/// @throws Error(invalid_argument) for an unknown `map`, where nothing matches at all, and with
///   `strict` for left-overs and wrong shapes; the message names the first of them
[[nodiscard]] MatchedWeights match_weights(
    std::vector<NamedArray> have, const std::map<std::string, std::vector<std::int64_t>>& want,
    const NameMapOptions& options = {});

}  // namespace faceshot::weights
