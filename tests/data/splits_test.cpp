#include "data/prepared/splits.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::TestFolder;

using Files = std::vector<fs::path>;

TEST(Splits, TheOnesThatAreThere) {
  const TestFolder folder;
  for (const char* name : {"set/val.csv", "set/test.csv", "set/other.csv", "one/val.csv"})
    folder.write(name, "");
  const fs::path set = folder / "set", one = folder / "one";
  EXPECT_EQ(splits_of(set), (std::vector<std::string>{"val", "test"}));
  EXPECT_EQ(split_files(set, ""), (Files{set / "val.csv", set / "test.csv"}));
  EXPECT_EQ(split_files(set, "test"), Files{set / "test.csv"});
  EXPECT_EQ(split_files(set / "other.csv", "test"), Files{set / "other.csv"});
  EXPECT_EQ(split_file(set, "val", "train"), set / "val.csv");
  EXPECT_EQ(split_file(set, "", "test"), set / "test.csv");
  EXPECT_EQ(split_file(one, "", "train"), one / "val.csv") << "the only split";
  EXPECT_EQ(split_of(set / "val.csv"), "val");
  EXPECT_EQ(split_of(set / "other.csv"), "train");
}

TEST(Splits, ErrorsSayWhatIsThere) {
  const TestFolder folder;
  folder.write("set/val.csv", "");
  folder.write("set/test.csv", "");
  folder.write("empty/photo.txt", "");
  const std::string there = "has no train.csv; there is val.csv, test.csv";
  expect_error(ErrorCode::not_found, there, [&] { (void)split_files(folder / "set", "train"); });
  expect_error(ErrorCode::not_found, there, [&] { (void)split_file(folder / "set", "", "train"); });
  expect_error(ErrorCode::not_found, "no train.csv, val.csv or test.csv; make it with",
               [&] { (void)split_files(folder / "empty", ""); });
}

TEST(Splits, JoinedAnImageComesOnce) {
  const TestFolder folder;
  const std::string header = "image,width,height,x1,y1,x2,y2\n";
  const Files files{folder.write("set/train.csv", header + "a.png,9,9,1,1,2,2\n"),
                    folder.write("set/val.csv", header + "a.png,9,9,,,,\nb.png,5,5,,,,\n")};
  const PreparedSet set = read_splits(files);
  ASSERT_EQ(set.records.size(), 2U);
  EXPECT_EQ(set.records[0].annotations.size(), 1U);
  EXPECT_EQ(set.records[1].image, "b.png");
  EXPECT_EQ(set.images_dir, folder / "set/images");
}

}  // namespace
}  // namespace faceshot::data
