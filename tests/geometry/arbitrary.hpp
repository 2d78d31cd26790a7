// Boxes, priors and detections for RapidCheck's properties, which are shrunk to the simplest
// failing ones. Coordinates are multiples of 1/8 and sides at least 1/2: exact in float arithmetic,
// and close enough together that pairs often overlap.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <ostream>
#include <vector>

#include "faceshot/box.hpp"
#include "faceshot/detection.hpp"
#include "faceshot/prior.hpp"

namespace faceshot {

inline void showValue(const Box& b, std::ostream& out) {
  out << '(' << b.x1 << ", " << b.y1 << ", " << b.x2 << ", " << b.y2 << ')';
}
inline void showValue(const Prior& p, std::ostream& out) {
  out << "centre (" << p.cx << ", " << p.cy << "), " << p.w << " x " << p.h;
}
inline void showValue(const Detection& d, std::ostream& out) {
  showValue(d.box, out);
  out << ": " << d.score << " of class " << d.label;
}

namespace testing {

/// The same thousand cases in each run, unless RC_PARAMS says otherwise.
inline const int steady_properties = setenv("RC_PARAMS", "seed=1 max_success=1000", 0);

/// A multiple of 1/8 in [low, high).
inline rc::Gen<float> eighths(int low, int high) {
  return rc::gen::map(rc::gen::inRange(8 * low, 8 * high),
                      [](int n) { return static_cast<float>(n) / 8; });
}

/// A multiple of 1/64 in [0, 1).
inline rc::Gen<float> share() {
  return rc::gen::map(rc::gen::inRange(0, 64), [](int n) { return static_cast<float>(n) / 64; });
}

/// Valid, with corners in [-20, 120) and sides in [0.5, 60).
inline rc::Gen<Box> a_box() {
  const auto side =
      rc::gen::map(rc::gen::inRange(4, 480), [](int n) { return static_cast<float>(n) / 8; });
  return rc::gen::apply(
      [](float x, float y, float w, float h) {
        return Box{x, y, x + w, y + h};
      },
      eighths(-20, 60), eighths(-20, 60), side, side);
}

inline rc::Gen<std::vector<Detection>> detections(int classes) {
  return rc::gen::container<std::vector<Detection>>(rc::gen::apply(
      [](const Box& box, float score, int label) {
        return Detection{box, score, label};
      },
      a_box(), share(), rc::gen::inRange(0, classes)));
}

}  // namespace testing
}  // namespace faceshot
