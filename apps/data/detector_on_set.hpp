// Shared by commands that run a detector on a prepared set.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "faceshot/detector.hpp"

namespace faceshot::cli {

struct DetectorOnSet {
  std::filesystem::path set;
  std::string split;            ///< empty: train, or the only split
  std::filesystem::path model;  ///< empty until opened: the shipped one
  int max_side = 640;
  int threads = 1;
  bool json = false;
};

/// Adds all options; by default all of the machine's threads are used.
/// @param o must outlive the parsing @return the option of the set itself, which is not required
CLI::Option* add_detector_on_set(CLI::App& command, DetectorOnSet& o, const std::string& json_help);

/// @param score minimum score of its detections @throws Error as Detector
[[nodiscard]] Detector open_detector_on_set(DetectorOnSet& o, float score);

}  // namespace faceshot::cli
