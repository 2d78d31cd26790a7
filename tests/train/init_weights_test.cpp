#include "train/start/init_weights.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "data/test_folder.hpp"
#include "train/record/checkpoint.hpp"
#include "weights/weight_file.hpp"

namespace faceshot::train {
namespace {

using testing::expect_error;
using testing::TestFolder;
using weights::WeightArray;
using weights::Weights;
using weights::write_weight_file;

/// `first`, `first` + 1, ... in this shape.
WeightArray counted(std::vector<std::int64_t> shape, float first) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
  WeightArray array{std::move(shape), std::vector<float>(count)};
  std::iota(array.values.begin(), array.values.end(), first);
  return array;
}

weights::NamedArray foreign(const std::string& name, const WeightArray& array) {
  return {name, "float32", array.shape, array.values};
}

/// A convolution and its BatchNorm in the backbone, and a head.
Weights network() {
  return {{"backbone.features.0.0.weight", counted({2, 3, 3, 3}, 1000)},
          {"backbone.features.0.1.weight", counted({2}, 2000)},
          {"backbone.features.0.1.bias", counted({2}, 3000)},
          {"backbone.features.0.1.running_mean", counted({2}, 4000)},
          {"backbone.features.0.1.running_var", counted({2}, 5000)},
          {"head0.loc.weight", counted({4, 2, 1, 1}, 6000)}};
}

void expect_same(const Weights& a, const Weights& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, array] : a) {
    EXPECT_EQ(array.values, b.at(name).values) << name;
    EXPECT_EQ(array.shape, b.at(name).shape) << name;
  }
}

TEST(InitWeights, TakeWhatFitsAndLeaveTheRest) {
  const TestFolder folder;
  const auto file = folder / "other.safetensors";
  write_weight_file(file, {foreign("module.features.0.0.weight", counted({2, 3, 3, 3}, 1)),
                           foreign("module.features.0.1.running_mean", counted({2}, 100)),
                           foreign("module.features.0.1.bias", counted({3}, 200)),
                           foreign("module.classifier.weight", counted({5, 2}, 300))});
  Weights weights = network();
  const weights::MatchReport report = init_weights(weights, {}, {.file = file.string()});
  Weights wanted = network();
  wanted.at("backbone.features.0.0.weight") = counted({2, 3, 3, 3}, 1);
  wanted.at("backbone.features.0.1.running_mean") = counted({2}, 100);
  // Statistics without a scale: the file has none for a layer with scale 1.
  wanted.at("backbone.features.0.1.weight").values = {1, 1};
  expect_same(weights, wanted);
  EXPECT_EQ(report.map, "torchvision");
  EXPECT_EQ(report.matched.size(), 2U);
  ASSERT_EQ(report.wrong_shape.size(), 1U);
  EXPECT_EQ(report.wrong_shape[0].name, "backbone.features.0.1.bias");
  EXPECT_EQ(report.missing,
            (std::vector<std::string>{"backbone.features.0.1.running_var", "head0.loc.weight"}));
  EXPECT_EQ(report.left_over, std::vector<std::string>{"module.classifier.weight"});
}

TEST(InitWeights, TurnKerasLayoutIntoOurs) {
  const TestFolder folder;
  const auto file = folder / "keras.npz";
  const WeightArray kernel = counted({3, 3, 3, 2}, 0);  // height, width, inputs, outputs
  write_weight_file(file, {foreign("conv1/kernel:0", kernel),
                           foreign("conv1_bn/moving_variance:0", counted({2}, 7))});
  Weights weights = network();
  EXPECT_EQ(init_weights(weights, {}, {.file = file.string(), .map = "keras"}).map, "keras");
  const auto& values = weights.at("backbone.features.0.0.weight").values;
  for (std::size_t o = 0; o < 2; ++o)
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t y = 0; y < 3; ++y)
        for (std::size_t x = 0; x < 3; ++x)
          EXPECT_EQ(values[((o * 3 + i) * 3 + y) * 3 + x],
                    static_cast<float>(((y * 3 + x) * 3 + i) * 2 + o));
  EXPECT_EQ(weights.at("backbone.features.0.1.running_var").values, (std::vector<float>{7, 8}));
  EXPECT_EQ(weights.at("head0.loc.weight").values, network().at("head0.loc.weight").values);
}

TEST(InitWeights, OfOurOwnFilesFitAltogether) {
  const TestFolder folder;
  Checkpoint checkpoint;
  for (const auto& [name, array] : network()) {
    checkpoint.model[name] = counted(array.shape, -1);
    checkpoint.ema[name] = counted(array.shape, 10);
  }
  save_checkpoint(folder / "best.pt", checkpoint);
  std::vector<weights::NamedArray> arrays;
  for (const auto& [name, array] : checkpoint.ema) arrays.push_back(foreign(name, array));
  write_weight_file(folder / "best.safetensors", arrays);
  for (const char* const name : {"best.pt", "best.safetensors"}) {
    Weights weights = network();
    const auto report =
        init_weights(weights, {}, {.file = (folder / name).string(), .strict = true});
    EXPECT_EQ(report.map, "none") << name;
    EXPECT_EQ(report.matched.size(), weights.size()) << name;
    expect_same(weights, checkpoint.ema);
  }
}

TEST(InitWeights, MistakesNameTheFileAndChangeNothing) {
  const TestFolder folder;
  Weights weights = network();
  const auto refused = [&](ErrorCode code, const InitOptions& options, const std::string& part) {
    expect_error(code, part, [&] { (void)init_weights(weights, {}, options); });
    expect_same(weights, network());
  };
  const auto part = (folder / "part.safetensors").string();
  write_weight_file(part, {foreign("backbone.features.0.1.bias", counted({2}, 1)),
                           foreign("head0.location.weight", counted({4, 2, 1, 1}, 1))});
  refused(
      ErrorCode::invalid_argument, {.file = part, .strict = true},
      "model.init.file '" + part +
          "': the weights do not fit the network (strict): 5 missing, "
          "1 left over, 0 of the wrong shape; 'backbone.features.0.0.weight' is not in the file");
  const auto other = (folder / "other.npz").string();
  write_weight_file(other, {foreign("dense/kernel", counted({2, 2}, 1))});
  refused(ErrorCode::invalid_argument, {.file = other},
          "model.init.file '" + other + "': none of the weights has a name that the network uses");
  const auto nan = (folder / "nan.safetensors").string();
  WeightArray bad = counted({2}, 1);
  bad.values[1] = std::numeric_limits<float>::quiet_NaN();
  write_weight_file(nan, {foreign("backbone.features.0.1.bias", counted({2}, 1)),
                          foreign("backbone.features.0.1.weight", bad)});
  refused(ErrorCode::format, {.file = nan},
          "model.init.file '" + nan +
              "': of the values for 'backbone.features.0.1.weight' 1 are not finite");
  refused(ErrorCode::not_found, {.file = (folder / "none.h5").string()}, "none.h5");
}

}  // namespace
}  // namespace faceshot::train
