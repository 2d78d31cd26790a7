// Parameters and operations of networks: counted by hand, and as published by their authors.
#include "engine/graph/graph_summary.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "engine/graph/describe.hpp"
#include "engine/onnx/onnx_reader.hpp"
#include "engine/onnx_builder.hpp"

namespace faceshot::engine::graph_summary_test {
namespace {

namespace fs = std::filesystem;
using faceshot::testing::OnnxBuilder;
using faceshot::testing::set_int;
using faceshot::testing::set_ints;

std::vector<float> zeros(std::size_t count) { return std::vector<float>(count, 0.0F); }

Graph read(const OnnxBuilder& onnx) {
  const std::string bytes = onnx.bytes();
  return read_onnx(std::as_bytes(std::span(bytes)), {"test", {}});
}

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(GraphSummary, CountsWhatAHandCounts) {
  OnnxBuilder onnx;
  onnx.input("in", {"1", "3", "h", "w"});
  onnx.weights("w0", {16, 3, 3, 3}, zeros(432));
  onnx.weights("b0", {16}, zeros(16));
  onnx::NodeProto& first = onnx.node("Conv", {"in", "w0", "b0"}, "c0");
  set_ints(first, "strides", {2, 2});
  set_ints(first, "pads", {1, 1, 1, 1});
  onnx.weights("slope", {16, 1, 1}, zeros(16));
  onnx.node("PRelu", {"c0", "slope"}, "r0");
  onnx.weights("w1", {16, 1, 3, 3}, zeros(144));
  onnx::NodeProto& second = onnx.node("Conv", {"r0", "w1"}, "c1");
  set_int(second, "group", 16);
  set_ints(second, "pads", {1, 1, 1, 1});
  // The same weights again are not new parameters.
  set_int(onnx.node("Conv", {"c1", "w1"}, "c2"), "group", 16);
  onnx.output("c2");

  const auto nodes = summarise(read(onnx), {1, 3, 9, 7});
  ASSERT_EQ(nodes.size(), 4U);
  EXPECT_EQ(nodes[0].operation, "Conv 3x3/2");
  EXPECT_EQ(nodes[0].kind, "Conv");
  EXPECT_EQ(nodes[0].name, "c0");
  EXPECT_EQ(nodes[0].inputs, std::vector<std::string>{"in"});
  EXPECT_EQ(nodes[0].input_shapes, (std::vector<Shape>{{1, 3, 9, 7}}));
  EXPECT_EQ(nodes[0].output_shape, (Shape{1, 16, 5, 4}));
  EXPECT_EQ(nodes[0].parameters, 448U);
  EXPECT_DOUBLE_EQ(nodes[0].flop, 2.0 * (5 * 4 * 16) * 27);
  EXPECT_EQ(nodes[1].kind, "PRelu");
  EXPECT_EQ(nodes[1].parameters, 16U);
  EXPECT_EQ(nodes[1].flop, 0);
  EXPECT_EQ(nodes[2].operation, "Conv 3x3 depthwise");
  EXPECT_EQ(nodes[2].parameters, 144U);
  EXPECT_DOUBLE_EQ(nodes[2].flop, 2.0 * (5 * 4 * 16) * 9);
  EXPECT_EQ(nodes[3].parameters, 0U);
  EXPECT_EQ(nodes[3].output_shape, (Shape{1, 16, 3, 2}));
}

TEST(DescribeOperator, NamesWindowsAndWhatIsFused) {
  Node node;
  node.op = Op::conv;
  auto weight = std::make_shared<Constant>();
  weight->shape = {8, 4, 3, 5};
  node.weight = weight;
  node.window.kernel = {3, 5};
  EXPECT_EQ(describe_operator(node), "Conv 3x5");
  node.window.stride = {1, 2};
  node.window.dilation = {2, 2};
  node.group = 2;
  node.adds_input = true;
  node.unary.function = Function::hard_swish;
  EXPECT_EQ(describe_operator(node), "Conv 3x5/1x2 dilation 2 groups 2 + Add + HardSwish");
  Node pool;
  pool.op = Op::average_pool;
  pool.window.whole_input = true;
  EXPECT_EQ(describe_operator(pool), "AveragePool global");
  Node unary;
  unary.op = Op::unary;
  unary.unary.function = Function::sigmoid;
  EXPECT_EQ(describe_operator(unary), "Sigmoid");
}

/// Small networks with the structure of other projects' networks, counted by the script that made
/// them.
TEST(GraphSummary, CountsWhatTheMakerOfANetworkCounted) {
  const fs::path folder = fs::path(FACESHOT_SOURCE_DIR) / "tests/engine/fixtures/peers";
  std::ifstream sizes(folder / "small_sizes.txt");
  std::string line;
  std::getline(sizes, line);  // column titles
  int networks = 0;
  for (; std::getline(sizes, line); ++networks) {
    std::istringstream words(line);
    std::string name;
    std::int64_t height = 0, width = 0;
    double parameters = 0, multiply_adds = 0;
    words >> name >> height >> width >> parameters >> multiply_adds;
    const std::string bytes = bytes_of(folder / (name + ".onnx"));
    const Graph graph = read_onnx(std::as_bytes(std::span(bytes)), {name, {}});
    double counted = 0, flop = 0;
    for (const NodeSummary& node : summarise(graph, {1, 3, height, width})) {
      // The script does not count constants of box decoding.
      if (node.kind == "Conv" || node.kind == "BatchNormalization")
        counted += static_cast<double>(node.parameters);
      flop += node.flop;
    }
    EXPECT_EQ(counted, parameters) << name;
    EXPECT_EQ(flop / 2, multiply_adds) << name;
  }
  EXPECT_EQ(networks, 4);
}

/// A network, its authors' figures, and their source.
struct Published {
  const char* file;
  Shape input;
  double parameters, multiply_adds;
};

class PublishedNetwork : public ::testing::TestWithParam<Published> {};

TEST_P(PublishedNetwork, HasTheSizeThatItsAuthorsTell) {
  const fs::path path = fs::path(FACESHOT_SHARED_DIR) / "peers" / GetParam().file;
  if (!fs::exists(path))
    GTEST_SKIP() << "SKIPPED: operations are NOT held to published ones: there is no " << path;
  const std::string bytes = bytes_of(path);
  std::size_t parameters = 0;
  double flop = 0;
  for (const NodeSummary& node : summarise(
           read_onnx(std::as_bytes(std::span(bytes)), {path.string(), {}}), GetParam().input)) {
    parameters += node.parameters;
    flop += node.flop;
  }
  // BatchNorm's two values per channel have become one bias.
  EXPECT_NEAR(static_cast<double>(parameters), GetParam().parameters, 0.03 * GetParam().parameters);
  // They count the operations of BatchNorm and ReLU as well, we only those of convolutions.
  EXPECT_LT(flop / 2, GetParam().multiply_adds);
  EXPECT_GT(flop / 2, 0.85 * GetParam().multiply_adds);
}

// Table of github.com/ShiqiYu/libfacedetection.train, at 320x320.
INSTANTIATE_TEST_SUITE_P(
    Shared, PublishedNetwork,
    ::testing::Values(Published{"yunet_n_dynamic.onnx", {1, 3, 320, 320}, 75856, 149e6},
                      Published{"yunet_s_dynamic.onnx", {1, 3, 320, 320}, 54608, 96e6}),
    [](const auto& each) {
      const std::string file = each.param.file;
      return file.substr(0, file.find('.'));
    });

}  // namespace
}  // namespace faceshot::engine::graph_summary_test
