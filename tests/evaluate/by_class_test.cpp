#include "evaluate/by_class.hpp"

#include <gtest/gtest.h>

#include "faceshot/error.hpp"

namespace faceshot::evaluate::by_class_test {
namespace {

using geometry::ImageRecord;

geometry::Annotation of_class(int id, float x, bool ignore = false) {
  geometry::Annotation a;
  a.box = {x, 0, x + 60, 60};
  a.class_id = id;
  a.ignore = ignore;
  return a;
}

Detection shown(int label, float x, float score) {
  Detection d;
  d.box = {x, 0, x + 60, 60};
  d.score = score;
  d.label = label;
  return d;
}

ImageRecord image(std::vector<geometry::Annotation> annotations) {
  return {"a.jpg", 1000, 100, std::move(annotations)};
}

// Two faces of class 0, both found; one of class 1, taken for class 0; none of class 2.
TEST(ByClass, EachClassIsMeasuredAloneAndTheMeanLeavesOutWhatIsNotThere) {
  const std::vector<ImageRecord> records{image({of_class(0, 0), of_class(1, 100)}),
                                         image({of_class(0, 200)})};
  const std::vector<std::vector<Detection>> found{{shown(0, 0, 0.9F), shown(0, 100, 0.8F)},
                                                  {shown(0, 200, 0.7F)}};
  const ByClass set = by_class(records, found, 3);
  ASSERT_EQ(set.records.size(), 6U);
  EXPECT_EQ(set.records[0].annotations.size(), 1U);
  EXPECT_EQ(set.records[2].annotations.at(0).class_id, 1);
  EXPECT_EQ(set.detections[0].size(), 2U);
  EXPECT_TRUE(set.detections[2].empty());
  const Comparison pooled(set.records, set.detections);
  const ClassFigures figures = figures_by_class(pooled, set, 0.5F);
  ASSERT_EQ(figures.of.size(), 3U);
  // Hit, false, hit: precision 1 up to recall 1/2, then 2/3.
  EXPECT_NEAR(figures.of[0].ap, (1 + 2.0 / 3) / 2, 1e-9);
  EXPECT_EQ(figures.of[1].ap, 0);
  EXPECT_NEAR(figures.all.ap, (1 + 2.0 / 3) / 4, 1e-9) << "of two classes: the third has no face";
  EXPECT_NEAR(figures.all.by_height.mean, figures.all.ap, 1e-9);
  EXPECT_EQ(figures.all.shown.faces, 3U);
  EXPECT_EQ(figures.all.shown.found, 2U);
  EXPECT_EQ(figures.all.shown.false_alarms, 1U);
}

TEST(ByClass, OfOneClassIsTheComparisonItself) {
  const std::vector<ImageRecord> records{image({of_class(0, 0), of_class(0, 100)})};
  const std::vector<std::vector<Detection>> found{{shown(0, 0, 0.9F), shown(0, 300, 0.8F)}};
  const ByClass set = by_class(records, found, 1);
  const Comparison pooled(set.records, set.detections), plain(records, found);
  EXPECT_EQ(figures_by_class(pooled, set, 0.5F).all.ap, figures_of(plain, 0.5F).ap);
  EXPECT_EQ(figures_by_class(pooled, set, 0.5F).of.size(), 1U);
}

TEST(ByClass, IgnoredBoxesExcuseTheirClassOrAll) {
  for (const auto& [id, ap] : {std::pair{1, 1.0}, {geometry::any_class, 1.0}, {0, 0.5}}) {
    const std::vector<ImageRecord> records{image({of_class(id, 0, true), of_class(1, 100)})};
    const std::vector<std::vector<Detection>> found{{shown(1, 0, 0.9F), shown(1, 100, 0.8F)}};
    const ByClass set = by_class(records, found, 2);
    const Comparison pooled(set.records, set.detections);
    const ClassFigures figures = figures_by_class(pooled, set, 0.5F);
    EXPECT_EQ(figures.of[1].ap, ap) << id;
    EXPECT_EQ(figures.of[0].shown.faces, 0U);
    EXPECT_EQ(confusion_of(records, found, 2, 0.5F).at(2, 1), ap < 1 ? 1U : 0U) << id;
  }
}

TEST(Confusion, CountsEveryFaceAndEveryDetectionOnce) {
  const std::vector<ImageRecord> records{
      image({of_class(0, 0), of_class(1, 100), of_class(1, 200), of_class(0, 400, true)})};
  const std::vector<std::vector<Detection>> found{{shown(0, 0, 0.9F), shown(0, 100, 0.8F),
                                                   shown(1, 100, 0.7F), shown(1, 300, 0.6F),
                                                   shown(0, 400, 0.95F), shown(1, 200, 0.4F)}};
  const Confusion c = confusion_of(records, found, 2, 0.5F);
  EXPECT_EQ(c.counts, (std::vector<std::size_t>{1, 0, 0,    //
                                                1, 0, 1,    // one taken for the other, one missed
                                                0, 2, 0}))  // a duplicate, and one where nothing is
      << "what is ignored, or below the score, counts nowhere";
  EXPECT_EQ(c.at(1, 0), 1U);
  EXPECT_THROW((void)confusion_of(records, found, 1, 0.5F), Error);
  EXPECT_THROW((void)confusion_of(records, {}, 2, 0.5F), Error);
}

}  // namespace
}  // namespace faceshot::evaluate::by_class_test
