#include "engine/onnx/onnx_reader.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "base/random.hpp"
#include "base/refusal.hpp"
#include "engine/onnx_builder.hpp"
#include "engine/plan/plan.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

using faceshot::testing::OnnxBuilder;
using faceshot::testing::set_int;
using faceshot::testing::set_ints;

Graph read(const std::string& bytes) {
  return read_onnx(std::as_bytes(std::span(bytes)), {"test.onnx", {}});
}

/// A small network with most kinds of constants and attributes.
OnnxBuilder example_model() {
  OnnxBuilder onnx;
  onnx.input("in", {"1", "2", "h", "w"});
  onnx.weights("w", {4, 2, 3, 3}, std::vector<float>(72, 0.1F));
  onnx.weights("b", {4}, {0, 1, 2, 3});
  onnx::NodeProto& conv = onnx.node("Conv", {"in", "w", "b"}, "conv");
  set_ints(conv, "kernel_shape", {3, 3});
  set_ints(conv, "pads", {1, 1, 1, 1});
  onnx.node("Relu", {"conv"}, "relu");
  set_ints(onnx.node("MaxPool", {"relu"}, "pool"), "kernel_shape", {2, 2});
  set_ints(onnx.node("Transpose", {"pool"}, "nhwc"), "perm", {0, 2, 3, 1});
  onnx.integers("shape", {1, -1, 2});
  onnx.node("Reshape", {"nhwc", "shape"}, "pairs");
  set_int(onnx.node("Softmax", {"pairs"}, "out"), "axis", -1);
  onnx.output("out");
  return onnx;
}

/// The message with which the network is refused.
std::string refusal(const OnnxBuilder& onnx, ErrorCode code) {
  return testing::refusal(code, [&] { (void)read(onnx.bytes()); });
}

TEST(OnnxReader, ReadsWhatItNeeds) {
  OnnxBuilder onnx = example_model();
  onnx.metadata({{"faceshot", "1"}});
  const Graph graph = read(onnx.bytes());
  ASSERT_EQ(graph.nodes.size(), 6U);
  EXPECT_EQ(graph.nodes[0].op, Op::conv);
  EXPECT_EQ(graph.nodes[0].weight->shape, (Shape{4, 2, 3, 3}));
  EXPECT_EQ(graph.nodes[0].bias->floats, (std::vector<float>{0, 1, 2, 3}));
  EXPECT_EQ(graph.nodes[0].window.padding, (std::array<std::int64_t, 4>{1, 1, 1, 1}));
  EXPECT_EQ(graph.tensors[static_cast<std::size_t>(graph.nodes[4].inputs[1])].constant->integers,
            (Shape{1, -1, 2}));
  EXPECT_EQ(graph.tensors[static_cast<std::size_t>(graph.inputs[0])].declared,
            (Shape{1, 2, -1, -1}));
  EXPECT_EQ(graph.metadata.at("faceshot"), "1");
}

TEST(OnnxReader, NamesTheOperatorThatItLacks) {
  OnnxBuilder onnx = example_model();
  onnx.node("LSTM", {"out"}, "memory");
  const std::string message = refusal(onnx, ErrorCode::unsupported);
  EXPECT_NE(message.find("LSTM"), std::string::npos) << message;
  EXPECT_NE(message.find("memory"), std::string::npos) << message;
  EXPECT_NE(message.find("test.onnx"), std::string::npos) << message;
}

struct Damage {
  const char* name;
  ErrorCode code;
  std::function<void(onnx::GraphProto&)> apply;
};

class OnnxReaderDamage : public ::testing::TestWithParam<Damage> {};

