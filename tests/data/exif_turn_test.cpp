// Photographs rotated by EXIF. OpenCV, which obeys EXIF by itself, says where things are upright.
#include "data/import/exif_turn.hpp"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "data/import/import.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using testing::TestFolder;

constexpr int stored_width = 96, stored_height = 64;
const cv::Scalar red(0, 0, 255), blue(255, 0, 0);
const cv::Rect red_block(16, 0, 16, 16), blue_block(64, 16, 16, 32);  // whole JPEG blocks

/// A JPEG of two blocks with the orientation in an EXIF segment.
std::string turned_jpeg(int orientation) {
  cv::Mat image(stored_height, stored_width, CV_8UC3, cv::Scalar::all(0));
  image(red_block) = red;
  image(blue_block) = blue;
  std::vector<unsigned char> jpeg;
  cv::imencode(".jpg", image, jpeg, {cv::IMWRITE_JPEG_QUALITY, 100});
  // APP1 with one TIFF entry: tag 0x0112, SHORT, one value (CIPA DC-008).
  const std::string exif{
      "\xFF\xE1\0\x22"
      "Exif\0\0"
      "MM\0\x2A\0\0\0\x08"
      "\0\x01\x01\x12\0\x03\0\0\0\x01\0",
      29};
  return std::string(jpeg.begin(), jpeg.begin() + 2) + exif + static_cast<char>(orientation) +
         std::string(6, '\0') + std::string(jpeg.begin() + 2, jpeg.end());
}

Box box_of(const cv::Rect& r) {
  return {static_cast<float>(r.x), static_cast<float>(r.y), static_cast<float>(r.br().x),
          static_cast<float>(r.br().y)};
}

/// Where the colour is.
Box find_colour(const cv::Mat& image, const cv::Scalar& colour) {
  cv::Mat distance, found;
  cv::inRange(image, colour - cv::Scalar::all(120), colour + cv::Scalar::all(120), found);
  cv::Rect box;
  for (int y = 0; y < found.rows; ++y)
    for (int x = 0; x < found.cols; ++x)
      if (found.at<unsigned char>(y, x) != 0) box |= cv::Rect(x, y, 1, 1);
  return box_of(box);
}

Landmarks eyes(const Box& left, const Box& right) {
  Landmarks points{};
  points[0] = {left.center_x(), left.center_y()};
  points[1] = {right.center_x(), right.center_y()};
  return points;
}

/// The annotations of the stored picture: the box of one block, an eye in each block. In a mirrored
/// face left and right eye are swapped.
LabelledImage annotated(bool mirrored) {
  LabelledImage image{"a.jpg", 1, stored_width, stored_height, {}};
  geometry::Annotation& a = image.annotations.emplace_back();
  a.box = box_of(red_block);
  a.landmarks = mirrored ? eyes(box_of(blue_block), box_of(red_block))
                         : eyes(box_of(red_block), box_of(blue_block));
  return image;
}

ImportedSet import(const TestFolder& folder, const LabelledImage& image, FlawLog& flaws,
                   ExifBoxes exif) {
  return import_images({image}, folder / "i", "gt.txt", flaws, {}, exif);
}

TEST(ExifTurn, BoxesAndLandmarksFollowEveryOrientation) {
  const TestFolder folder;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    const auto file = folder.write("i/a.jpg", turned_jpeg(orientation));
    const cv::Mat upright = cv::imread(file.string());
    ASSERT_EQ(upright.cols, orientation >= 5 ? stored_height : stored_width);
    const bool mirrored =
        orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
    FlawLog flaws;
    const ImportedSet set = import(folder, annotated(mirrored), flaws, ExifBoxes::turn);
    ASSERT_EQ(set.records.size(), 1U);
    EXPECT_EQ(set.records[0].width, upright.cols);
    const geometry::Annotation& a = set.records[0].annotations.at(0);
    EXPECT_EQ(a.box, find_colour(upright, red));
    const Landmarks wanted = eyes(find_colour(upright, red), find_colour(upright, blue));
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ((*a.landmarks)[i], wanted[i]) << i;
    EXPECT_EQ(flaws.count(flaw::turned), orientation == 1 ? 0U : 1U);
    EXPECT_EQ(flaws.count(FlawEffect::left_out), 0U);
  }
}

TEST(ExifTurn, SharesAreOfTheStoredPicture) {
  const TestFolder folder;
  const auto file = folder.write("i/a.jpg", turned_jpeg(6));
  LabelledImage image = annotated(false);
  image.width = image.height = 0;
  image.normalised = true;
  image.annotations[0].landmarks.reset();
  image.annotations[0].box = {16.0F / 96, 0, 32.0F / 96, 16.0F / 64};
  FlawLog flaws;
  const Box box = import(folder, image, flaws, ExifBoxes::turn).records.at(0).annotations.at(0).box;
  const Box wanted = find_colour(cv::imread(file.string()), red);
  EXPECT_NEAR(box.x1, wanted.x1, 1e-4);
  EXPECT_NEAR(box.y1, wanted.y1, 1e-4);
  EXPECT_NEAR(box.x2, wanted.x2, 1e-4);
  EXPECT_NEAR(box.y2, wanted.y2, 1e-4);
}

TEST(ExifTurn, SwappedSidesAreLeftOutUnlessToldOtherwise) {
  const TestFolder folder;
  for (int orientation = 5; orientation <= 8; ++orientation) {
    folder.write("i/a.jpg", turned_jpeg(orientation));
    FlawLog refusing, keeping;
    EXPECT_TRUE(import(folder, annotated(false), refusing, ExifBoxes::refuse).records.empty());
    EXPECT_EQ(refusing.count(flaw::lying), 1U);
    EXPECT_NE(refusing.first_left_out().find("--exif turn"), std::string::npos);
    EXPECT_NE(refusing.first_left_out().find("orientation " + std::to_string(orientation)),
              std::string::npos);
    const ImportedSet kept = import(folder, annotated(false), keeping, ExifBoxes::as_is);
    EXPECT_EQ(kept.records.at(0).annotations.at(0).box, box_of(red_block));
    EXPECT_EQ(keeping.count(flaw::kept_as_is), 1U);
  }
}

TEST(ExifTurn, WhatIsAnnotatedUprightStays) {
  const TestFolder folder;
  folder.write("i/a.jpg", turned_jpeg(6));
  LabelledImage image = annotated(false);
  std::swap(image.width, image.height);
  FlawLog flaws;
  const ImportedSet set = import(folder, image, flaws, ExifBoxes::turn);
  EXPECT_EQ(set.records.at(0).annotations.at(0).box, box_of(red_block));
  EXPECT_TRUE(flaws.kinds().empty());
}

TEST(ExifTurn, SwappedSidesWithoutOrientationAreAnotherSize) {
  const TestFolder folder;
  folder.write("i/a.jpg", turned_jpeg(3));
  LabelledImage image = annotated(false);
  std::swap(image.width, image.height);
  FlawLog flaws;
  EXPECT_TRUE(import(folder, image, flaws, ExifBoxes::turn).records.empty());
  EXPECT_EQ(flaws.count(flaw::other_size), 1U);
}

TEST(ExifTurn, ABoxThatIsNoneIsNoneAfterwards) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    geometry::Annotation a;
    a.box = {9, 2, 3, 8};
    EXPECT_FALSE(turn_upright(a, {20, 10}, orientation).box.valid()) << orientation;
  }
}

}  // namespace
}  // namespace faceshot::data
