#include "faceshot/model_info.hpp"

#include <gtest/gtest.h>

#include "base/refusal.hpp"
#include "faceshot/error.hpp"

namespace faceshot::detect {
namespace {

using Metadata = std::map<std::string, std::string>;

/// As another program might write it.
Metadata make_metadata() {
  return {{"faceshot.name", "tiny"},
          {"faceshot.channel_order", "rgb"},
          {"faceshot.mean", "[104, 117.5, 123]"},
          {"faceshot.scale", "[0.0078125,0.0078125,0.0078125]"},
          {"faceshot.size_divisor", "64"},
          {"faceshot.train_size", "320"},
          {"faceshot.priors",
           R"({"variances":[0.1,0.1,0.2,0.2],"offset":0.25,"clip":true,"levels":[
               {"min_sizes":[16,32],"max_sizes":[32,64],"aspect_ratios":[2,3],"flip":false,"step":8},
               {"min_sizes":[128]}]})"},
          {"faceshot.features", R"(["p3","p4"])"},
          {"faceshot.classes", R"(["face","head"])"},
          {"faceshot.loc_output", "boxes"},
          {"faceshot.conf_output", "scores"},
          {"faceshot.license", "CC0"}};
}

std::string message_of(const Metadata& metadata) {
  return testing::refusal(ErrorCode::format, [&] { (void)ModelInfo::from_metadata(metadata); });
}

TEST(ModelInfo, LandmarksAreThereOnlyIfTheFileSaysSo) {
  Metadata metadata = make_metadata();
  EXPECT_FALSE(ModelInfo::from_metadata(metadata).has_landmarks());
  EXPECT_FALSE(
      ModelInfo::from_metadata(metadata).to_metadata().contains("faceshot.landmark_output"))
      << "files of networks without landmarks stay as they were";
  metadata["faceshot.landmark_output"] = "points";
  const ModelInfo info = ModelInfo::from_metadata(metadata);
  EXPECT_TRUE(info.has_landmarks());
  EXPECT_EQ(info.landmark_output, "points");
  EXPECT_FALSE(info.notes.contains("faceshot.landmark_output"));
  EXPECT_EQ(info.to_metadata().at("faceshot.landmark_output"), "points");
  metadata["faceshot.landmark_output"] = "";
  EXPECT_NE(message_of(metadata).find("faceshot.landmark_output"), std::string::npos);
}

TEST(ModelInfo, AThresholdIsThereOnlyIfTheFileSaysSo) {
  Metadata metadata = make_metadata();
  ModelInfo info = ModelInfo::from_metadata(metadata);
  EXPECT_FALSE(info.default_threshold);
  EXPECT_FALSE(info.to_metadata().contains("faceshot.score_threshold"));
  metadata["faceshot.score_threshold"] = "0.45";
  info = ModelInfo::from_metadata(metadata);
  EXPECT_EQ(info.default_threshold, 0.45F);
  EXPECT_FALSE(info.notes.contains("faceshot.score_threshold"));
  EXPECT_EQ(info.to_metadata().at("faceshot.score_threshold"), "0.45") << "as a person writes it";
  for (const char* impossible : {"0", "1", "-0.5", "true", "", "\"0.5\"", "[0.5]"}) {
    metadata["faceshot.score_threshold"] = impossible;
    EXPECT_NE(message_of(metadata).find("faceshot.score_threshold"), std::string::npos)
        << impossible;
  }
}

TEST(ModelInfo, BoxesVoteOnlyIfTheFileSaysSo) {
  Metadata metadata = make_metadata();
  EXPECT_FALSE(ModelInfo::from_metadata(metadata).box_voting);
  metadata["faceshot.box_voting"] = "true";
  const ModelInfo info = ModelInfo::from_metadata(metadata);
  EXPECT_TRUE(info.box_voting);
  EXPECT_EQ(info.to_metadata().at("faceshot.box_voting"), "true");
  EXPECT_FALSE(info.notes.contains("faceshot.box_voting"));
  metadata["faceshot.box_voting"] = "1";
  EXPECT_NE(message_of(metadata).find("faceshot.box_voting"), std::string::npos);
}

