// Every backbone against torchvision's, on the same weights and input
// (fixtures/make_torchvision_outputs.py), and SSD300's prior boxes.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "model/made_weights.hpp"
#include "model/torch_network.hpp"
#include "network/backbones/backbone.hpp"
#include "network/registry.hpp"
#include "train/config/config.hpp"

namespace faceshot::model {
namespace {

using network::NetworkSpec;

const nlohmann::json& fixture() {
  static const nlohmann::json json = [] {
    std::ifstream in(FACESHOT_SOURCE_DIR "/tests/model/fixtures/torchvision_outputs.json");
    return nlohmann::json::parse(in);
  }();
  return json;
}

/// The backbone alone, with all its taps, and extra layers if the fixture has them.
NetworkSpec with_all_taps(const nlohmann::json& wanted) {
  network::ModelOptions options;
  options.backbone = wanted.at("backbone").get<std::string>();
  options.variant = wanted.at("variant").get<std::string>();
  options.alpha = wanted.at("alpha").get<float>();
  options.neck = "none";
  options.heads_separable = false;
  options.extras_layout = "ssd300";
  for (const auto& [tap, output] : wanted.at("taps").items()) options.features.push_back(tap);
  options.prior_sizes.assign(options.features.size(), {32});
  return network::make_network(options);
}

/// The layer of our network that corresponds to a fixture's output.
std::string layer_of(const NetworkSpec& spec, const std::string& tap) {
  for (const network::Tap& t : spec.taps)
    if (t.name == tap) return t.layer;
  return "extras." + tap.substr(5) + ".conv_relu";
}

class Torchvision : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Torchvision, GivesTheSameOutputs) {
  const auto& wanted = fixture().at("cases").at(GetParam());
  const NetworkSpec spec = with_all_taps(wanted);
  TorchNetwork network(spec, 0);
  network.load(testing::made_weights(spec));
  network.train(false);
  const torch::NoGradGuard no_grad;
  const auto height = wanted.at("size").at(0).get<std::int64_t>();
  const auto width = wanted.at("size").at(1).get<std::int64_t>();
  const auto pixels = testing::made_values("input", static_cast<std::size_t>(3 * height * width));
  std::vector<std::string> layers;
  for (const auto& [tap, output] : wanted.at("taps").items()) layers.push_back(layer_of(spec, tap));
  const auto outputs =
      network.layer_outputs(torch::tensor(pixels).view({1, 3, height, width}), layers);
  std::size_t at = 0;
  for (const auto& [tap, output] : wanted.at("taps").items()) {
    SCOPED_TRACE(tap);
    const torch::Tensor got = outputs[at++].contiguous();
    EXPECT_EQ(got.sizes().vec(), output.at("shape").get<std::vector<std::int64_t>>());
    const FeatureSize size = network::output_size(spec, layers[at - 1], static_cast<int>(width),
                                                  static_cast<int>(height));
    EXPECT_EQ(size, (FeatureSize{static_cast<int>(got.size(3)), static_cast<int>(got.size(2))}));
    const auto rms = output.at("rms").get<double>();
    const auto sum = output.at("sum").get<double>();
    EXPECT_GT(rms, 1e-3) << "nothing to compare";
    EXPECT_NEAR(got.to(torch::kDouble).sum().item<double>(), sum,
                1e-4 * rms * std::sqrt(static_cast<double>(got.numel())));
    const auto indices = output.at("at").get<std::vector<std::int64_t>>();
    const auto values = output.at("values").get<std::vector<double>>();
    const auto* const data = got.data_ptr<float>();
    for (std::size_t i = 0; i < indices.size(); ++i)
      EXPECT_NEAR(static_cast<double>(data[indices[i]]), values[i],
                  1e-4 * std::max(std::abs(values[i]), rms))
          << i;
  }
}

std::string case_name(const ::testing::TestParamInfo<std::size_t>& info) {
  const auto& wanted = fixture().at("cases").at(info.param);
  const auto alpha = std::lround(100 * wanted.at("alpha").get<double>());
  return wanted.at("backbone").get<std::string>() + "_" + std::to_string(alpha) + "_" +
         wanted.at("variant").get<std::string>();
}

INSTANTIATE_TEST_SUITE_P(Backbones, Torchvision,
                         ::testing::Range(std::size_t{0}, fixture().at("cases").size()), case_name);

TEST(TorchvisionFixture, CoversEveryBackboneOfOthers) {
  std::set<std::string> covered;
  for (const auto& wanted : fixture().at("cases"))
    covered.insert(wanted.at("backbone").get<std::string>());
  for (const network::Backbone& backbone : network::backbones()) {
    const std::string name = backbone.name;
    if (!name.starts_with("faceshot_")) {
      EXPECT_TRUE(covered.contains(name)) << name;
    }
  }
}

TEST(Ssd300Vgg16, HasThePublishedPriorBoxes) {
  const train::Config config = train::read_config(FACESHOT_SOURCE_DIR "/configs/ssd300-vgg16.toml");
  const NetworkSpec spec = network::make_network(config.model);
  const auto priors = make_priors(spec.priors, 300, 300, network::feature_sizes(spec, 300, 300));
  EXPECT_EQ(priors.size(), 8732U) << "Liu et al. 2016, section 3.1";
  const auto& wanted = fixture().at("ssd300_priors");
  ASSERT_EQ(wanted.at("count").get<std::size_t>(), priors.size());
  // torchvision rounds to float32 in units of the image: 300 * 2^-24 is 2e-5 of a pixel.
  const auto expect_row = [](const Prior& p, const nlohmann::json& row) {
    const double got[] = {p.cx, p.cy, p.w, p.h};
    for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(got[k], row.at(k).get<double>(), 1e-4);
  };
  const std::size_t rows = wanted.at("first").size();
  for (std::size_t i = 0; i < rows; ++i) {
    expect_row(priors[i], wanted.at("first").at(i));
    expect_row(priors[priors.size() - rows + i], wanted.at("last").at(i));
  }
  double sum[4] = {};
  for (const Prior& p : priors) {
    sum[0] += static_cast<double>(p.cx);
    sum[1] += static_cast<double>(p.cy);
    sum[2] += static_cast<double>(p.w);
    sum[3] += static_cast<double>(p.h);
  }
  for (std::size_t k = 0; k < 4; ++k) {
    const auto expected = wanted.at("sum").at(k).get<double>();
    EXPECT_NEAR(sum[k], expected, 1e-6 * expected);
  }
}

}  // namespace
}  // namespace faceshot::model
