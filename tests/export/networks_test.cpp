// Every backbone and every shipped config, from its network to an exported file: our engine and
// OpenCV's DNN give the same outputs as Torch.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <opencv2/dnn.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "calibrate/candidates.hpp"
#include "calibrate/fold_score_maps.hpp"
#include "example_network.hpp"
#include "export/exporter.hpp"
#include "faceshot/box_coding.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "model/torch_network.hpp"
#include "network/backbones/backbone.hpp"
#include "train/config/input.hpp"

namespace faceshot::exporter {
namespace {

using train::Config;

struct Case {
  std::string name;
  Config config;
};

std::vector<std::string> names(int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) all.push_back("class" + std::to_string(i));
  return all;
}

/// Every shipped config, a plain SSD on each backbone that no config uses, and max-out.
std::vector<Case> cases() {
  std::vector<Case> all;
  std::set<std::string> covered;
  for (const auto& entry : std::filesystem::directory_iterator(FACESHOT_SOURCE_DIR "/configs")) {
    if (entry.path().extension() != ".toml") continue;
    all.push_back({entry.path().stem().string(), train::read_config(entry.path())});
    // The number of Pascal VOC's classes, and those of a mask set.
    if (all.back().name == "ssd300-mobilenetv2") all.back().config.model.classes = names(20);
    if (all.back().name == "faceshot-mask") all.back().config.model.classes = names(3);
    covered.insert(all.back().config.model.backbone);
  }
  for (const network::Backbone& backbone : network::backbones()) {
    for (const std::string& variant : backbone.variants) {
      if (covered.contains(backbone.name) && variant == backbone.variants.front()) continue;
      Config config;
      config.model.backbone = backbone.name;
      config.model.variant = variant;
      config.model.neck = "none";
      config.model.features = backbone.features;
      config.model.prior_sizes.assign(backbone.features.size(), {48});
      all.push_back({backbone.name + ("_" + variant), config});
    }
  }
  all.push_back({"max_out", {}});
  all.back().config.model.heads_max_out = {3, 2};
  std::sort(all.begin(), all.end(), [](const Case& a, const Case& b) { return a.name < b.name; });
  for (Case& c : all) std::replace(c.name.begin(), c.name.end(), '-', '_');
  return all;
}

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

/// One prior's result: its most likely class.
struct Row {
  std::size_t label;
  double score;
  Box box;
};

std::vector<Row> rows(const float* loc, const float* conf, const std::vector<Prior>& priors,
                      const ModelInfo& info) {
  std::vector<Row> all;
  const std::size_t outputs = info.classes.size() + 1;
  for (std::size_t p = 0; p < priors.size(); ++p) {
    const float* const logits = conf + p * outputs;
    const auto best = std::max_element(logits + 1, logits + outputs);
    double sum = 0;
    for (std::size_t c = 0; c < outputs; ++c)
      sum += std::exp(static_cast<double>(logits[c] - *best));
    const BoxOffsets offsets{loc[4 * p], loc[4 * p + 1], loc[4 * p + 2], loc[4 * p + 3]};
    all.push_back({static_cast<std::size_t>(best - logits) - 1, 1 / sum,
                   decode(offsets, priors[p], info.priors.variances)});
  }
  return all;
}

/// The scores of every kind of head can be calibrated.
void expect_calibration(const std::filesystem::path& file, const Network& network,
                        const ModelInfo& info) {
  std::vector<calibrate::PlattMap> maps(calibrate::prior_kinds(info.priors),
                                        calibrate::PlattMap{0.5, -1});
  maps.back() = {1.5, 0.5};
  std::ifstream in(file, std::ios::binary);
  const std::string onnx{std::istreambuf_iterator<char>(in), {}};
  const std::string folded = calibrate::fold_score_maps(onnx, info, maps, {});
  EXPECT_NO_THROW(calibrate::prove_folded(
      network, Network::from_bytes(std::as_bytes(std::span(folded)), "folded"), info, maps));
}

class Networks : public ::testing::TestWithParam<Case> {};

TEST_P(Networks, ExportAndRunTheSameEverywhere) {
  const Config& config = GetParam().config;
  const int size = config.augment.size;
  const auto file =
      std::filesystem::path(::testing::TempDir()) / (GetParam().name + "_export.onnx");
  ExportOptions options;
  options.size = FixedSize{size, size};
  const ParityReport report = export_network(example_checkpoint(config), file, options);
  EXPECT_GE(report.random_inputs, 4);
  EXPECT_LT(report.largest_loc, 1e-3);
  EXPECT_LT(report.largest_conf, 1e-3);

  const Network network = Network::load(file.string());
  const ModelInfo info = ModelInfo::from_metadata(network.metadata());
  const std::vector<std::string>& classes = config.model.classes;
  if (classes.size() > 1)
    EXPECT_EQ(info.classes, classes);
  else
    expect_calibration(file, network, info);

  Session session(network, {1, 3, size, size});
  cv::Mat blob({1, 3, size, size}, CV_32F);
  cv::RNG rng(4);
  rng.fill(blob, cv::RNG::UNIFORM, -1, 1);
  std::copy_n(blob.ptr<float>(), blob.total(), session.input().data());
  session.run();
  cv::dnn::Net net = cv::dnn::readNetFromONNX(file.string());
  net.setInput(blob);
  std::vector<cv::Mat> outputs;
  net.forward(outputs, std::vector<cv::String>{"loc", "conf"});

  std::vector<FeatureSize> features;
  for (const std::string& name : info.features) {
    const auto shape = session.tensor_shape(name);
    features.push_back({static_cast<int>(shape[3]), static_cast<int>(shape[2])});
  }
  const auto priors = make_priors(info.priors, size, size, features);
  ASSERT_EQ(outputs[0].total(), priors.size() * 4);
  ASSERT_EQ(outputs[1].total(), priors.size() * (info.classes.size() + 1));
  const auto ours =
      rows(session.output("loc").data.data(), session.output("conf").data.data(), priors, info);
  const auto theirs = rows(outputs[0].ptr<float>(), outputs[1].ptr<float>(), priors, info);
  const double enough = info.classes.size() > 1 ? 0.05 : 0.5;  // the network is untrained
  int found = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_NEAR(ours[i].score, theirs[i].score, 1e-3) << i;
    if (ours[i].score < enough) continue;
    EXPECT_EQ(ours[i].label, theirs[i].label) << i;
    ++found;
    EXPECT_GT(iou(ours[i].box, theirs[i].box), 0.999F) << i;
  }
  EXPECT_GT(found, 10) << "nothing was compared";
}

