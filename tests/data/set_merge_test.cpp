#include "data/prepared/set_merge.hpp"

#include <gtest/gtest.h>

#include <set>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;
using geometry::ImageRecord;

PreparedSet make_set(const std::string& dir, std::vector<std::string> classes, int images) {
  PreparedSet set;
  set.images_dir = dir;
  set.classes = std::move(classes);
  for (int i = 0; i < images; ++i) {
    ImageRecord record{std::to_string(i) + ".jpg", 10, 10, {}};
    for (std::size_t c = 0; c < set.classes.size(); ++c)
      record.annotations.emplace_back().class_id = static_cast<int>(c);
    set.records.push_back(record);
  }
  return set;
}

TEST(SetMerge, ImagesGetFoldersAndClassesBecomeOne) {
  const MergedSet merged = merge_sets({{"a", make_set("/data/a", {"face", "mask"}, 2), 1},
                                       {"b", make_set("/data/b", {"hat", "face"}, 1), 1}},
                                      1);
  EXPECT_EQ(merged.set.classes, (std::vector<std::string>{"face", "mask", "hat"}));
  ASSERT_EQ(merged.set.records.size(), 3U);
  EXPECT_EQ(merged.set.records[1].image, "a/1.jpg");
  EXPECT_EQ(merged.set.records[2].image, "b/0.jpg");
  EXPECT_EQ(merged.originals[2], "/data/b/0.jpg");
  EXPECT_EQ(merged.set.records[2].annotations[0].class_id, 2);
  EXPECT_EQ(merged.set.records[2].annotations[1].class_id, 0);
}

TEST(SetMerge, ARegionOfAnyClassStaysOne) {
  PreparedSet set = make_set("/data/a", {"face", "mask"}, 1);
  set.records[0].annotations[1].ignore = true;
  set.records[0].annotations[1].class_id = geometry::any_class;
  const MergedSet merged =
      merge_sets({{"b", make_set("/data/b", {"hat"}, 1), 1}, {"a", set, 1}}, 1);
  EXPECT_EQ(merged.set.records[1].annotations[0].class_id, 1);
  EXPECT_EQ(merged.set.records[1].annotations[1].class_id, geometry::any_class);
}

TEST(SetMerge, TakesTheShareThatIsAskedFor) {
  const auto images = [](std::uint64_t seed) {
    const MergedSet merged = merge_sets({{"a", make_set("a", {"face"}, 100), 0.25}}, seed);
    std::vector<std::string> names;
    for (const auto& record : merged.set.records) names.push_back(record.image);
    return names;
  };
  EXPECT_EQ(images(1).size(), 25U);
  EXPECT_EQ(images(1), images(1));
  EXPECT_NE(images(1), images(2));
}

TEST(SetMerge, RefusesWhatCannotBe) {
  const PreparedSet set = make_set("a", {"face"}, 1);
  const auto error_of = [](const std::vector<SetToMerge>& sets, const std::string& part) {
    expect_error(ErrorCode::invalid_argument, part,
                 [&] { static_cast<void>(merge_sets(sets, 1)); });
  };
  error_of({{"a", set, 1}, {"a", set, 1}}, "two of the sets are called 'a'");
  error_of({{"..", set, 1}}, "cannot be a folder name");
  error_of({{"a/b", set, 1}}, "cannot be a folder name");
  error_of({{"a", set, 0}}, "share of 'a'");
  error_of({{"a", set, 1.5}}, "share of 'a'");
}

TEST(SplitRecords, EveryImageIsInOnePart) {
  const auto records = make_set("a", {"face"}, 200).records;
  const SplitSet split = split_records(records, 0.1, 0.2, SplitBy::image, 3);
  EXPECT_EQ(split.val.size(), 20U);
  EXPECT_EQ(split.test.size(), 40U);
  std::set<std::string> seen;
  for (const auto* part : {&split.train, &split.val, &split.test})
    for (const auto& record : *part) EXPECT_TRUE(seen.insert(record.image).second);
  EXPECT_EQ(seen.size(), 200U);
  EXPECT_EQ(split_records(records, 0.1, 0.2, SplitBy::image, 3).val, split.val);
  EXPECT_NE(split_records(records, 0.1, 0.2, SplitBy::image, 4).val, split.val);
}

TEST(SplitRecords, FoldersAreNotTornApart) {
  std::vector<ImageRecord> records;
  for (int event = 0; event < 30; ++event)
    for (int i = 0; i < 1 + event % 7; ++i)
      records.push_back({std::to_string(event) + "/" + std::to_string(i) + ".jpg", 9, 9, {}});
  const SplitSet split = split_records(records, 0.25, 0, SplitBy::folder, 1);
  const auto folders = [](const std::vector<ImageRecord>& part) {
    std::set<std::string> names;
    for (const auto& record : part) names.insert(record.image.substr(0, record.image.find('/')));
    return names;
  };
  for (const std::string& folder : folders(split.val))
    EXPECT_FALSE(folders(split.train).contains(folder)) << folder;
  EXPECT_NEAR(static_cast<double>(split.val.size()) / static_cast<double>(records.size()), 0.25,
              0.04);
}

TEST(SetMerge, SplitByNameOutlastsChangesOfTheSet) {
  std::vector<ImageRecord> records(2000);
  for (std::size_t i = 0; i < records.size(); ++i)
    records[i].image = "a/" + std::to_string(i) + ".jpg";
  const auto names = [](const std::vector<ImageRecord>& part) {
    std::set<std::string> result;
    for (const ImageRecord& r : part)
      result.insert(std::filesystem::path(r.image).filename().string());
    return result;
  };
  const SplitSet whole = split_records(records, 0.1, 0.2, SplitBy::name, 1);
  // Four standard deviations of a binomial distribution.
  EXPECT_NEAR(static_cast<double>(whole.val.size()), 200, 54);
  EXPECT_NEAR(static_cast<double>(whole.test.size()), 400, 72);
  EXPECT_EQ(whole.val.size() + whole.test.size() + whole.train.size(), records.size());

  // Half of the set, in another folder and in reverse: each image is in the same split as before.
  std::vector<ImageRecord> half(records.rend() - 1000, records.rend());
  for (ImageRecord& r : half) r.image = "b/c/" + std::filesystem::path(r.image).filename().string();
  const SplitSet again = split_records(half, 0.1, 0.2, SplitBy::name, 1);
  const auto val = names(whole.val);
  for (const std::string& name : names(again.val)) EXPECT_TRUE(val.contains(name)) << name;
  for (const std::string& name : names(again.train)) EXPECT_FALSE(val.contains(name)) << name;
  EXPECT_NE(names(split_records(records, 0.1, 0.2, SplitBy::name, 2).val), val);
}

TEST(SplitRecords, SharesMustLeaveSomethingToTrainOn) {
  for (const auto& [val, test] : {std::pair{1.0, 0.0}, std::pair{0.5, 0.5}, std::pair{-0.1, 0.0}})
    expect_error(ErrorCode::invalid_argument, "leave images for training", [&, v = val, t = test] {
      static_cast<void>(split_records({}, v, t, SplitBy::image, 1));
    });
}

}  // namespace
}  // namespace faceshot::data
