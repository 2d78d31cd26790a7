// WIDER FACE's official ground truth for evaluation: the faces of each image, and which of them
// count in each of the three settings.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "geometry/box_convert.hpp"

namespace faceshot::evaluate {

/// The three settings of WIDER FACE, in the order of every array of this room.
inline constexpr std::array<std::string_view, 3> wider_settings{"easy", "medium", "hard"};

/// WIDER FACE's attributes of a face; -1 if unknown.
struct FaceAttributes {
  std::int8_t blur = -1;          ///< 0 clear, 1 normal, 2 heavy
  std::int8_t expression = -1;    ///< 0 typical, 1 exaggerated
  std::int8_t illumination = -1;  ///< 0 normal, 1 extreme
  std::int8_t occlusion = -1;     ///< 0 none, 1 partial, 2 heavy
  std::int8_t pose = -1;          ///< 0 typical, 1 atypical

  friend bool operator==(const FaceAttributes&, const FaceAttributes&) = default;
};

struct WiderImage {
  std::string event;                  ///< e.g. "0--Parade"
  std::string name;                   ///< file name without extension
  std::vector<geometry::Xywh> faces;  ///< all labelled faces, pixels of the original image
  /// Per setting, per face: 1 if the face counts there, 0 if it is ignored.
  std::array<std::vector<char>, wider_settings.size()> counts;
  std::vector<FaceAttributes> attributes{};  ///< of the faces; empty if the file has none
};

struct WiderGroundTruth {
  std::vector<WiderImage> images;  ///< in the order of the official lists
};

/// Reads wider_face_val.mat (images and boxes) and wider_{easy,medium,hard}_val.mat (which faces
/// count) from the folder `eval_tools/ground_truth` of the authors' package.
/// @throws Error(not_found) a file is missing; Error(format) it is damaged (or keeps matio busy for
///         longer than a good file would), lacks a variable, or the four files do not belong
///         together: names file, variable and image
/// Thread safe.
[[nodiscard]] WiderGroundTruth read_wider_ground_truth(const std::filesystem::path& dir);

}  // namespace faceshot::evaluate
