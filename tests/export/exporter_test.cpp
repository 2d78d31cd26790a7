#include "export/exporter.hpp"

#include <gtest/gtest.h>

#include <opencv2/dnn.hpp>

#include "detect/decoder.hpp"
#include "example_network.hpp"
#include "faceshot/error.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"

namespace faceshot {
namespace {

std::filesystem::path temporary(const char* name) {
  return std::filesystem::path(::testing::TempDir()) / name;
}

TEST(Exporter, TheEngineComputesWhatTorchComputes) {
  const auto file = temporary("parity.onnx");
  const ParityReport report = export_network(example_checkpoint(), file);
  EXPECT_EQ(report.random_inputs, 12);
  EXPECT_LT(report.largest_loc, 1e-3);
  EXPECT_LT(report.largest_conf, 1e-3);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(Exporter, TheConfigInTheFileNamesDataSetsButNoFolders) {
  Checkpoint checkpoint = example_checkpoint();
  Config config;
  config.data.train = {"/home/somebody/data/wider/train.csv", "mine/train.csv"};
  checkpoint.config = to_toml(config);
  const auto file = temporary("config.onnx");
  export_network(checkpoint, file);
  const Network network = Network::load(file.string());
  const Config read = parse_config(network.metadata().at("faceshot.config"), "metadata");
  EXPECT_EQ(read.data.train, (std::vector<std::string>{"wider/train.csv", "mine/train.csv"}));
}

TEST(Exporter, AFileThatDiffersIsNotWritten) {
  const auto file = temporary("differs.onnx");
  ExportOptions options;
  options.tolerance = 1e-12;
  EXPECT_THROW(export_network(example_checkpoint(), file, options), Error);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Exporter, OpenCvFindsTheSameBoxes) {
  const auto file = temporary("fixed.onnx");
  ExportOptions options;
  options.size = FixedSize{320, 256};
  export_network(example_checkpoint(), file, options);

  const Network network = Network::load(file.string());
  const ModelInfo info = ModelInfo::from_metadata(network.metadata());
  Session session(network, {1, 3, 256, 320});
  cv::Mat image(256, 320, CV_8UC3);
  cv::RNG rng(4);
  rng.fill(image, cv::RNG::UNIFORM, 0, 256);
  const cv::Mat blob = cv::dnn::blobFromImage(image, static_cast<double>(info.scale[0]), {},
                                              cv::Scalar::all(static_cast<double>(info.mean[0])));
  std::copy_n(blob.ptr<float>(), blob.total(), session.input());
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
  const auto priors = make_priors(info.priors, 320, 256, features);
  ASSERT_EQ(outputs[0].total(), priors.size() * 4);
  const auto boxes = [&](const float* loc, const float* conf) {
    std::vector<Detection> candidates;
    decode_detections(loc, conf, nullptr, priors, info.priors.variances, 1, 0.5F, 0, candidates);
    return candidates;
  };
  const auto ours = boxes(session.output("loc").data, session.output("conf").data);
  const auto theirs = boxes(outputs[0].ptr<float>(), outputs[1].ptr<float>());
  ASSERT_GT(ours.size(), 10U);
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_NEAR(ours[i].score, theirs[i].score, 1e-4);
    EXPECT_GT(iou(ours[i].box, theirs[i].box), 0.999F) << i;
  }
}

}  // namespace
}  // namespace faceshot
