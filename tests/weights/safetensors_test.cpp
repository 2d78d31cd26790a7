#include "weights/safetensors.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "data/test_folder.hpp"
#include "weights/expected.hpp"

namespace faceshot::weights {
namespace {

using testing::expect_error;
using testing::TestFolder;

/// A file as documented: length, header, data.
std::string file_of(const std::string& header, const std::string& data) {
  std::string length(8, '\0');
  const std::uint64_t bytes = header.size();
  std::memcpy(length.data(), &bytes, 8);
  return length + header + data;
}

TEST(Safetensors, ReadsAllNumbers) {
  testing::expect_as_written(read_safetensors(testing::fixture("small.safetensors")),
                             "small.safetensors");
}

TEST(Safetensors, ReadsWhatItWrote) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays{{"b", "float32", {2, 2}, {1, -2, 0.5F, 1e-30F}},
                                       {"a \"quoted\" \u00e9", "float32", {}, {7}},
                                       {"none", "float32", {0, 3}, {}}};
  write_safetensors(folder / "x.safetensors", arrays, {{"source", "a test"}});
  const auto back = read_safetensors(folder / "x.safetensors");
  ASSERT_EQ(back.size(), arrays.size());
  for (std::size_t i = 0; i < arrays.size(); ++i) testing::expect_equal(back[i], arrays[i]);
  // The documented layout, by hand.
  const std::string bytes = testing::read_all(folder / "x.safetensors");
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  EXPECT_EQ(header % 8, 0U);
  EXPECT_EQ(bytes.substr(8, 41), R"({"__metadata__":{"source":"a test"},"b":{)");
  float second = 0;
  std::memcpy(&second, bytes.data() + 8 + header + 4, 4);
  EXPECT_EQ(second, -2.0F);
}

TEST(Safetensors, RefusesDamage) {
  const TestFolder folder;
  const auto refused = [&](const std::string& bytes, const std::string& why) {
    const auto path = folder.write("x.safetensors", bytes);
    expect_error(ErrorCode::format, why, [&] { (void)read_safetensors(path); });
  };
  const std::string eight(8, '\1');
  const auto header = [](const std::string& shape, const std::string& offsets) {
    return R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
  };
  refused("short", "truncated");
  refused("\xff\xff\xff\xff\xff\xff\xff\xff{}", "not a safetensors file");
  refused(std::string("\x40\0\0\0\0\0\0\0{}", 10), "truncated");
  refused(file_of("[]", ""), "not a JSON object");
  refused(file_of("{,}", ""), "header is damaged");
  refused(file_of(R"({"a":{"dtype":"F32"}})", ""), "header is damaged");
  refused(file_of(header("[2]", "[0,12]"), eight + "1234"), "does not match its bytes");
  refused(file_of(header("[2]", "[0,8]"), "1234"), "truncated");
  refused(file_of(header("[2]", "[0,8]"), eight + "x"), "bytes after");
  refused(file_of(header("[2]", "[4,12]"), eight + "1234"), "does not begin where");
  refused(file_of(header("[2]", "[8,0]"), eight), "does not begin where");
  refused(file_of(header("[-2]", "[0,8]"), eight), "negative extent");
  refused(file_of(header("[4294967296,4294967296]", "[0,0]"), ""), "claims more values");
  refused(file_of(header("[2]", "[-8,0]"), eight), "lies outside the file");
  refused(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                  R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                  eight + "1234"),
          "'b' does not begin where");
  const auto path = folder.write(
      "x.safetensors", file_of(R"({"a":{"dtype":"F8","shape":[],"data_offsets":[0,1]}})", "1"));
  expect_error(ErrorCode::unsupported, "'F8'", [&] { (void)read_safetensors(path); });
  expect_error(ErrorCode::not_found, "nowhere", [] { (void)read_safetensors("nowhere"); });
}

TEST(Safetensors, RefusesToWriteNonsense) {
  const TestFolder folder;
  const auto refused = [&](const std::vector<NamedArray>& arrays, const std::string& why) {
    expect_error(ErrorCode::invalid_argument, why,
                 [&] { write_safetensors(folder / "x", arrays); });
  };
  refused({{"a", "", {1}, {1}}, {"a", "", {1}, {1}}}, "two arrays are named 'a'");
  refused({{"a", "", {2}, {1}}}, "shape does not fit");
  refused({{"__metadata__", "", {1}, {1}}}, "__metadata__");
  refused({{"\xff", "", {1}, {1}}}, "not UTF-8");
  EXPECT_TRUE(folder.list().empty());
}

}  // namespace
}  // namespace faceshot::weights
