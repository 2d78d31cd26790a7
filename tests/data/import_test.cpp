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
  expect_error(ErrorCode::format, "b.csv:7: 'a.png' claims to be 40x20 but is 20x10",
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

/// Imports one box for each name, all declared with this image size, from .../img.
struct Named {
  ImportedSet set;
  FlawLog flaws;

  explicit Named(const std::vector<std::string>& names, int width = 20, int height = 10) {
    const TestFolder folder;
    for (const char* image : {"a.png", "B.JPG", "c.jpg", "C.jpg", "deep/d.png", "e.jpg", "e.png"})
      folder.write_image(std::string("img/") + image, 20, 10);
    std::vector<LabelledImage> images;
    for (const std::string& name : names) {
      const auto shift = static_cast<float>(images.size());
      images.push_back({name, images.size() + 1, width, height, {face({shift, 1, shift + 3, 5})}});
    }
    set = import_images(std::move(images), folder / "img", "b.csv", flaws);
  }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> result;
    for (const auto& record : set.records) result.push_back(record.image);
    return result;
  }
};

using Names = std::vector<std::string>;

TEST(Import, NamesOfOtherSystemsAreTakenForTheFileThatIsThere) {
  for (const std::string name :
       {"A.png", "a.PNG", "a", "img/a.png", "img\\a.png", ".\\a.png",
        "C:\\Users\\me\\photos\\a.png", "/home/me/photos/A.png", "x/a.png", "../img/a.png"}) {
    const Named named({name});
    EXPECT_EQ(named.files(), Names{"a.png"}) << name;
    EXPECT_EQ(named.flaws.count(flaw::renamed_image), 1U) << name;
    EXPECT_EQ(named.flaws.kinds().at(0).places.at(0),
              "b.csv:1: '" + name + "' is taken to be 'a.png'");
  }
  EXPECT_EQ(Named({"b"}).files(), Names{"B.JPG"});
  EXPECT_EQ(Named({"deep\\d.png"}).files(), Names{"deep/d.png"});
  EXPECT_EQ(Named({"DEEP/D"}).files(), Names{"deep/d.png"});
  for (const std::string name : {"a.png", "./a.png", "deep/../a.png", "deep//d.png", "c.jpg"}) {
    const Named named({name});
    EXPECT_EQ(named.set.records.size(), 1U) << name;
    EXPECT_TRUE(named.flaws.kinds().empty()) << name << ": " << named.flaws.first_left_out();
  }
}

TEST(Import, NamesThatCouldMeanTwoFilesOrAnotherAreLeftOut) {
  for (const std::string name : {"c.JPG", "e"}) {
    const Named named({name});
    EXPECT_TRUE(named.set.records.empty()) << name;
    EXPECT_EQ(named.flaws.count(flaw::bad_path), 1U) << name;
    EXPECT_NE(named.flaws.first_left_out().find("are both possible"), std::string::npos);
  }
  for (const std::string name : {"d.png", "a.jpg", "f.png", "aa.png", "deep/a.png"}) {
    const Named named({name});
    EXPECT_TRUE(named.set.records.empty()) << name;
    EXPECT_EQ(named.flaws.count(flaw::missing_image), 1U) << name;
  }
  // Without a size nothing would show that cam2/a.png is not the existing a.png.
  EXPECT_EQ(Named({"cam2/a.png"}, 0, 0).flaws.count(flaw::missing_image), 1U);
  EXPECT_EQ(Named({"/cam2/a.png"}, 0, 0).flaws.count(flaw::bad_path), 1U);
  EXPECT_EQ(Named({"img/a.png"}, 0, 0).files(), Names{"a.png"}) << "the folder's own name";
  const Named two({"cam1/a.png", "cam2/a.png", "e.png"});
  EXPECT_EQ(two.files(), Names{"e.png"});
  EXPECT_EQ(two.flaws.count(flaw::unclear_image), 2U);
  EXPECT_EQ(two.flaws.first_left_out(),
            "b.csv:1: 'cam1/a.png' may be 'a.png', and so could 'cam2/a.png' (b.csv:2); use the "
            "exact file names");
  const Named one({"a.png", "cam2/a.png"});
  EXPECT_EQ(one.files(), Names{"a.png"});
  EXPECT_EQ(one.set.faces, 1U);
}

