// Convolutions on our own kernels, at every instruction level of this CPU: they must equal the
// reference in plain loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/noise.hpp"
#include "base/random.hpp"
#include "engine/kernels/row_kernels.hpp"
#include "engine/onnx/onnx_reader.hpp"
#include "engine/onnx_builder.hpp"
#include "engine/ops/shape_inference.hpp"
#include "engine/passes/passes.hpp"
#include "engine/plan/plan.hpp"
#include "engine/reference.hpp"

namespace faceshot::engine::separable_test {
namespace {

using base::Isa;
using faceshot::testing::noise;
using faceshot::testing::OnnxBuilder;
using faceshot::testing::set_float;
using faceshot::testing::set_int;
using faceshot::testing::set_ints;
using faceshot::testing::set_text;

std::int64_t between(std::uint32_t low, std::uint32_t high, base::Random& random) {
  return low + random.below(high - low + 1);
}

std::vector<Isa> levels() {
  std::vector<Isa> all;
  for (const Isa level : {Isa::baseline, Isa::avx2, Isa::avx512, Isa::avx512_bf16})
    if (level <= base::isa()) all.push_back(level);
  return all;
}

/// A few convolutions in sequence, as varied as our kernels allow.
class Chain {
 public:
  explicit Chain(std::uint32_t seed) : random_(seed, 0, 0, 0) {}

  void input(std::int64_t channels) {
    channels_ = channels;
    shape_ = {1, channels, between(1, 12, random_), between(1, 60, random_)};
    onnx_.input("in", {"1", std::to_string(channels), "h", "w"});
  }
  /// So large that layers are chained.
  void large_image() {
    channels_ = 3;
    shape_ = {1, 3, between(96, 110, random_), between(220, 240, random_)};
    onnx_.input("in", {"1", "3", "h", "w"});
  }
  void max_pool() {
    const std::string name = "pool" + std::to_string(count_++);
    onnx::NodeProto& node = onnx_.node("MaxPool", {last_}, name);
    set_ints(node, "kernel_shape", {2, 2});
    set_ints(node, "strides", {2, 2});
    last_ = name;
  }
  void depthwise() {
    add("dw", channels_, 1, channels_, 3, between(1, 2, random_), {pad(), pad(), pad(), pad()});
  }
  /// @param unit the number of outputs is a multiple of it
  void pointwise(std::int64_t unit) {
    const std::int64_t outputs = (between(1, 80, random_) + unit - 1) / unit * unit;
    add("pw", outputs, channels_, 1, 1, 1, {0, 0, 0, 0});
  }
  void first() { add("first", between(1, 40, random_), 3, 1, 3, 2, {pad(), pad(), pad(), pad()}); }
  void activation() {
    const std::string in = last_;
    last_ += ".act";
    switch (random_.below(4)) {
      case 0:
        onnx_.node("Relu", {in}, last_);
        break;
      case 1:
        set_float(onnx_.node("LeakyRelu", {in}, last_), "alpha", 0.1F);
        break;
      case 2:
        onnx_.weights(last_ + ".low", {}, {0});
        onnx_.weights(last_ + ".high", {}, {0.5F});
        onnx_.node("Clip", {in, last_ + ".low", last_ + ".high"}, last_);
        break;
      default:
        last_ = in;
    }
  }
  /// depthwise, pointwise, and the sum with the block's input.
  void residual_block() {
    const std::string in = last_;
    add("dw", channels_, 1, channels_, 3, 1, {1, 1, 1, 1});
    add("pw", channels_, channels_, 1, 1, 1, {0, 0, 0, 0});
    onnx_.node("Add", {last_, in}, last_ + ".sum");
    last_ += ".sum";
  }

  [[nodiscard]] Graph graph() {
    onnx_.output(last_);
    const std::string bytes = onnx_.bytes();
    return read_onnx(std::as_bytes(std::span(bytes)), {"chain", {}});
  }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] base::Random& random() { return random_; }

 private:
  std::int64_t pad() { return between(0, 1, random_) + (random_.chance(0.1F) ? 1 : 0); }

