#include "export/onnx_writer.hpp"

#include <gtest/gtest.h>
#include <algorithm>

#include "example_network.hpp"
#include "export/fold_batch_norm.hpp"
#include "faceshot/error.hpp"
#include "faceshot/network.hpp"

namespace faceshot::exporter {
namespace {

using network::make_network;
using train::Checkpoint;

Network load(const std::string& bytes) {
  return Network::from_bytes(std::as_bytes(std::span(bytes.data(), bytes.size())), "test");
}

TEST(OnnxWriter, DeclaresDynamicAndFixedSizes) {
  const Checkpoint c = example_checkpoint();
  const network::NetworkSpec spec = make_network({});
  EXPECT_EQ(load(write_onnx(spec, c.model, {})).input_shape("input"),
            (std::vector<std::int64_t>{1, 3, -1, -1}));
  EXPECT_EQ(load(write_onnx(spec, c.model, {}, FixedSize{96, 64})).input_shape("input"),
            (std::vector<std::int64_t>{1, 3, 64, 96}));
  EXPECT_THROW((void)write_onnx(spec, c.model, {}, FixedSize{100, 64}), Error);
}

TEST(OnnxWriter, CarriesMetadata) {
  const auto bytes = write_onnx(make_network({}), example_checkpoint().model, {{"key", "value"}});
  EXPECT_EQ(load(bytes).metadata().at("key"), "value");
}

TEST(OnnxWriter, MissingWeightsAreNamed) {
  Checkpoint c = example_checkpoint();
  c.model.erase("head0.loc.bias");
  try {
    (void)write_onnx(make_network({}), c.model, {});
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("head0.loc.bias"), std::string::npos);
  }
}

TEST(FoldBatchNorm, LeavesNoBatchNormAndTheSameFunction) {
  const Checkpoint c = example_checkpoint();
  const network::NetworkSpec spec = make_network({});
  const FoldedNetwork folded = fold_batch_norm(spec, c.model);
  for (const network::Layer& layer : folded.spec.layers)
    EXPECT_NE(layer.kind, network::LayerKind::batch_norm);
  EXPECT_NO_THROW(network::validate(folded.spec));

  // The engine folds BatchNorm itself when it loads the unfolded file: two ways, one result.
  const Network plain = load(write_onnx(spec, c.model, {}));
  const Network small = load(write_onnx(folded.spec, folded.weights, {}));
  Session a(plain, {1, 3, 64, 64});
  Session b(small, {1, 3, 64, 64});
  base::Random random(2);
  for (std::size_t i = 0; i < a.input().size(); ++i)
    a.input()[i] = b.input()[i] = random.uniform(-1, 1);
  a.run();
  b.run();
  const TensorView x = a.output("loc");
  const TensorView y = b.output("loc");
  ASSERT_TRUE(std::ranges::equal(x.shape, y.shape));
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x.data[i], y.data[i], 1e-3) << i;
}

}  // namespace
}  // namespace faceshot::exporter
