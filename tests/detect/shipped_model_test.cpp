// The shipped networks, as they are in models/.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <opencv2/core.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "detect/clear_faces.hpp"
#include "faceshot/detector.hpp"
#include "media/opencv.hpp"

namespace faceshot::detect {
namespace {

using media::view_of;

namespace fs = std::filesystem;

class ShippedModel : public ::testing::TestWithParam<const char*> {
 protected:
  const std::string model =
      std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-" + GetParam() + ".onnx";
};

class ShippedModelOnPhotographs : public ShippedModel {};

TEST_P(ShippedModel, SaysWhatItIs) {
  const Detector detector(model);
  EXPECT_EQ(detector.info().name, std::string("faceshot-") + GetParam());
  const auto& metadata = detector.network().metadata();
  EXPECT_TRUE(metadata.contains("faceshot.license")) << "where it may be used is not said";
  // It must tell nothing about the machine that it was trained on.
  EXPECT_EQ(metadata.at("faceshot.config").find("'/"), std::string::npos);
  EXPECT_LT(fs::file_size(model), 4U << 20);
}

TEST_P(ShippedModel, FindsNoFaceWhereThereIsNothing) {
  const Detector detector(model);
  for (const int level : {0, 128, 255}) {
    const cv::Mat flat(480, 640, CV_8UC3, cv::Scalar::all(level));
    EXPECT_TRUE(detector.detect(view_of(flat)).empty()) << "grey of " << level;
  }
  DetectorOptions sure;
  sure.score_threshold = 0.9F;
  const Detector cautious(model, sure);
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    base::Random random(seed);
    cv::Mat noise(480, 640, CV_8UC3);
    for (auto* p = noise.data; p != noise.dataend; ++p)
      *p = static_cast<unsigned char>(random.below(256));
    EXPECT_TRUE(cautious.detect(view_of(noise)).empty()) << "noise " << seed;
  }
}

TEST_P(ShippedModel, FindsTheFacesOfDrawnPeople) {
  const fs::path folder = fs::path(FACESHOT_SOURCE_DIR) / "tests/detect/fixtures/drawn";
  std::map<std::string, std::vector<Box>> drawn;
  std::ifstream in(folder / "faces.txt");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream words(line);
    std::string file;
    Box box;
    words >> file >> box.x1 >> box.y1 >> box.x2 >> box.y2;
    drawn[file].push_back(box);
  }
  ASSERT_EQ(drawn.size(), 3U);
  const Detector detector(model);
  for (const auto& [file, faces] : drawn) {
    const auto found = detector.detect(view_of(media::read_mat(folder / file)));
    EXPECT_EQ(found.size(), faces.size()) << file;
    for (const Box& face : faces)
      EXPECT_TRUE(std::any_of(found.begin(), found.end(),
                              [&](const Detection& d) { return iou(d.box, face) > 0.5F; }))
          << file << ", the face at x " << face.x1 << ", y " << face.y1;
  }
}

TEST_P(ShippedModelOnPhotographs, FindsTheClearFaces) {
  if (!fs::is_directory(testing::wider_folder()))
    GTEST_SKIP() << "SKIPPED: the shipped network is NOT tested on photographs: there is no folder "
                 << testing::wider_folder();
  const auto faces = testing::find_clear_faces(Detector(model));
  ASSERT_GT(faces.all, 100);
  EXPECT_GT(faces.found, faces.all * 95 / 100) << "of " << faces.all;
}

const auto networks = ::testing::Values("nano", "small");
const auto network_name = [](const auto& each) { return std::string(each.param); };

INSTANTIATE_TEST_SUITE_P(All, ShippedModel, networks, network_name);
INSTANTIATE_TEST_SUITE_P(All, ShippedModelOnPhotographs, networks, network_name);

}  // namespace
}  // namespace faceshot::detect
