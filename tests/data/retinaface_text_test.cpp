#include "data/import/retinaface_text.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

std::vector<LabelledImage> read_strict(const std::filesystem::path& path) {
  FlawLog strict(true);
  return read_retinaface_text(path, strict);
}

TEST(RetinafaceText, ReadsThePublishedLayout) {
  const TestFolder folder;
  // First image of train/label.txt as published; then one without landmarks, and an empty image.
  const auto images = read_strict(folder.write(
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
  const auto images = read_strict(
      folder.write("label.txt", "# a.jpg\n0 5 9 9 -1 7 0 4 7 0 2 9 0 -1 11 0 3 11 0\n"));
  ASSERT_TRUE(images.at(0).annotations.at(0).landmarks);
  EXPECT_EQ((*images[0].annotations[0].landmarks)[0].x, -1);
}

// The first box of libfacedetection's val/labelv2.txt, which in WIDER FACE's own file is
// 345 211 4 4; then a box with points, one that does not count, and an image without boxes.
TEST(RetinafaceText, ReadsLabelv2) {
  const TestFolder folder;
  const auto images =
      read_strict(folder.write("labelv2.txt",
                               "# 0--Parade/0_Parade_marchingband_1_465.jpg 1024 678\n"
                               "345 211 349 215\n"
                               "# b c.jpg\t80 120 \r\n"
                               "10 10 30 30.5 12 12 0.0 18 12 1.0 15 15 0.0 12 18 2.0 18 18 0.0\r\n"
                               "10 10 30 30 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n"
                               "1 2 3 4 1\n1 2 3 4 0\n"
                               "#d.jpg 5 6\n"));
  ASSERT_EQ(images.size(), 3U);
  EXPECT_EQ(images[0].image, "0--Parade/0_Parade_marchingband_1_465.jpg");
  EXPECT_EQ(images[0].width, 1024);
  EXPECT_EQ(images[0].height, 678);
  ASSERT_EQ(images[0].annotations.size(), 1U);
  EXPECT_EQ(images[0].annotations[0].box, (Box{345, 211, 345 + 4, 211 + 4}));
  EXPECT_EQ(images[1].image, "b c.jpg");
  EXPECT_EQ(images[1].width, 80);
  EXPECT_EQ(images[1].height, 120);
  ASSERT_EQ(images[1].annotations.size(), 4U);
  EXPECT_EQ(images[1].annotations[0].box, (Box{10, 10, 30, 30.5F}));
  EXPECT_EQ(images[1].annotations[0].landmarks,
            (Landmarks{12, 12, 18, 12, 15, 15, 12, 18, 18, 18}));
  EXPECT_FALSE(images[1].annotations[1].landmarks);
  EXPECT_TRUE(images[1].annotations[2].ignore);
  EXPECT_FALSE(images[1].annotations[3].ignore);
  EXPECT_EQ(images[2].image, "d.jpg");
  EXPECT_EQ(images[2].width, 5);
}

TEST(RetinafaceText, TheFirstLineTellsTheLayout) {
  const TestFolder folder;
  FlawLog flaws;
  const auto plain = read_retinaface_text(
      folder.write("a.txt", "# a.jpg\n1 2 3 4\n# b.jpg 80 120\n5 6 7 8\n# c.jpg 9\n1 2 3 4\n"),
      flaws);
  ASSERT_EQ(plain.size(), 2U);
  EXPECT_EQ(plain[0].annotations.at(0).box, (Box{1, 2, 4, 6}));
  EXPECT_EQ(plain[1].image, "c.jpg 9") << "a name with a blank";
  const auto sized = read_retinaface_text(
      folder.write("b.txt", "# a.jpg 80 120\n1 2 3 4\n# b.jpg\n5 6 7 8\n# c.jpg 80 0\n1 1 2 2\n"),
      flaws);
  ASSERT_EQ(sized.size(), 1U);
  EXPECT_EQ(sized[0].annotations.size(), 1U);
  EXPECT_EQ(sized[0].annotations.at(0).box, (Box{1, 2, 3, 4}));
  ASSERT_EQ(flaws.kinds().size(), 1U);
  EXPECT_EQ(flaws.kinds()[0].count, 3U);
  EXPECT_NE(flaws.first_left_out().find("a.txt:3: '# IMAGE WIDTH HEIGHT' in a file that begins"),
            std::string::npos);
}

TEST(RetinafaceText, LandmarksAreAllFiveOrNone) {
  const TestFolder folder;
  FlawLog strict(true);
  const auto images = read_retinaface_text(
      folder.write("a.txt", "# a.jpg\n1 2 30 40 5 6 0 9 6 0 -1 -1 -1 5 9 0 9 9 0 0.5\n"), strict);
  EXPECT_FALSE(images.at(0).annotations.at(0).landmarks);
  ASSERT_EQ(strict.kinds().size(), 1U);
  EXPECT_EQ(strict.kinds()[0].effect, FlawEffect::changed);
  EXPECT_NE(strict.kinds()[0].places.at(0).find("a.txt:2: 4 of the five"), std::string::npos);
}

TEST(RetinafaceText, FlawsAreLeftOut) {
  const TestFolder folder;
  FlawLog flaws;
  const auto images = read_retinaface_text(
      folder.write("a.txt", "1 2 3 4\n# a.jpg\n1 2 3\n1 2 3 4\n#\n1 2 3 4\n# b.jpg\nx\n# c.jpg\n"),
      flaws);
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].image, "a.jpg");
  EXPECT_EQ(images[0].annotations.size(), 1U);
  EXPECT_EQ(images[1].image, "c.jpg") << "without faces; b.jpg is not, nobody can read where";
  EXPECT_TRUE(images[1].annotations.empty());
  EXPECT_EQ(flaws.count("boxes that cannot be read"), 3U);
  EXPECT_EQ(flaws.count("images with no readable box"), 1U);
  EXPECT_EQ(flaws.count("images with a line that cannot be read"), 1U);
}

TEST(RetinafaceText, ErrorsNameFileAndLine) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::format, part,
                 [&] { static_cast<void>(read_strict(folder.write("label.txt", text))); });
  };
  error_of("1 2 3 4\n", "label.txt:1: a line '# IMAGE' must come before");
  error_of("#\n", "label.txt:1: '#' must be followed");
  error_of("# a.jpg\n1 2 3\n", "label.txt:2: expected a box");
  error_of("# a.jpg\n1 2 3 x\n", "label.txt:2: expected a box");
  error_of("# a.jpg\n1 2 3 4 5\n", "label.txt:2: expected a box");
  error_of("# a.jpg\n1 2 3 inf\n", "label.txt:2: expected a box");
  error_of("# a.jpg 8 9\n1 2 3 4 5 6\n", "label.txt:2: expected a box (4, 5, 19 or 20");
}

}  // namespace
}  // namespace faceshot::data
