#include "weights/name_map.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "data/test_folder.hpp"
#include "weights/keras_names.hpp"
#include "weights/match_report.hpp"

namespace faceshot::weights {
namespace {

using testing::expect_error;
using Shapes = std::map<std::string, std::vector<std::int64_t>>;

NamedArray array(const std::string& name, std::vector<std::int64_t> shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  return {name, "float32", std::move(shape),
          std::vector<float>(static_cast<std::size_t>(count), 2)};
}

const Shapes small_net{{"backbone.features.0.0.weight", {8, 3, 3, 3}},
                       {"backbone.features.0.1.bias", {8}},
                       {"backbone.features.0.1.running_mean", {8}},
                       {"backbone.features.0.1.running_var", {8}},
                       {"backbone.features.0.1.weight", {8}}};

std::vector<NamedArray> renamed(const std::string& prefix, const std::string& cut) {
  std::vector<NamedArray> arrays;
  for (const auto& [name, shape] : small_net)
    arrays.push_back(array(prefix + name.substr(cut.size()), shape));
  return arrays;
}

TEST(NameMap, FindsNamesBehindPrefixes) {
  for (const auto& [prefix, cut] : std::vector<std::pair<std::string, std::string>>{
           {"", ""},                  // the same names
           {"", "backbone."},         // torchvision
           {"module.", "backbone."},  // torchvision, trained on several devices
           {"model.", ""},            // wrapped
           {"backbone.", "backbone.features."},
           {"", "backbone.features."}}) {  // features alone
    const auto result = match_weights(renamed(prefix, cut), small_net, {.strict = true});
    EXPECT_EQ(result.report.matched.size(), small_net.size()) << prefix << " " << cut;
    EXPECT_EQ(result.weights.size(), small_net.size());
  }
  expect_error(ErrorCode::invalid_argument, "none of the weights",
               [] { (void)match_weights(renamed("", "backbone."), small_net, {.map = "none"}); });
  expect_error(ErrorCode::invalid_argument, "no map 'caffe'",
               [] { (void)match_weights(renamed("", ""), small_net, {.map = "caffe"}); });
}

TEST(NameMap, ReportsWhatDoesNotFit) {
  auto have = renamed("", "");
  have[1].name = "backbone.features.0.1.biases";
  have[2] = array(have[2].name, {4});
  have.push_back(array("classifier.1.weight", {10, 8}));
  have.push_back(array("backbone.features.0.1.num_batches_tracked", {}));
  const auto [report, weights] = match_weights(have, small_net);
  EXPECT_EQ(report.map, "none");
  EXPECT_EQ(report.matched.size(), 3U);
  EXPECT_EQ(weights.size(), 3U);
  EXPECT_EQ(report.left_over,
            (std::vector<std::string>{"backbone.features.0.1.biases", "classifier.1.weight"}));
  EXPECT_EQ(report.missing, std::vector<std::string>{"backbone.features.0.1.bias"});
  ASSERT_EQ(report.wrong_shape.size(), 1U);
  EXPECT_EQ(report.wrong_shape[0].wanted, std::vector<std::int64_t>{8});
  EXPECT_EQ(report.wrong_shape[0].found, std::vector<std::int64_t>{4});
  EXPECT_EQ(report.counters.size(), 1U);

  const std::string table = report_table(report);
  for (const char* const part :
       {"3 of 5 parameters matched (names: none); 1 missing, 2 left over, 1 of the wrong shape\n",
        "4 instead of 8", "classifier.1.weight", "missing      backbone.features.0.1.bias"})
    EXPECT_NE(table.find(part), std::string::npos) << table;
  EXPECT_EQ(table.find("features.0.0.weight"), std::string::npos);
  EXPECT_NE(report_table(report, true).find("8x3x3x3"), std::string::npos);
  const auto json = nlohmann::json::parse(report_json(report));
  EXPECT_EQ(json.at("matched").size(), 3U);
  EXPECT_EQ(json.at("wrong_shape").at(0).at("found"), (std::vector<int>{4}));

  expect_error(ErrorCode::invalid_argument, "1 missing, 2 left over, 1 of the wrong shape",
               [&] { (void)match_weights(have, small_net, {.strict = true}); });
}

TEST(NameMap, KerasWithoutScale) {
  const auto [report, weights] = match_weights(
      {array("conv1/kernel:0", {3, 3, 3, 8}), array("conv1_bn/beta:0", {8}),
       array("conv1_bn/moving_mean:0", {8}), array("conv1_bn/moving_variance:0", {8})},
      small_net, {.strict = true});
  EXPECT_EQ(report.map, "keras");
  EXPECT_EQ(report.filled, std::vector<std::string>{"backbone.features.0.1.weight"});
  EXPECT_EQ(weights.at("backbone.features.0.1.weight").values, std::vector<float>(8, 1.0F));
}

TEST(NameMap, TwoArraysForOnePlace) {
  auto have = renamed("", "");
  have.push_back(have.front());
  const auto report = match_weights(have, small_net).report;
  EXPECT_EQ(report.matched.size(), small_net.size());
  EXPECT_EQ(report.left_over, std::vector<std::string>{have.front().name});
}

TEST(KerasNames, MobileNets) {
  // Right: torchvision's mobilenet_v2().state_dict().
  const auto here = [](const char* layer) { return keras_layer(layer).value_or("nothing"); };
  EXPECT_EQ(here("Conv1"), "features.0.0");
  EXPECT_EQ(here("bn_Conv1"), "features.0.1");
  EXPECT_EQ(here("expanded_conv_depthwise"), "features.1.conv.0.0");
  EXPECT_EQ(here("expanded_conv_project"), "features.1.conv.1");
  EXPECT_EQ(here("expanded_conv_project_BN"), "features.1.conv.2");
  EXPECT_EQ(here("block_1_expand"), "features.2.conv.0.0");
  EXPECT_EQ(here("block_1_expand_BN"), "features.2.conv.0.1");
  EXPECT_EQ(here("block_16_depthwise"), "features.17.conv.1.0");
  EXPECT_EQ(here("block_16_depthwise_BN"), "features.17.conv.1.1");
  EXPECT_EQ(here("block_16_project"), "features.17.conv.2");
  EXPECT_EQ(here("block_16_project_BN"), "features.17.conv.3");
  EXPECT_EQ(here("Conv_1"), "features.18.0");
  EXPECT_EQ(here("Conv_1_bn"), "features.18.1");
  EXPECT_EQ(here("block_17_expand"), "nothing");
  EXPECT_EQ(here("block_0_expand"), "nothing");
  EXPECT_EQ(here("block_1x_expand"), "nothing");
  EXPECT_EQ(here("conv_dw_14"), "nothing");
  EXPECT_EQ(here("conv_dw_13_bn"), "features.13.1");
  EXPECT_EQ(here("conv_pw_13"), "features.13.3");
  EXPECT_EQ(keras_target("model/conv1/kernel:0", 4)->name, "features.0.0.weight");
  EXPECT_EQ(keras_target("conv1_bn/gamma", 1)->name, "features.0.1.weight");
  EXPECT_FALSE(keras_target("kernel:0", 4).has_value());
}

}  // namespace
}  // namespace faceshot::weights
