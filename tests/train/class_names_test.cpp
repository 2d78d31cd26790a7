#include "train/start/class_names.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "data/prepared/classes.hpp"
#include "data/test_folder.hpp"
#include "network/registry.hpp"
#include "train/start/class_logits.hpp"
#include "train/start/training_data.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

using data::PreparedSet;
using Names = std::vector<std::string>;

/// An image with a box of each class; without classes, images without boxes.
PreparedSet set_of(const Names& classes, bool boxes = true) {
  PreparedSet set;
  set.classes = classes;
  geometry::ImageRecord& record = set.records.emplace_back();
  for (std::size_t c = 0; boxes && c < classes.size(); ++c)
    record.annotations.emplace_back().class_id = static_cast<int>(c);
  return set;
}

TEST(ClassNames, AreThoseOfTheSetsThatHaveBoxes) {
  const std::vector<PreparedSet> sets{set_of({"face"}, false), set_of({"helmet", "head"}),
                                      set_of({"head", "person"})};
  EXPECT_EQ(trained_classes({"auto"}, sets), (Names{"helmet", "head", "person"}));
  EXPECT_EQ(trained_classes({"person", "face"}, sets), (Names{"person", "face"}));
  EXPECT_EQ(trained_classes({"auto"}, {set_of({"face"}, false)}), Names{"face"});
  testing::expect_error(ErrorCode::invalid_argument, "'hat'; available: face, helmet, head, person",
                        [&] {
                          (void)trained_classes({"head", "hat"}, sets);
                        });
}

TEST(ClassNames, SetsAreBroughtToThemByName) {
  PreparedSet set = set_of({"helmet", "head", "person"});
  geometry::Annotation crowd;
  crowd.class_id = 2;
  crowd.ignore = true;
  set.records[0].annotations.push_back(crowd);
  data::use_classes(set, {"head", "helmet"});
  const auto& boxes = set.records[0].annotations;
  ASSERT_EQ(boxes.size(), 3U) << "the person went, the crowd stays";
  EXPECT_EQ(boxes[0].class_id, 1);
  EXPECT_EQ(boxes[1].class_id, 0);
  EXPECT_TRUE(boxes[2].ignore);
  EXPECT_EQ(boxes[2].class_id, geometry::any_class);
  EXPECT_EQ(boxes_of_classes({set}, 2), (std::vector<std::size_t>{1, 1}));
  data::use_classes(set, {"head"});
  ASSERT_EQ(boxes.size(), 2U);
  EXPECT_EQ(boxes[1].class_id, geometry::any_class);
}

TEST(ClassNames, HaveTheWeightsThatAreNamed) {
  const Names classes{"head", "helmet", "a=b"};
  EXPECT_TRUE(weights_of_classes({}, classes).empty());
  EXPECT_EQ(weights_of_classes({"helmet=2.5", "a=b=0"}, classes), (std::vector<float>{1, 2.5F, 0}));
  for (const auto& [text, says] :
       {std::pair<std::string, std::string>{
            "hat=2", "'hat=2' is not a class of the run; classes: head, helmet, a=b"},
        {"head", "'head' is not NAME=WEIGHT"},
        {"head=", "'head=' is not NAME=WEIGHT"},
        {"head=-1", "'head=-1' is not NAME=WEIGHT"},
        {"head=2x", "'head=2x' is not NAME=WEIGHT"},
        {"head=nan", "'head=nan' is not NAME=WEIGHT"},
        {"helmet=2", "'helmet=2' repeats a class"}})
    testing::expect_error(ErrorCode::invalid_argument, says, [&, text = text] {
      (void)weights_of_classes({"helmet=1", text}, classes);
    });
}

TEST(ClassNames, ASetWithoutBoxesIsRefusedUnlessAllowed) {
  const testing::TestFolder folder;
  PreparedSet set = set_of({"face"}, false);
  set.records[0] = {"a.png", 20, 10, {}};
  data::write_prepared(folder / "set", "train", set, "test");
  const auto load = [&](const std::string& more) {
    return load_training_data(
        parse_config("", "test", {"data.train=" + (folder / "set/train.csv").string(), more}));
  };
  testing::expect_error(ErrorCode::invalid_argument, "data.allow_empty",
                        [&] { (void)load("train.seed=2"); });
  EXPECT_EQ(load("data.allow_empty=true").classes, Names{"face"});
}

