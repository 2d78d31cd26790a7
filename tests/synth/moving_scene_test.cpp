#include "synth/moving_scene.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>
#include <set>
#include <string>

#include "faceshot/camera_motion.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "synth/moving_set.hpp"

namespace faceshot::synth {
namespace {

MovingSceneOptions small() {
  MovingSceneOptions o;
  o.width = 240;
  o.height = 160;
  o.frames = 24;
  o.pan_width = {30, 80};
  o.face_height = {20, 60};
  return o;
}

TEST(MovingScene, IsTheSameWhoeverAsksAndWhen) {
  const MovingScene scene(small(), 7), again(small(), 7), other(small(), 8);
  const MovingFrame late = scene.render(20), early = scene.render(3);
  EXPECT_EQ(cv::norm(again.render(3).image, early.image, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(again.render(20).image, late.image, cv::NORM_INF), 0);
  EXPECT_GT(cv::norm(other.render(3).image, early.image, cv::NORM_INF), 0);
  EXPECT_EQ(early.image.size(), cv::Size(240, 160));
}

TEST(MovingScene, FacesMoveSmoothlyAndKeepTheirIds) {
  MovingSceneOptions o = small();
  o.cuts = 0;
  o.pans = o.shakes = o.zooms = 0;
  o.frame_rates = {50};
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    const MovingScene scene(o, seed);
    std::vector<TrueFace> before;
    for (std::size_t f = 0; f < scene.frames(); ++f) {
      const MovingFrame frame = scene.render(f);
      for (const TrueFace& face : frame.faces) {
        EXPECT_TRUE(face.box.valid());
        EXPECT_GE(face.visibility, 0);
        EXPECT_LE(face.visibility, 1);
        EXPECT_GE(face.box.x1, 0);
        EXPECT_LE(face.box.x2, 240);
        for (const TrueFace& last : before)
          if (last.id == face.id) {
            EXPECT_LT(std::abs(face.box.center_x() - last.box.center_x()),
                      0.5F * last.box.height() + 2);
            EXPECT_LT(std::abs(face.box.center_y() - last.box.center_y()),
                      0.5F * last.box.height() + 2);
          }
      }
      before = frame.faces;
    }
  }
}

TEST(MovingScene, EachShotHasOtherPeople) {
  MovingSceneOptions o = small();
  o.cuts = 1;
  const MovingScene scene(o, 3);
  ASSERT_EQ(scene.cuts().size(), 2U);
  std::set<int> ids[3];
  for (std::size_t f = 0; f < scene.frames(); ++f) {
    const std::size_t shot = f < scene.cuts()[0] ? 0 : f < scene.cuts()[1] ? 1 : 2;
    for (const TrueFace& face : scene.render(f).faces) ids[shot].insert(face.id);
  }
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b < a; ++b)
      for (const int id : ids[a]) EXPECT_FALSE(ids[b].contains(id));
}

TEST(MovingScene, WhatStandsInFrontHides) {
  MovingSceneOptions o = small();
  o.frames = 40;
  o.people = {6, 6};
  o.occluders = 1;
  int hidden = 0, whole = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const MovingScene scene(o, seed);
    for (std::size_t f = 0; f < scene.frames(); f += 5)
      for (const TrueFace& face : scene.render(f).faces) {
        hidden += face.visibility < 0.5F ? 1 : 0;
        whole += face.visibility == 1 ? 1 : 0;
        if (face.visibility < 0.3F) {
          EXPECT_TRUE(face.ignore);
        }
      }
  }
  EXPECT_GT(hidden, 0);
  EXPECT_GT(whole, 0);
}

/// The camera's motion as planned, and as estimated from the pixels.
TEST(MovingScene, TheEstimatorFindsItsCamera) {
  MovingSceneOptions o = small();
  o.width = 640;
  o.height = 360;
  o.frames = 30;
  o.people = {0, 0};
  o.occluders = o.dark = o.unfocused = o.cuts = 0;
  o.pans = o.shakes = 1;
  o.frame_rates = {25};
  o.noise = {0, 2};
  o.shutter = {0.1, 0.3};
  o.jpeg_quality = {90, 95};
  int near = 0, all = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const MovingScene scene(o, seed);
    CameraMotionEstimator estimator;
    for (std::size_t f = 0; f < scene.frames(); f += 1) {
      const cv::Mat image = scene.render(f).image;
      const FrameChange change = estimator.next(media::view_of(image));
      if (f == 0) continue;
      EXPECT_FALSE(change.cut);
      // Where the middle of the previous frame is now.
      const cv::Matx23f now = scene.camera(f);
      const cv::Matx33f before(scene.camera(f - 1)(0, 0), scene.camera(f - 1)(0, 1),
                               scene.camera(f - 1)(0, 2), scene.camera(f - 1)(1, 0),
                               scene.camera(f - 1)(1, 1), scene.camera(f - 1)(1, 2), 0, 0, 1);
      const cv::Vec3f world = before.inv() * cv::Vec3f(320, 180, 1);
      const cv::Vec2f truth = now * world;
      const CameraMotion& m = change.motion;
      const double off = std::hypot(m.xx * 320 + m.xy * 180 + m.tx - static_cast<double>(truth[0]),
                                    m.yx * 320 + m.yy * 180 + m.ty - static_cast<double>(truth[1]));
      ++all;
      near += off < 2 ? 1 : 0;
    }
  }
  EXPECT_GT(near, 0.9 * all) << near << " of " << all;
}

