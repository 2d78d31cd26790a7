// Other projects' detectors on photographs: with correct input and decoding they find faces.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "detect/clear_faces.hpp"
#include "faceshot/detector.hpp"

namespace faceshot::detect {
namespace {

namespace fs = std::filesystem;

class PeerFaces : public ::testing::TestWithParam<const char*> {};

TEST_P(PeerFaces, AreFoundInRealPhotographs) {
  const fs::path file =
      fs::path(FACESHOT_SHARED_DIR) / "peers" / (GetParam() + std::string(".onnx"));
  if (!fs::exists(file) || !fs::is_directory(testing::wider_folder()))
    GTEST_SKIP() << "SKIPPED: this head is NOT tested on photographs: there is no " << file
                 << " or no " << testing::wider_folder();
  Network network = Network::load(file.string());
  ModelInfo info =
      file.stem() == "retinaface_mnet025"
          ? ModelInfo::from_toml(FACESHOT_SOURCE_DIR "/configs/detectors/retinaface-1mb.toml")
          : ModelInfo::of(network, file.string());
  const auto faces = testing::find_clear_faces(
      Detector(std::move(network), std::move(info), {.score_threshold = 0.3F}));
  ASSERT_GT(faces.all, 100);
  EXPECT_GT(faces.found, faces.all * 95 / 100) << "of " << faces.all;
}

INSTANTIATE_TEST_SUITE_P(Shared, PeerFaces,
                         ::testing::Values("yunet_s_dynamic", "yunet_n_dynamic",
                                           "face_detection_yunet_2026may", "scrfd_500m_bnkps",
                                           "version-slim-320", "version-RFB-320",
                                           "retinaface_mnet025"),
                         [](const auto& each) {
                           std::string name = each.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace faceshot::detect
