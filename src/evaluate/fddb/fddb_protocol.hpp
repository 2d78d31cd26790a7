// FDDB's evaluation: discrete and continuous ROC curves of detections against ellipses. Pure,
// thread safe.
//
// V. Jain, E. Learned-Miller, "FDDB: A Benchmark for Face Detection in Unconstrained Settings",
// University of Massachusetts, Amherst, UM-CS-2010-009, and the program that the authors publish
// with it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace faceshot::evaluate {

/// An ellipse of FDDB's lists.
struct FddbEllipse {
  double major = 0, minor = 0;  ///< radii, pixels
  double angle = 0;             ///< of the major axis against the horizontal, radians
  double x = 0, y = 0;          ///< centre
};

struct FddbRectangle {
  double x = 0, y = 0, w = 0, h = 0;
};

struct FddbFound {
  std::variant<FddbRectangle, FddbEllipse> region;
  double score = 0;
};

struct FddbImage {
  std::string name;           ///< such as "2002/08/11/big/img_591"
  int width = 0, height = 0;  ///< regions are clipped to it; 0: unknown, no clipping
  std::vector<FddbEllipse> faces;
  std::vector<FddbFound> found;
};

/// Intersection over union of two regions, in [0, 1]; exact for a rectangle, accurate to about 1e-6
/// for an ellipse. (The authors' program counts pixels of masks, for which it truncates the radii.)
[[nodiscard]] double fddb_overlap(const FddbEllipse& face, const FddbFound& found, int width = 0,
                                  int height = 0);

/// The rates of detections with at least a given score.
struct FddbPoint {
  double score = 0;
  double discrete = 0;           ///< share of the faces that a detection matches by more than 0.5
  double continuous = 0;         ///< sum of the overlaps of all matches, divided by the number of
                                 ///< faces
  std::size_t false_alarms = 0;  ///< detections without a match above 0.5
};

struct FddbRoc {
  std::vector<FddbPoint> points;  ///< one per distinct score, descending
  std::size_t images = 0, faces = 0, detections = 0;
};

/// For each score, in each image: detections with at least that score are matched one to one with
/// the faces so that the sum of the overlaps is greatest; counts are summed over the images.
/// @throws Error(invalid_argument) for a non-finite number
[[nodiscard]] FddbRoc fddb_roc(std::span<const FddbImage> images);

/// The rates at the lowest score with at most this many false positives. All 0 if there is none.
[[nodiscard]] FddbPoint fddb_rates_at(const FddbRoc& roc, std::size_t false_alarms);

}  // namespace faceshot::evaluate
