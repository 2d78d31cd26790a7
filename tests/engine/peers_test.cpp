// Other projects' networks, and small ones of our own with the same structure: our outputs must be
// ONNX Runtime's. The fixtures are samples of those, written by bench/compare/peer_outputs.mjs; the
// others' networks are in ../shared/peers, ours among the fixtures.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "faceshot/error.hpp"
#include "faceshot/network.hpp"

namespace faceshot::engine {
namespace {

namespace fs = std::filesystem;

const fs::path fixtures = fs::path(FACESHOT_SOURCE_DIR) / "tests/engine/fixtures/peers";

struct WantedOutput {
  std::string name;
  double mean = 0;  ///< of absolute values
  std::vector<std::int64_t> shape;
  std::vector<std::pair<std::size_t, double>> samples;
};

struct WantedRun {
  int height = 0, width = 0;
  std::vector<WantedOutput> outputs;
};

struct Wanted {
  double mean[3] = {}, scale = 1;
  std::vector<WantedRun> runs;
};

Wanted read_wanted(const fs::path& path) {
  Wanted wanted;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "#") continue;
    if (first == "pixels") {
      words >> wanted.mean[0] >> wanted.mean[1] >> wanted.mean[2] >> wanted.scale;
    } else if (first == "input") {
      WantedRun& run = wanted.runs.emplace_back();
      words >> run.height >> run.width;
    } else if (first == "output") {
      WantedOutput& output = wanted.runs.back().outputs.emplace_back();
      words >> output.name >> output.mean;
      for (std::int64_t d = 0; words >> d;) output.shape.push_back(d);
    } else {
      double value = 0;
      words >> value;
      wanted.runs.back().outputs.back().samples.emplace_back(std::stoul(first), value);
    }
  }
  return wanted;
}

std::int64_t triangle(std::int64_t n, std::int64_t period) {
  return std::min(n % period, period - n % period);
}

/// The picture of peer_outputs.mjs.
void draw(const Wanted& wanted, const WantedRun& run, std::span<float> input) {
  auto to = input.begin();
  for (std::int64_t c = 0; c < 3; ++c) {
    for (std::int64_t y = 0; y < run.height; ++y) {
      for (std::int64_t x = 0; x < run.width; ++x) {
        const std::int64_t noise = ((x * 73 + y * 179 + c * 283) * 2654435 % 65536) >> 11;
        const std::int64_t pixel =
            triangle(3 * x + 5 * y + 40 * c, 256) + triangle(7 * x + 2 * y + 30 * c, 190) + noise;
        *to++ = static_cast<float>((static_cast<double>(pixel) - wanted.mean[c]) / wanted.scale);
      }
    }
  }
}

double mean_size(const TensorView& tensor, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::abs(static_cast<double>(tensor.data[i]));
  return sum / static_cast<double>(count);
}

/// @param tolerance relative
/// @return the largest relative error of the samples
double hold_to_onnx_runtime(const TensorView& got, const WantedOutput& output, double tolerance) {
  double worst = 0;
  const bool same_shape = std::ranges::equal(got.shape, output.shape);
  EXPECT_TRUE(same_shape) << output.name;
  if (!same_shape) return worst;
  std::size_t count = 1;
  for (const std::int64_t d : got.shape) count *= static_cast<std::size_t>(d);
  // Small outputs have fewer values.
  EXPECT_GT(output.samples.size(), std::min<std::size_t>(15, count / 2));
  // Over all values, not only the samples; the fixture has six digits.
  EXPECT_NEAR(mean_size(got, count), output.mean, tolerance * output.mean + 1e-7);
  for (const auto& [index, value] : output.samples) {
    // Relative to the value; near 0, to the usual size in this output. ONNX Runtime's sigmoid is
    // off by some 1e-7 where it is nearly 0 (ours is not, according to the reference in double).
    const double error = std::abs(static_cast<double>(got.data[index]) - value);
    const double size = std::max(std::abs(value), output.mean);
    worst = std::max(worst, error / (size + 1e-3));
    EXPECT_LE(error, tolerance * size + 1e-7) << "at " << index;
  }
  return worst;
}

constexpr double usual_tolerance = 1e-4;

void hold_to_onnx_runtime(const fs::path& model, const std::string& name,
                          double tolerance = usual_tolerance) {
  const Network network = Network::load(model.string());
  const Wanted wanted = read_wanted(fixtures / (name + ".txt"));
  ASSERT_FALSE(wanted.runs.empty());
  double worst = 0;
  for (const WantedRun& run : wanted.runs) {
    Session session(network, {1, 3, run.height, run.width});
    draw(wanted, run, session.input());
    session.run();
    ASSERT_EQ(network.outputs().size(), run.outputs.size());
    for (const WantedOutput& output : run.outputs) {
      SCOPED_TRACE(output.name + " of " + std::to_string(run.width) + "x" +
                   std::to_string(run.height));
      worst = std::max(worst, hold_to_onnx_runtime(session.output(output.name), output, tolerance));
      if (::testing::Test::HasFailure()) return;
    }
  }
  ::testing::Test::RecordProperty("largest_relative_error", std::to_string(worst));
}

