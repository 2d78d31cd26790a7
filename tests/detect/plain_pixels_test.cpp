// The detector on plain memory, as in programs that link only the runtime.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "detect/tiny_model.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/image_view.hpp"
#include "faceshot/network.hpp"

namespace faceshot::detect {
namespace {

TEST(PlainPixels, ABrightCellIsFound) {
  const ModelInfo info = testing::tiny_info();
  const std::string file = testing::tiny_onnx(info);
  const Detector detector(Network::from_bytes(std::as_bytes(std::span(file)), "tiny"), info);
  constexpr int side = 64;
  std::vector<std::uint8_t> pixels(3 * side * side, 0);
  for (int y = 16; y < 24; ++y)
    for (int x = 3 * 32; x < 3 * 40; ++x) pixels[static_cast<std::size_t>(3 * side * y + x)] = 255;
  const auto faces =
      detector.detect({.data = pixels.data(), .width = side, .height = side, .stride = 3 * side});
  ASSERT_EQ(faces.size(), 1U);
  // The network predicts one pixel to the right.
  EXPECT_NEAR(faces[0].box.x1, 33, 1e-3);
  EXPECT_NEAR(faces[0].box.y1, 16, 1e-3);
  EXPECT_NEAR(faces[0].box.x2, 41, 1e-3);
  EXPECT_NEAR(faces[0].box.y2, 24, 1e-3);
}

TEST(PlainPixels, TheShippedNetworkSeesNoFaceInNoise) {
  const Detector detector(FACESHOT_SOURCE_DIR "/models/faceshot-nano.onnx");
  base::Random random(1);
  std::vector<std::uint8_t> pixels(3 * 160 * 120);
  for (std::uint8_t& p : pixels) p = static_cast<std::uint8_t>(random.below(256));
  EXPECT_TRUE(
      detector.detect({.data = pixels.data(), .width = 160, .height = 120, .stride = 3 * 160})
          .empty());
}

}  // namespace
}  // namespace faceshot::detect
