// The Keras file from which a user starts MobileNetV1 (alpha 0.25), against a hand-written list of
// the network's parameters from the paper's Table 1, and against h5py's reading.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "weights/expected.hpp"
#include "weights/match_report.hpp"
#include "weights/weight_file.hpp"

namespace faceshot::weights {
namespace {

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

void add_norm(Shapes& shapes, const std::string& name, std::int64_t channels) {
  for (const char* const member : {"weight", "bias", "running_mean", "running_var"})
    shapes["backbone." + name + "." + member] = {channels};
}

Shapes mobilenet_v1_quarter() {
  Shapes shapes{{"backbone.features.0.0.weight", {8, 3, 3, 3}}};
  add_norm(shapes, "features.0.1", 8);
  // A quarter of 32, 64, 128, 128, 256, 256, 512 (six times), 1024, 1024.
  const std::int64_t channels[] = {8, 16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256};
  for (std::size_t block = 1; block <= 13; ++block) {
    const std::string name = "features." + std::to_string(block);
    const std::int64_t in = channels[block - 1], out = channels[block];
    shapes["backbone." + name + ".0.weight"] = {in, 1, 3, 3};
    add_norm(shapes, name + ".1", in);
    shapes["backbone." + name + ".3.weight"] = {out, in, 1, 1};
    add_norm(shapes, name + ".4", out);
  }
  return shapes;
}

TEST(MobileNet, TheKerasFileFitsWithNothingLeftOver) {
  const auto path =
      std::filesystem::path(FACESHOT_SHARED_DIR) / "data/weights/mobilenet_2_5_224_tf_no_top.h5";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << "SKIPPED: Keras' weights are NOT tested: there is no " << path;
  const Shapes want = mobilenet_v1_quarter();
  ASSERT_EQ(want.size(), 135U);
  const auto [report, weights] =
      match_weights(read_weight_file(path).arrays, want, {.strict = true});
  EXPECT_EQ(report.map, "keras");
  EXPECT_EQ(report.matched.size(), 135U);
  EXPECT_TRUE(report.filled.empty() && report.counters.empty()) << report_table(report);

  std::ifstream in(testing::fixture("mobilenet_sums.json"));
  const auto rows = nlohmann::json::parse(in);
  ASSERT_EQ(rows.size(), report.matched.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& matched = report.matched[i];
    EXPECT_EQ(rows[i][0], matched.foreign);
    const WeightArray& array = weights.at(matched.name);
    EXPECT_EQ(rows[i][1], array.shape) << matched.foreign;
    double sum = 0, ramp = 0, size = 0;
    for (std::size_t k = 0; k < array.values.size(); ++k) {
      const auto value = static_cast<double>(array.values[k]);
      sum += value;
      ramp += value * static_cast<double>(k % 97);
      size += std::abs(value);
    }
    EXPECT_NEAR(rows[i][2].get<double>(), sum, 1e-12 * size) << matched.foreign;
    EXPECT_NEAR(rows[i][3].get<double>(), ramp, 1e-10 * size) << matched.foreign;
  }
}

}  // namespace
}  // namespace faceshot::weights
