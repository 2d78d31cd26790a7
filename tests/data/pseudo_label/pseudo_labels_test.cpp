#include "data/pseudo_label/pseudo_labels.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;

constexpr std::array<int, 1> face_is_class_2{2};

Annotation labelled(const Box& box, bool ignore = false,
                    std::int8_t source = geometry::source_unknown) {
  Annotation a;
  a.box = box;
  a.ignore = ignore;
  a.source = source;
  a.class_id = 2;
  return a;
}

PseudoLabels label(const std::vector<Annotation>& labels, const std::vector<Detection>& found,
                   const PseudoLabelOptions& options = {}) {
  return pseudo_labels(labels, found, 200, 100, face_is_class_2, Suppression::within_classes,
                       options);
}

TEST(PseudoLabels, ScoresDecideBetweenFaceIgnoreRegionAndNothing) {
  const PseudoLabels result = label({}, {{{0, 0, 10, 10}, 0.29F},
                                         {{20, 0, 30, 10}, 0.3F},
                                         {{40, 0, 50, 10}, 0.69F},
                                         {{60, 0, 70, 10}, 0.7F},
                                         {{80, 0, 90, 10}, 1.0F}});
  ASSERT_EQ(result.annotations.size(), 4U);
  EXPECT_EQ(result.faces, 2U);
  EXPECT_EQ(result.doubtful, 2U);
  EXPECT_EQ(result.annotations[0].box, (Box{80, 0, 90, 10}));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(result.annotations[i].ignore, i >= 2) << i;
    EXPECT_EQ(result.annotations[i].source, geometry::source_detector) << i;
    EXPECT_EQ(result.annotations[i].class_id, 2) << i;
    EXPECT_FALSE(result.annotations[i].landmarks) << i;
  }
}

TEST(PseudoLabels, WithinClassesOnlyLabelsOfItsClassAreInTheWayOfAFinding) {
  constexpr std::array<int, 2> ids{2, 0};
  std::vector<Annotation> persons{labelled({10, 10, 50, 50}), labelled({100, 0, 150, 50}, true)};
  persons[1].class_id = geometry::any_class;
  const std::vector<Detection> found{{{10, 10, 50, 50}, 0.9F, 0},   // the first again
                                     {{10, 10, 50, 50}, 0.85F, 1},  // another object there
                                     {{100, 0, 150, 50}, 0.9F, 1},  // in a region of any class
                                     {{60, 60, 90, 90}, 0.9F, 0},   // two objects in one place
                                     {{60, 60, 90, 90}, 0.5F, 1}};
  const auto within = pseudo_labels(persons, found, 200, 100, ids, Suppression::within_classes, {});
  ASSERT_EQ(within.annotations.size(), 5U);
  EXPECT_EQ(within.known, 2U);
  EXPECT_EQ(within.annotations[2].class_id, 2);
  EXPECT_EQ(within.annotations[3].class_id, 0);
  EXPECT_EQ(within.annotations[3].box, persons[0].box);
  EXPECT_TRUE(within.annotations[4].ignore);
  EXPECT_EQ(within.annotations[4].class_id, 0);

  const auto across = pseudo_labels(persons, found, 200, 100, ids, Suppression::across_classes, {});
  EXPECT_EQ(across.annotations.size(), 3U);
  EXPECT_EQ(across.known, 4U);
}

TEST(PseudoLabels, WhatIsOfOneClassInDoubtIsOfAny) {
  constexpr std::array<int, 2> ids{1, 0};
  const std::vector<Detection> found{{{10, 10, 50, 50}, 0.5F, 1}};
  const auto class_in_doubt = [&](std::span<const int> classes, Suppression suppression) {
    return pseudo_labels({}, found, 200, 100, classes, suppression, {}).annotations.at(0).class_id;
  };
  EXPECT_EQ(class_in_doubt(ids, Suppression::across_classes), geometry::any_class);
  EXPECT_EQ(class_in_doubt(ids, Suppression::within_classes), 0);
  const std::vector<Detection> one{{{10, 10, 50, 50}, 0.5F, 0}};
  EXPECT_EQ(pseudo_labels({}, one, 200, 100, face_is_class_2, Suppression::across_classes, {})
                .annotations.at(0)
                .class_id,
            2);
}

