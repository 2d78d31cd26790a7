#include "augment/operations/occlude.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "augment/operations/face_frame.hpp"
#include "pixel_operation.hpp"

namespace faceshot::augment {
namespace {

/// A face seen from the front, 100 px from ear to ear, about (160, 160), rolled clockwise.
struct Face {
  Landmarks landmarks{};
  Box box;
};

Face face(double roll_degrees = 0, float scale = 1) {
  constexpr Landmarks kUpright{-24, -15, 24, -15, 0, 12, -18, 35, 18, 35};
  const double radians = roll_degrees * CV_PI / 180;
  const auto c = static_cast<float>(std::cos(radians)), s = static_cast<float>(std::sin(radians));
  Face result;
  for (std::size_t i = 0; i < 5; ++i) {
    const float x = kUpright[i].x * scale, y = kUpright[i].y * scale;
    result.landmarks[i] = {160 + c * x - s * y, 160 + s * x + c * y};
  }
  const float w = scale * (50 * std::abs(c) + 65 * std::abs(s));
  const float h = scale * (65 * std::abs(c) + 50 * std::abs(s));
  result.box = {160 - w, 160 - h, 160 + w, 160 + h};
  return result;
}

cv::Mat skin(int level = 150) { return {320, 320, CV_8UC3, cv::Scalar::all(level)}; }

cv::Vec3b at(const cv::Mat& image, const Landmarks& landmarks, std::size_t point) {
  return image.at<cv::Vec3b>(cvFloor(landmarks[point].y), cvFloor(landmarks[point].x));
}

constexpr std::array<double, 7> kRolls{0, 20, -35, 90, 180, -90, 135};

TEST(FaceFrame, IsTheSameHoweverTheHeadRollsAndWhateverItsSize) {
  const FaceFrame upright = face_frame(face().landmarks, face().box);
  EXPECT_NEAR(upright.unit, 50, 1e-3);
  EXPECT_NEAR(upright.mouth.y, 1, 1e-4);
  EXPECT_NEAR(upright.center, 0, 1e-4);
  EXPECT_NEAR(upright.half, 1, 1e-4);
  for (const double roll : kRolls) {
    for (const float scale : {0.2F, 1.0F, 3.0F}) {
      const Face turned = face(roll, scale);
      const FaceFrame frame = face_frame(turned.landmarks, turned.box);
      EXPECT_NEAR(frame.unit, 50 * scale, 1e-2);
      EXPECT_LT(cv::norm(frame.left_eye - upright.left_eye), 1e-3);
      EXPECT_LT(cv::norm(frame.nose - upright.nose), 1e-3);
      EXPECT_LT(cv::norm(frame.mouth - upright.mouth), 1e-3);
      const cv::Point2f point(17, 200);
      EXPECT_LT(cv::norm(frame.pixel(frame.place(point)) - point), 1e-2);
    }
  }
}

TEST(FaceFrame, HidesTheEarToWhichTheNosePoints) {
  Face turned = face();
  turned.landmarks[2].x += 25;
  const FaceFrame frame = face_frame(turned.landmarks, turned.box);
  EXPECT_TRUE(frame.shows(-1));
  EXPECT_FALSE(frame.shows(1));
}

TEST(MedicalMask, HidesNoseAndMouthButNotTheEyesWhateverTheRoll) {
  for (const double roll : kRolls) {
    const Face rolled = face(roll);
    cv::Mat image = skin();
    medical_mask(image, rolled.landmarks, rolled.box, {200, 100, 50});
    for (const std::size_t hidden : {2U, 3U, 4U}) {
      const cv::Vec3b color = at(image, rolled.landmarks, hidden);
      EXPECT_GT(color[0], color[1] + 40) << roll;
      EXPECT_GT(color[1], color[2] + 20) << roll;
    }
    for (const std::size_t seen : {0U, 1U}) {
      EXPECT_EQ(at(image, rolled.landmarks, seen), cv::Vec3b::all(150)) << roll;
    }
  }
}

TEST(Sunglasses, HideTheEyesButNotNoseAndMouthWhateverTheRoll) {
  for (const double roll : kRolls) {
    const Face rolled = face(roll);
    cv::Mat image = skin();
    sunglasses(image, rolled.landmarks, rolled.box, {});
    for (const std::size_t hidden : {0U, 1U}) {
      EXPECT_LT(at(image, rolled.landmarks, hidden)[1], 90) << roll;
    }
    for (const std::size_t seen : {2U, 3U, 4U}) {
      EXPECT_EQ(at(image, rolled.landmarks, seen), cv::Vec3b::all(150)) << roll;
    }
  }
}

/// Draws on a picture rotated by a quarter turn and rotates it back: equal except for rounding.
template <class Draw>
void expect_turns_with_the_face(Draw draw) {
  cv::Mat upright = skin(), turned = skin();
  draw(upright, face());
  draw(turned, face(90));
  cv::rotate(turned, turned, cv::ROTATE_90_COUNTERCLOCKWISE);
  cv::Mat off;
  cv::absdiff(upright, turned, off);
  EXPECT_LT(cv::mean(off)[1], 0.5);
  EXPECT_GT(cv::norm(upright, skin(), cv::NORM_INF), 50);
}

TEST(Occlude, TurnsWithTheFace) {
  expect_turns_with_the_face([](cv::Mat& image, const Face& face) {
    medical_mask(image, face.landmarks, face.box, {200, 200, 200});
  });
  expect_turns_with_the_face(
      [](cv::Mat& image, const Face& face) { sunglasses(image, face.landmarks, face.box, {}); });
}

TEST(MedicalMask, IsDarkInTheDark) {
  const auto brightness = [](int level) {
    cv::Mat image = skin(level);
    medical_mask(image, face().landmarks, face().box, {220, 220, 220});
    return at(image, face().landmarks, 2)[1];
  };
  EXPECT_LT(brightness(20), 120);
  EXPECT_GT(brightness(200), 200);
}

TEST(Sunglasses, ClearLensesAreSpectacles) {
  cv::Mat image = skin();
  sunglasses(image, face().landmarks, face().box, {.opacity = 0});
  EXPECT_EQ(at(image, face().landmarks, 0), cv::Vec3b::all(150));
  EXPECT_GT(difference(image, skin()), 100);  // the frame is there
}

TEST(Occlude, DrawsNothingOnFacesTooSmallOrWithoutExtent) {
  for (const float scale : {0.0F, 0.05F}) {
    cv::Mat image = skin();
    const Face small = face(0, scale);
    medical_mask(image, small.landmarks, small.box, {255, 0, 0});
    sunglasses(image, small.landmarks, small.box, {});
    EXPECT_EQ(difference(image, skin()), 0);
  }
}

TEST(Occlude, DrawsNothingFarFromTheFace) {
  for (const double roll : kRolls) {
    const Face rolled = face(roll);
    cv::Mat image = skin();
    medical_mask(image, rolled.landmarks, rolled.box, {255, 0, 0});
    sunglasses(image, rolled.landmarks, rolled.box, {});
    cv::circle(image, {160, 160}, 85, cv::Scalar::all(150), -1);
    EXPECT_EQ(difference(image, skin()), 0) << roll;
  }
}

TEST(Cutout, FillsTheBoxAndNothingElse) {
  for (const CutoutFill fill : {CutoutFill::gray, CutoutFill::mean, CutoutFill::noise}) {
    const cv::Mat before = test_picture();
    cv::Mat image = before.clone();
    base::Random random(8);
    const cv::Rect rect(40, 50, 200, 150);
    cutout(image, {40.2F, 49.7F, 239.9F, 200.4F}, fill, random);
    cv::Scalar mean, deviation;
    cv::meanStdDev(image(rect), mean, deviation);
    if (fill == CutoutFill::gray) {
      EXPECT_EQ(mean, cv::Scalar(128, 128, 128));
    } else if (fill == CutoutFill::mean) {
      EXPECT_LT(cv::norm(mean - cv::mean(before(rect))), 1);
    } else {
      EXPECT_NEAR(mean[1], 128, 2);
      EXPECT_NEAR(deviation[1], 71, 3);  // 74 minus what saturates
    }
    if (fill != CutoutFill::noise) {
      EXPECT_EQ(deviation, cv::Scalar());
    }
    before(rect).copyTo(image(rect));
    EXPECT_EQ(difference(image, before), 0);
  }
}

TEST(Cutout, OutsideOrWithoutExtentChangesNothing) {
  cv::Mat image = test_picture();
  base::Random random(8);
  cutout(image, {-50, -50, -1, 100}, CutoutFill::gray, random);
  cutout(image, {400, 10, 500, 20}, CutoutFill::mean, random);
  cutout(image, {50, 50, 50, 90}, CutoutFill::noise, random);
  cutout(image, {90, 50, 50, 90}, CutoutFill::gray, random);
  EXPECT_EQ(difference(image, test_picture()), 0);
}

TEST(Occlude, KeepsToItsPart) {
  // The face is larger than the parts and extends beyond them on some sides or all.
  for (const float shift : {-150.0F, -120.0F, -90.0F}) {
    Face near = face(25);
    for (Point& p : near.landmarks) p = {p.x + shift, p.y + shift};
    near.box = {near.box.x1 + shift, near.box.y1 + shift, near.box.x2 + shift, near.box.y2 + shift};
    expect_keeps_to_its_part([&](cv::Mat& image) {
      medical_mask(image, near.landmarks, near.box, {200, 200, 200});
    });
    expect_keeps_to_its_part(
        [&](cv::Mat& image) { sunglasses(image, near.landmarks, near.box, {}); });
  }
  expect_keeps_to_its_part([](cv::Mat& image) {
    base::Random random(8);
    cutout(image, {-5, 3, 20, 500}, CutoutFill::noise, random);
  });
}

}  // namespace
}  // namespace faceshot::augment
