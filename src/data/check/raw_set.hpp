// A prepared set exactly as it is in the file, right or wrong.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "data/check/problem.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::data {

struct RawBox {
  geometry::Annotation annotation;  ///< corners as in the file; class ids may have no name
  std::size_t line = 0;
};

struct RawImage {
  std::string name;
  std::size_t line = 0;
  int width = 0, height = 0;  ///< as the file claims
  std::vector<RawBox> boxes;
};

struct RawSet {
  std::filesystem::path csv, images_dir;
  std::vector<std::string> classes;
  std::vector<RawImage> images;  ///< rows of one image grouped, in the order of their first
};

/// Reads what read_prepared reads, without giving up: unreadable rows are skipped and become
/// findings, as do scattered rows and impossible paths.
/// @throws Error(not_found), Error(io); Error(format) if the header or label.json is wrong, because
///         rows cannot be interpreted without them
[[nodiscard]] RawSet read_raw_set(const std::filesystem::path& csv, std::vector<Finding>& findings);

}  // namespace faceshot::data
