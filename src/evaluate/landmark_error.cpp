#include "evaluate/landmark_error.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::evaluate {
namespace {

double distance(const Landmarks& a, std::size_t i, const Landmarks& b, std::size_t j) {
  return std::hypot(static_cast<double>(a[i].x) - static_cast<double>(b[j].x),
                    static_cast<double>(a[i].y) - static_cast<double>(b[j].y));
}

/// 0 if there is none.
double scale_of(const LandmarkPair& pair, LandmarkScale scale) {
  if (scale == LandmarkScale::box) return std::sqrt(static_cast<double>(pair.face.area()));
  const double eyes = distance(pair.truth, 0, pair.truth, 1);
  return eyes < 1 ? 0 : eyes;
}

}  // namespace

LandmarkError landmark_error(std::span<const LandmarkPair> pairs, LandmarkScale scale) {
  LandmarkError error;
  for (const LandmarkPair& pair : pairs) {
    const double size = scale_of(pair, scale);
    if (!(size > 0)) {
      ++error.left_out;
      continue;
    }
    double of_face = 0;
    for (std::size_t k = 0; k < error.by_point.size(); ++k) {
      const double relative = distance(pair.found, k, pair.truth, k) / size;
      error.by_point[k] += relative;
      of_face += relative / static_cast<double>(error.by_point.size());
    }
    error.of_faces.push_back(of_face);
  }
  error.faces = error.of_faces.size();
  if (error.faces == 0) return error;
  const auto faces = static_cast<double>(error.faces);
  for (double& point : error.by_point) point /= faces;
  for (const double of_face : error.of_faces) error.mean += of_face / faces;
  std::sort(error.of_faces.begin(), error.of_faces.end());
  error.failures = 1 - share_within(error, landmark_failure);
  return error;
}

double share_within(const LandmarkError& error, double limit) {
  if (error.of_faces.empty()) return 0;
  const auto end = std::upper_bound(error.of_faces.begin(), error.of_faces.end(), limit);
  return static_cast<double>(end - error.of_faces.begin()) /
         static_cast<double>(error.of_faces.size());
}

double area_under_ced(const LandmarkError& error) {
  if (error.of_faces.empty()) return 0;
  double area = 0;  // the curve rises by one step per face, at its error
  for (const double of_face : error.of_faces) area += std::max(0.0, landmark_failure - of_face);
  return area / landmark_failure / static_cast<double>(error.of_faces.size());
}

}  // namespace faceshot::evaluate
