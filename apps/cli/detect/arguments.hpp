// The arguments of `faceshot detect`.
#pragma once

#include <string>
#include <vector>

#include "common/precision.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/tiling.hpp"

namespace faceshot::cli {

struct DetectArguments {
  std::vector<std::string> paths;
  std::string model, model_info;
  std::string out;    ///< folder for annotated pictures; empty: none
  std::string crops;  ///< folder for face crops; empty: none
  std::string sheet;
  std::string json, jsonl, csv;      ///< file, "-": standard output; empty: none
  std::vector<std::string> classes;  ///< to show; empty: all
  DetectorOptions options{};
  PrecisionChoice precision = PrecisionChoice::automatic;
  TileOptions tiles{.size = 0};  ///< size 0: no tiles
  int align = 0;                 ///< side of aligned crops, pixels; 0: not aligned
  int jobs = 0;                  ///< photographs in parallel; 0: one per core
  int turns = 1;                 ///< 4: try all four orientations
  bool annotate = true;          ///< boxes in the pictures of `out` and `sheet`

  /// Folder for face crops; empty: none.
  [[nodiscard]] const std::string& crop_folder() const {
    return crops.empty() && align > 0 ? out : crops;
  }
  /// Whether whole pictures are written.
  [[nodiscard]] bool writes_pictures() const { return !out.empty() && &crop_folder() != &out; }
  /// Whether standard output is machine-readable.
  [[nodiscard]] bool quiet() const { return json == "-" || jsonl == "-" || csv == "-"; }
};

}  // namespace faceshot::cli
