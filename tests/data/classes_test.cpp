#include "data/prepared/classes.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;

/// a.jpg has a box of each class, b.jpg one of the last.
LabelledSet example() {
  LabelledSet set;
  set.classes = {"cat", "dog", "face"};
  set.images.resize(2);
  for (const int id : {0, 1, 2}) set.images[0].annotations.emplace_back().class_id = id;
  set.images[1].annotations.emplace_back().class_id = 2;
  return set;
}

TEST(Classes, AreKeptInTheOrderAskedFor) {
  LabelledSet set = example();
  EXPECT_EQ(select_classes(set, {"face", "cat"}), 1U);
  EXPECT_EQ(set.classes, (std::vector<std::string>{"face", "cat"}));
  ASSERT_EQ(set.images[0].annotations.size(), 2U);
  EXPECT_EQ(set.images[0].annotations[0].class_id, 1);
  EXPECT_EQ(set.images[0].annotations[1].class_id, 0);
  EXPECT_EQ(set.images[1].annotations.at(0).class_id, 0);
}

TEST(Classes, ImagesWithoutAWantedBoxStay) {
  LabelledSet set = example();
  EXPECT_EQ(select_classes(set, {"dog"}), 3U);
  ASSERT_EQ(set.images.size(), 2U);
  EXPECT_TRUE(set.images[1].annotations.empty());
}

TEST(Classes, UnknownAndDoubledNamesAreErrors) {
  LabelledSet set = example();
  expect_error(ErrorCode::invalid_argument,
               "there is no class 'cow'; there are 'cat', 'dog', 'face'",
               [&] { select_classes(set, {"cow"}); });
  expect_error(ErrorCode::invalid_argument, "'cat' is listed twice", [&] {
    select_classes(set, {"cat", "cat"});
  });
}

// A split may lack boxes of a class, but must have the same classes as the others.
TEST(Classes, AClassWithoutBoxesMayBeAskedForBesideOneThatHasSome) {
  LabelledSet set = example();
  set.unused = {"mask"};
  EXPECT_EQ(select_classes(set, {"mask", "face"}), 2U);
  EXPECT_EQ(set.classes, (std::vector<std::string>{"mask", "face"}));
  EXPECT_EQ(set.images[1].annotations.at(0).class_id, 1);
  set = example();
  set.unused = {"mask"};
  expect_error(ErrorCode::invalid_argument, "there is no class 'mask'; there are 'cat'",
               [&] { select_classes(set, {"mask"}); });
}

TEST(Classes, Merge) {
  LabelledSet set = example();
  merge_classes(set, "thing");
  EXPECT_EQ(set.classes, std::vector<std::string>{"thing"});
  for (const auto& image : set.images)
    for (const geometry::Annotation& a : image.annotations) EXPECT_EQ(a.class_id, 0);
}

}  // namespace
}  // namespace faceshot::data
