#include "data/prepared/set_builder.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::read_all;
using testing::TestFolder;

class SetBuilder : public ::testing::Test {
 protected:
  SetBuilder() {
    folder.write_image("photos/e/a.png", 20, 10, 50);
    folder.write_image("photos/b.png", 8, 9, 90);
  }
  void build(LinkMode mode, const std::string& split = "train",
             const std::vector<geometry::ImageRecord>& records = {{"e/a.png", 20, 10, {}},
                                                                  {"b.png", 8, 9, {}}}) const {
    build_set(folder / "out", split, {folder / "photos", {"face"}, records}, mode, "test");
  }
  TestFolder folder;
};

TEST_F(SetBuilder, MakesASetThatCanBeRead) {
  build(LinkMode::hard);
  const PreparedSet set = read_prepared(folder / "out/train.csv");
  ASSERT_EQ(set.records.size(), 2U);
  for (const auto& record : set.records)
    EXPECT_EQ(read_all(set.images_dir / record.image),
              read_all(folder / ("photos/" + record.image)));
  EXPECT_EQ(folder.list(), (std::vector<std::string>{"out", "photos"}));  // no temporary folder
}

TEST_F(SetBuilder, LinksAsAsked) {
  build(LinkMode::hard);
  EXPECT_TRUE(fs::equivalent(folder / "out/images/b.png", folder / "photos/b.png"));
  EXPECT_FALSE(fs::is_symlink(folder / "out/images/b.png"));
  fs::remove_all(folder / "out");
  build(LinkMode::copy);
  EXPECT_FALSE(fs::equivalent(folder / "out/images/b.png", folder / "photos/b.png"));
  fs::remove_all(folder / "out");
  build(LinkMode::symlink);
  EXPECT_EQ(fs::read_symlink(folder / "out/images/e/a.png"),
            fs::canonical(folder / "photos/e/a.png"));
  fs::remove_all(folder / "out");
  build(LinkMode::relative_symlink);
  EXPECT_EQ(fs::read_symlink(folder / "out/images/e/a.png"), "../../../photos/e/a.png");
  EXPECT_EQ(read_all(folder / "out/images/e/a.png"), read_all(folder / "photos/e/a.png"));
}

TEST_F(SetBuilder, ALinkedOriginalIsFollowed) {
  fs::create_symlink("b.png", folder / "photos/link.png");  // relative: would dangle elsewhere
  build(LinkMode::hard, "train", {{"link.png", 8, 9, {}}});
  EXPECT_EQ(read_all(folder / "out/images/link.png"), read_all(folder / "photos/b.png"));
}

TEST_F(SetBuilder, EmptyFolderAndTrailingSlashAreFine) {
  fs::create_directory(folder / "out");
  build_set(folder / "out/", "val", {folder / "photos", {"face"}, {{"b.png", 8, 9, {}}}},
            LinkMode::hard, "x");
  EXPECT_EQ(read_prepared(folder / "out/val.csv").records.size(), 1U);
}

TEST_F(SetBuilder, ForeignFoldersAndFilesAreRefused) {
  folder.write("out/thesis.txt", "years of work");
  expect_error(ErrorCode::invalid_argument, "not a prepared set", [&] { build(LinkMode::hard); });
  EXPECT_EQ(read_all(folder / "out/thesis.txt"), "years of work");
  fs::remove_all(folder / "out");
  folder.write("out", "a file");
  expect_error(ErrorCode::invalid_argument, "is a file", [&] { build(LinkMode::hard); });
}

TEST_F(SetBuilder, SplitsAreAddedAndPreparedAgain) {
  build(LinkMode::hard, "train", {{"e/a.png", 20, 10, {}}});
  build(LinkMode::copy, "val", {{"b.png", 8, 9, {}}, {"e/a.png", 20, 10, {}}});
  build(LinkMode::hard, "train", {{"e/a.png", 20, 10, {}}});
  EXPECT_EQ(read_prepared(folder / "out/train.csv").records.size(), 1U);
  EXPECT_EQ(read_prepared(folder / "out/val.csv").records.size(), 2U);
  EXPECT_EQ(folder.list(), (std::vector<std::string>{"out", "photos"}));
  const std::string label = read_all(folder / "out/label.json");
  EXPECT_NE(label.find("\"train\""), std::string::npos);
  EXPECT_NE(label.find("\"val\""), std::string::npos);
}

TEST_F(SetBuilder, AnotherImageOfTheSameNameIsRefused) {
  build(LinkMode::copy);
  folder.write_image("photos/b.png", 8, 9, 200);
  folder.write_image("photos/new.png", 3, 3);
  expect_error(ErrorCode::invalid_argument, "with different content", [&] {
    build(LinkMode::copy, "val", {{"new.png", 3, 3, {}}, {"b.png", 8, 9, {}}});
  });
  EXPECT_FALSE(fs::exists(folder / "out/val.csv"));
  EXPECT_FALSE(fs::exists(folder / "out/images/new.png"));
}

TEST_F(SetBuilder, AFailureLeavesNothing) {
  expect_error(ErrorCode::io, "cannot prepare", [&] {
    build(LinkMode::copy, "train", {{"b.png", 8, 9, {}}, {"gone.png", 8, 9, {}}});
  });
  EXPECT_EQ(folder.list(), std::vector<std::string>{"photos"});
}

