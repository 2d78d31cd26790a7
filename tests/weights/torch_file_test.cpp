#include "weights/torch_file.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"
#include "weights/expected.hpp"

namespace faceshot::weights {
namespace {

using testing::expect_error;
using testing::fixture;

TEST(TorchFile, ReadsAStateDict) {
  const TorchFile file = read_torch_file(fixture("state_dict.pt"));
  EXPECT_EQ(file.part, "");
  testing::expect_as_written(file.arrays, "state_dict.pt");
}

TEST(TorchFile, TakesTheStateDictOfACheckpoint) {
  const TorchFile file = read_torch_file(fixture("nested.pt"));
  EXPECT_EQ(file.part, "state_dict");
  testing::expect_as_written(file.arrays, "nested.pt");
}

TEST(TorchFile, HonoursStridesOffsetsAndTypes) {
  testing::expect_as_written(read_torch_file(fixture("views.pt")).arrays, "views.pt");
}

TEST(TorchFile, RefusesWhatItDoesNotKnow) {
  expect_error(ErrorCode::unsupported, "'collections Counter'",
               [] { (void)read_torch_file(fixture("stranger.pt")); });
  expect_error(ErrorCode::format, "no data.pkl",
               [] { (void)read_torch_file(fixture("stored.npz")); });
  const testing::TestFolder folder;
  std::string bytes = testing::read_all(fixture("state_dict.pt"));
  bytes.resize(bytes.size() / 2);
  const auto half = folder.write("half.pt", bytes);
  expect_error(ErrorCode::format, "half.pt", [&] { (void)read_torch_file(half); });
}

}  // namespace
}  // namespace faceshot::weights
