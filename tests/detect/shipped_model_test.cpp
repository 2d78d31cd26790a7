// The network that comes with FaceShot, as it lies in models/.
#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "dataset/wider_text.hpp"
#include "faceshot/box.hpp"
#include "faceshot/detector.hpp"
#include "faceshot/random.hpp"
#include "media/image_file.hpp"

namespace faceshot {
namespace {

namespace fs = std::filesystem;

const std::string model = std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-nano.onnx";

ImageView view_of(const cv::Mat& image) {
  return {image.data, image.cols, image.rows, static_cast<std::ptrdiff_t>(image.step)};
}

TEST(ShippedModel, SaysWhatItIs) {
  const Detector detector(model);
  EXPECT_EQ(detector.info().name, "faceshot-nano");
  const auto& metadata = detector.network().metadata();
  EXPECT_TRUE(metadata.contains("faceshot.license")) << "where it may be used is not said";
  // Of the machine that it was trained on it must tell nothing.
  EXPECT_EQ(metadata.at("faceshot.config").find("'/"), std::string::npos);
  EXPECT_LT(fs::file_size(model), 4U << 20);
}

TEST(ShippedModel, FindsNoFaceWhereThereIsNothing) {
  const Detector detector(model);
  for (const int level : {0, 128, 255}) {
    const cv::Mat flat(480, 640, CV_8UC3, cv::Scalar::all(level));
    EXPECT_TRUE(detector.detect(view_of(flat)).empty()) << "grey of " << level;
  }
  DetectorOptions sure;
  sure.score_threshold = 0.9F;
  const Detector cautious(model, sure);
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    Random random(seed);
    cv::Mat noise(480, 640, CV_8UC3);
    for (auto* p = noise.data; p != noise.dataend; ++p)
      *p = static_cast<unsigned char>(random.below(256));
    EXPECT_TRUE(cautious.detect(view_of(noise)).empty()) << "noise " << seed;
  }
}

TEST(ShippedModel, FindsTheClearFacesOfRealPhotographs) {
  const fs::path wider = fs::path(FACESHOT_SHARED_DIR) / "data/wider";
  if (!fs::is_directory(wider))
    GTEST_SKIP() << "SKIPPED: the shipped network is NOT tested on photographs: there is no folder "
                 << wider;
  const Detector detector(model);
  int clear = 0, found = 0, images = 0;
  for (const auto& labelled :
       read_wider_text(wider / "wider_face_split/wider_face_val_bbx_gt.txt")) {
    const fs::path file = wider / "WIDER_val/images" / labelled.image;
    if (!fs::exists(file) || ++images % 4 != 0) continue;
    const cv::Mat image = read_image(file);
    const auto detections = detector.detect(view_of(image));
    const float scale = 640.0F / static_cast<float>(std::max(image.cols, image.rows));
    for (const Annotation& a : labelled.annotations) {
      // 30 pixels as the network sees it, in the open, in focus: anybody would expect to find it.
      if (a.ignore || a.occlusion != 0 || a.blur != 0 || a.pose != 0 ||
          std::min(a.box.width(), a.box.height()) * scale < 30)
        continue;
      ++clear;
      for (const Detection& d : detections)
        if (iou(d.box, a.box) >= 0.5F) {
          ++found;
          break;
        }
    }
  }
  ASSERT_GT(clear, 100);
  EXPECT_GT(found, clear * 95 / 100) << "of " << clear;
}

}  // namespace
}  // namespace faceshot
