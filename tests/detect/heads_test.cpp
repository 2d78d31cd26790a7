// Heads of other detectors, computed by hand on networks whose every cell is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "detect/heads/recognise.hpp"
#include "engine/onnx_builder.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"

namespace faceshot::detect {
namespace {

using testing::OnnxBuilder;
using testing::set_ints;

/// A network with the same outputs for every 8x8 cell, whatever the picture.
class EveryCell {
 public:
  EveryCell(const std::string& height, const std::string& width) {
    onnx_.input("image", {"1", "3", height, width});
  }

  /// An output [1, cells * (values / row), row] with these values for every cell.
  EveryCell& output(const std::string& name, const std::vector<float>& values, std::int64_t row) {
    const auto channels = static_cast<std::int64_t>(values.size());
    onnx_.weights(name + ".weight", {channels, 3, 8, 8},
                  std::vector<float>(static_cast<std::size_t>(channels) * 192, 0.0F));
    onnx_.weights(name + ".bias", {channels}, values);
    onnx::NodeProto& conv =
        onnx_.node("Conv", {"image", name + ".weight", name + ".bias"}, name + ".map");
    set_ints(conv, "kernel_shape", {8, 8});
    set_ints(conv, "strides", {8, 8});
    set_ints(onnx_.node("Transpose", {name + ".map"}, name + ".nhwc"), "perm", {0, 2, 3, 1});
    onnx_.integers(name + ".shape", {1, -1, row});
    onnx_.node("Reshape", {name + ".nhwc", name + ".shape"}, name);
    onnx_.output(name);
    return *this;
  }

  [[nodiscard]] Network network() const {
    const std::string bytes = onnx_.bytes();
    return Network::from_bytes(std::as_bytes(std::span(bytes)), "every cell");
  }

 private:
  OnnxBuilder onnx_;
};

std::vector<Detection> detect(const Detector& detector, int width, int height) {
  const std::vector<std::uint8_t> pixels(static_cast<std::size_t>(3 * width * height), 90);
  return detector.detect({pixels.data(), width, height, 3 * width});
}

const std::vector<float> points{-1, -1, 1, -1, 0, 0, -1, 1, 1, 1};

Network yunet(float cls, float obj, float width) {
  return EveryCell("h", "w")
      .output("cls_8", {cls}, 1)
      .output("obj_8", {obj}, 1)
      .output("bbox_8", {0.5F, 0.25F, width, 0}, 4)
      .output("kps_8", points, 10)
      .network();
}

TEST(YunetHead, GivesABoxACell) {
  const Detector detector(yunet(0.9F, 0.4F, std::log(0.5F)), {.score_threshold = 0.5F});
  EXPECT_EQ(detector.info().head, HeadType::yunet);
  EXPECT_TRUE(detector.info().has_landmarks());
  const auto found = detect(detector, 24, 16);
  ASSERT_EQ(found.size(), 6U);
  // Equal scores stay in the order of cells. The fifth cell's corner is (8, 8), its box's centre
  // (12, 10) and size 4x8.
  EXPECT_NEAR(found[4].score, 0.6, 1e-6);
  EXPECT_NEAR(found[4].box.x1, 10, 1e-4);
  EXPECT_NEAR(found[4].box.y1, 6, 1e-4);
  EXPECT_NEAR(found[4].box.x2, 14, 1e-4);
  EXPECT_NEAR(found[4].box.y2, 14, 1e-4);
  ASSERT_TRUE(found[4].landmarks);
  EXPECT_NEAR((*found[4].landmarks)[0].x, 0, 1e-4);
  EXPECT_NEAR((*found[4].landmarks)[4].y, 16, 1e-4);
}

TEST(YunetHead, ScoresAreCutToOneAndHeldToTheThreshold) {
  EXPECT_EQ(detect(Detector(yunet(3, 0.49F, 0), {.score_threshold = 0.71F}), 8, 8).size(), 0U);
  const auto found = detect(Detector(yunet(3, 0.49F, 0), {.score_threshold = 0.69F}), 8, 8);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].score, 0.7, 1e-6);
  EXPECT_TRUE(detect(Detector(yunet(-1, -1, 0), {.score_threshold = 0.1F}), 8, 8).empty());
}

TEST(YunetHead, DropsWhatIsNotFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(detect(Detector(yunet(0.9F, 0.9F, 1000)), 16, 16).empty());
  EXPECT_TRUE(detect(Detector(yunet(0.9F, nan, 0)), 16, 16).empty());
  EXPECT_TRUE(detect(Detector(yunet(0.9F, 0.9F, nan)), 16, 16).empty());
}

TEST(ScrfdHead, GivesBoxesOfAllAnchorsOfACell) {
  const Network network = EveryCell("h", "w")
                              .output("score_8", {0.9F, 0.8F}, 1)
                              .output("bbox_8", {1, 0.5F, 1, 0.5F, 0.25F, 0.25F, 0.5F, 0.5F}, 4)
                              .network();
  const Detector detector(network, {.score_threshold = 0.5F, .nms_threshold = 1});
  EXPECT_EQ(detector.info().head, HeadType::scrfd);
  EXPECT_FALSE(detector.info().has_landmarks());
  const auto found = detect(detector, 16, 16);
  ASSERT_EQ(found.size(), 8U);
  // The last cell's corner is (8, 8).
  EXPECT_NEAR(found[3].score, 0.9, 1e-6);
  EXPECT_EQ(found[3].box, (Box{0, 4, 16, 12}));
  EXPECT_NEAR(found[7].score, 0.8, 1e-6);
  EXPECT_EQ(found[7].box, (Box{6, 6, 12, 12}));
  EXPECT_FALSE(found[7].landmarks);
}

