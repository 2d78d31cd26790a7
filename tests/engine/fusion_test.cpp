// Fused, planned and with shared memory, a network must still compute what its operators say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/noise.hpp"
#include "base/random.hpp"
#include "base/simd/isa.hpp"
#include "engine/kernels/row_kernels.hpp"
#include "engine/onnx/onnx_reader.hpp"
#include "engine/onnx_builder.hpp"
#include "engine/ops/shape_inference.hpp"
#include "engine/passes/passes.hpp"
#include "engine/plan/plan.hpp"
#include "engine/reference.hpp"

namespace faceshot::engine {
namespace {

using faceshot::testing::noise;
using faceshot::testing::OnnxBuilder;
using faceshot::testing::set_int;
using faceshot::testing::set_ints;

Graph read(const OnnxBuilder& onnx) {
  const std::string bytes = onnx.bytes();
  return read_onnx(std::as_bytes(std::span(bytes)), {"test", {}});
}

Graph optimised(const Graph& graph, const Shape& shape) {
  InferredTensors known = infer_tensors(graph, shape);
  return optimise(graph, known);
}

std::size_t count(const Graph& graph, Op op) {
  return static_cast<std::size_t>(std::count_if(graph.nodes.begin(), graph.nodes.end(),
                                                [op](const Node& node) { return node.op == op; }));
}

/// Compares all outputs of the optimised plan with the reference, for two inputs in a row: what a
/// run leaves in memory must not affect the next.
void expect_equals_reference(const Graph& graph, const Shape& shape, base::Random& random,
                             const std::string& what, int threads = 1) {
  // Without fused multiply-add every step of a sum rounds twice.
  const double tolerance = base::isa() == base::Isa::baseline ? 2e-4 : 1e-4;
  Plan plan(graph, shape, {}, threads);
  for (int run = 0; run < 2; ++run) {
    const auto input = noise(element_count(shape), random);
    const auto reference = testing::run_reference(graph, shape, input);
    std::copy(input.begin(), input.end(), plan.input());
    plan.run();
    for (std::size_t o = 0; o < graph.outputs.size(); ++o) {
      const auto& wanted = reference[static_cast<std::size_t>(graph.outputs[o])];
      ASSERT_EQ(element_count(plan.output_shape(o)), static_cast<std::int64_t>(wanted.size()));
      for (std::size_t i = 0; i < wanted.size(); ++i)
        ASSERT_NEAR(static_cast<double>(plan.output(o)[i]), wanted[i],
                    tolerance * (1 + std::abs(wanted[i])))
            << what << ", run " << run << ", output " << o << " at " << i;
    }
  }
}

void add_conv(OnnxBuilder& onnx, const std::string& in, const std::string& out, std::int64_t from,
              std::int64_t to, std::int64_t kernel, base::Random& random, std::int64_t stride = 1,
              std::int64_t group = 1) {
  onnx.weights(out + ".w", {to, from / group, kernel, kernel},
               noise(to * from / group * kernel * kernel, random));
  std::vector<std::string> inputs{in, out + ".w"};
  if (random.chance(0.5F)) {
    onnx.weights(out + ".b", {to}, noise(to, random));
    inputs.push_back(out + ".b");
  }
  onnx::NodeProto& node = onnx.node("Conv", inputs, out);
  set_ints(node, "pads", {kernel / 2, kernel / 2, kernel / 2, kernel / 2});
  set_ints(node, "strides", {stride, stride});
  set_int(node, "group", group);
}

void add_batch_norm(OnnxBuilder& onnx, const std::string& in, const std::string& out,
                    std::int64_t channels, base::Random& random) {
  for (const char* part : {".gamma", ".beta", ".mean", ".var"}) {
    auto values = noise(channels, random);
    if (part == std::string(".var"))
      for (float& v : values) v = v * v + 0.1F;
    onnx.weights(out + part, {channels}, values);
  }
  onnx.node("BatchNormalization", {in, out + ".gamma", out + ".beta", out + ".mean", out + ".var"},
            out);
}

TEST(Fusion, AResidualBlockBecomesItsConvolutions) {
  base::Random random(1, 0, 0, 0);
  OnnxBuilder onnx;
  onnx.input("in", {"1", "3", "h", "w"});
  add_conv(onnx, "in", "c0", 3, 8, 3, random);
  add_batch_norm(onnx, "c0", "n0", 8, random);
  onnx.node("Relu", {"n0"}, "x");
  add_conv(onnx, "x", "depthwise", 8, 8, 3, random, 1, 8);
  add_conv(onnx, "depthwise", "pointwise", 8, 8, 1, random);
  add_batch_norm(onnx, "pointwise", "n1", 8, random);
  onnx.node("Add", {"x", "n1"}, "sum");
  onnx.node("Relu", {"sum"}, "out");
  onnx.output("out");
  const Graph graph = read(onnx), fast = optimised(graph, {1, 3, 7, 5});
  // With the sum and both Relus fused; two of the three are computed together where that pays.
  const std::size_t together = row_kernels_pay() ? 1 : 0;
  EXPECT_EQ(fast.nodes.size(), 3 - together);
  EXPECT_EQ(count(fast, Op::conv), 3 - 2 * together);
  EXPECT_EQ(count(fast, Op::separable_conv), together);
  expect_equals_reference(graph, {1, 3, 7, 5}, random, "residual");
}

TEST(Fusion, ExtremesOfSeveralMapsAreThoseOfThePairs) {
  base::Random random(5, 0, 0, 0);
  for (const char* const op : {"Max", "Min"}) {
    OnnxBuilder onnx;
    onnx.input("in", {"1", "3", "h", "w"});
    for (const char* const map : {"a", "b", "c"}) add_conv(onnx, "in", map, 3, 4, 1, random);
    onnx.weights("each", {4, 1, 1}, noise(4, random));
    onnx.node(op, {"a", "b", "each", "c"}, "most");
    onnx.node(op, {"most"}, "out");
    onnx.output("out");
    const Graph graph = read(onnx);
    EXPECT_EQ(count(graph, Op::binary), 3U);
    expect_equals_reference(graph, {1, 3, 6, 5}, random, op);
  }
}

TEST(Fusion, ATensorThatSomebodyElseReadsStays) {
  base::Random random(2, 0, 0, 0);
  OnnxBuilder onnx;
  onnx.input("in", {"1", "3", "h", "w"});
  add_conv(onnx, "in", "conv", 3, 4, 1, random);
  onnx.node("Relu", {"conv"}, "relu");
  onnx.output("conv");
  onnx.output("relu");
  const Graph graph = read(onnx);
  EXPECT_EQ(count(optimised(graph, {1, 3, 2, 2}), Op::unary), 1U);
  expect_equals_reference(graph, {1, 3, 2, 2}, random, "two outputs");
}

TEST(Fusion, NothingIsAddedOntoATensorThatLivesOnUnderAnotherName) {
  base::Random random(3, 0, 0, 0);
  OnnxBuilder onnx;
  onnx.input("in", {"1", "2", "h", "w"});
  add_conv(onnx, "in", "a", 2, 2, 1, random);
  onnx.node("Identity", {"a"}, "alias");
  add_conv(onnx, "in", "b", 2, 2, 3, random);
  onnx.node("Add", {"a", "b"}, "sum");
  onnx.node("Mul", {"sum", "alias"}, "out");
  onnx.output("out");
  expect_equals_reference(read(onnx), {1, 2, 4, 4}, random, "alias");
}

TEST(Fusion, AConvolutionIsNotMovedBehindAnAdditionOntoItsInput) {
  base::Random random(4, 0, 0, 0);
  OnnxBuilder onnx;
  onnx.input("in", {"1", "2", "h", "w"});
  add_conv(onnx, "in", "t", 2, 2, 1, random);
  add_conv(onnx, "t", "early", 2, 2, 3, random);
  add_conv(onnx, "in", "b", 2, 2, 3, random);
  onnx.node("Add", {"b", "t"}, "s");
  add_conv(onnx, "s", "v", 2, 2, 1, random);
  onnx.node("Add", {"early", "v"}, "out");
  onnx.output("out");
  expect_equals_reference(read(onnx), {1, 2, 4, 4}, random, "order");
}

/// Grows a random network of every supported operator, with tensors read repeatedly.
class RandomNetwork {
 public:
  explicit RandomNetwork(std::uint32_t seed) : random_(seed, 0, 0, 0) {
    onnx_.input("in", {"1", "4", "8", "8"});
    known_ = {{"in", 4, 8}};
    for (std::uint32_t n = 0, count = 2 + random_.below(14); n < count; ++n) grow();
    // The last tensor and a few others are outputs.
    onnx_.output(known_.back().name);
    for (std::size_t i = 1; i + 1 < known_.size(); ++i)
      if (random_.chance(0.1F)) onnx_.output(known_[i].name);
  }

