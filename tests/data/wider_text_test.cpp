#include "data/import/wider_text.hpp"

#include <gtest/gtest.h>

#include "data/import/import.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data::wider_text_test {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

/// Every flaw is an error.
std::vector<LabelledImage> read_all_right(const std::filesystem::path& path) {
  FlawLog strict(true);
  return read_wider_text(path, strict);
}

TEST(WiderText, ReadsTheOfficialLayout) {
  const TestFolder folder;
  // First image and its box: wider_face_train_bbx_gt.txt as published.
  const auto images = read_all_right(folder.write("gt.txt",
                                                  "0--Parade/0_Parade_marchingband_1_849.jpg\n"
                                                  "1\n"
                                                  "449 330 122 149 0 0 0 0 0 0 \n"
                                                  "1--X/with blank.jpg\n"
                                                  "2\n"
                                                  "1 2 3 4 2 1 1 1 2 1 \n"
                                                  "10.5 20.25 0 7 1 0 0 0 1 0 \n"));
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].image, "0--Parade/0_Parade_marchingband_1_849.jpg");
  EXPECT_EQ(images[0].line, 1U);
  ASSERT_EQ(images[0].annotations.size(), 1U);
  EXPECT_EQ(images[0].annotations[0].box, (Box{449, 330, 571, 479}));
  EXPECT_FALSE(images[0].annotations[0].ignore);
  EXPECT_EQ(images[1].image, "1--X/with blank.jpg");
  ASSERT_EQ(images[1].annotations.size(), 2U);
  const geometry::Annotation& all = images[1].annotations[0];
  EXPECT_EQ(all.box, (Box{1, 2, 4, 6}));
  EXPECT_EQ(all.blur, 2);
  EXPECT_EQ(all.expression, 1);
  EXPECT_EQ(all.illumination, 1);
  EXPECT_TRUE(all.ignore);
  EXPECT_EQ(all.occlusion, 2);
  EXPECT_EQ(all.pose, 1);
  const geometry::Annotation& flat = images[1].annotations[1];
  EXPECT_EQ(flat.box, (Box{10.5F, 20.25F, 10.5F, 27.25F}));  // left for the importer to drop
  EXPECT_EQ(flat.blur, 1);
  EXPECT_EQ(flat.expression, 0);
  EXPECT_EQ(flat.occlusion, 1);
}

TEST(WiderText, ImagesWithoutFacesWithAndWithoutTheDummyLine) {
  const TestFolder folder;
  const auto images = read_all_right(folder.write("gt.txt",
                                                  "a.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \n"
                                                  "b.jpg\n0\n"
                                                  "c.jpg\n1\n1 2 3 4\n"
                                                  "d.jpg\n0\n0 0 0 0\n"
                                                  "e.jpg\n0"));
  ASSERT_EQ(images.size(), 5U);
  for (const std::size_t empty : {0U, 1U, 3U, 4U}) EXPECT_TRUE(images[empty].annotations.empty());
  ASSERT_EQ(images[2].annotations.size(), 1U);
  EXPECT_EQ(images[2].annotations[0].box, (Box{1, 2, 4, 6}));
  EXPECT_EQ(images[2].annotations[0].blur, -1);
}

TEST(WiderText, CarriageReturnsBlanksEmptyLinesAndByteOrderMark) {
  const TestFolder folder;
  const auto images = read_all_right(
      folder.write("gt.txt",
                   "\xEF\xBB\xBF"
                   "a.jpg \r\n1\t\r\n1 2  3\t4 0 0 0 0 0 0  \r\n\r\nb.jpg\r\n0\r\n\r\n"));
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].image, "a.jpg");
  EXPECT_EQ(images[0].annotations.at(0).box, (Box{1, 2, 4, 6}));
  EXPECT_EQ(images[1].image, "b.jpg");
  EXPECT_EQ(images[1].line, 5U);
}

