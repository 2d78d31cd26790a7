// Maps the arrays of a foreign file to the parameters of a network.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

struct NameMapOptions {
  /// "none": the file has exactly the network's names. "torchvision": the same except for prefixes
  /// ("module.", "model.", "backbone.", "features."). "keras": keras_names.hpp. "auto": the one
  /// that matches most arrays.
  std::string map = "auto";
  std::string prefix = "backbone.";  ///< what the network may have before the usual names
  bool strict = false;               ///< left-over, missing or misshapen arrays are errors
};

struct MatchReport {
  struct Matched {
    std::string name;     ///< in the network
    std::string foreign;  ///< in the file
    std::vector<std::int64_t> shape;
  };
  struct WrongShape {
    std::string name, foreign;
    std::vector<std::int64_t> wanted;  ///< in the network
    std::vector<std::int64_t> found;   ///< in the file, after conversion to our layout
  };
  std::string map;  ///< the rule used: "none", "torchvision" or "keras"
  std::vector<Matched> matched;
  std::vector<WrongShape> wrong_shape;
  std::vector<std::string> left_over;  ///< in the file, not in the network
  std::vector<std::string> missing;    ///< in the network, not in the file
  /// BatchNorm parameters that the file lacks because its layers have none (Keras' scale=False,
  /// center=False): set to 1 or 0, which is equivalent.
  std::vector<std::string> filled;
  /// BatchNorm layers that the file has folded into their convolutions. Restored by the caller,
  /// which knows the network (train/start/init_weights.hpp), not by match_weights().
  std::vector<std::string> unfolded;
  /// The initial weights of a class's predictors, if the file's network has other classes.
  struct ClassStart {
    std::string name;  ///< in the network
    std::string from;  ///< the file's class; empty: random
  };
  std::vector<ClassStart> classes;  ///< empty: the same; filled in by the caller
  /// An array that was smaller in the file than in the network and was enlarged.
  struct Grown {
    std::string name;
    std::vector<std::int64_t> from, to;
  };
  std::vector<Grown> grown;  ///< like `branches`, filled in by the caller
  /// BatchNorm layers at the end of residual branches that the file lacks; they start at zero.
  std::vector<std::string> branches;
  /// Metadata of a detector's file that networks trained from it keep (Checkpoint::notes).
  std::map<std::string, std::string> notes;
  /// PyTorch's num_batches_tracked: counters, not weights; neither matched nor left over.
  std::vector<std::string> counters;
};

struct MatchedWeights {
  MatchReport report;
  Weights weights;  ///< with our names, in our layout: those matched and those filled
};

/// Matches the arrays of a file with a network's parameters.
/// @param have  the file's arrays, whose values are moved from
/// @param want  the network's parameters and BatchNorm statistics with their shapes
/// @throws Error(invalid_argument) for an unknown `map`, if nothing matches at all, and with
///   `strict` for left-overs and wrong shapes, naming the first one
[[nodiscard]] MatchedWeights match_weights(
    std::vector<NamedArray> have, const std::map<std::string, std::vector<std::int64_t>>& want,
    const NameMapOptions& options = {});

}  // namespace faceshot::weights
