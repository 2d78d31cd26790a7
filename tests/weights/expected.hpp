// The content of the fixtures, as recorded by their script.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::testing {

inline std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(FACESHOT_SOURCE_DIR) / "tests/weights/fixtures" / name;
}

inline void expect_equal(const weights::NamedArray& array, const weights::NamedArray& wanted) {
  EXPECT_EQ(array.name, wanted.name);
  EXPECT_EQ(array.dtype, wanted.dtype) << array.name;
  EXPECT_EQ(array.shape, wanted.shape) << array.name;
  EXPECT_EQ(array.values, wanted.values) << array.name;
}

/// The arrays of expected.json for this fixture.
inline std::vector<weights::NamedArray> expected_arrays(const std::string& fixture_name) {
  std::ifstream in(fixture("expected.json"));
  std::vector<weights::NamedArray> arrays;
  const auto all = nlohmann::json::parse(in);
  for (const auto& row : all.at(fixture_name))
    arrays.push_back({row.at(0), row.at(1), row.at(2), row.at(3)});
  return arrays;
}

/// Expects `arrays` to equal those of expected.json, in that order.
inline void expect_as_written(const std::vector<weights::NamedArray>& arrays,
                              const std::string& fixture_name) {
  const std::vector<weights::NamedArray> wanted = expected_arrays(fixture_name);
  ASSERT_EQ(arrays.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) expect_equal(arrays[i], wanted[i]);
}

}  // namespace faceshot::testing
