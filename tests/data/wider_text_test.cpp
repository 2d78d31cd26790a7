#include "data/import/wider_text.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using testing::expect_error;
using testing::TestFolder;

TEST(WiderText, ReadsTheOfficialLayout) {
  const TestFolder folder;
  // First image and its box: wider_face_train_bbx_gt.txt as published.
  const auto images = read_wider_text(folder.write("gt.txt",
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
  const auto images = read_wider_text(folder.write("gt.txt",
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
  const auto images = read_wider_text(
      folder.write("gt.txt",
                   "\xEF\xBB\xBF"
                   "a.jpg \r\n1\t\r\n1 2  3\t4 0 0 0 0 0 0  \r\n\r\nb.jpg\r\n0\r\n\r\n"));
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].image, "a.jpg");
  EXPECT_EQ(images[0].annotations.at(0).box, (Box{1, 2, 4, 6}));
  EXPECT_EQ(images[1].image, "b.jpg");
  EXPECT_EQ(images[1].line, 5U);
}

TEST(WiderText, ErrorsNameFileAndLine) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::format, part,
                 [&] { static_cast<void>(read_wider_text(folder.write("gt.txt", text))); });
  };
  error_of("a.jpg\nb.jpg\n", "gt.txt:2: the number of faces of 'a.jpg' must stand here");
  error_of("a.jpg\n", "the number of faces of 'a.jpg'");
  error_of("a.jpg\n-1\n", "gt.txt:2: the number of faces");
  error_of("a.jpg\n99999999999999999999\n", "gt.txt:2: the number of faces");
  error_of("a.jpg\n2\n1 2 3 4\nb.jpg\n0\n", "gt.txt:4: a box of 'a.jpg' must stand here");
  error_of("a.jpg\n1000000000000\n1 2 3 4\n", "the file ends before the last box of 'a.jpg'");
  error_of("a.jpg\n1\n1 2 3\n", "gt.txt:3: a box of 'a.jpg' must stand here (4 or 10 numbers)");
  error_of("a.jpg\n1\n1 2 3 x\n", "gt.txt:3: a box of 'a.jpg'");
  error_of("a.jpg\n1\n1 2 3 nan\n", "gt.txt:3: a box of 'a.jpg'");
  error_of("a.jpg\n1\n1 2 3 4 0 0 0 0 0 0 0\n", "gt.txt:3: a box of 'a.jpg'");
  error_of("a.jpg\n1\n1 2 3 4 3 0 0 0 0 0\n", "gt.txt:3: blur must be a whole number from 0 to 2");
  error_of("a.jpg\n1\n1 2 3 4 0 0 0 2 0 0\n", "gt.txt:3: invalid must be");
  error_of("a.jpg\n1\n1 2 3 4 0 0.5 0 0 0 0\n", "gt.txt:3: expression must be");
  error_of("a.jpg\n0\nb.jpg\n0\na.jpg\n0\n", "gt.txt:5: 'a.jpg' was named on line 1");
  expect_error(ErrorCode::not_found, "none.txt",
               [&] { static_cast<void>(read_wider_text(folder / "none.txt")); });
}

TEST(WiderText, EmptyFileHasNoImages) {
  const TestFolder folder;
  EXPECT_TRUE(read_wider_text(folder.write("gt.txt", "\n \n")).empty());
}

}  // namespace
}  // namespace faceshot::data