TEST_P(OnnxReaderDamage, IsRefused) {
  OnnxBuilder onnx = example_model();
  GetParam().apply(*onnx.model().mutable_graph());
  EXPECT_NE(refusal(onnx, GetParam().code), "");
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, OnnxReaderDamage,
    ::testing::Values(
        Damage{"NoInput", ErrorCode::format, [](auto& g) { g.clear_input(); }},
        Damage{"NoOutput", ErrorCode::format, [](auto& g) { g.clear_output(); }},
        Damage{"UnknownOutput", ErrorCode::format,
               [](auto& g) { g.mutable_output(0)->set_name("nobody"); }},
        Damage{"ReadsBeforeWritten", ErrorCode::format,
               [](auto& g) { g.mutable_node()->SwapElements(0, 1); }},
        Damage{"ReadsItself", ErrorCode::format,
               [](auto& g) { g.mutable_node(1)->set_input(0, "relu"); }},
        Damage{"TwoOfOneName", ErrorCode::format,
               [](auto& g) { g.mutable_node(1)->set_output(0, "conv"); }},
        Damage{"OverwritesAConstant", ErrorCode::format,
               [](auto& g) { g.mutable_node(1)->set_output(0, "w"); }},
        Damage{"NodeWithoutOutput", ErrorCode::format,
               [](auto& g) { g.mutable_node(1)->clear_output(); }},
        Damage{"NodeWithoutInput", ErrorCode::format,
               [](auto& g) { g.mutable_node(1)->clear_input(); }},
        Damage{"FewerWeightsThanItsShape", ErrorCode::format,
               [](auto& g) { g.mutable_initializer(0)->mutable_float_data()->RemoveLast(); }},
        Damage{"AbsurdShape", ErrorCode::format,
               [](auto& g) { g.mutable_initializer(0)->set_dims(0, std::int64_t{1} << 62); }},
        Damage{"NegativeShape", ErrorCode::format,
               [](auto& g) { g.mutable_initializer(0)->set_dims(0, -4); }},
        Damage{"RawDataOfTheWrongSize", ErrorCode::format,
               [](auto& g) { g.mutable_initializer(1)->set_raw_data("abc"); }},
        Damage{"BiasOfTheWrongSize", ErrorCode::format,
               [](auto& g) { g.mutable_node(0)->set_input(2, "shape"); }},
        Damage{"KernelThatIsNotTheWeights", ErrorCode::format,
               [](auto& g) { g.mutable_node(0)->mutable_attribute(0)->set_ints(0, 5); }},
        Damage{"NegativePadding", ErrorCode::format,
               [](auto& g) { g.mutable_node(0)->mutable_attribute(1)->set_ints(0, -1); }},
        Damage{"PermThatIsNone", ErrorCode::format,
               [](auto& g) { g.mutable_node(3)->mutable_attribute(0)->set_ints(0, 1); }},
        Damage{"PoolWithoutKernel", ErrorCode::format,
               [](auto& g) { g.mutable_node(2)->clear_attribute(); }},
        Damage{"WeightsThatAreComputed", ErrorCode::unsupported,
               [](auto& g) { g.mutable_node(0)->set_input(1, "in"); }},
        Damage{"WeightsElsewhere", ErrorCode::unsupported,
               [](auto& g) {
                 g.mutable_initializer(0)->set_data_location(onnx::TensorProto::EXTERNAL);
               }},
        Damage{"WholeNumbersAsInput", ErrorCode::unsupported,
               [](auto& g) {
                 g.mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
                     onnx::TensorProto::UINT8);
               }}),
    [](const auto& test) { return test.param.name; });

/// Reads, plans and runs; only Error may be thrown.
void survive(const std::string& bytes) {
  try {
    const Graph graph = read(bytes);
    if (graph.inputs.size() != 1) return;
    Plan plan(graph, {1, 2, 6, 6});
    plan.run();
  } catch (const Error&) {
  }
}

/// A network whose input is quantised to 8 bits and dequantised.
OnnxBuilder quantised_model() {
  OnnxBuilder onnx;
  onnx.input("in", {"1", "2", "h", "w"});
  onnx.weights("step", {}, {0.5F});
  onnx.integers("zero", {3});
  auto* const zero = onnx.model().mutable_graph()->mutable_initializer(1);
  zero->clear_dims();
  zero->set_data_type(onnx::TensorProto::UINT8);
  zero->clear_int64_data();
  zero->clear_raw_data();
  zero->add_int32_data(3);
  onnx.node("QuantizeLinear", {"in", "step", "zero"}, "numbers");
  onnx.node("DequantizeLinear", {"numbers", "step", "zero"}, "again");
  onnx.node("Relu", {"again"}, "out");
  onnx.output("out");
  return onnx;
}

