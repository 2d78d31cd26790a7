// Faces of WIDER FACE val that any detector should find.
#pragma once

#include <filesystem>

#include "faceshot/detector.hpp"

namespace faceshot::testing {

/// Where the photographs are, in ../shared.
[[nodiscard]] std::filesystem::path wider_folder();

struct ClearFaces {
  int all = 0, found = 0;
};

/// From every fourth available photograph: faces of at least 30 pixels at a longer side of 640, not
/// occluded, in focus. A face is found if it overlaps a detection with an IoU of at least 0.5.
/// @pre wider_folder() exists
[[nodiscard]] ClearFaces find_clear_faces(const Detector& detector);

}  // namespace faceshot::testing