std::string test_name(const ::testing::TestParamInfo<const char*>& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class Peer : public ::testing::TestWithParam<const char*> {};

TEST_P(Peer, GivesTheOutputsOfOnnxRuntime) {
  const fs::path model =
      fs::path(FACESHOT_SHARED_DIR) / "peers" / (std::string(GetParam()) + ".onnx");
  if (!fs::exists(model))
    GTEST_SKIP() << "SKIPPED: the engine is NOT compared with ONNX Runtime: there is no " << model;
  hold_to_onnx_runtime(model, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Shared, Peer,
                         ::testing::Values("face_detection_yunet_2026may", "yunet_n_dynamic",
                                           "yunet_s_dynamic", "retinaface_mnet025",
                                           "scrfd_500m_bnkps", "version-RFB-320",
                                           "version-slim-320"),
                         test_name);

class SmallPeer : public ::testing::TestWithParam<const char*> {};

TEST_P(SmallPeer, GivesTheOutputsOfOnnxRuntime) {
  hold_to_onnx_runtime(fixtures / (std::string(GetParam()) + ".onnx"), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Own, SmallPeer,
                         ::testing::Values("small_yunet", "small_scrfd", "small_ultraface",
                                           "small_retinaface", "small_half"),
                         test_name);

// ONNX Runtime rounds between layers to the file's type; we compute everything in 32 bits.
TEST(SmallKind, HalfPrecisionIsComputedInFloats) {
  hold_to_onnx_runtime(fixtures / "small_half_graph.onnx", "small_half_graph", 0.01);
}
TEST(SmallKind, QuantisedIsComputedInFloats) {
  hold_to_onnx_runtime(fixtures / "small_qdq.onnx", "small_qdq", 0.06);
}

/// small_yunet with its weights in a separate file.
class ExternalData : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "weights");
    std::ifstream in(fixtures / "small_yunet.onnx", std::ios::binary);
    ASSERT_TRUE(model_.ParseFromIstream(&in));
    std::ofstream out(folder_ / "weights/all.bin", std::ios::binary);
    out << "some bytes before";
    for (onnx::TensorProto& tensor : *model_.mutable_graph()->mutable_initializer()) {
      if (!tensor.has_raw_data() || tensor.dims_size() != 4) continue;
      const auto offset = out.tellp();
      out << tensor.raw_data();
      set(tensor, "location", "weights/all.bin");
      set(tensor, "offset", std::to_string(offset));
      set(tensor, "length", std::to_string(tensor.raw_data().size()));
      tensor.set_data_location(onnx::TensorProto::EXTERNAL);
      tensor.clear_raw_data();
      last_ = &tensor;
    }
    ASSERT_NE(last_, nullptr);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static void set(onnx::TensorProto& tensor, const std::string& key, const std::string& value) {
    for (auto& entry : *tensor.mutable_external_data())
      if (entry.key() == key) return entry.set_value(value);
    auto* const entry = tensor.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }

  fs::path save() {
    const fs::path path = folder_ / "network.onnx";
    std::ofstream out(path, std::ios::binary);
    model_.SerializeToOstream(&out);
    return path;
  }

  /// Message of the error on loading; empty if it loads.
  std::string refusal(ErrorCode code) {
    try {
      (void)Network::load(save().string());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    return {};
  }

  fs::path folder_ = fs::path(::testing::TempDir()) / ("external_" + std::to_string(::getpid()));
  onnx::ModelProto model_;
  onnx::TensorProto* last_ = nullptr;
};

TEST_F(ExternalData, IsReadFromBesideTheNetwork) { hold_to_onnx_runtime(save(), "small_yunet"); }

TEST_F(ExternalData, OfANetworkWithoutAFolderIsRefused) {
  const std::string bytes = model_.SerializeAsString();
  try {
    (void)Network::from_bytes(std::as_bytes(std::span(bytes)), "bytes");
    FAIL() << "it was read from somewhere";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
  }
}

TEST_F(ExternalData, OutsideTheFolderIsRefused) {
  const fs::path secret = folder_.string() + "_secret.bin";
  fs::copy_file(folder_ / "weights/all.bin", secret);
  fs::create_symlink(secret, folder_ / "link.bin");
  fs::create_directory_symlink(folder_.parent_path(), folder_ / "up");
  const std::string name = secret.filename().string();
  for (const std::string& location : {"../" + name, secret.string(), "weights/../../" + name,
                                      std::string("link.bin"), "up/" + name, std::string()}) {
    set(*last_, "location", location);
    EXPECT_NE(refusal(ErrorCode::format).find("outside the network's folder"), std::string::npos)
        << location;
  }
  fs::remove(secret);
}

TEST_F(ExternalData, ThatIsNotThereIsNamed) {
  set(*last_, "location", "weights/none.bin");
  EXPECT_NE(refusal(ErrorCode::not_found).find("weights/none.bin"), std::string::npos);
  set(*last_, "location", "weights");
  EXPECT_NE(refusal(ErrorCode::not_found), "");
}

TEST_F(ExternalData, BeyondTheEndIsRefused) {
  for (const char* const offset : {"100000", "18446744073709551615", "18446744073709551600"}) {
    set(*last_, "offset", offset);
    EXPECT_NE(refusal(ErrorCode::format).find("beyond the end"), std::string::npos) << offset;
  }
  for (const char* const offset : {"-1", "x", "1x", "99999999999999999999", ""}) {
    set(*last_, "offset", offset);
    EXPECT_NE(refusal(ErrorCode::format).find("invalid offset"), std::string::npos) << offset;
  }
}

TEST_F(ExternalData, OfAnotherLengthThanItsShapeIsRefused) {
  set(*last_, "length", "1");
  EXPECT_NE(refusal(ErrorCode::format).find("holds 1 bytes"), std::string::npos);
}

}  // namespace
}  // namespace faceshot::engine
