// Other projects' detectors, and small ones of our own with the same structure: our candidates must
// be those of the authors' own decoding of ONNX Runtime's outputs
// (bench/compare/peer_detections.mjs). The others' networks are in ../shared/peers, ours in
// tests/engine/fixtures/peers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "faceshot/detector.hpp"
#include "geometry/coordinates.hpp"

namespace faceshot::detect {
namespace {

namespace fs = std::filesystem;

const fs::path source = FACESHOT_SOURCE_DIR;

struct Wanted {
  int height = 0, width = 0;
  std::vector<std::vector<float>> candidates;  ///< score, x1, y1, x2, y2, points
};

Wanted read_wanted(const fs::path& path) {
  Wanted wanted;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream words(line);
    if (line.starts_with("input")) {
      std::string ignored;
      words >> ignored >> wanted.height >> wanted.width;
      continue;
    }
    std::vector<float>& candidate = wanted.candidates.emplace_back();
    for (float value = 0; words >> value;) candidate.push_back(value);
  }
  return wanted;
}

int triangle(int n, int period) {
  const int at = n % period;
  return std::min(at, period - at);
}

/// The picture of bench/compare/peer_picture.mjs, with planes in the network's own order.
std::vector<std::uint8_t> picture(int height, int width) {
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) {
        const std::int64_t mixed = std::int64_t{x * 73 + y * 179 + c * 283} * 2654435 % 65536;
        pixels.push_back(static_cast<std::uint8_t>(triangle(3 * x + 5 * y + 40 * c, 256) +
                                                   triangle(7 * x + 2 * y + 30 * c, 190) +
                                                   static_cast<int>(mixed >> 11)));
      }
  return pixels;
}

float distance(const Detection& found, const std::vector<float>& wanted, float width,
               float height) {
  const Box box = clip({wanted[1], wanted[2], wanted[3], wanted[4]}, width, height);
  float worst = std::max({std::abs(found.box.x1 - box.x1), std::abs(found.box.y1 - box.y1),
                          std::abs(found.box.x2 - box.x2), std::abs(found.box.y2 - box.y2)});
  if (wanted.size() == 5) return found.landmarks ? 1e9F : worst;
  if (!found.landmarks) return 1e9F;
  for (std::size_t k = 0; k < 10; ++k)
    worst = std::max(worst, std::abs(testing::coordinate(*found.landmarks, k) - wanted[5 + k]));
  return worst;
}

ModelInfo info_of(const Network& network, const std::string& name, const fs::path& file) {
  if (!name.ends_with("retinaface") && name != "retinaface_mnet025")
    return ModelInfo::of(network, file.string());
  return ModelInfo::from_toml((source / "configs/detectors/retinaface-1mb.toml").string());
}

/// Tolerances: of scores, relative; of corners and points, in pixels.
struct Tolerance {
  float score, pixels;
};

void hold_to_authors(const std::string& name, const fs::path& file, Tolerance tolerance) {
  const Wanted wanted = read_wanted(source / "tests/detect/fixtures/peers" / (name + ".txt"));
  ASSERT_EQ(wanted.candidates.size(), 60U);
  Network network = Network::load(file.string());
  ModelInfo info = info_of(network, name, file);
  // The two round differently: what is close to the last score may be on either side of it.
  const float lowest = wanted.candidates.back()[0];
  // All candidates: no IoU is above 1.
  const Detector detector(std::move(network), info,
                          {.score_threshold = 0.99F * lowest, .nms_threshold = 1, .max_side = 0});
  const auto pixels = picture(wanted.height, wanted.width);
  const auto found = detector.detect({pixels.data(), wanted.width, wanted.height, 3 * wanted.width,
                                      detector.info().channel_order});
  EXPECT_LT(
      std::count_if(found.begin(), found.end(),
                    [&](const Detection& d) { return d.score > (1 + tolerance.score) * lowest; }),
      static_cast<std::ptrdiff_t>(wanted.candidates.size()));
  for (const auto& candidate : wanted.candidates) {
    float nearest = 1e9F;
    for (const Detection& d : found)
      if (std::abs(d.score - candidate[0]) < tolerance.score * candidate[0])
        nearest = std::min(nearest, distance(d, candidate, static_cast<float>(wanted.width),
                                             static_cast<float>(wanted.height)));
    EXPECT_LT(nearest, tolerance.pixels) << "no candidate of score " << candidate[0] << " at x "
                                         << candidate[1] << ", y " << candidate[2];
  }
}

std::string test_name(const ::testing::TestParamInfo<const char*>& each) {
  std::string name = each.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class PeerDetector : public ::testing::TestWithParam<const char*> {};

TEST_P(PeerDetector, FindsWhatItsAuthorsProgramFinds) {
  const std::string name = GetParam();
  const fs::path file = fs::path(FACESHOT_SHARED_DIR) / "peers" / (name + ".onnx");
  if (!fs::exists(file))
    GTEST_SKIP() << "SKIPPED: the decoding of this head is NOT held to its authors': there is no "
                 << file;
  // These scores come from sigmoids of 1e-5, which are exact to some thousandths only.
  hold_to_authors(name, file, {.score = 5e-3F, .pixels = 0.05F});
}

INSTANTIATE_TEST_SUITE_P(Shared, PeerDetector,
                         ::testing::Values("yunet_n_dynamic", "yunet_s_dynamic", "scrfd_500m_bnkps",
                                           "version-slim-320", "version-RFB-320",
                                           "retinaface_mnet025"),
                         test_name);

class SmallPeerDetector : public ::testing::TestWithParam<const char*> {};

TEST_P(SmallPeerDetector, FindsWhatTheAuthorsProgramFinds) {
  const std::string name = GetParam();
  hold_to_authors(name, source / "tests/engine/fixtures/peers" / (name + ".onnx"),
                  {.score = 1e-4F, .pixels = 0.01F});
}

INSTANTIATE_TEST_SUITE_P(Own, SmallPeerDetector,
                         ::testing::Values("small_yunet", "small_scrfd", "small_ultraface",
                                           "small_retinaface"),
                         test_name);

}  // namespace
}  // namespace faceshot::detect