TEST(ModelInfo, ThresholdsByClassAndOneLabelAreThereOnlyIfTheFileSaysSo) {
  Metadata metadata = make_metadata();
  ModelInfo info = ModelInfo::from_metadata(metadata);
  EXPECT_TRUE(info.class_thresholds.empty());
  EXPECT_FALSE(info.one_label);
  EXPECT_FALSE(info.to_metadata().contains("faceshot.class_thresholds"));
  EXPECT_FALSE(info.to_metadata().contains("faceshot.one_label"));
  metadata["faceshot.classes"] = R"(["mask","none"])";
  metadata["faceshot.class_thresholds"] = "[0.4,0.65]";
  metadata["faceshot.one_label"] = "true";
  info = ModelInfo::from_metadata(metadata);
  EXPECT_EQ(info.class_thresholds, (std::vector<float>{0.4F, 0.65F}));
  EXPECT_TRUE(info.one_label);
  EXPECT_EQ(info.to_metadata().at("faceshot.class_thresholds"), "[0.4,0.65]");
  EXPECT_EQ(info.to_metadata().at("faceshot.one_label"), "true");
  EXPECT_FALSE(info.notes.contains("faceshot.one_label"));
  for (const char* impossible : {"[0.4]", "[0.4,1]", "0.4", "[0.4,0.5,0.6]"}) {
    metadata["faceshot.class_thresholds"] = impossible;
    EXPECT_NE(message_of(metadata).find("faceshot.class_thresholds"), std::string::npos)
        << impossible;
  }
}

TEST(ModelInfo, ReadsEveryField) {
  const ModelInfo info = ModelInfo::from_metadata(make_metadata());
  EXPECT_EQ(info.name, "tiny");
  EXPECT_EQ(info.channel_order, PixelFormat::rgb);
  EXPECT_EQ(info.mean, (std::array<float, 3>{104, 117.5F, 123}));
  EXPECT_EQ(info.scale, (std::array<float, 3>{0.0078125F, 0.0078125F, 0.0078125F}));
  EXPECT_EQ(info.size_divisor, 64);
  EXPECT_EQ(info.train_size, 320);
  EXPECT_EQ(info.priors.variances, (std::array<float, 4>{0.1F, 0.1F, 0.2F, 0.2F}));
  EXPECT_EQ(info.priors.offset, 0.25F);
  EXPECT_TRUE(info.priors.clip);
  ASSERT_EQ(info.priors.levels.size(), 2U);
  const PriorLevel& first = info.priors.levels[0];
  EXPECT_EQ(first.min_sizes, (std::vector<float>{16, 32}));
  EXPECT_EQ(first.max_sizes, (std::vector<float>{32, 64}));
  EXPECT_EQ(first.aspect_ratios, (std::vector<float>{2, 3}));
  EXPECT_FALSE(first.flip);
  EXPECT_EQ(first.step, 8);
  const PriorLevel& second = info.priors.levels[1];
  EXPECT_EQ(second.min_sizes, std::vector<float>{128});
  EXPECT_TRUE(second.max_sizes.empty());
  EXPECT_TRUE(second.flip);
  EXPECT_EQ(second.step, 0);
  EXPECT_EQ(info.features, (std::vector<std::string>{"p3", "p4"}));
  EXPECT_EQ(info.classes, (std::vector<std::string>{"face", "head"}));
  EXPECT_EQ(info.loc_output, "boxes");
  EXPECT_EQ(info.conf_output, "scores");
  EXPECT_EQ(info.notes, (Metadata{{"faceshot.license", "CC0"}}));
}

