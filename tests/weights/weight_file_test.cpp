#include "weights/weight_file.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "data/test_folder.hpp"
#include "weights/expected.hpp"

namespace faceshot::weights {
namespace {

using testing::expect_error;
using testing::fixture;
using testing::TestFolder;

TEST(WeightFile, KnowsFormatsByContent) {
  const TestFolder folder;
  for (const auto& [name, format] :
       std::map<std::string, std::string>{{"keras_weights.h5", "HDF5"},
                                          {"small.safetensors", "safetensors"},
                                          {"small.onnx", "ONNX"},
                                          {"state_dict.pt", "PyTorch"},
                                          {"nested.pt", "PyTorch, part 'state_dict'"},
                                          {"deflated.npz", "NumPy .npz"}}) {
    const auto path = folder.write("no name", testing::read_all(fixture(name)));
    const WeightFile file = read_weight_file(path);
    EXPECT_EQ(file.format, format);
    testing::expect_as_written(file.arrays, name);
  }
  EXPECT_EQ(read_weight_file(fixture("single.npy")).format, "NumPy .npy");
}

TEST(WeightFile, RefusesOthers) {
  const TestFolder folder;
  expect_error(ErrorCode::unsupported, "before 1.6",
               [] { (void)read_weight_file(fixture("legacy.pt")); });
  for (const std::string& bytes : {std::string(), std::string("#!/bin/sh\necho\n")}) {
    const auto path = folder.write("x", bytes);
    expect_error(ErrorCode::format, "not a weight file", [&] { (void)read_weight_file(path); });
  }
  expect_error(ErrorCode::io, "not a file", [] { (void)read_weight_file("/"); });
  expect_error(ErrorCode::invalid_argument, ".safetensors",
               [&] { write_weight_file(folder / "x.h5", {}); });
}

TEST(WeightFile, ConvertsBothWays) {
  const TestFolder folder;
  const auto arrays = read_weight_file(fixture("keras_weights.h5")).arrays;
  for (const char* const name : {"x.safetensors", "x.npz"}) {
    write_weight_file(folder / name, arrays);
    const auto back = read_weight_file(folder / name).arrays;
    ASSERT_EQ(back.size(), arrays.size());
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      EXPECT_EQ(back[i].name, arrays[i].name);
      EXPECT_EQ(back[i].shape, arrays[i].shape);
      EXPECT_EQ(back[i].values, arrays[i].values);
    }
  }
}

TEST(WeightFile, DamageIsAnErrorAndNothingElse) {
  // Random bytes changed in each fixture; the fuzz targets search longer.
  const TestFolder folder;
  int refused = 0, read_well = 0;
  for (const char* const name : {"small.safetensors", "small.onnx", "views.pt", "nested.pt",
                                 "deflated.npz", "stored.npz", "single.npy"}) {
    const std::string bytes = testing::read_all(fixture(name));
    for (std::uint32_t trial = 0; trial < 40; ++trial) {
      base::Random random(3, 0, trial);
      std::string damaged = bytes;
      for (int change = 0; change < 3; ++change)
        damaged[static_cast<std::size_t>(random.uniform() * static_cast<float>(bytes.size() - 1))] =
            static_cast<char>(random.uniform() * 255);
      const auto path = folder.write("x", damaged);
      try {
        (void)read_weight_file(path);
        ++read_well;
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 40);
  EXPECT_GT(read_well, 10);
}

}  // namespace
}  // namespace faceshot::weights
