#include "data/import/wider_mat.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"
#include "matfile/mat_writer.hpp"

namespace faceshot::data::wider_mat_test {
namespace {

using faceshot::testing::cell;
using faceshot::testing::expect_error;
using faceshot::testing::Mat;
using faceshot::testing::matrix;
using faceshot::testing::save_mat;
using faceshot::testing::TestFolder;
using faceshot::testing::text;

using Variables = std::vector<std::pair<std::string, Mat>>;

/// Two events, three images, three boxes.
Variables example() {
  return {{"event_list", cell({text("0--Parade"), text("7--Cheering")})},
          {"file_list", cell({cell({text("a"), text("b")}), cell({text("c")})})},
          {"face_bbx_list", cell({cell({matrix(2, 4, {1, 5, 2, 6, 3, 7, 4, 8}), matrix(0, 4, {})}),
                                  cell({matrix(1, 4, {0, 0, 0, 0})})})}};
}

Mat labels(std::vector<double> of_a) {
  return cell({cell({matrix(2, 1, std::move(of_a)), matrix(0, 1, {})}), cell({matrix(1, 1, {0})})});
}

TEST(WiderMat, ReadsNamesBoxesAndAttributes) {
  const TestFolder folder;
  Variables variables = example();
  variables.emplace_back("blur_label_list", labels({2, 0}));
  variables.emplace_back("invalid_label_list", labels({0, 1}));
  variables.emplace_back("pose_label_list", labels({1, 0}));
  save_mat(folder / "gt.mat", variables);
  FlawLog strict(true);
  const auto images = read_wider_mat(folder / "gt.mat", strict);
  ASSERT_EQ(images.size(), 3U);
  EXPECT_EQ(images[0].image, "0--Parade/a.jpg");
  EXPECT_EQ(images[2].image, "7--Cheering/c.jpg");
  ASSERT_EQ(images[0].annotations.size(), 2U);
  const geometry::Annotation &first = images[0].annotations[0], &second = images[0].annotations[1];
  EXPECT_EQ(first.box, (Box{1, 2, 4, 6}));
  EXPECT_EQ(second.box, (Box{5, 6, 12, 14}));
  EXPECT_EQ(first.blur, 2);
  EXPECT_EQ(first.pose, 1);
  EXPECT_EQ(first.occlusion, -1) << "there is no list of it";
  EXPECT_FALSE(first.ignore);
  EXPECT_TRUE(second.ignore);
  EXPECT_TRUE(images[1].annotations.empty());
  ASSERT_EQ(images[2].annotations.size(), 1U);
  EXPECT_FALSE(images[2].annotations[0].box.valid()) << "left for the importer to drop";
}

TEST(WiderMat, ErrorsNameThePlace) {
  const TestFolder folder;
  const auto error_of = [&](std::size_t variable, const std::string& name, const Mat& value,
                            const std::string& part) {
    Variables variables = example();
    if (variable < variables.size())
      variables[variable].second = value;
    else
      variables.emplace_back(name, value);
    save_mat(folder / "gt.mat", variables);
    FlawLog strict(true);
    expect_error(ErrorCode::format, part,
                 [&] { static_cast<void>(read_wider_mat(folder / "gt.mat", strict)); });
  };
  error_of(1, "", cell({cell({text("a"), text("b")})}), "gt.mat: file_list: has 1 entries where 2");
  error_of(1, "", cell({cell({text("a")}), cell({text("c")})}), "face_bbx_list{1}: has 2 entries");
  error_of(2, "",
           cell({cell({matrix(1, 3, {1, 2, 3}), matrix(0, 4, {})}), cell({matrix(0, 4, {})})}),
           "face_bbx_list{1}{1}: needs 4 columns");
  error_of(9, "blur_label_list", labels({3, 0}),
           "blur of face 1 must be a whole number from 0 to 2");
  error_of(9, "blur_label_list", labels({0, 0.5}), "blur of face 2");
  error_of(9, "invalid_label_list", labels({0, -1}), "invalid of face 2");
  error_of(9, "pose_label_list",
           cell({cell({matrix(1, 1, {0}), matrix(0, 1, {})}), cell({matrix(1, 1, {0})})}),
           "pose_label_list{1}{1}: ");
  FlawLog flaws;
  expect_error(ErrorCode::not_found, "none.mat",
               [&] { static_cast<void>(read_wider_mat(folder / "none.mat", flaws)); });
  expect_error(ErrorCode::format, "gt.txt", [&] {
    static_cast<void>(read_wider_mat(folder.write("gt.txt", "no MATLAB"), flaws));
  });
}

TEST(WiderMat, WhatIsFlawedIsLeftOutAndTheRestIsRead) {
  const TestFolder folder;
  Variables variables = example();
  variables.emplace_back("blur_label_list", labels({3, 0}));
  save_mat(folder / "blur.mat", variables);
  FlawLog blur;
  const auto images = read_wider_mat(folder / "blur.mat", blur);
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].image, "0--Parade/b.jpg");
  EXPECT_EQ(images[1].image, "7--Cheering/c.jpg");
  EXPECT_EQ(blur.count("images whose labels cannot be read"), 1U);
  variables = example();
  variables[1].second = cell({cell({text("a")}), cell({text("c")})});
  save_mat(folder / "names.mat", variables);
  FlawLog names;
  EXPECT_EQ(read_wider_mat(folder / "names.mat", names).size(), 1U);
  EXPECT_EQ(names.count("events that cannot be read"), 1U);
}

TEST(WiderMat, AFileThatKeepsMatioBusyForMinutesIsDamaged) {
  // Found by fuzzing: 3.7 kB that claim a large array of structures.
  expect_error(ErrorCode::format, "endless.mat", [] {
    FlawLog strict(true);
    static_cast<void>(
        read_wider_mat(FACESHOT_SOURCE_DIR "/tests/data/fixtures/endless.mat", strict));
  });
}

}  // namespace
}  // namespace faceshot::data::wider_mat_test