TEST(ClassNames, ALossOfOneClassIsRefusedForSeveralBeforeARunBegins) {
  const testing::TestFolder folder;
  PreparedSet set = set_of({"helmet", "head"});
  set.records[0].image = "a.png";
  set.records[0].width = set.records[0].height = 20;
  for (geometry::Annotation& a : set.records[0].annotations) a.box = {1, 1, 9, 9};
  data::write_prepared(folder / "set", "train", set, "test");
  testing::expect_error(ErrorCode::invalid_argument, "iou_branch supports one class only", [&] {
    TrainingRun(parse_config("", "test",
                             {"data.train=" + (folder / "set/train.csv").string(),
                              "loss.class_loss=iou_branch"}),
                folder / "run");
  });
}

// A prior's logits: background, then the classes. Values say where they came from.
TEST(ClassLogits, BeginWithThoseOfTheClassOfTheirName) {
  network::ModelOptions options;
  options.classes = {"helmet", "face", "glove"};
  options.heads_separable = false;
  const network::NetworkSpec spec = network::make_network(options);
  const std::string name = spec.heads[1].conf + ".bias";  // two priors per cell
  const Names file{"face", "cat"};
  const auto starts = class_starts(spec, file);
  ASSERT_EQ(starts.size(), 3U);
  EXPECT_EQ(starts[0].from, "face") << "the nearest there is";
  EXPECT_EQ(starts[1].from, "face");
  std::vector<weights::NamedArray> arrays{{name, "float32", {6}, {0, 1, 2, 10, 11, 12}}};
  const weights::Weights own{{name, {{8}, {-1, -2, -3, -4, -5, -6, -7, -8}}}};
  carry_class_logits(spec, file, starts, own, arrays);
  // Three from one: together they are as likely as it was.
  const float third = std::log(3.0F);
  EXPECT_EQ(arrays[0].values, (std::vector<float>{0, 1 - third, 1 - third, 1 - third, 10,
                                                  11 - third, 11 - third, 11 - third}));
  const auto likely = [](float background, std::vector<float> classes) {
    double sum = 0;
    for (const float c : classes) sum += std::exp(static_cast<double>(c - background));
    return sum / (1 + sum);
  };
  EXPECT_NEAR(likely(0, {1 - third, 1 - third, 1 - third}), likely(0, {1}), 1e-6);
  EXPECT_EQ(arrays[0].shape, std::vector<std::int64_t>{8});

  // The predictors' weights are copied from the class's own.
  const std::string weight = spec.heads[1].conf + ".weight";
  std::vector<weights::NamedArray> kernels{
      {weight, "float32", {6, 1, 1, 1}, {0, 1, 2, 10, 11, 12}}};
  carry_class_logits(spec, file, starts, {{weight, {{8, 1, 1, 1}, std::vector<float>(8, -1)}}},
                     kernels);
  EXPECT_EQ(kernels[0].values, (std::vector<float>{0, 1, 1, 1, 10, 11, 11, 11}));

  const Names animals{"cat", "glove"};
  const auto some = class_starts(spec, animals);
  EXPECT_EQ(some[0].from, "");
  EXPECT_EQ(some[2].from, "glove");
  arrays = {{name, "float32", {6}, {0, 1, 2, 10, 11, 12}}};
  carry_class_logits(spec, animals, some, own, arrays);
  EXPECT_EQ(arrays[0].values, (std::vector<float>{0, -2, -3, 2, 10, -6, -7, 12}));

  arrays = {{name, "float32", {9}, std::vector<float>(9)}};
  carry_class_logits(spec, animals, some, own, arrays);
  EXPECT_EQ(arrays[0].shape, std::vector<std::int64_t>{9}) << "another number of priors";
}

}  // namespace
}  // namespace faceshot::train
