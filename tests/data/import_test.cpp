#include "data/import/import.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using testing::expect_error;
using testing::TestFolder;

geometry::Annotation face(Box box, bool ignore = false) {
  geometry::Annotation a;
  a.box = box;
  a.ignore = ignore;
  return a;
}

TEST(Import, ClipsDropsAndCounts) {
  const TestFolder folder;
  folder.write_image("i/a.png", 20, 10);
  const auto [records, report] = import_images({{"a.png",
                                                 1,
                                                 20,
                                                 10,
                                                 {
                                                     face({1, 1, 5, 5}),
                                                     face({1, 1, 5, 5}, true),
                                                     face({-3, -4, 5, 6}),
                                                     face({15, 5, 25, 15}, true),
                                                     face({15, 5, 20.005F, 10}),  // rounding
                                                     face({3, 3, 3, 8}),          // no width
                                                     face({3, 8, 9, 4}),          // inverted
                                                     face({20, 2, 30, 8}),        // beyond
                                                     face({-9, 2, 0, 8}),
                                                 }}},
                                               folder / "i", "gt.txt");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0], (geometry::ImageRecord{
                            "a.png",
                            20,
                            10,
                            {face({1, 1, 5, 5}), face({1, 1, 5, 5}, true), face({0, 0, 5, 6}),
                             face({15, 5, 20, 10}, true), face({15, 5, 20, 10})}}));
  EXPECT_EQ(report.images, 1U);
  EXPECT_EQ(report.faces, 3U);
  EXPECT_EQ(report.ignored, 2U);
  EXPECT_EQ(report.clipped, 2U);
  EXPECT_EQ(report.dropped, 4U);
  EXPECT_TRUE(report.missing.empty());
  EXPECT_TRUE(report.damaged.empty());
}

TEST(Import, MissingAndDamagedImagesAreNamedAndTheRestGoesOn) {
  const TestFolder folder;
  folder.write_image("i/a.png", 20, 10);
  folder.write("i/bad.jpg", "this is no JPEG");
  std::size_t calls = 0;
  const auto [records, report] =
      import_images({{"none.jpg", 1, 0, 0, {}}, {"bad.jpg", 3, 0, 0, {}}, {"a.png", 5, 0, 0, {}}},
                    folder / "i", "gt.txt", [&](std::size_t done, std::size_t total) {
                      EXPECT_EQ(done, ++calls);
                      EXPECT_EQ(total, 3U);
                    });
  EXPECT_EQ(calls, 3U);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0], (geometry::ImageRecord{"a.png", 20, 10, {}}));
  EXPECT_EQ(report.missing, std::vector<std::string>{"none.jpg"});
  ASSERT_EQ(report.damaged.size(), 1U);
  EXPECT_NE(report.damaged[0].find("bad.jpg"), std::string::npos);
}

TEST(Import, BoxesOfAnotherScaleAreRefused) {
  const TestFolder folder;
  folder.write_image("i/a.png", 20, 10);
  expect_error(ErrorCode::format, "b.csv:7: 'a.png' is said to be 40x20 but is 20x10", [&] {
    static_cast<void>(import_images({{"a.png", 7, 40, 20, {}}}, folder / "i", "b.csv"));
  });
}

TEST(Import, PathsOutsideTheFolderAreRefused) {
  const TestFolder folder;
  for (const std::string name : {"../a.png", "x/../../a.png", "/a.png"})
    expect_error(ErrorCode::format, "gt.txt:4: the image path '" + name + "'", [&] {
      static_cast<void>(import_images({{name, 4, 0, 0, {}}}, folder / "i", "gt.txt"));
    });
}

TEST(Import, BackgroundIsEveryImageBelowTheFolder) {
  const TestFolder folder;
  folder.write_image("bg/z.png", 4, 4);
  folder.write_image("bg/deep/er/a.jpg", 4, 4);
  folder.write("bg/notes.txt", "no image");
  const auto images = list_background(folder / "bg");
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].image, "deep/er/a.jpg");
  EXPECT_EQ(images[1].image, "z.png");
  EXPECT_TRUE(images[0].annotations.empty());
  expect_error(ErrorCode::not_found, "none",
               [&] { static_cast<void>(list_background(folder / "none")); });
  std::filesystem::create_directory(folder / "empty");
  expect_error(ErrorCode::not_found, "empty",
               [&] { static_cast<void>(list_background(folder / "empty")); });
}

}  // namespace
}  // namespace faceshot::data
