// From a checkpoint to a model file that is verified against the trained network. No Torch here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "export/onnx_writer.hpp"
#include "train/record/checkpoint.hpp"

namespace faceshot::exporter {

/// Differences between the trained network in Torch (float32) and the file in our engine.
struct ParityReport {
  int random_inputs = 0, real_inputs = 0;
  double largest_loc = 0, largest_conf = 0;  ///< absolute, over all raw outputs
  std::optional<double> largest_landmarks;   ///< none: the network has no landmarks
};

struct ExportOptions {
  std::optional<FixedSize> size;              ///< none: dynamic
  std::vector<std::filesystem::path> images;  ///< real inputs for the proof; may be empty
  double tolerance = 1e-3;                    ///< largest difference accepted
  std::vector<std::pair<std::string, std::string>>
      notes;  ///< more metadata, "faceshot.license" ...
};

/// Folds BatchNorm, writes the file atomically and proves it: only a file that passed is written.
/// @throws Error(format) if the difference is above the tolerance, or for a note that is a key of
///         ModelInfo with an impossible value; Error(io); as parse_config
ParityReport export_network(const train::Checkpoint& checkpoint, const std::filesystem::path& onnx,
                            const ExportOptions& options = {});

}  // namespace faceshot::exporter