/// One flaw before a correct image.
TEST(WiderText, WhatIsFlawedIsLeftOutAndTheRestIsRead) {
  const TestFolder folder;
  const auto flaw_of = [&](const std::string& text, std::size_t boxes) {
    FlawLog flaws;
    const auto images =
        read_wider_text(folder.write("gt.txt", text + "z.jpg\n1\n1 2 3 4\n"), flaws);
    EXPECT_EQ(images.empty() ? "" : images.back().image, "z.jpg") << text;
    std::size_t others = 0;
    for (const LabelledImage& image : images) others += image.annotations.size();
    EXPECT_EQ(others, boxes + 1) << text;
    EXPECT_EQ(images.size(), boxes == 0 ? 1U : 2U) << text;
    const std::string place = flaws.first_left_out();
    return place.substr(std::min(place.find("gt.txt"), place.size()));
  };
  const std::string count = "the number of faces of 'a.jpg' is expected here, not '";
  EXPECT_EQ(flaw_of("a.jpg\n", 0), "gt.txt:2: " + count + "z.jpg'");
  EXPECT_EQ(flaw_of("a.jpg\n-1\n", 0), "gt.txt:2: " + count + "-1'");
  EXPECT_EQ(flaw_of("a.jpg\n99999999999999999999\n1 2 3 4\n", 0),
            "gt.txt:2: " + count + "99999999999999999999'");
  const std::string advice = "; correct the number or the boxes";
  EXPECT_EQ(flaw_of("a.jpg\n2\n1 2 3 4\n", 0),
            "gt.txt:4: 'a.jpg' claims 2 faces but has 1" + advice);
  EXPECT_EQ(flaw_of("a.jpg\n1000000000000\n1 2 3 4\n", 0),
            "gt.txt:4: 'a.jpg' claims 1000000000000 faces but has 1" + advice);
  EXPECT_EQ(flaw_of("a.jpg\n1\n1 2 3 4\n5 6 7 8\n9 9 9 9\n", 0),
            "gt.txt:4: 'a.jpg' claims 1 faces but has 3" + advice);
  EXPECT_EQ(flaw_of("a.jpg\n0\n1 2 3 4\n", 0),
            "gt.txt:3: 'a.jpg' claims 0 faces but has 1" + advice);
  const std::string box = "gt.txt:4: a box of 'a.jpg' is expected here (4 or 10 numbers), not '";
  const auto flaw_of_box = [&](const std::string& line) {
    return flaw_of("a.jpg\n2\n1 2 3 4\n" + line + "\n", 1);
  };
  EXPECT_EQ(flaw_of_box("1 2 3"), box + "1 2 3'");
  EXPECT_EQ(flaw_of_box("1 2 3 x"), box + "1 2 3 x'");
  EXPECT_EQ(flaw_of_box("1 2 3 nan"), box + "1 2 3 nan'");
  EXPECT_EQ(flaw_of_box("1 2 3 4 0 0 0 0 0 0 0"), box + "1 2 3 4 0 0 0 0 0 0 0'");
  EXPECT_EQ(flaw_of_box("1 2 3 4 3 0 0 0 0 0"),
            "gt.txt:4: blur must be a whole number from 0 to 2; correct the line");
  EXPECT_EQ(flaw_of_box("1 2 3 4 0 0 0 2 0 0"),
            "gt.txt:4: invalid must be a whole number from 0 to 1; correct the line");
  EXPECT_EQ(flaw_of_box("1 2 3 4 0 0.5 0 0 0 0"),
            "gt.txt:4: expression must be a whole number from 0 to 1; correct the line");
}

TEST(WiderText, AnImageOfWhichNoBoxCanBeReadIsNotBackground) {
  const TestFolder folder;
  FlawLog flaws;
  EXPECT_TRUE(read_wider_text(folder.write("gt.txt", "a.jpg\n1\n1 2 3\n"), flaws).empty());
  EXPECT_EQ(flaws.count(flaw::no_box_left), 1U);
  EXPECT_EQ(flaws.count(flaw::unreadable_box), 1U);
}

TEST(WiderText, AStrictImportEndsAtTheFirstFlaw) {
  const TestFolder folder;
  expect_error(ErrorCode::format, "gt.txt:3: a box of 'a.jpg'", [&] {
    static_cast<void>(read_all_right(folder.write("gt.txt", "a.jpg\n1\n1 2 3\n")));
  });
  expect_error(ErrorCode::not_found, "none.txt",
               [&] { static_cast<void>(read_all_right(folder / "none.txt")); });
}

TEST(WiderText, EmptyFileHasNoImages) {
  const TestFolder folder;
  EXPECT_TRUE(read_all_right(folder.write("gt.txt", "\n \n")).empty());
}

}  // namespace
}  // namespace faceshot::data::wider_text_test
