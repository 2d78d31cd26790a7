// From a checkpoint to a model file, verified against the trained network. No Torch here.
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
  std::optional<double> largest_landmarks;   ///< nothing: the network has no landmarks
};

struct ExportOptions {
  std::optional<FixedSize> size;              ///< nothing: dynamic
  std::vector<std::filesystem::path> images;  ///< real inputs for verification; may be empty
  double tolerance = 1e-3;                    ///< largest accepted difference
  std::vector<std::pair<std::string, std::string>>
      notes;  ///< additional metadata, "faceshot.license" ...; replace those of the checkpoint, and
              ///< an empty value removes one
};

/// Folds BatchNorm, verifies the file and writes it atomically: a file that fails is not written.
/// @throws Error(format) if the difference is above the tolerance, or for a note that is a key of
///         ModelInfo with an impossible value; Error(io); as parse_config
ParityReport export_network(const train::Checkpoint& checkpoint, const std::filesystem::path& onnx,
                            const ExportOptions& options = {});

}  // namespace faceshot::exporter
