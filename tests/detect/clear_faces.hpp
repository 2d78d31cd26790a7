// Faces of WIDER FACE val that anybody would expect to be found.
#pragma once

#include <filesystem>

#include "faceshot/detector.hpp"

namespace faceshot::testing {

/// Where the photographs are, in ../shared.
[[nodiscard]] std::filesystem::path wider_folder();

struct ClearFaces {
  int all = 0, found = 0;
};

/// Of every fourth photograph there is: faces of 30 pixels and more at a longer side of 640, in the
/// open, in focus. Found is what overlaps a detection by an IoU of 0.5.
/// @pre wider_folder() exists
[[nodiscard]] ClearFaces find_clear_faces(const Detector& detector);

}  // namespace faceshot::testing