/// small_scrfd with its outputs renamed and reordered.
Network renamed_scrfd(const std::map<std::string, std::string>& names) {
  onnx::ModelProto model;
  std::ifstream in(FACESHOT_SOURCE_DIR "/tests/engine/fixtures/peers/small_scrfd.onnx",
                   std::ios::binary);
  EXPECT_TRUE(model.ParseFromIstream(&in));
  auto& graph = *model.mutable_graph();
  const auto rename = [&](std::string& name) {
    if (const auto found = names.find(name); found != names.end()) name = found->second;
  };
  for (auto& node : *graph.mutable_node())
    for (auto& output : *node.mutable_output()) rename(output);
  for (auto& output : *graph.mutable_output()) rename(*output.mutable_name());
  std::sort(graph.mutable_output()->begin(), graph.mutable_output()->end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  const std::string bytes = model.SerializeAsString();
  return Network::from_bytes(std::as_bytes(std::span(bytes)), "renamed");
}

const std::map<std::string, std::string> insightface_names{
    {"score_8", "443"}, {"score_16", "468"}, {"score_32", "493"},
    {"bbox_8", "446"},  {"bbox_16", "471"},  {"bbox_32", "496"},
    {"kps_8", "449"},   {"kps_16", "474"},   {"kps_32", "499"}};

TEST(ScrfdHead, IsKnownByItsShapesWhereOutputsAreNumbered) {
  const Network network = renamed_scrfd(insightface_names);
  const auto info = recognise_network(network);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->head, HeadType::scrfd);
  ASSERT_EQ(info->levels.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const HeadLevel& level = info->levels[i];
    EXPECT_EQ(level.stride, 8 << i);
    const std::string stride = std::to_string(level.stride);
    EXPECT_EQ(level.score, insightface_names.at("score_" + stride));
    EXPECT_EQ(level.boxes, insightface_names.at("bbox_" + stride));
    EXPECT_EQ(level.landmarks, insightface_names.at("kps_" + stride));
  }
  DetectorOptions options;
  options.score_threshold = 0.3F;
  const Network named = renamed_scrfd({});
  const auto wanted = detect(Detector(named, *recognise_network(named), options), 96, 64);
  const auto found = detect(Detector(network, *info, options), 96, 64);
  ASSERT_FALSE(wanted.empty());
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].box, wanted[i].box);
}

TEST(ScrfdHead, IsNotGuessedFromOtherNamesOrShapes) {
  auto words = insightface_names;
  words["score_8"] = "a name";
  EXPECT_FALSE(recognise_network(renamed_scrfd(words)));
  const auto numbered = [](const std::vector<float>& last, std::int64_t row) {
    return EveryCell("h", "w")
        .output("1", {0.5F}, 1)
        .output("2", {0, 0, 0, 0}, 4)
        .output("3", {0.5F, 0.5F}, 1)
        .output("4", {0, 0, 0, 0, 0, 0, 0, 0}, 4)
        .output("5", {0.5F, 0.5F, 0.5F}, 1)
        .output("6", last, row)
        .network();
  };
  EXPECT_FALSE(recognise_network(numbered(std::vector<float>(12, 0), 4)));  // no pyramid
  EXPECT_FALSE(recognise_network(numbered(std::vector<float>(12, 0), 3)));  // no boxes
}

TEST(UltrafaceHead, GivesCornersAsSharesOfTheInput) {
  // 24x16 is this network's only input size; a picture of 48x16 is reduced to 24x8 at its top.
  const Network network = EveryCell("16", "24")
                              .output("scores", {0.1F, 0.9F}, 2)
                              .output("boxes", {0.25F, 0.125F, 0.5F, 0.25F}, 4)
                              .network();
  const Detector detector(network);
  EXPECT_EQ(detector.info().head, HeadType::ultraface);
  EXPECT_EQ(detector.input_size(1000, 10).width, 24);
  EXPECT_EQ(detector.input_size(1000, 10).height, 16);
  const auto found = detect(detector, 48, 16);
  ASSERT_EQ(found.size(), 1U) << "six equal boxes are one";
  EXPECT_NEAR(found[0].box.x1, 12, 1e-4);
  EXPECT_NEAR(found[0].box.y1, 4, 1e-4);
  EXPECT_NEAR(found[0].box.x2, 24, 1e-4);
  EXPECT_NEAR(found[0].box.y2, 8, 1e-4);
}

TEST(Heads, OfWrongShapeAreRefusedByName) {
  const Network network = EveryCell("h", "w")
                              .output("cls_8", {1}, 1)
                              .output("obj_8", {1}, 1)
                              .output("bbox_8", {0, 0, 0, 0, 0}, 5)
                              .network();
  const Detector detector(network);
  try {
    (void)detect(detector, 16, 16);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::format);
    EXPECT_NE(std::string(e.what()).find("'bbox_8' is [1, 4, 5]"), std::string::npos) << e.what();
  }
}

TEST(Heads, ThatNobodyKnowsAreRefusedWithAdvice) {
  const Network network = EveryCell("h", "w").output("out", {1}, 1).network();
  EXPECT_FALSE(recognise_network(network));
  try {
    const Detector detector(network);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(e.what()).find("TOML"), std::string::npos) << e.what();
  }
}

TEST(Heads, OfNetworksThatTakeNoColourImageAreRefused) {
  OnnxBuilder onnx;
  onnx.input("grey", {"1", "1", "h", "w"});
  onnx.node("Relu", {"grey"}, "scores");
  onnx.node("Relu", {"scores"}, "boxes");
  onnx.output("scores");
  onnx.output("boxes");
  const std::string bytes = onnx.bytes();
  try {
    const Detector detector(Network::from_bytes(std::as_bytes(std::span(bytes)), "grey"));
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(e.what()).find("'grey'"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace faceshot::detect
