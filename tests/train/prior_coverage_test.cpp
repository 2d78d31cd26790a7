#include "train/config/prior_coverage.hpp"

#include <gtest/gtest.h>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

using geometry::Annotation;

/// A row of adjacent squares.
std::vector<Prior> row(float side, int count) {
  std::vector<Prior> priors;
  for (int i = 0; i < count; ++i)
    priors.push_back({(static_cast<float>(i) + 0.5F) * side, side / 2, side, side});
  return priors;
}

Annotation face(float x, float y, float side, bool ignore = false) {
  Annotation a;
  a.box = {x, y, x + side, y + side};
  a.ignore = ignore;
  return a;
}

TEST(PriorCoverage, CountsFacesThatSomePriorOverlapsEnough) {
  // Shifted by half its width, a face overlaps each of two priors of its size by a third.
  const std::vector<std::vector<Annotation>> images{{face(0, 0, 20), face(30, 0, 20)},
                                                    {face(40, 0, 16), face(0, 0, 20, true)}};
  const auto coverage = prior_coverage(row(20, 10), images, 0.5);
  EXPECT_EQ(coverage.faces, 3U);
  EXPECT_DOUBLE_EQ(coverage.share, 2.0 / 3.0);  // 16 * 16 / (20 * 20) is 0.64
  EXPECT_DOUBLE_EQ(prior_coverage(row(20, 10), images, 0.3).share, 1);
  EXPECT_FLOAT_EQ(coverage.smallest_prior, 20);
  EXPECT_FLOAT_EQ(coverage.smallest_face, 16);
}

TEST(PriorCoverage, TellsOfFewAndRefusesNone) {
  const auto note = [](float face_side) {
    std::vector<std::vector<Annotation>> images(4, {face(0, 0, face_side)});
    images.push_back({face(0, 0, 20)});
    return coverage_note(prior_coverage(row(20, 4), images, 0.5));
  };
  EXPECT_EQ(note(20), "");
  EXPECT_NE(note(60).find("20 %"), std::string::npos) << note(60);
  const std::vector<std::vector<Annotation>> large(3, {face(0, 0, 200)});
  EXPECT_THROW((void)coverage_note(prior_coverage(row(20, 4), large, 0.5)), Error);
}

TEST(PriorCoverage, WithoutFacesThereIsNothingToSay) {
  EXPECT_EQ(coverage_note(prior_coverage(row(20, 4), {}, 0.5)), "");
}

}  // namespace
}  // namespace faceshot::train