  void add(const std::string& kind, std::int64_t outputs, std::int64_t inputs, std::int64_t group,
           std::int64_t kernel, std::int64_t stride, const Shape& pads) {
    const std::string name = kind + std::to_string(count_++);
    // Scaled so that values neither grow nor vanish from layer to layer.
    auto weights = noise(outputs * inputs * kernel * kernel, random_);
    for (float& w : weights) w *= std::sqrt(3.0F / static_cast<float>(inputs * kernel * kernel));
    onnx_.weights(name + ".w", {outputs, inputs, kernel, kernel}, weights);
    std::vector<std::string> names{last_, name + ".w"};
    if (random_.chance(0.7F)) {
      onnx_.weights(name + ".b", {outputs}, noise(outputs, random_));
      names.push_back(name + ".b");
    }
    onnx::NodeProto& node = onnx_.node("Conv", names, name);
    set_ints(node, "pads", pads);
    set_ints(node, "strides", {stride, stride});
    set_int(node, "group", group);
    channels_ = outputs;
    last_ = name;
  }

  base::Random random_;
  OnnxBuilder onnx_;
  Shape shape_;
  std::int64_t channels_ = 0;
  std::string last_ = "in";
  int count_ = 0;
};

struct Errors {
  double largest = 0;  ///< relative to 1 + the wanted value
  double usual = 0;    ///< root mean square, relative to that of the wanted values
};

/// True if the shape suits: no window is larger than the image.
bool fits(const Graph& graph, const Shape& shape) {
  try {
    (void)infer_tensors(graph, shape);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

/// A graph, an input, and the reference's result.
struct Example {
  explicit Example(Chain& chain)
      : graph(chain.graph()),
        shape(chain.shape()),
        input(noise(element_count(shape), chain.random())) {
    if (fits(graph, shape))
      wanted = testing::run_reference(graph, shape,
                                      input)[static_cast<std::size_t>(graph.outputs.front())];
  }
  Graph graph;
  Shape shape;
  std::vector<float> input;
  std::vector<double> wanted;  ///< empty where a window is larger than the image
};

Errors errors_of(const Example& example, const RowOptions& options, int threads = 1) {
  const auto& [graph, shape, input, wanted] = example;
  Plan plan(graph, shape, options, threads);
  Errors errors;
  double off = 0, size = 0;
  for (int run = 0; run < 2; ++run) {
    std::copy(input.begin(), input.end(), plan.input());
    plan.run();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const double error = std::abs(static_cast<double>(plan.output(0)[i]) - wanted[i]);
      errors.largest = std::max(errors.largest, error / (1 + std::abs(wanted[i])));
      off += error * error;
      size += wanted[i] * wanted[i];
    }
  }
  const double count = 2 * static_cast<double>(wanted.size());
  errors.usual = std::sqrt(off / count) / (0.3 + std::sqrt(size / count));
  return errors;
}

/// All levels in one process, which share the reference: a separate suite, which need not run again
/// when ctest sets FACESHOT_ISA.
template <class Build>
void expect_all_levels(std::uint32_t seeds, Op op, const Build& build,
                       const std::vector<int>& teams = {1}) {
  std::uint32_t found = 0;
  for (std::uint32_t seed = 0; seed < seeds; ++seed) {
    Chain chain(seed);
    build(chain);
    const Example example(chain);
    if (example.wanted.empty()) continue;
    InferredTensors known = infer_tensors(example.graph, example.shape);
    for (const Node& node : optimise(example.graph, known).nodes) found += node.op == op ? 1U : 0U;
    for (const Isa level : levels()) {
      for (const int threads : teams) {
        const std::string where = "seed " + std::to_string(seed) + ", level " +
                                  std::to_string(static_cast<int>(level)) + ", " +
                                  std::to_string(threads) + " threads";
        ASSERT_LE(errors_of(example, {.level = level}, threads).largest, 1e-4) << where;
        // 8 bits of mantissa in each of two factors.
        if (level == Isa::avx512_bf16) {
          ASSERT_LE(errors_of(example, {.bfloat16 = true, .level = level}, threads).usual, 0.02)
              << where;
        }
      }
    }
  }
  if (row_kernels_pay()) {
    EXPECT_GE(found, seeds / 2);
  }
}

TEST(SeparableAtEveryLevel, DepthwiseThenPointwise) {
  expect_all_levels(60, Op::separable_conv, [](Chain& chain) {
    chain.input(4 * between(1, 20, chain.random()));
    chain.depthwise();
    chain.activation();
    chain.pointwise(1);
    chain.activation();
  });
}

TEST(SeparableAtEveryLevel, PointwiseThenDepthwise) {
  expect_all_levels(60, Op::row_chain, [](Chain& chain) {
    chain.input(between(1, 70, chain.random()));
    chain.pointwise(4);
    chain.activation();
    chain.depthwise();
    chain.activation();
  });
}

TEST(SeparableAtEveryLevel, ResidualBlocks) {
  expect_all_levels(30, Op::separable_conv, [](Chain& chain) {
    chain.input(4 * between(1, 12, chain.random()));
    chain.residual_block();
    chain.activation();
    chain.residual_block();
    chain.activation();
  });
}

TEST(SeparableAtEveryLevel, PointwiseAlone) {
  expect_all_levels(40, Op::conv, [](Chain& chain) {
    chain.input(between(1, 70, chain.random()));
    chain.pointwise(1);
    chain.activation();
  });
}

TEST(SeparableAtEveryLevel, FirstConvolution) {
  expect_all_levels(60, Op::conv, [](Chain& chain) {
    chain.input(3);
    chain.first();
    chain.activation();
  });
}

TEST(SeparableAtEveryLevel, PartsOfSeveralThreadsMakeTheWhole) {
  const auto build = [](Chain& chain) {
    chain.input(3);
    chain.first();
    chain.pointwise(4);
    chain.depthwise();
    chain.pointwise(4);
    chain.depthwise();
  };
  expect_all_levels(6, Op::separable_conv, build, {2, 3});
}

TEST(SeparableAtEveryLevel, LongChains) {
  const auto build = [](Chain& chain) {
    chain.large_image();
    chain.first();
    chain.activation();
    chain.pointwise(16);
    chain.activation();
    chain.residual_block();
    if (chain.random().chance(0.5F))
      chain.max_pool();
    else
      chain.depthwise();
    chain.pointwise(32);
    chain.residual_block();
  };
  expect_all_levels(2, Op::row_chain, build, {1, 2, 3});
}

TEST(Separable, SmallHeadsAreComputedTogether) {
  base::Random random(3, 0, 0, 0);
  OnnxBuilder onnx;
  onnx.input("in", {"1", "16", "h", "w"});
  const std::vector<std::int64_t> channels{1, 4, 1, 7};
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const std::string name = "head" + std::to_string(i);
    const std::int64_t count = channels[i];
    onnx.weights(name + ".pw", {count, 16, 1, 1}, noise(count * 16, random));
    onnx.weights(name + ".bias", {count}, noise(count, random));
    onnx.node("Conv", {"in", name + ".pw", name + ".bias"}, name + ".between");
    onnx.weights(name + ".dw", {count, 1, 3, 3}, noise(count * 9, random));
    onnx::NodeProto& node = onnx.node("Conv", {name + ".between", name + ".dw"}, name);
    set_int(node, "group", count);
    set_ints(node, "pads", {1, 1, 1, 1});
    onnx.output(name);
  }
  const std::string bytes = onnx.bytes();
  const Graph graph = read_onnx(std::as_bytes(std::span(bytes)), {"heads", {}});
  const Shape shape{1, 16, 9, 11};
  InferredTensors known = infer_tensors(graph, shape);
  const Graph fast = optimise(graph, known);
  if (row_kernels_pay()) {
    EXPECT_EQ(fast.nodes.size(), 1 + channels.size());  // a chain, and its parts
  }
  Plan plan(graph, shape);
  const auto input = noise(element_count(shape), random);
  const auto wanted = testing::run_reference(graph, shape, input);
  std::copy(input.begin(), input.end(), plan.input());
  plan.run();
  for (std::size_t o = 0; o < channels.size(); ++o) {
    const auto& values = wanted[static_cast<std::size_t>(graph.outputs[o])];
    ASSERT_EQ(plan.output_shape(o), (Shape{1, channels[o], 9, 11}));
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(static_cast<double>(plan.output(o)[i]), values[i], 1e-4) << o << " at " << i;
  }
}

TEST(Separable, AFeaturePyramidNeedsNoUpsampledMap) {
  for (const bool fine_first : {true, false}) {
    base::Random random(4, 0, 0, 0);
    OnnxBuilder onnx;
    onnx.input("in", {"1", "6", "h", "w"});
    onnx.weights("down.w", {6, 1, 1, 1}, noise(6, random));
    onnx::NodeProto& down = onnx.node("Conv", {"in", "down.w"}, "down");
    set_int(down, "group", 6);
    set_ints(down, "strides", {2, 2});
    onnx.weights("lateral.w", {6, 6, 1, 1}, noise(36, random));
    onnx.node("Conv", {"in", "lateral.w"}, "lateral");
    onnx.weights("scales", {4}, {1, 1, 2, 2});
    onnx::NodeProto& resize = onnx.node("Resize", {"down", "", "scales"}, "up");
    set_text(resize, "mode", "nearest");
    set_text(resize, "coordinate_transformation_mode", "asymmetric");
    set_text(resize, "nearest_mode", "floor");
    onnx.node("Add",
              fine_first ? std::vector<std::string>{"lateral", "up"}
                         : std::vector<std::string>{"up", "lateral"},
              "out");
    onnx.output("out");
    const std::string bytes = onnx.bytes();
    const Graph graph = read_onnx(std::as_bytes(std::span(bytes)), {"pyramid", {}});
    const Shape shape{1, 6, 10, 14};
    InferredTensors known = infer_tensors(graph, shape);
    const Graph fast = optimise(graph, known);
    if (row_kernels_pay()) {
      EXPECT_EQ(fast.nodes.size(), 3U);
    }
    Plan plan(graph, shape);
    const auto input = noise(element_count(shape), random);
    const auto wanted = testing::run_reference(graph, shape, input);
    std::copy(input.begin(), input.end(), plan.input());
    plan.run();
    const auto& values = wanted[static_cast<std::size_t>(graph.outputs[0])];
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(static_cast<double>(plan.output(0)[i]), values[i], 1e-4) << "at " << i;
  }
}

TEST(SeparableInBFloat16, IsUsedWhereItIsAskedFor) {
  if (base::isa() != Isa::avx512_bf16) GTEST_SKIP() << "SKIPPED: this CPU has no bfloat16";
  Chain chain(1);
  chain.input(64);
  chain.depthwise();
  chain.pointwise(1);
  const Example example(chain);
  EXPECT_GT(errors_of(example, {.bfloat16 = true}).usual, 1e-4);
}

TEST(TilesOfThisCpu, MultiplyInBFloat16) {
  if (!base::has_tiles())
    GTEST_SKIP()
        << "SKIPPED: AMX was NOT run, since this CPU has none; test_engine_tiles emulates it";
  Chain chain(1);
  chain.input(64);
  chain.depthwise();
  chain.pointwise(1);
  const Example example(chain);
  const Errors errors = errors_of(example, {.bfloat16 = true});
  EXPECT_GT(errors.usual, 1e-4);
  EXPECT_LT(errors.usual, 0.02);
  EXPECT_NE(row_kernels(Isa::avx512_bf16).release_tiles, nullptr);
}

TEST(Separable, APairThatSomebodyElseReadsStaysApart) {
  base::Random random(1, 0, 0, 0);
  OnnxBuilder onnx;
  onnx.input("in", {"1", "8", "h", "w"});
  onnx.weights("dw.w", {8, 1, 3, 3}, noise(72, random));
  set_int(onnx.node("Conv", {"in", "dw.w"}, "dw"), "group", 8);
  onnx.weights("pw.w", {8, 8, 1, 1}, noise(64, random));
  onnx.node("Conv", {"dw", "pw.w"}, "pw");
  onnx.output("pw");
  onnx.output("dw");
  const std::string bytes = onnx.bytes();
  Graph graph = read_onnx(std::as_bytes(std::span(bytes)), {"two outputs", {}});
  fuse_depthwise_pointwise(graph);
  EXPECT_EQ(graph.nodes.size(), 2U);
}

}  // namespace
}  // namespace faceshot::engine::separable_test