TEST_F(SetBuilder, AFailureLeavesTheSetAsItWas) {
  build(LinkMode::copy);
  folder.write("out/label.json", R"({"classes": {"0": "cat"}})");
  folder.write_image("photos/new.png", 3, 3);
  expect_error(ErrorCode::invalid_argument, "different classes", [&] {
    build(LinkMode::copy, "val", {{"new.png", 3, 3, {}}});
  });
  EXPECT_FALSE(fs::exists(folder / "out/val.csv"));
  EXPECT_FALSE(fs::exists(folder / "out/images/new.png"));
  EXPECT_EQ(folder.list(), (std::vector<std::string>{"out", "photos"}));
}

TEST_F(SetBuilder, SeveralSplitsAppearTogether) {
  const PreparedSet train{folder / "photos", {"face"}, {{"e/a.png", 20, 10, {}}}};
  const PreparedSet val{
      folder / "photos", {"face"}, {{"b.png", 8, 9, {}}, {"e/a.png", 20, 10, {}}}};
  const std::vector<SplitToBuild> splits{{"train", train}, {"val", val}};
  std::size_t done = 0;
  build_splits(folder / "out", splits, LinkMode::copy, "x", [&](std::size_t now, std::size_t all) {
    EXPECT_EQ(now, ++done);
    EXPECT_EQ(all, 3U);
    EXPECT_FALSE(fs::exists(folder / "out")) << "it appears at the end";
  });
  EXPECT_EQ(done, 3U);
  EXPECT_EQ(read_prepared(folder / "out/train.csv").records, train.records);
  EXPECT_EQ(read_prepared(folder / "out/val.csv").records, val.records);
  const std::string label = read_all(folder / "out/label.json");
  EXPECT_NE(label.find("\"train\""), std::string::npos);
  EXPECT_NE(label.find("\"val\""), std::string::npos);
}

TEST_F(SetBuilder, OfSeveralSplitsAllAppearOrNone) {
  const PreparedSet train{folder / "photos", {"face"}, {{"e/a.png", 20, 10, {}}}};
  const PreparedSet gone{folder / "photos", {"face"}, {{"gone.png", 8, 9, {}}}};
  const std::vector<SplitToBuild> splits{{"train", train}, {"val", gone}};
  const auto make = [&] { build_splits(folder / "out", splits, LinkMode::copy, "x"); };
  expect_error(ErrorCode::io, "cannot prepare", make);
  EXPECT_EQ(folder.list(), std::vector<std::string>{"photos"});
  build(LinkMode::copy, "test", {{"b.png", 8, 9, {}}});
  expect_error(ErrorCode::io, "cannot prepare", make);
  EXPECT_FALSE(fs::exists(folder / "out/train.csv"));
  EXPECT_FALSE(fs::exists(folder / "out/images/e"));
}

// The system refuses the second split when the files of the first are already there.
TEST_F(SetBuilder, OfSplitsAddedToASetAllAppearOrNone) {
  build(LinkMode::copy, "train", {{"b.png", 8, 9, {}}});
  const std::string train_csv = read_all(folder / "out/train.csv");
  const std::string label = read_all(folder / "out/label.json");
  fs::create_directory(folder / "out/val.csv");
  const PreparedSet train{folder / "photos", {"face"}, {{"e/a.png", 20, 10, {}}}};
  const PreparedSet val{folder / "photos", {"face"}, {{"b.png", 8, 9, {}}}};
  const std::vector<SplitToBuild> splits{{"train", train}, {"val", val}};
  const auto make = [&] { build_splits(folder / "out", splits, LinkMode::hard, "x"); };
  expect_error(ErrorCode::io, "out/val.csv'", make);
  EXPECT_EQ(read_all(folder / "out/train.csv"), train_csv);
  EXPECT_EQ(read_all(folder / "out/label.json"), label);
  EXPECT_FALSE(fs::exists(folder / "out/images/e"));
  EXPECT_TRUE(fs::exists(folder / "out/images/b.png"));
  EXPECT_EQ(folder.list(), (std::vector<std::string>{"out", "photos"}));
  fs::remove(folder / "out/val.csv");
  make();
  EXPECT_EQ(read_prepared(folder / "out/train.csv").records, train.records);
  EXPECT_EQ(read_prepared(folder / "out/val.csv").records, val.records);
}

TEST_F(SetBuilder, OneNameForTwoImagesOfSeveralSplitsIsRefused) {
  folder.write_image("other/b.png", 8, 9, 200);
  const PreparedSet train{folder / "photos", {"face"}, {{"b.png", 8, 9, {}}}};
  const PreparedSet val{folder / "other", {"face"}, {{"b.png", 8, 9, {}}}};
  const std::vector<SplitToBuild> splits{{"train", train}, {"val", val}};
  expect_error(ErrorCode::invalid_argument, "with different content",
               [&] { build_splits(folder / "out", splits, LinkMode::copy, "x"); });
  EXPECT_FALSE(fs::exists(folder / "out"));
}

}  // namespace
}  // namespace faceshot::data