class MovingSceneFiles : public ::testing::Test {
 protected:
  MovingSceneFiles() : dir_(std::filesystem::path(::testing::TempDir()) / "moving_scenes") {
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  ~MovingSceneFiles() override { std::filesystem::remove_all(dir_); }

  std::string complaint(const std::string& text) {
    std::ofstream(dir_ / "a.toml") << text;
    try {
      (void)read_moving_scenes(dir_ / "a.toml");
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::format);
      return e.what();
    }
    return "";
  }

  std::filesystem::path dir_;
};

TEST_F(MovingSceneFiles, TheCommittedScenesAreFiftyAndSaidInFull) {
  const MovingScenes scenes =
      read_moving_scenes(std::string(FACESHOT_SOURCE_DIR) + "/configs/scenes/moving.toml");
  EXPECT_EQ(scenes.first_seed, 1U);
  EXPECT_EQ(scenes.last_seed, 50U);
  EXPECT_EQ(scenes.scene.frames, 120);
  EXPECT_EQ(scenes.scene.face_height.high, 110);
}

TEST_F(MovingSceneFiles, FaultsAreNamedByLine) {
  EXPECT_NE(
      complaint("[scene]\nwidht = 3\n").find("a.toml:2: unknown key 'widht'; did you mean 'width'"),
      std::string::npos);
  EXPECT_NE(complaint("[scene]\nframes = 0\n").find(":2: 'frames' must be in 1"),
            std::string::npos);
  EXPECT_NE(complaint("[scene]\nnoise = [5, 1]\n").find("'noise'"), std::string::npos);
  EXPECT_NE(complaint("[scene]\nnoise = 5\n").find("'noise'"), std::string::npos);
  EXPECT_NE(complaint("[scene]\nframe_rates = []\n").find("'frame_rates'"), std::string::npos);
  EXPECT_NE(complaint("[seeds]\nfirst = 9\nlast = 3\n").find("first seed"), std::string::npos);
  EXPECT_NE(complaint("[other]\n").find("[seeds] and [scene]"), std::string::npos);
  EXPECT_NE(complaint("[scene\n").find(":1: "), std::string::npos);
  // Cases in which toml++ alone asserts or has undefined behaviour.
  EXPECT_NE(complaint("[,]\n").find(":1: "), std::string::npos);
  EXPECT_NE(complaint("\xC6\xBD\n").find(":1: "), std::string::npos);
  EXPECT_EQ(complaint(""), "");
  EXPECT_THROW((void)read_moving_scenes(dir_ / "none.toml"), Error);
}

TEST_F(MovingSceneFiles, SetsAreMotChallengesAndTheSameForAnyThreads) {
  MovingScenes scenes;
  scenes.scene = small();
  scenes.scene.frames = 4;
  scenes.first_seed = 5;
  scenes.last_seed = 6;
  const MovingSetReport report = write_moving_set(dir_ / "one", scenes, 1);
  (void)write_moving_set(dir_ / "two", scenes, 2);
  EXPECT_EQ(report.scenes, 2U);
  EXPECT_EQ(report.frames, 8U);
  const auto content = [&](const std::string& file) {
    std::ifstream stream(dir_ / file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  for (const std::string file :
       {"scene-005/gt/gt.txt", "scene-006/seqinfo.ini", "scene-006/img1/000004.jpg"}) {
    EXPECT_FALSE(content("one/" + file).empty()) << file;
    EXPECT_EQ(content("one/" + file), content("two/" + file)) << file;
  }
  EXPECT_THROW((void)write_moving_set(dir_ / "one", scenes, 1), Error);
}

}  // namespace
}  // namespace faceshot::synth
