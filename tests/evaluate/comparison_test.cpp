#include "evaluate/comparison.hpp"

#include <gtest/gtest.h>

#include "faceshot/error.hpp"

namespace faceshot::evaluate::comparison_test {
namespace {

using geometry::ImageRecord;

geometry::Annotation face(float x, float side) {
  geometry::Annotation a;
  a.box = {x, 0, x + side, side};
  return a;
}

Detection at(const Box& box, float score) {
  Detection d;
  d.box = box;
  d.score = score;
  return d;
}

TEST(Comparison, GivesTheFiguresOfItsParts) {
  std::vector<ImageRecord> records(2);
  records[0].annotations = {face(0, 60), face(100, 60)};
  records[0].annotations[0].landmarks = Landmarks{10, 10, 50, 10, 30, 30, 15, 50, 45, 50};
  Detection hit = at(records[0].annotations[0].box, 0.9F);
  hit.landmarks = records[0].annotations[0].landmarks;
  (*hit.landmarks)[0].x += 6;  // one of five points off by a tenth of the side
  const Comparison c(records, {{hit}, {at({200, 0, 260, 60}, 0.95F)}});
  const SetFigures figures = figures_of(c, 0.5F);
  EXPECT_DOUBLE_EQ(figures.ap, average_precision(c.images()));
  EXPECT_DOUBLE_EQ(figures.by_height.mean, ap_by_height(c.images()).mean);
  EXPECT_EQ(figures.shown.faces, 2U);
  EXPECT_EQ(figures.shown.found, 1U);
  EXPECT_EQ(figures.shown.false_alarms, 1U);
  EXPECT_EQ(figures.points.faces, 1U);
  EXPECT_NEAR(figures.points.mean, 0.1 / 5, 1e-6);
  EXPECT_EQ(figures_of(c, 0.99F).points.faces, 0U);
}

TEST(Comparison, SmallFacesAreNeitherAskedForNorFaults) {
  std::vector<ImageRecord> records(1);
  records[0].annotations = {face(0, 60), face(100, 20)};
  const Comparison c(records, {{at(records[0].annotations[1].box, 0.9F)}}, 30);
  const OperatingPoint shown = figures_of(c, 0.5F).shown;
  EXPECT_EQ(shown.faces, 1U);
  EXPECT_EQ(shown.found, 0U);
  EXPECT_EQ(shown.false_alarms, 0U);
}

TEST(Comparison, WantsDetectionsOfEachImage) {
  const std::vector<ImageRecord> records(2);
  EXPECT_THROW(Comparison(records, {{}}), Error);
}

TEST(FalseAlarms, AreCountedAtTheScoreOfTheRecall) {
  std::vector<ImageRecord> records(1);
  records[0].annotations = {face(0, 60)};
  const Comparison faces(records, {{at(records[0].annotations[0].box, 0.6F)}});
  FalseAlarms alarms(faces);
  EXPECT_NEAR(alarms.point().score, 0.6, 1e-6);
  EXPECT_EQ(alarms.per_image(), 0);
  const std::vector<ImageRecord> empty(4);
  alarms.add(Comparison(empty, {{at({0, 0, 9, 9}, 0.7F), at({50, 0, 59, 9}, 0.5F)}, {}, {}, {}}));
  EXPECT_EQ(alarms.images(), 4U);
  EXPECT_DOUBLE_EQ(alarms.per_image(), 0.25);
  alarms.add(Comparison(empty, {{}, {}, {}, {}}));
  EXPECT_DOUBLE_EQ(alarms.per_image(), 0.125);
}

}  // namespace
}  // namespace faceshot::evaluate::comparison_test
