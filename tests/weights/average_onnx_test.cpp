#include "weights/average_onnx.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "data/test_folder.hpp"
#include "engine/onnx_builder.hpp"
#include "weights/expected.hpp"
#include "weights/onnx_weights.hpp"

namespace faceshot::weights {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::OnnxBuilder;

/// Conv with these two weights, then a Reshape with a constant shape.
std::string network(const std::vector<float>& values, const std::string& op = "Conv",
                    std::int64_t rows = 2) {
  OnnxBuilder onnx;
  onnx.input("image", {"1", "1", "height", "width"});
  onnx.weights("w", {static_cast<std::int64_t>(values.size()), 1, 1, 1}, values);
  onnx.node(op, {"image", "w"}, "map");
  onnx.integers("shape", {1, rows, -1});
  onnx.node("Reshape", {"map", "shape"}, "out");
  onnx.output("out");
  onnx.metadata({{"faceshot.name", "x"}, {"faceshot.metrics", "{}"}});
  return onnx.bytes();
}

struct AverageOnnx : ::testing::Test {
  testing::TestFolder folder;
  fs::path a = folder.write("a.onnx", network({1, -2}));
  fs::path b = folder.write("b.onnx", network({4, 6}));

  std::vector<float> weights_of(const std::string& bytes) {
    return read_onnx_weights(folder.write("mean.onnx", bytes)).arrays.front().values;
  }
};

TEST_F(AverageOnnx, IsTheWeightedMeanOfTheWeights) {
  const std::vector<fs::path> files{a, b};
  EXPECT_EQ(weights_of(average_onnx(files)), (std::vector<float>{2.5F, 2}));
  EXPECT_EQ(weights_of(average_onnx(files, std::vector<double>{2, 1})),
            (std::vector<float>{2, 2.0F / 3}));
}

TEST_F(AverageOnnx, OfOneFileTwiceIsThatFile) {
  const std::vector<fs::path> files{a, a};
  EXPECT_EQ(weights_of(average_onnx(files)), (std::vector<float>{1, -2}));
}

TEST_F(AverageOnnx, KeepsTheFirstFilesMetadataButForWhatItMeasured) {
  const std::vector<fs::path> files{b, a};
  const auto mean = read_onnx_weights(folder.write("mean.onnx", average_onnx(files)));
  EXPECT_EQ(mean.metadata, (std::map<std::string, std::string>{
                               {"faceshot.name", "x"}, {"faceshot.averaged", "b.onnx, a.onnx"}}));
}

TEST_F(AverageOnnx, RefusesNetworksThatDifferInMoreThanTheirWeights) {
  const auto refuses = [&](const std::string& bytes, const std::string& how) {
    const std::vector<fs::path> files{a, folder.write("other.onnx", bytes)};
    expect_error(ErrorCode::unsupported, how, [&] { (void)average_onnx(files); });
  };
  refuses(network({1, 2}, "ConvTranspose"), "graph");
  refuses(network({1, 2, 3}), "'w' has a different name, type or shape");
  refuses(network({1, 2}, "Conv", 1), "'shape'");
}

TEST_F(AverageOnnx, RefusesImpossibleArguments) {
  const std::vector<fs::path> one{a}, two{a, b};
  expect_error(ErrorCode::invalid_argument, "two files", [&] { (void)average_onnx(one); });
  for (const std::vector<double>& shares : {std::vector<double>{1}, {1, 0}, {1, -1}, {1, NAN}})
    expect_error(ErrorCode::invalid_argument, "share", [&] { (void)average_onnx(two, shares); });
  const std::vector<fs::path> missing{a, folder / "none.onnx"};
  expect_error(ErrorCode::not_found, "none.onnx", [&] { (void)average_onnx(missing); });
}

}  // namespace
}  // namespace faceshot::weights
