#include "export/exporter.hpp"

#include <gtest/gtest.h>

#include <opencv2/dnn.hpp>

#include "detect/heads/decoder.hpp"
#include "example_network.hpp"
#include "faceshot/error.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"
#include "geometry/coordinates.hpp"

namespace faceshot::exporter {
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

network::ModelOptions with_landmarks() {
  network::ModelOptions model;
  model.heads_landmarks = 5;
  return model;
}

TEST(Exporter, LandmarksAreAnOutputThatIsProvenToo) {
  const auto file = temporary("landmarks.onnx");
  const ParityReport report = export_network(example_checkpoint(with_landmarks()), file);
  ASSERT_TRUE(report.largest_landmarks);
  EXPECT_GT(*report.largest_landmarks, 0) << "nothing was compared";
  EXPECT_LT(*report.largest_landmarks, 1e-3);
  const Network network = Network::load(file.string());
  EXPECT_EQ(network.outputs(), (std::vector<std::string>{"loc", "conf", "landmarks"}));
  EXPECT_EQ(ModelInfo::from_metadata(network.metadata()).landmark_output, "landmarks");
}

TEST(Exporter, WithoutLandmarksTheFileKnowsNothingOfThem) {
  const auto file = temporary("no_landmarks.onnx");
  EXPECT_FALSE(export_network(example_checkpoint(), file).largest_landmarks);
  const Network network = Network::load(file.string());
  EXPECT_EQ(network.outputs(), (std::vector<std::string>{"loc", "conf"}));
  EXPECT_FALSE(network.metadata().contains("faceshot.landmark_output"));
}

TEST(Exporter, TheConfigInTheFileNamesDataSetsButNoFolders) {
  train::Checkpoint checkpoint = example_checkpoint();
  train::Config config;
  config.data.train = {"/home/somebody/data/wider/train.csv", "mine/train.csv"};
  config.data.negatives = {"/home/somebody/data/dogs/val.csv"};
  config.data.test = {"/home/somebody/data/wider/test.csv"};
  config.init.file = "/home/somebody/models/first.onnx";
  checkpoint.config = train::to_toml(config);
  const auto file = temporary("config.onnx");
  export_network(checkpoint, file);
  const Network network = Network::load(file.string());
  const train::Config read =
      train::parse_config(network.metadata().at("faceshot.config"), "metadata");
  EXPECT_EQ(read.data.train, (std::vector<std::string>{"wider/train.csv", "mine/train.csv"}));
  EXPECT_EQ(read.init.file, "first.onnx");
  EXPECT_EQ(read.data.negatives, (std::vector<std::string>{"dogs/val.csv"}));
  EXPECT_EQ(read.data.test, (std::vector<std::string>{"wider/test.csv"}));
}

TEST(Exporter, TheFileKnowsHowGoodItsNetworkIs) {
  train::Checkpoint checkpoint = example_checkpoint();
  const auto file = temporary("metrics.onnx");
  const auto metrics = [&] {
    export_network(checkpoint, file);
    return Network::load(file.string()).metadata().at("faceshot.metrics");
  };
  const std::string before = metrics();
  EXPECT_EQ(before.substr(0, 16), "{\"val_ap\":0.5000");
  EXPECT_EQ(before.find("val_ap_mean"), std::string::npos);
  checkpoint.scalars["best"] = 0.625;  // of the metric that selects best.pt
  EXPECT_NE(metrics().find(",\"val_ap_mean\":0.6250}"), std::string::npos);
}

TEST(Exporter, AFileThatDiffersIsNotWritten) {
  const auto file = temporary("differs.onnx");
  ExportOptions options;
  options.tolerance = 1e-12;
  EXPECT_THROW(export_network(example_checkpoint(), file, options), Error);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Exporter, ANoteMayBeWhatTheDetectorGoesBy) {
  network::ModelOptions model;
  model.classes = {"helmet", "head"};
  const train::Checkpoint checkpoint = example_checkpoint(model);
  const auto file = temporary("thresholds.onnx");
  std::filesystem::remove(file);  // of an earlier run
  ExportOptions options;
  options.notes = {{"faceshot.class_thresholds", "[0.25,1.5]"}};
  EXPECT_THROW(export_network(checkpoint, file, options), Error);
  EXPECT_FALSE(std::filesystem::exists(file));
  options.notes[0].second = "[0.25,0.5]";
  export_network(checkpoint, file, options);
  const auto info = ModelInfo::from_metadata(Network::load(file.string()).metadata());
  EXPECT_EQ(info.class_thresholds, (std::vector<float>{0.25F, 0.5F}));
}

TEST(Exporter, OpenCvFindsTheSameBoxesAndLandmarks) {
  const auto file = temporary("fixed.onnx");
  ExportOptions options;
  options.size = FixedSize{320, 256};
  export_network(example_checkpoint(with_landmarks()), file, options);

  const Network network = Network::load(file.string());
  const ModelInfo info = ModelInfo::from_metadata(network.metadata());
  Session session(network, {1, 3, 256, 320});
  cv::Mat image(256, 320, CV_8UC3);
  cv::RNG rng(4);
  rng.fill(image, cv::RNG::UNIFORM, 0, 256);
  const cv::Mat blob = cv::dnn::blobFromImage(image, static_cast<double>(info.scale[0]), {},
                                              cv::Scalar::all(static_cast<double>(info.mean[0])));
  std::copy_n(blob.ptr<float>(), blob.total(), session.input().data());
  session.run();
  cv::dnn::Net net = cv::dnn::readNetFromONNX(file.string());
  net.setInput(blob);
  std::vector<cv::Mat> outputs;
  net.forward(outputs, std::vector<cv::String>{"loc", "conf", "landmarks"});

  std::vector<FeatureSize> features;
  for (const std::string& name : info.features) {
    const auto shape = session.tensor_shape(name);
    features.push_back({static_cast<int>(shape[3]), static_cast<int>(shape[2])});
  }
  const auto priors = make_priors(info.priors, 320, 256, features);
  ASSERT_EQ(outputs[0].total(), priors.size() * 4);
  ASSERT_EQ(outputs[2].total(), priors.size() * 10);
  const auto boxes = [&](const float* loc, const float* conf, const float* landmarks) {
    std::vector<Detection> candidates;
    detect::decode_detections(loc, conf, landmarks, priors, info.priors.variances, 1, 0.5F, 0,
                              candidates);
    return candidates;
  };
  const auto ours = boxes(session.output("loc").data.data(), session.output("conf").data.data(),
                          session.output("landmarks").data.data());
  const auto theirs =
      boxes(outputs[0].ptr<float>(), outputs[1].ptr<float>(), outputs[2].ptr<float>());
  ASSERT_GT(ours.size(), 10U);
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_NEAR(ours[i].score, theirs[i].score, 1e-4);
    EXPECT_GT(iou(ours[i].box, theirs[i].box), 0.999F) << i;
    ASSERT_TRUE(ours[i].landmarks && theirs[i].landmarks);
    for (std::size_t k = 0; k < 10; ++k)
      EXPECT_NEAR(testing::coordinate(*ours[i].landmarks, k),
                  testing::coordinate(*theirs[i].landmarks, k), 0.01)
          << i;
  }
}

}  // namespace
}  // namespace faceshot::exporter
