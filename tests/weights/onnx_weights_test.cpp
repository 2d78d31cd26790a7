#include "weights/onnx_weights.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"
#include "weights/expected.hpp"

namespace faceshot::weights {
namespace {

using testing::expect_error;
using testing::fixture;

TEST(OnnxWeights, ReadsInitialisersAndConstants) {
  testing::expect_as_written(read_onnx_weights(fixture("small.onnx")).arrays, "small.onnx");
}

TEST(OnnxWeights, RefusesDamage) {
  const testing::TestFolder folder;
  const std::string bytes = testing::read_all(fixture("small.onnx"));
  for (const std::string& bad :
       {std::string(), bytes.substr(0, bytes.size() / 2), std::string("no model")}) {
    const auto path = folder.write("x.onnx", bad);
    expect_error(ErrorCode::format, "not an ONNX model", [&] { (void)read_onnx_weights(path); });
  }
  // The first initialiser is [2, 3]: with a first extent of 3 it no longer fits.
  std::string other = bytes;
  const auto dims = other.find("\x08\x02\x08\x03\x10\x01");
  ASSERT_NE(dims, std::string::npos);
  other[dims + 1] = 3;
  const auto path = folder.write("x.onnx", other);
  expect_error(ErrorCode::format, "'raw' has a shape", [&] { (void)read_onnx_weights(path); });
}

}  // namespace
}  // namespace faceshot::weights
