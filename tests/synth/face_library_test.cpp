#include "synth/face_library.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "faceshot/error.hpp"
#include "media/opencv.hpp"

namespace faceshot::synth {
namespace {

namespace fs = std::filesystem;

/// A set of one photograph of 400 x 400.
class FaceLibraryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() /
           (std::string("faceshot-library-") +
            ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(dir_);
    media::write_mat(dir_ / "a.png", cv::Mat(400, 400, CV_8UC3, cv::Scalar(1, 2, 3)));
    set_.images_dir = dir_;
    set_.records.push_back({"a.png", 400, 400, {}});
  }
  void TearDown() override { fs::remove_all(dir_); }

  geometry::Annotation& add(float side) {
    geometry::Annotation face;
    face.box = {50, 60, 50 + side, 60 + side};
    return set_.records[0].annotations.emplace_back(face);
  }

  fs::path dir_;
  data::PreparedSet set_;
};

TEST_F(FaceLibraryTest, TakesGoodFacesOnly) {
  add(30);
  add(23);
  add(30).ignore = true;
  add(30).blur = 2;
  add(30).occlusion = 1;
  add(30).box.x1 = 0;  // cut by the edge
  add(40).blur = 1;
  EXPECT_EQ(FaceLibrary(set_).size(), 2U);
}

TEST_F(FaceLibraryTest, PrefersFacesThatNeedNotGrow) {
  for (int side = 30; side < 110; ++side) add(static_cast<float>(side));
  const FaceLibrary library(set_);
  std::set<float> heights, largest;
  for (std::uint32_t i = 0; i < 300; ++i) {
    base::Random random(1, 0, i);
    const FaceSource source = library.draw(90, random);
    ASSERT_EQ(source.image.size(), cv::Size(400, 400));
    heights.insert(source.face.box.height());
    largest.insert(library.draw(500, random).face.box.height());
  }
  EXPECT_EQ(*heights.begin(), 90);
  EXPECT_EQ(heights.size(), 20U);
  EXPECT_EQ(*largest.begin(), 100);  // the tallest eighth of 80
  EXPECT_EQ(largest.size(), 10U);
}

TEST_F(FaceLibraryTest, NoGoodFaceIsAnError) {
  add(10);
  EXPECT_THROW(FaceLibrary{set_}, Error);
}

}  // namespace
}  // namespace faceshot::synth
