#include "weights/keras_file.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"
#include "weights/expected.hpp"

namespace faceshot::weights {
namespace {

using testing::expect_error;
using testing::fixture;

TEST(KerasFile, ReadsWeightsByLayer) {
  testing::expect_as_written(read_keras_file(fixture("keras_weights.h5")), "keras_weights.h5");
}

TEST(KerasFile, ReadsTheWeightsOfAModel) {
  testing::expect_as_written(read_keras_file(fixture("keras_model.h5")), "keras_model.h5");
}

TEST(KerasFile, ReadsListsInParts) {
  testing::expect_as_written(read_keras_file(fixture("split_names.h5")), "split_names.h5");
}

TEST(KerasFile, ReadsOtherFilesByPath) {
  testing::expect_as_written(read_keras_file(fixture("plain.h5")), "plain.h5");
}

TEST(KerasFile, RefusesDamage) {
  const testing::TestFolder folder;
  const std::string bytes = testing::read_all(fixture("keras_weights.h5"));
  const auto refused = [&](const std::string& bad) {
    const auto path = folder.write("x.h5", bad);
    expect_error(ErrorCode::format, "x.h5", [&] { (void)read_keras_file(path); });
  };
  refused("no HDF5 at all");
  refused(bytes.substr(0, bytes.size() / 2));
  // A weight that the list names and the file lacks.
  std::string renamed = bytes;
  renamed.replace(renamed.find("dense/bias:0"), 12, "dense/bios:0");
  refused(renamed);
}

TEST(KerasFile, ReachesNoOtherFile) {
  expect_error(ErrorCode::format, "'linked'",
               [] { (void)read_keras_file(fixture("external_link.h5")); });
  expect_error(ErrorCode::unsupported, "another file",
               [] { (void)read_keras_file(fixture("external_data.h5")); });
}

}  // namespace
}  // namespace faceshot::weights