TEST(Import, WhatIsSaidTwiceOfAnImageIsJoined) {
  const Named named({"./a.png", "e.png", "a.png", "img\\a.png"});
  EXPECT_EQ(named.files(), (Names{"a.png", "e.png"}));
  EXPECT_EQ(named.set.records[0].annotations.size(), 3U);
  EXPECT_EQ(named.set.faces, 4U);
  EXPECT_EQ(named.flaws.count(flaw::double_image), 2U);
  EXPECT_EQ(named.flaws.kinds().at(0).places.at(0), "b.csv:3: 'a.png' was already given (b.csv:1)");
  EXPECT_EQ(named.flaws.count(FlawEffect::left_out), 0U);
}

TEST(Import, ABoxThatComesTwiceIsKeptOnce) {
  const TestFolder folder;
  folder.write_image("i/a.png", 20, 10);
  geometry::Annotation marked = face({1, 1, 5, 5});
  marked.landmarks = Landmarks{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  geometry::Annotation other_class = face({1, 1, 5, 5});
  other_class.class_id = 1;
  LabelledImage shares{"a.png", 0, 0, 0, {face({0.05F, 0.1F, 0.25F, 0.5F})}, true, "two.txt"};
  FlawLog flaws;
  const ImportedSet set =
      import_images({{"a.png", 1, 0, 0, {face({1, 1, 5, 5}), face({2, 1, 5, 5})}},
                     {"a.png", 2, 0, 0, {marked, other_class, face({1, 1, 5, 5}, true)}},
                     shares},
                    folder / "i", "b.csv", flaws);
  ASSERT_EQ(set.records.size(), 1U);
  EXPECT_EQ(set.records[0].annotations,
            (std::vector<geometry::Annotation>{marked, face({2, 1, 5, 5}), other_class,
                                               face({1, 1, 5, 5}, true)}));
  EXPECT_EQ(set.faces, 3U);
  EXPECT_EQ(set.ignored, 1U);
  EXPECT_EQ(flaws.count(flaw::double_box), 2U);
  const std::string& place = flaws.kinds().at(1).places.at(1);
  EXPECT_EQ(place.substr(0, 9), "two.txt: ") << place;
  EXPECT_NE(place.find("was already given (b.csv:1)"), std::string::npos) << place;
}

TEST(Import, SplitsKeepTheirOwnBoxes) {
  const TestFolder folder;
  folder.write_image("i/a.png", 20, 10);
  LabelledImage train{"a.png", 1, 0, 0, {face({1, 1, 5, 5})}}, val = train;
  train.split = "train";
  val.split = "val";
  FlawLog flaws;
  EXPECT_EQ(import_images({train, val}, folder / "i", "b.csv", flaws).records.size(), 2U);
  EXPECT_TRUE(flaws.kinds().empty());
}

TEST(Import, BoxesThatAreSharesAreNotTakenForPixels) {
  const TestFolder folder;
  folder.write_image("i/a.png", 20, 10);
  const auto import = [&](const Box& second) {
    FlawLog flaws;
    return import_images({{"a.png", 1, 0, 0, {face({0.1F, 0.2F, 0.5F, 0.9F}), face(second)}}},
                         folder / "i", "b.csv", flaws)
        .faces;
  };
  expect_error(ErrorCode::format, "b.csv: no box is larger than one pixel", [&] {
    static_cast<void>(import({0, 0, 1, 1}));
  });
  EXPECT_EQ(import({0, 0, 2, 1}), 2U) << "one that is larger: pixels";
}

TEST(Import, PlacesAreKeptUpToABoundAndAllAreCounted) {
  FlawLog flaws;
  for (std::size_t i = 0; i < FlawLog::most_places + 5; ++i) flaws.left_out("rows", "a");
  EXPECT_EQ(flaws.count("rows"), FlawLog::most_places + 5);
  EXPECT_EQ(flaws.kinds().at(0).places.size(), FlawLog::most_places);
}

TEST(Import, APlaceIsOneLine) {
  FlawLog flaws, strict(true);
  flaws.left_out("rows", "a.csv:1: 'x\n\x1B[2Jy'");
  EXPECT_EQ(flaws.first_left_out(), "a.csv:1: 'x  [2Jy'");
  expect_error(ErrorCode::format, "a.csv:1: 'x y' (without --strict",
               [&] { strict.left_out("rows", "a.csv:1: 'x\ny'"); });
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
