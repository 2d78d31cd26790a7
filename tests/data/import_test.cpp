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
  FlawLog flaws;
  const auto [records, faces, ignored] =
      import_images({{"a.png",
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
                    folder / "i", "gt.txt", flaws);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0], (geometry::ImageRecord{
                            "a.png",
                            20,
                            10,
                            {face({1, 1, 5, 5}), face({1, 1, 5, 5}, true), face({0, 0, 5, 6}),
                             face({15, 5, 20, 10}, true), face({15, 5, 20, 10})}}));
  EXPECT_EQ(faces, 3U);
  EXPECT_EQ(ignored, 2U);
  EXPECT_EQ(flaws.count(flaw::clipped), 2U);
  EXPECT_EQ(flaws.count(flaw::outside), 4U);
  EXPECT_EQ(flaws.kinds().size(), 2U);
  EXPECT_EQ(flaws.first_left_out(), "gt.txt:1: the box 3, 3 to 3, 8 of 'a.png', which is 20x10");
}

TEST(Import, NamesThatAreNotUtf8AreLeftOutAndEscaped) {
  const TestFolder folder;
  folder.write_image("i/caf\xE9.png", 20, 10);
  folder.write_image("i/caf\xC3\xA9.png", 20, 10);
  FlawLog flaws;
  const auto records =
      import_images({{"caf\xE9.png", 1, 0, 0, {}}, {"caf\xC3\xA9.png", 2, 0, 0, {}}}, folder / "i",
                    "gt.txt", flaws)
          .records;
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].image, "caf\xC3\xA9.png");
  EXPECT_EQ(flaws.count(flaw::bad_name), 1U);
  EXPECT_EQ(flaws.first_left_out().find("gt.txt:1: the name 'caf\\xE9.png' is not UTF-8"), 0U);
}

TEST(Import, MissingAndDamagedImagesAreNamedAndTheRestGoesOn) {
  const TestFolder folder;
  folder.write_image("i/a.png", 20, 10);
  folder.write("i/bad.jpg", "this is no JPEG");
  std::size_t calls = 0;
  FlawLog flaws;
  const auto records =
      import_images({{"none.jpg", 1, 0, 0, {}}, {"bad.jpg", 3, 0, 0, {}}, {"a.png", 5, 0, 0, {}}},
                    folder / "i", "gt.txt", flaws,
                    [&](std::size_t done, std::size_t total) {
                      EXPECT_EQ(done, ++calls);
                      EXPECT_EQ(total, 3U);
                    })
          .records;
  EXPECT_EQ(calls, 3U);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0], (geometry::ImageRecord{"a.png", 20, 10, {}}));
  EXPECT_EQ(flaws.count(flaw::missing_image), 1U);
  ASSERT_EQ(flaws.count(flaw::damaged_image), 1U);
  EXPECT_NE(flaws.kinds()[0].places[0].find("gt.txt:1: 'none.jpg'"), std::string::npos);
  EXPECT_NE(flaws.kinds()[1].places[0].find("bad.jpg"), std::string::npos);
}

TEST(Import, ImagesOfAnotherScaleAreLeftOutAndEndAStrictImport) {
  const TestFolder folder;
  folder.write_image("i/a.png", 20, 10);
  const auto import = [&](FlawLog& flaws) {
    return import_images({{"a.png", 7, 40, 20, {}}, {"a.png", 8, 20, 10, {}}}, folder / "i",
                         "b.csv", flaws)
        .records.size();
  };
  FlawLog flaws, strict(true);
  EXPECT_EQ(import(flaws), 1U);
  EXPECT_EQ(flaws.count(flaw::other_size), 1U);
  expect_error(ErrorCode::format, "b.csv:7: 'a.png' is said to be 40x20 but is 20x10",
               [&] { static_cast<void>(import(strict)); });
}

TEST(Import, PathsOutsideTheFolderAreLeftOut) {
  const TestFolder folder;
  for (const std::string name : {"../a.png", "x/../../a.png", "/a.png"}) {
    FlawLog flaws;
    EXPECT_TRUE(
        import_images({{name, 4, 0, 0, {}}}, folder / "i", "gt.txt", flaws).records.empty());
    EXPECT_EQ(flaws.count(flaw::bad_path), 1U);
    EXPECT_NE(flaws.first_left_out().find("gt.txt:4: the image path '" + name + "'"),
              std::string::npos);
  }
}

TEST(Import, PlacesAreKeptUpToABoundAndAllAreCounted) {
  FlawLog flaws;
  for (std::size_t i = 0; i < FlawLog::most_places + 5; ++i) flaws.left_out("rows", "a");
  EXPECT_EQ(flaws.count("rows"), FlawLog::most_places + 5);
  EXPECT_EQ(flaws.kinds().at(0).places.size(), FlawLog::most_places);
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
