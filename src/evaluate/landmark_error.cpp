#include "evaluate/landmark_error.hpp"

#include <cmath>

namespace faceshot::evaluate {

LandmarkError landmark_error(std::span<const LandmarkPair> pairs) {
  constexpr double failure = 0.1;
  LandmarkError error;
  error.faces = pairs.size();
  if (pairs.empty()) return error;
  const auto faces = static_cast<double>(pairs.size());
  for (const LandmarkPair& pair : pairs) {
    const double size = std::sqrt(static_cast<double>(pair.face.area()));
    double of_face = 0;
    for (std::size_t k = 0; k < error.by_point.size(); ++k) {
      const double distance = std::hypot(static_cast<double>(pair.found[2 * k]) -
                                             static_cast<double>(pair.truth[2 * k]),
                                         static_cast<double>(pair.found[2 * k + 1]) -
                                             static_cast<double>(pair.truth[2 * k + 1])) /
                              size;
      error.by_point[k] += distance / faces;
      of_face += distance / static_cast<double>(error.by_point.size());
    }
    error.mean += of_face / faces;
    if (of_face > failure) error.failures += 1 / faces;
  }
  return error;
}

}  // namespace faceshot::evaluate