TEST_P(Networks, TrainsAStepInBothPrecisions) {
  Config config = GetParam().config;
  config.model.alpha *= 0.25F;  // the layers are the same, and narrow ones are fast
  const int size = config.augment.size;
  const std::vector<std::uint8_t> pixels = [&] {
    std::vector<std::uint8_t> all(static_cast<std::size_t>(2 * size * size * 3));
    cv::RNG rng(4);
    for (std::uint8_t& p : all) p = static_cast<std::uint8_t>(rng.uniform(0, 256));
    return all;
  }();
  for (const char* const precision : {"fp32", "bf16"}) {
    SCOPED_TRACE(precision);
    model::TorchNetwork network(network::make_network(config.model), 1);
    const auto loss = [&] {
      const train::AutocastGuard autocast(precision);
      const auto output = network.forward(
          train::make_input(pixels.data(), 2, size, size, network.spec().input, precision));
      const torch::Tensor sum = output.loc.square().sum() + output.conf.square().sum();
      return output.landmarks.defined() ? sum + output.landmarks.square().sum() : sum;
    };
    const torch::Tensor before = loss();
    before.backward();
    double norm = 0;
    for (const auto& [name, tensor] : network.parameters()) {
      ASSERT_TRUE(tensor.grad().defined()) << name;
      EXPECT_TRUE(torch::isfinite(tensor.grad()).all().item<bool>()) << name;
      norm += tensor.grad().square().sum().item<double>();
    }
    // A step along the negative gradient lowers the loss: the gradient belongs to this network.
    const torch::NoGradGuard no_grad;
    const auto value = before.item<double>();
    for (const auto& [name, tensor] : network.parameters())
      tensor.sub_(tensor.grad(), 1e-2 * value / norm);
    EXPECT_LT(loss().item<double>(), value);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Networks, ::testing::ValuesIn(cases()),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace faceshot::exporter
