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
  FlawLog strict(true);
  const auto images =
      read_retinaface_text(folder.write("label.txt",
                                        "# 0--Parade/0_Parade_marchingband_1_849.jpg\n"
                                        "449 330 122 149 488.906 373.643 0.0 542.089 376.442 0.0 "
                                        "515.031 412.83 0.0 485.174 425.893 "
                                        "0.0 538.357 431.491 0.0 0.82\n"
                                        "# 0--Parade/b c.jpg\r\n"
                                        "1 2 3 4 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 -1.0 "
                                        "-1.0 -1.0 -1.0 -1.0 -1.0 0.1\r\n"
                                        "5 6 7 8\r\n"
                                        "#d.jpg\n"),
                           strict);
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
  FlawLog strict(true);
  const auto images = read_retinaface_text(
      folder.write("label.txt", "# a.jpg\n0 5 9 9 -1 7 0 4 7 0 2 9 0 -1 11 0 3 11 0\n"), strict);
  ASSERT_TRUE(images.at(0).annotations.at(0).landmarks);
  EXPECT_EQ((*images[0].annotations[0].landmarks)[0], -1);
}

TEST(RetinafaceText, WhatIsFlawedIsLeftOutAndTheRestIsRead) {
  const TestFolder folder;
  const auto flaw_of = [&](const std::string& text) {
    FlawLog flaws;
    const auto images =
        read_retinaface_text(folder.write("label.txt", text + "# z.jpg\n1 2 3 4\n"), flaws);
    EXPECT_EQ(images.empty() ? "" : images.back().image, "z.jpg") << text;
    const std::string place = flaws.first_left_out();
    return place.substr(std::min(place.find("label.txt"), place.size()));
  };
  const std::string box = "a box must stand here (4, 19 or 20 numbers) or '# IMAGE', not '";
  EXPECT_EQ(flaw_of("1 2 3 4\n"), "label.txt:1: a line '# IMAGE' must come before the first box");
  EXPECT_EQ(flaw_of("#\n1 2 3 4\n"), "label.txt:1: '#' must be followed by the image's name");
  EXPECT_EQ(flaw_of("# a.jpg\n1 2 3\n"), "label.txt:2: " + box + "1 2 3'");
  EXPECT_EQ(flaw_of("# a.jpg\n1 2 3 x\n"), "label.txt:2: " + box + "1 2 3 x'");
  EXPECT_EQ(flaw_of("# a.jpg\n1 2 3 4 5\n"), "label.txt:2: " + box + "1 2 3 4 5'");
  EXPECT_EQ(flaw_of("# a.jpg\n1 2 3 inf\n"), "label.txt:2: " + box + "1 2 3 inf'");
}

TEST(RetinafaceText, AnImageOfWhichNoBoxCanBeReadIsNotBackground) {
  const TestFolder folder;
  FlawLog flaws;
  const auto images = read_retinaface_text(
      folder.write("label.txt", "# a.jpg\n1 2 3\n# b.jpg\n1 2 3\n1 2 3 4\n# c.jpg\n"), flaws);
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].image, "b.jpg");
  EXPECT_EQ(images[0].annotations.size(), 1U);
  EXPECT_EQ(images[1].image, "c.jpg");
  EXPECT_EQ(flaws.count(FlawEffect::left_out), 3U);
  expect_error(ErrorCode::format, "label.txt:2: a box must stand here", [&] {
    FlawLog strict(true);
    static_cast<void>(read_retinaface_text(folder / "label.txt", strict));
  });
}

}  // namespace
}  // namespace faceshot::data