TEST(PseudoLabels, WhatAPersonLabelledStaysAndIsNotLabelledAgain) {
  std::vector<Annotation> persons{labelled({10, 10, 50, 50}), labelled({100, 0, 200, 100}, true),
                                  labelled({60, 60, 70, 70}, false, geometry::source_person)};
  persons[0].blur = 2;
  persons[0].landmarks = Landmarks{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const PseudoLabels result = label(persons, {
                                                 {{12, 12, 52, 52}, 0.9F},    // the first
                                                 {{20, 20, 30, 30}, 0.9F},    // its nose
                                                 {{120, 20, 140, 40}, 0.9F},  // a face in the crowd
                                                 {{59, 59, 71, 71}, 0.5F},    // the third,
                                                                              // uncertain
                                                 {{52, 10, 90, 50}, 0.9F},    // a neighbour
                                             });
  EXPECT_EQ(result.known, 4U);
  EXPECT_EQ(result.faces, 1U);
  ASSERT_EQ(result.annotations.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(result.annotations[i], persons[i]) << i;
  EXPECT_EQ(result.annotations[3].box, (Box{52, 10, 90, 50}));
}

TEST(PseudoLabels, PartsOfAFaceThatWasAcceptedAddNothing) {
  const PseudoLabels result = label({}, {{{20, 20, 40, 40}, 0.5F},       // its mouth
                                         {{12, 12, 55, 55}, 0.85F},      // it again
                                         {{10, 10, 50, 50}, 0.9F},       // the face
                                         {{100, 10, 140, 50}, 0.4F},     // uncertain ones do not
                                                                         // hide
                                         {{105, 15, 135, 45}, 0.35F}});  // each other
  EXPECT_EQ(result.faces, 1U);
  EXPECT_EQ(result.doubtful, 2U);
  EXPECT_EQ(result.known, 2U);
  EXPECT_EQ(result.annotations.front().box, (Box{10, 10, 50, 50}));
}

TEST(PseudoLabels, OverlapIsTheOption) {
  const std::vector<Annotation> persons{labelled({0, 0, 40, 40})};
  const Detection shifted{{25, 0, 65, 40}, 0.9F};  // IoU 15/65 = 0.23, 0.375 of it inside
  EXPECT_EQ(label(persons, {shifted}, {.overlap = 0.3F}).faces, 1U);
  EXPECT_EQ(label(persons, {shifted}, {.overlap = 0.2F}).faces, 0U);
}

TEST(PseudoLabels, AnEarlierRunIsReplaced) {
  const std::vector<Detection> found{{{10, 10, 50, 50}, 0.9F}, {{60, 10, 90, 50}, 0.5F}};
  const std::vector<Annotation> persons{labelled({100, 10, 150, 60})};
  const PseudoLabels once = label(persons, found);
  const PseudoLabels twice = label(once.annotations, found);
  EXPECT_EQ(twice.annotations, once.annotations);
  EXPECT_EQ(twice.replaced, 2U);
  EXPECT_EQ(label(once.annotations, {}).annotations, persons);
}

TEST(PseudoLabels, BoxesStayInsideTheImage) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const PseudoLabels result = label({}, {{{-10, -10, 20, 20}, 0.9F},
                                         {{190, 90, 250, 130}, 0.9F},
                                         {{300, 20, 350, 60}, 0.9F},   // outside
                                         {{50, 50, 50.5F, 90}, 0.9F},  // only a sliver inside
                                         {{60, 50, 90, 90}, nan}});
  ASSERT_EQ(result.annotations.size(), 2U);
  EXPECT_EQ(result.annotations[0].box, (Box{0, 0, 20, 20}));
  EXPECT_EQ(result.annotations[1].box, (Box{190, 90, 200, 100}));
}

TEST(PseudoLabels, NothingThatIsAddedOverlapsAPerson) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    base::Random random(seed);
    const auto box = [&] {
      const float x = random.uniform(0, 150), y = random.uniform(0, 60);
      return Box{x, y, x + random.uniform(5, 50), y + random.uniform(5, 40)};
    };
    std::vector<Annotation> persons;
    for (int i = 0; i < 4; ++i) persons.push_back(labelled(box(), random.chance(0.2F)));
    std::vector<Detection> found;
    for (int i = 0; i < 30; ++i) found.push_back({box(), random.uniform()});
    const PseudoLabels result = label(persons, found);
    ASSERT_EQ(result.annotations.size(), 4 + result.faces + result.doubtful);
    for (std::size_t i = 4; i < result.annotations.size(); ++i)
      for (const Annotation& person : persons)
        EXPECT_LT(iou(result.annotations[i].box, person.box), 0.3F);
  }
}

TEST(PseudoLabels, RefusesScoresInTheWrongOrder) {
  EXPECT_NO_THROW(validate(PseudoLabelOptions{.accept = 0.5F, .ignore = 0.5F}));
  EXPECT_THROW(validate(PseudoLabelOptions{.accept = 0.3F, .ignore = 0.5F}), Error);
  EXPECT_THROW(validate(PseudoLabelOptions{.ignore = 0}), Error);
  EXPECT_THROW(validate(PseudoLabelOptions{.accept = 1.1F}), Error);
  EXPECT_THROW(validate(PseudoLabelOptions{.overlap = 0}), Error);
}

}  // namespace
}  // namespace faceshot::data