TEST(ModelInfo, WritesWhatItReads) {
  ModelInfo info = ModelInfo::from_metadata(make_metadata());
  info.mean = {1.0F / 3, 0.1F, 1e-7F};  // floats without a short decimal form survive too
  info.priors.levels[0].min_sizes = {10.1F, 1.0F / 7};
  info.priors.levels[0].max_sizes = {};
  const Metadata written = info.to_metadata();
  const ModelInfo again = ModelInfo::from_metadata(written);
  EXPECT_EQ(again.mean, info.mean);
  EXPECT_EQ(again.priors.levels[0].min_sizes, info.priors.levels[0].min_sizes);
  EXPECT_EQ(again.notes, info.notes);
  EXPECT_EQ(again.to_metadata(), written);
}

TEST(ModelInfo, NamesTheMissingKey) {
  for (const char* const key : {"faceshot.name", "faceshot.channel_order", "faceshot.mean",
                                "faceshot.scale", "faceshot.size_divisor", "faceshot.train_size",
                                "faceshot.priors", "faceshot.features", "faceshot.classes"}) {
    Metadata metadata = make_metadata();
    metadata.erase(key);
    EXPECT_NE(message_of(metadata).find(key), std::string::npos) << key;
  }
  EXPECT_NE(message_of({}).find("faceshot."), std::string::npos) << "a foreign ONNX file";
}

struct Damage {
  const char* key;
  const char* value;
};

class DamagedMetadata : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedMetadata, IsRefusedByName) {
  Metadata metadata = make_metadata();
  metadata[GetParam().key] = GetParam().value;
  EXPECT_NE(message_of(metadata).find(GetParam().key), std::string::npos) << message_of(metadata);
}

INSTANTIATE_TEST_SUITE_P(
    ModelInfo, DamagedMetadata,
    ::testing::Values(
        Damage{"faceshot.channel_order", "gray"}, Damage{"faceshot.channel_order", "a\nb"},
        Damage{"faceshot.mean", ""}, Damage{"faceshot.mean", "[1,2"},
        Damage{"faceshot.mean", "[1,2]"}, Damage{"faceshot.mean", "[1,2,3,4]"},
        Damage{"faceshot.mean", "[1,2,true]"}, Damage{"faceshot.mean", "[1,2,\"3\"]"},
        Damage{"faceshot.mean", "[1,2,1e39]"}, Damage{"faceshot.mean", "[1,\n2"},
        Damage{"faceshot.scale", "{}"}, Damage{"faceshot.scale", "[1,1,0]"},
        Damage{"faceshot.size_divisor", "0"}, Damage{"faceshot.size_divisor", "32.5"},
        Damage{"faceshot.size_divisor", "1e99"}, Damage{"faceshot.size_divisor", "4294967328"},
        Damage{"faceshot.size_divisor", "-32"}, Damage{"faceshot.train_size", "0"},
        Damage{"faceshot.train_size", "true"}, Damage{"faceshot.priors", "[]"},
        Damage{"faceshot.priors", R"({"levels":[{"min_sizes":[8]},{"min_sizes":[9]}]})"},
        Damage{"faceshot.priors", R"({"variances":[0.1,0.1,0.2,0.2],"levels":{}})"},
        Damage{"faceshot.priors", R"({"variances":[0.1,0.1,0.2,0.2],"levels":[{},{}]})"},
        Damage{"faceshot.priors",
               R"({"variances":[0.1,0.1,0.2,0],"levels":[{"min_sizes":[8]},{"min_sizes":[9]}]})"},
        Damage{
            "faceshot.priors",
            R"({"variances":[0.1,0.1,0.2,0.2],"levels":[{"min_sizes":[-8]},{"min_sizes":[9]}]})"},
        Damage{
            "faceshot.priors",
            R"({"variances":[0.1,0.1,0.2,0.2],"levels":[{"min_sizes":[8],"min_size":7},{"min_sizes":[9]}]})"},
        Damage{
            "faceshot.priors",
            R"({"variances":[0.1,0.1,0.2,0.2],"ofset":0,"levels":[{"min_sizes":[8]},{"min_sizes":[9]}]})"},
        Damage{"faceshot.features", R"(["p3"])"}, Damage{"faceshot.features", "[1,2]"},
        Damage{"faceshot.classes", "[]"}, Damage{"faceshot.classes", "\"face\""}));

}  // namespace
}  // namespace faceshot::detect
