// The ONNX project's own conformance tests (Debian package libonnx-testdata): for each network in
// them the engine must either compute the recorded output or refuse it with a clear error.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/onnx/onnx_constant.hpp"
#include "engine/onnx/onnx_reader.hpp"
#include "engine/plan/plan.hpp"
#include "engine/reference.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

namespace fs = std::filesystem;

const fs::path data_root = "/usr/share/libonnx-testdata/data";

template <typename Message>
Message read_message(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  Message message;
  if (!in || !message.ParseFromIstream(&in))
    throw std::runtime_error("cannot read " + path.string());
  return message;
}

std::vector<float> floats(const onnx::TensorProto& tensor) {
  return read_constant(tensor, {"recorded", {}}).floats;  // not for integers: no values then
}

Shape shape_of(const onnx::TensorProto& tensor) {
  return {tensor.dims().begin(), tensor.dims().end()};
}

/// Turns all inputs but the first, which the tests feed at run time, into constants.
onnx::ModelProto with_constants(const fs::path& folder) {
  auto model = read_message<onnx::ModelProto>(folder / "model.onnx");
  onnx::GraphProto& graph = *model.mutable_graph();
  std::set<std::string> constants;
  for (const auto& initializer : graph.initializer()) constants.insert(initializer.name());
  onnx::GraphProto kept = graph;
  kept.clear_input();
  int fed = 0;
  for (const auto& input : graph.input()) {
    if (constants.contains(input.name())) continue;
    if (fed++ == 0) {
      *kept.add_input() = input;
      continue;
    }
    auto value = read_message<onnx::TensorProto>(folder / "test_data_set_0" /
                                                 ("input_" + std::to_string(fed - 1) + ".pb"));
    value.set_name(input.name());
    *kept.add_initializer() = value;
  }
  graph = kept;
  return model;
}

enum class Verdict { right, refused, wrong };

/// Relative tolerance of a value. The engine computes 16-bit floats in 32 bits and does not round
/// them; the recorded ones have 11 and 8 bits, the latter truncated instead of rounded.
double tolerance_of(const onnx::TensorProto& tensor) {
  switch (tensor.data_type()) {
    case onnx::TensorProto::FLOAT16:
      return 0x1p-11;
    case onnx::TensorProto::BFLOAT16:
      return 0x1p-7;
    default:
      return 1e-4;
  }
}

bool near(double got, double wanted, double tolerance) {
  if (std::isnan(wanted)) return std::isnan(got);
  if (std::isinf(wanted)) return got == wanted;
  return std::abs(got - wanted) <= 1e-5 + tolerance * std::abs(wanted);
}

Verdict verdict(const fs::path& folder) {
  const fs::path data = folder / "test_data_set_0";
  onnx::ModelProto model;
  onnx::TensorProto in, wanted;
  try {
    const google::protobuf::LogSilencer silence;  // sequences and the like are not tensors
    model = with_constants(folder);
    in = read_message<onnx::TensorProto>(data / "input_0.pb");
    wanted = read_message<onnx::TensorProto>(data / "output_0.pb");
  } catch (const std::runtime_error&) {
    return Verdict::refused;
  }
  try {
    const std::string bytes = model.SerializeAsString();
    const Graph read = read_onnx(std::as_bytes(std::span(bytes)), {folder.filename().string(), {}});
    const Shape shape = shape_of(in);
    Plan alone(read, shape), shared_out(read, shape, {}, 3);
    const std::vector<float> input = floats(in), output = floats(wanted);
    // Bfloat16 is recorded as 16-bit integers: nothing to feed, or to compare with.
    if ((input.empty() && element_count(shape) > 0) ||
        (output.empty() && element_count(shape_of(wanted)) > 0))
      return Verdict::refused;
    if (input.size() != static_cast<std::size_t>(element_count(shape))) return Verdict::wrong;
    if (output.size() != static_cast<std::size_t>(element_count(shape_of(wanted))))
      return Verdict::wrong;
    const auto reference = testing::run_reference(read, shape, input);
    const double tolerance = std::max(tolerance_of(in), tolerance_of(wanted));
    for (Plan* const plan : {&alone, &shared_out}) {
      std::copy(input.begin(), input.end(), plan->input());
      plan->run();
      if (plan->output_shape(0) != shape_of(wanted)) return Verdict::wrong;
      for (std::size_t i = 0; i < output.size(); ++i) {
        const double value = static_cast<double>(output[i]);
        if (!near(static_cast<double>(plan->output(0)[i]), value, tolerance) ||
            !near(reference[static_cast<std::size_t>(read.outputs[0])][i], value, tolerance))
          return Verdict::wrong;
      }
    }
    return Verdict::right;
  } catch (const Error&) {
    return Verdict::refused;
  }
}

class OnnxConformance : public ::testing::Test {
 protected:
  /// Each network is tried once, whichever test asks first.
  static Verdict verdict_of(const fs::path& folder) {
    static std::map<fs::path, Verdict> known;
    const auto [entry, added] = known.try_emplace(folder, Verdict::refused);
    if (added) entry->second = verdict(folder);
    return entry->second;
  }
  void SetUp() override {
    if (!fs::exists(data_root)) GTEST_SKIP() << "Debian's package libonnx-testdata is missing";
  }
};

TEST_F(OnnxConformance, WhatTheEngineClaimsIsRight) {
  std::ifstream names(fs::path(FACESHOT_SOURCE_DIR) / "tests/engine/fixtures/onnx_conformance.txt");
  int count = 0;
  for (std::string name; std::getline(names, name); ++count)
    EXPECT_EQ(verdict_of(data_root / name), Verdict::right) << name;
  EXPECT_GE(count, 310);
}

TEST_F(OnnxConformance, NothingIsComputedWrongly) {
  int right = 0;
  for (const char* suite : {"node", "simple", "pytorch-converted", "pytorch-operator"}) {
    for (const auto& entry : fs::directory_iterator(data_root / suite)) {
      const Verdict v = verdict_of(entry.path());
      EXPECT_NE(v, Verdict::wrong) << entry.path();
      right += v == Verdict::right ? 1 : 0;
    }
  }
  EXPECT_GE(right, 310);
}

}  // namespace
}  // namespace faceshot::engine
