// Descriptions of other projects' networks.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "faceshot/error.hpp"
#include "faceshot/model_info.hpp"

namespace faceshot::detect {
namespace {

namespace fs = std::filesystem;

class ModelInfoToml : public ::testing::Test {
 protected:
  ModelInfoToml()
      : file_(fs::path(::testing::TempDir()) /
              ("faceshot_model_info_" + std::to_string(::getpid()) + ".toml")) {}
  ~ModelInfoToml() override { fs::remove(file_); }

  ModelInfo read(const std::string& text) {
    std::ofstream(file_) << text;
    return ModelInfo::from_toml(file_.string());
  }
  std::string message_of(const std::string& text) {
    try {
      (void)read(text);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::format);
      EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << "one line";
      EXPECT_NE(std::string(e.what()).find(file_.string()), std::string::npos) << e.what();
      return e.what();
    }
    return "(no error)";
  }

  fs::path file_;
};

TEST_F(ModelInfoToml, DescribesAHeadWithoutPriors) {
  const ModelInfo info = read(R"(
head = "yunet"
channel_order = "rgb"
mean = [1, 2.5, 3]
scale = [0.5, 0.5, 0.25]
size_divisor = 64
score_threshold = 0.9
[[levels]]
stride = 8
score = "a"
objectness = "b"
boxes = "c"
landmarks = "d"
[[levels]]
stride = 16
score = "e"
objectness = "f"
boxes = "g"
landmarks = "h"
)");
  EXPECT_EQ(info.name, file_.stem()) << "the file's";
  EXPECT_EQ(info.head, HeadType::yunet);
  EXPECT_EQ(info.channel_order, PixelFormat::rgb);
  EXPECT_EQ(info.mean, (std::array<float, 3>{1, 2.5F, 3}));
  EXPECT_EQ(info.scale, (std::array<float, 3>{0.5F, 0.5F, 0.25F}));
  EXPECT_EQ(info.size_divisor, 64);
  EXPECT_EQ(info.default_threshold, 0.9F);
  ASSERT_EQ(info.levels.size(), 2U);
  EXPECT_EQ(info.levels[1].stride, 16);
  EXPECT_EQ(info.levels[1].score, "e");
  EXPECT_EQ(info.levels[1].objectness, "f");
  EXPECT_EQ(info.levels[1].boxes, "g");
  EXPECT_EQ(info.levels[1].landmarks, "h");
  EXPECT_TRUE(info.has_landmarks());
  // The same description can be in a file's metadata as well.
  const auto metadata = info.to_metadata();
  const ModelInfo again = ModelInfo::from_metadata(metadata);
  EXPECT_EQ(again.to_metadata(), metadata);
  EXPECT_EQ(again.levels[0].objectness, "b");
  EXPECT_TRUE(again.notes.empty());
}

TEST_F(ModelInfoToml, DescribesPriors) {
  const ModelInfo info = read(R"(
probabilities = true
[priors]
variances = [0.1, 0.1, 0.2, 0.2]
[[priors.levels]]
min_sizes = [10, 20]
step = 8
)");
  EXPECT_EQ(info.head, HeadType::ssd);
  EXPECT_TRUE(info.probabilities);
  ASSERT_EQ(info.priors.levels.size(), 1U);
  EXPECT_EQ(info.priors.levels[0].min_sizes, (std::vector<float>{10, 20}));
  EXPECT_EQ(info.mean, (std::array<float, 3>{0, 0, 0}));
  EXPECT_EQ(info.loc_output, "loc");
  EXPECT_FALSE(info.has_landmarks());
}

TEST_F(ModelInfoToml, FaultsAreToldWithTheirPlace) {
  EXPECT_NE(message_of("a = [").find(":1: "), std::string::npos);
  const std::string misspelt = message_of("head = \"ultraface\"\nsize_divider = 3\n");
  EXPECT_NE(misspelt.find(":2: "), std::string::npos) << misspelt;
  EXPECT_NE(misspelt.find("did you mean 'size_divisor'"), std::string::npos) << misspelt;
  EXPECT_NE(message_of("head = \"yolo\"").find("ssd, yunet, scrfd or ultraface"),
            std::string::npos);
  EXPECT_NE(message_of("head = \"scrfd\"").find("faceshot.levels"), std::string::npos);
  EXPECT_NE(message_of("head = \"scrfd\"\nlevels = []").find("no level"), std::string::npos);
  EXPECT_NE(message_of("head = \"ssd\"").find("faceshot.priors"), std::string::npos);
  EXPECT_NE(message_of("head = \"ultraface\"\nmean = [1, 2]").find("list of 3"), std::string::npos);
  EXPECT_NE(message_of("head = \"ultraface\"\nmean = 1979-05-27").find("date"), std::string::npos);
  // Without a map's name only the step tells how many cells there are.
  EXPECT_NE(message_of("[priors]\nvariances = [0.1, 0.1, 0.2, 0.2]\n"
                       "levels = [{min_sizes = [10]}]")
                .find("faceshot.features"),
            std::string::npos);
  EXPECT_NE(message_of("head = \"yunet\"\nlevels = [{stride = 8, score = \"a\", boxes = \"b\"}]")
                .find("objectness"),
            std::string::npos);
}

TEST_F(ModelInfoToml, ThatIsMissingIsNotFound) {
  try {
    (void)ModelInfo::from_toml("/nowhere/net.toml");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::not_found);
  }
}

TEST(ShippedDescriptions, CanAllBeRead) {
  int files = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(FACESHOT_SOURCE_DIR) / "configs/detectors")) {
    EXPECT_NO_THROW((void)ModelInfo::from_toml(entry.path().string())) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace faceshot::detect
