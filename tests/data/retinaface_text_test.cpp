#include "data/import/retinaface_text.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

TEST(RetinafaceText, ReadsThePublishedLayout) {
  const TestFolder folder;
  // First image of train/label.txt as published; then one without landmarks, and an empty image.
  const auto images = read_retinaface_text(folder.write(
      "label.txt",
      "# 0--Parade/0_Parade_marchingband_1_849.jpg\n"
      "449 330 122 149 488.906 373.643 0.0 542.089 376.442 0.0 515.031 412.83 0.0 485.174 425.893 "
      "0.0 538.357 431.491 0.0 0.82\n"
      "# 0--Parade/b c.jpg\r\n"
      "1 2 3 4 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 0.1\r\n"
      "5 6 7 8\r\n"
      "#d.jpg\n"));
  ASSERT_EQ(images.size(), 3U);
  EXPECT_EQ(images[0].image, "0--Parade/0_Parade_marchingband_1_849.jpg");
  ASSERT_EQ(images[0].annotations.size(), 1U);
  EXPECT_EQ(images[0].annotations[0].box, (Box{449, 330, 571, 479}));
  ASSERT_TRUE(images[0].annotations[0].landmarks);
  EXPECT_EQ(*images[0].annotations[0].landmarks,
            (Landmarks{488.906F, 373.643F, 542.089F, 376.442F, 515.031F, 412.83F, 485.174F,
                       425.893F, 538.357F, 431.491F}));
  EXPECT_EQ(images[1].image, "0--Parade/b c.jpg");
  ASSERT_EQ(images[1].annotations.size(), 2U);
  EXPECT_FALSE(images[1].annotations[0].landmarks);
  EXPECT_EQ(images[1].annotations[1].box, (Box{5, 6, 12, 14}));
  EXPECT_EQ(images[1].line, 3U);
  EXPECT_EQ(images[2].image, "d.jpg");
  EXPECT_TRUE(images[2].annotations.empty());
}

TEST(RetinafaceText, APointMayLieOutsideTheImage) {
  const TestFolder folder;
  const auto images = read_retinaface_text(
      folder.write("label.txt", "# a.jpg\n0 5 9 9 -1 7 0 4 7 0 2 9 0 -1 11 0 3 11 0\n"));
  ASSERT_TRUE(images.at(0).annotations.at(0).landmarks);
  EXPECT_EQ((*images[0].annotations[0].landmarks)[0], -1);
}

TEST(RetinafaceText, ErrorsNameFileAndLine) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::format, part,
                 [&] { static_cast<void>(read_retinaface_text(folder.write("label.txt", text))); });
  };
  error_of("1 2 3 4\n", "label.txt:1: a line '# IMAGE' must come before");
  error_of("#\n", "label.txt:1: '#' must be followed");
  error_of("# a.jpg\n1 2 3\n", "label.txt:2: a box must stand here");
  error_of("# a.jpg\n1 2 3 x\n", "label.txt:2: a box must stand here");
  error_of("# a.jpg\n1 2 3 4 5\n", "label.txt:2: a box must stand here");
  error_of("# a.jpg\n1 2 3 inf\n", "label.txt:2: a box must stand here");
  error_of("# a.jpg\n# b.jpg\n# a.jpg\n", "label.txt:3: 'a.jpg' was named on line 1");
}

}  // namespace
}  // namespace faceshot::data
