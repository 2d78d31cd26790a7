// Keras' weights in our MobileNetV1: names and shapes match, but do they work? With a wrong layout,
// channel order, padding or epsilon, the inputs of the BatchNorm layers have nothing in common with
// what they were trained on.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>

#include "media/opencv.hpp"
#include "media/photographs/image_list.hpp"
#include "model/torch_network.hpp"
#include "network/registry.hpp"
#include "train/config/config.hpp"
#include "train/config/input.hpp"
#include "weights/match_report.hpp"
#include "weights/weight_file.hpp"

namespace faceshot::model {
namespace {

constexpr int side = 224;

const std::filesystem::path shared = FACESHOT_SHARED_DIR;

/// Every n-th photograph of WIDER FACE's training set: like ImageNet's they are varied, dark and
/// light. (A set with much white shifts the means of the first layer, which responds to colours.)
std::vector<std::filesystem::path> photographs() {
  std::vector<std::filesystem::path> chosen;
  const auto all = media::list_images({shared / "data/wider_reduced/WIDER_train/images"});
  const std::size_t step = std::max<std::size_t>(1, all.size() / 300);
  for (std::size_t i = 0; i < all.size(); i += step) chosen.push_back(all[i]);
  return chosen;
}

/// The central square, as ImageNet networks are trained on.
cv::Mat middle(const std::filesystem::path& path) {
  const cv::Mat image = media::read_mat(path);
  const int shorter = std::min(image.cols, image.rows);
  const cv::Rect square((image.cols - shorter) / 2, (image.rows - shorter) / 2, shorter, shorter);
  cv::Mat small;
  cv::resize(image(square), small, {side, side}, 0, 0, cv::INTER_AREA);
  return small;
}

double correlation(const torch::Tensor& a, const torch::Tensor& b) {
  const torch::Tensor x = a - a.mean();
  const torch::Tensor y = b - b.mean();
  return ((x * y).sum() / (x.norm() * y.norm())).item<double>();
}

struct LayerStatistics {
  const network::Layer* layer;
  torch::Tensor sum, squares;
  double count = 0;
};

/// Mean and variance of each BatchNorm layer's input, over all photographs, in training mode: each
/// layer's input has been normalised by the batch's own statistics.
std::vector<LayerStatistics> measure(TorchNetwork& network,
                                     const std::vector<std::filesystem::path>& photos) {
  std::vector<LayerStatistics> all;
  std::vector<std::string> inputs;
  for (const network::Layer& layer : network.spec().layers) {
    if (layer.kind != network::LayerKind::batch_norm || !layer.name.starts_with("backbone."))
      continue;
    const auto zero = torch::zeros(layer.out_channels, torch::kDouble);
    all.push_back({&layer, zero, zero.clone()});
    inputs.push_back(layer.inputs.front());
  }
  network.train(true);
  const torch::NoGradGuard no_grad;
  constexpr std::size_t batch = 32;
  for (std::size_t first = 0; first + batch <= photos.size(); first += batch) {
    std::vector<std::uint8_t> pixels;
    for (std::size_t i = first; i < first + batch; ++i) {
      const cv::Mat image = middle(photos[i]);
      pixels.insert(pixels.end(), image.datastart, image.dataend);
    }
    const auto outputs = network.layer_outputs(
        train::make_input(pixels.data(), batch, side, side, network.spec().input, "fp32"), inputs);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const torch::Tensor map = outputs[i].to(torch::kDouble);
      all[i].sum += map.sum({0, 2, 3});
      all[i].squares += map.square().sum({0, 2, 3});
      all[i].count += static_cast<double>(map.numel() / map.size(1));
    }
  }
  return all;
}

struct Agreement {
  double mean = 1, variance = 1;  ///< the smallest correlation of all layers
};

Agreement agreement(TorchNetwork& network, const std::vector<std::filesystem::path>& photos) {
  const weights::Weights weights = network.weights();  // before training mode moves the statistics
  Agreement worst;
  for (const LayerStatistics& s : measure(network, photos)) {
    const auto stored = [&](const char* member) {
      return torch::tensor(weights.at(s.layer->name + member).values).to(torch::kDouble);
    };
    const torch::Tensor mean = s.sum / s.count;
    const torch::Tensor variance = s.squares / s.count - mean.square();
    const double of_means = correlation(mean, stored(".running_mean"));
    const double of_variances = correlation(variance, stored(".running_var"));
    worst.mean = std::min(worst.mean, of_means);
    worst.variance = std::min(worst.variance, of_variances);
  }
  return worst;
}

TEST(KerasStart, BatchStatisticsOfPhotographsAreThoseStored) {
  const auto file = shared / "data/weights/mobilenet_2_5_224_tf_no_top.h5";
  if (!std::filesystem::exists(file))
    GTEST_SKIP() << "SKIPPED: Keras' weights are NOT tested: there is no " << file;
  const train::Config config =
      train::read_config(FACESHOT_SOURCE_DIR "/configs/ssd320-mobilenetv1-025.toml");
  TorchNetwork network(network::make_network(config.model), 1);
  std::map<std::string, std::vector<std::int64_t>> want;
  weights::Weights weights = network.weights();
  for (const auto& [name, array] : weights) want[name] = array.shape;
  const auto [report, matched] =
      weights::match_weights(weights::read_weight_file(file).arrays, want);
  EXPECT_EQ(report.map, "keras");
  EXPECT_EQ(report.matched.size(), 135U);
  EXPECT_TRUE(report.left_over.empty() && report.wrong_shape.empty())
      << weights::report_table(report);
  for (const std::string& name : report.missing)
    EXPECT_FALSE(name.starts_with("backbone.")) << name;
  for (const auto& [name, array] : matched) weights[name] = array;
  network.load(weights);

  const auto photos = photographs();
  ASSERT_GE(photos.size(), 200U);
  const Agreement right = agreement(network, photos);
  EXPECT_GT(right.mean, 0.9);
  EXPECT_GT(right.variance, 0.9);

  // This test can fail: it must fail with the rows and columns of the first kernel swapped, a
  // layout mistake that no shape reveals.
  auto& kernel = weights.at("backbone.features.0.0.weight");
  for (std::size_t k = 0; k < kernel.values.size(); k += 9) {
    std::swap(kernel.values[k + 1], kernel.values[k + 3]);
    std::swap(kernel.values[k + 2], kernel.values[k + 6]);
    std::swap(kernel.values[k + 5], kernel.values[k + 7]);
  }
  auto& depthwise = weights.at("backbone.features.1.0.weight");
  std::rotate(depthwise.values.begin(), depthwise.values.begin() + 9, depthwise.values.end());
  network.load(weights);
  const Agreement wrong = agreement(network, {photos.begin(), photos.begin() + 64});
  EXPECT_LT(std::min(wrong.mean, wrong.variance), 0.9);
}

}  // namespace
}  // namespace faceshot::model
