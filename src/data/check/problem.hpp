// The problems that a prepared set can have.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faceshot/box.hpp"

namespace faceshot::data {

enum class Problem : std::uint8_t {
  bad_row,
  unknown_class,
  bad_path,
  scattered_rows,
  missing_image,
  damaged_image,
  wrong_size,
  xywh_boxes,
  normalised_boxes,
  swapped_corners,
  empty_box,
  box_outside,
  box_beyond_edge,
  doubled_box,
  tiny_face,
  far_landmarks,
  duplicate_image,
  near_duplicate,
  leaked_image,
  turned_image,
  no_faces,
  count
};

/// How bad it is: training fails or learns nonsense; results suffer; worth knowing.
enum class Severity : std::uint8_t { error, warning, note };

/// "error", "warning", "note".
[[nodiscard]] std::string_view name_of(Severity severity);

struct ProblemInfo {
  Problem problem;
  std::string_view name;  ///< for programs, and for --fix
  Severity severity;
  std::string_view meaning;
  std::string_view repair;  ///< what --fix does about it; empty: no action required
};

/// One entry per problem, in the order of the enumeration.
[[nodiscard]] const std::array<ProblemInfo, static_cast<std::size_t>(Problem::count)>& problems();
[[nodiscard]] const ProblemInfo& info(Problem problem);
/// @throws Error(invalid_argument) listing the valid names
[[nodiscard]] Problem problem_of(std::string_view name);

struct Finding {
  Problem problem = Problem::bad_row;
  std::string image;  ///< empty if it is about the whole file
  std::string place;  ///< FILE:LINE, or FILE
  std::string detail;
  std::optional<Box> box;  ///< in pixels of the image, as in the file
};

}  // namespace faceshot::data