TEST(OnnxReader, HoldsQuantisedValuesToTheirLimits) {
  const Graph graph = read(quantised_model().bytes());
  ASSERT_EQ(graph.nodes.front().op, Op::unary);
  EXPECT_EQ(graph.nodes.front().unary.function, Function::clip);
  EXPECT_EQ(graph.nodes.front().unary.alpha, -1.5F);  // (0 - 3) * 0.5
  EXPECT_EQ(graph.nodes.front().unary.beta, 126);     // (255 - 3) * 0.5
}

TEST(OnnxReader, RefusesWhatComputesWithQuantisedNumbers) {
  OnnxBuilder onnx = quantised_model();
  onnx.model().mutable_graph()->mutable_node(2)->set_input(0, "numbers");
  EXPECT_NE(refusal(onnx, ErrorCode::unsupported).find("'out' (Relu)"), std::string::npos);
  onnx = quantised_model();
  onnx.model().mutable_graph()->mutable_output(0)->set_name("numbers");
  EXPECT_NE(refusal(onnx, ErrorCode::unsupported).find("'numbers' is quantised"),
            std::string::npos);
  onnx = quantised_model();
  onnx.weights("other", {}, {0.25F});
  onnx.model().mutable_graph()->mutable_node(1)->set_input(1, "other");
  EXPECT_NE(refusal(onnx, ErrorCode::unsupported).find("a scale or zero point that differs"),
            std::string::npos);
}

TEST(OnnxReader, RefusesImpossibleScales) {
  for (const float step : {0.0F, -1.0F, std::numeric_limits<float>::infinity(),
                           std::numeric_limits<float>::quiet_NaN()}) {
    OnnxBuilder onnx = quantised_model();
    auto* const scale = onnx.model().mutable_graph()->mutable_initializer(0);
    scale->clear_raw_data();
    scale->clear_float_data();
    scale->add_float_data(step);
    EXPECT_NE(refusal(onnx, ErrorCode::format).find("a scale that is not positive"),
              std::string::npos)
        << step;
  }
}

/// Every 16-bit number against its definition in IEEE 754.
TEST(OnnxReader, ReadsEveryHalf) {
  onnx::TensorProto proto;
  proto.set_name("halves");
  proto.set_data_type(onnx::TensorProto::FLOAT16);
  proto.add_dims(65536);
  for (int bits = 0; bits < 65536; ++bits) proto.add_int32_data(bits);
  const Constant read = read_constant(proto, {"test.onnx", {}});
  ASSERT_EQ(read.floats.size(), 65536U);
  EXPECT_EQ(read.floats[0x3C00], 1.0F);
  EXPECT_EQ(read.floats[0xC000], -2.0F);
  EXPECT_EQ(read.floats[0x7BFF], 65504.0F);
  EXPECT_EQ(read.floats[0x0001], 5.9604644775390625e-8F);
  EXPECT_EQ(read.floats[0x0400], 6.103515625e-5F);
  EXPECT_EQ(read.floats[0x3555], 0.333251953125F);
  EXPECT_EQ(read.floats[0x7C00], std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(read.floats[0x7E00]));
  EXPECT_TRUE(std::signbit(read.floats[0x8000]));
  for (std::size_t bits = 1; bits <= 0x7C00; ++bits)  // they are in order
    ASSERT_LT(read.floats[bits - 1], read.floats[bits]) << bits;
}

TEST(OnnxReader, SurvivesEveryTruncation) {
  const std::string bytes = example_model().bytes();
  survive(bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) survive(bytes.substr(0, size));
}

TEST(OnnxReader, SurvivesRandomDamage) {
  const std::string bytes = example_model().bytes();
  for (std::uint32_t seed = 0; seed < 20000; ++seed) {
    base::Random random(seed);
    std::string damaged = bytes;
    for (std::uint32_t n = 1 + random.below(3); n > 0; --n)
      damaged[random.below(static_cast<std::uint32_t>(bytes.size()))] =
          static_cast<char>(random.below(256));
    survive(damaged);
  }
}

}  // namespace
}  // namespace faceshot::engine
