#include "synth/scene.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::synth {
namespace {

SyntheticScene scene(std::uint32_t index, const SceneOptions& options = {.size = {320, 240}}) {
  base::Random random(9, 0, index);
  return render_scene(options, random);
}

TEST(Scene, DependsOnTheStreamAlone) {
  for (std::uint32_t i = 0; i < 15; ++i) {
    const SyntheticScene a = scene(i), b = scene(i);
    EXPECT_EQ(cv::norm(a.image, b.image, cv::NORM_INF), 0) << i;
    EXPECT_EQ(a.annotations, b.annotations) << i;
  }
}

TEST(Scene, LabelsAreInsideApartAndComplete) {
  std::size_t faces = 0, empty = 0, ignored = 0;
  constexpr std::uint32_t n = 80;
  for (std::uint32_t i = 0; i < n; ++i) {
    const SyntheticScene s = scene(i);
    ASSERT_EQ(s.image.size(), cv::Size(320, 240));
    empty += s.annotations.empty() ? 1 : 0;
    for (std::size_t a = 0; a < s.annotations.size(); ++a) {
      const geometry::Annotation& face = s.annotations[a];
      EXPECT_TRUE(face.box.valid());
      EXPECT_EQ(face.box, clip(face.box, 320, 240));
      EXPECT_GE(face.box.height(), 12 * 0.7F);
      EXPECT_TRUE(face.landmarks.has_value());
      EXPECT_GE(face.blur, 0);
      EXPECT_GE(face.occlusion, 0);
      EXPECT_TRUE(!face.ignore || face.occlusion == 2);
      ignored += face.ignore ? 1 : 0;
      for (std::size_t b = 0; b < a; ++b) EXPECT_LT(iou(face.box, s.annotations[b].box), 0.2F);
    }
    faces += s.annotations.size();
  }
  EXPECT_GT(faces, n);
  EXPECT_LT(faces, 5 * n);
  EXPECT_GT(empty, 0U);
  EXPECT_LT(ignored, faces / 5);
}

TEST(Scene, ASinglePersonIsWhollyVisible) {
  SceneOptions none{.size = {320, 240}, .max_faces = 0};
  EXPECT_TRUE(scene(1, none).annotations.empty());
  SceneOptions one{.size = {320, 240}, .min_face = 60, .min_faces = 1, .max_faces = 1};
  for (std::uint32_t i = 0; i < 10; ++i) {
    const SyntheticScene s = scene(i, one);
    ASSERT_EQ(s.annotations.size(), 1U);
    EXPECT_EQ(s.annotations[0].occlusion, 0);
    EXPECT_FALSE(s.annotations[0].ignore);
  }
}

TEST(Scene, ClassesSayWhetherAMaskIsWorn) {
  EXPECT_EQ(scene_classes({}), std::vector<std::string>{"face"});
  SceneOptions options{.size = {160, 120}, .min_face = 20, .min_faces = 4, .masks = 0.5F};
  EXPECT_EQ(scene_classes(options).at(1), "with_mask");
  std::array<int, 3> faces{};
  for (std::uint32_t i = 0; i < 80; ++i)
    for (const geometry::Annotation& a : scene(i, options).annotations)
      ++faces.at(static_cast<std::size_t>(a.class_id));
  const int all = faces[0] + faces[1] + faces[2];
  EXPECT_NEAR(static_cast<double>(faces[2]) / all, 0.5, 0.12);
  EXPECT_NEAR(static_cast<double>(faces[0]) / all, 0.5 / 6, 0.06);
  options.masks = 1.5F;
  EXPECT_THROW((void)scene(1, options), Error);
}

TEST(Scene, ImpossibleOptionsAreRefused) {
  base::Random random(1);
  EXPECT_THROW((void)render_scene({.size = {0, 0}}, random), Error);
}

}  // namespace
}  // namespace faceshot::synth
