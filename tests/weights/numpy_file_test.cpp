#include "weights/numpy_file.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"
#include "support/npy.hpp"
#include "weights/expected.hpp"

namespace faceshot::weights {
namespace {

using support::npy_header;
using testing::expect_error;
using testing::fixture;
using testing::read_all;
using testing::TestFolder;

TEST(NumpyFile, ReadsWhatNumPyWrote) {
  testing::expect_as_written({read_npy_array(fixture("single.npy"))}, "single.npy");
  testing::expect_as_written(read_npz_arrays(fixture("stored.npz")), "stored.npz");
  testing::expect_as_written(read_npz_arrays(fixture("deflated.npz")), "deflated.npz");
}

TEST(NumpyFile, ReadsWhatItWrote) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays{{"conv1/kernel:0", "float32", {2, 1, 2}, {1, -2, 0.5F, 4}},
                                       {"scalar", "float32", {}, {7}},
                                       {"row", "float32", {3}, {1, 2, 3}},
                                       {"none", "float32", {0, 3}, {}}};
  write_npz_arrays(folder / "x.npz", arrays);
  const auto back = read_npz_arrays(folder / "x.npz");
  ASSERT_EQ(back.size(), arrays.size());
  for (std::size_t i = 0; i < arrays.size(); ++i) testing::expect_equal(back[i], arrays[i]);
  EXPECT_EQ(folder.list(), std::vector<std::string>{"x.npz"});
}

TEST(NumpyFile, RefusesDamage) {
  const TestFolder folder;
  const auto refused = [&](const std::string& bytes, ErrorCode code, const std::string& why) {
    const auto path = folder.write("x.npy", bytes);
    expect_error(code, why, [&] { (void)read_npy_array(path); });
  };
  const std::string two(8, '\0');
  refused("", ErrorCode::format, "truncated or not");
  refused(npy_header("<f4", "2,").substr(0, 30), ErrorCode::format, "truncated or not");
  refused(npy_header("<f4", "2,") + two.substr(1), ErrorCode::format, "truncated or not");
  refused(npy_header("<f4", "2,") + two + "x", ErrorCode::format, "truncated or not");
  refused(npy_header("<f4", "-2,") + two, ErrorCode::format, "negative extent");
  refused(npy_header("<f4", "4294967296, 4294967296"), ErrorCode::format, "claims more values");
  refused(npy_header("<f4", "0, 4294967296, 4294967296"), ErrorCode::format, "claims more values");
  refused(npy_header("|O", "2,") + two, ErrorCode::unsupported, "'|O'");
  refused(npy_header(">f4", "2,") + two, ErrorCode::unsupported, "'>f4'");

  std::string zip = read_all(fixture("deflated.npz"));
  zip.resize(zip.size() / 2);
  const auto half = folder.write("half.npz", zip);
  expect_error(ErrorCode::format, "half.npz", [&] { (void)read_npz_arrays(half); });
  expect_error(ErrorCode::format, "is not an .npy file",
               [] { (void)read_npz_arrays(fixture("state_dict.pt")); });
}

}  // namespace
}  // namespace faceshot::weights