  [[nodiscard]] Graph graph() const { return read(onnx_); }
  [[nodiscard]] base::Random& random() { return random_; }

 private:
  struct Known {
    std::string name;
    std::int64_t channels, side;
  };

  Known pick() {
    // Recent ones more often.
    const auto size = static_cast<std::uint32_t>(known_.size());
    return known_[size - 1 - std::min(random_.below(size), random_.below(size))];
  }

  /// Another tensor of the same shape, made by a convolution where there is none.
  std::string partner(const Known& x, const std::string& name) {
    std::vector<std::string> fitting;
    for (const Known& k : known_)
      if (k.channels == x.channels && k.side == x.side) fitting.push_back(k.name);
    if (random_.chance(0.5F))
      return fitting[random_.below(static_cast<std::uint32_t>(fitting.size()))];
    add_conv(onnx_, x.name, name + ".a", x.channels, x.channels, 3, random_, 1, x.channels);
    if (random_.chance(0.3F)) return name + ".a";
    add_conv(onnx_, name + ".a", name, x.channels, x.channels, 1, random_);
    return name;
  }

  void grow() {
    const Known x = pick();
    const std::string name = "t" + std::to_string(known_.size());
    Known made{name, x.channels, x.side};
    switch (random_.below(15)) {
      case 0:
      case 1:
        made.channels = 2 * (1 + random_.below(4));
        add_conv(onnx_, x.name, name, x.channels, made.channels, 1, random_);
        break;
      case 2:
        add_conv(onnx_, x.name, name, x.channels, x.channels, 3, random_, 1, x.channels);
        break;
      case 3:
        if (x.side % 2 != 0) return;
        made.side = x.side / 2;
        add_conv(onnx_, x.name, name, x.channels, x.channels, 3, random_, 2);
        break;
      case 4:
        onnx_.node("Relu", {x.name}, name);
        break;
      case 5:
      case 6:
      case 7: {
        const std::string other = partner(x, name + ".other");
        onnx_.node("Add",
                   random_.chance(0.5F) ? std::vector{x.name, other} : std::vector{other, x.name},
                   name);
        break;
      }
      case 8:
        onnx_.node("Mul", {x.name, partner(x, name + ".other")}, name);
        break;
      case 9: {
        const std::string other = partner(x, name + ".other");
        set_int(onnx_.node("Concat", {x.name, other}, name), "axis", 1);
        made.channels *= 2;
        break;
      }
      case 10:
        onnx_.node("Identity", {x.name}, name);
        break;
      case 11:
        if (x.side > 8) return;
        onnx_.weights(name + ".scales", {4}, {1, 1, 2, 2});
        onnx_.node("Resize", {x.name, "", name + ".scales"}, name);
        made.side *= 2;
        break;
      case 12:
        set_ints(onnx_.node("MaxPool", {x.name}, name), "kernel_shape", {1, 1});
        break;
      case 13:
        add_batch_norm(onnx_, x.name, name, x.channels, random_);
        break;
      default:  // there and back again
        onnx_.integers(name + ".flat", {1, -1});
        onnx_.integers(name + ".shape", {1, x.channels, x.side, x.side});
        onnx_.node("Reshape", {x.name, name + ".flat"}, name + ".row");
        onnx_.node("Reshape", {name + ".row", name + ".shape"}, name);
        break;
    }
    known_.push_back(made);
  }

  OnnxBuilder onnx_;
  base::Random random_;
  std::vector<Known> known_;
};

TEST(Fusion, RandomNetworksComputeTheSame) {
  std::size_t fused_sums = 0;
  for (std::uint32_t seed = 0; seed < 1500; ++seed) {
    RandomNetwork network(seed);
    const Graph graph = network.graph();
    for (const Node& node : optimised(graph, {1, 4, 8, 8}).nodes)
      fused_sums += node.adds_input ? 1U : 0U;
    expect_equals_reference(graph, {1, 4, 8, 8}, network.random(), "seed " + std::to_string(seed),
                            1 + static_cast<int>(seed % 3));
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(fused_sums, 200U);  // or the test would show nothing
}

}  // namespace
}  // namespace faceshot::engine
