#include "media/drawing/draw.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "faceshot/error.hpp"
#include "media/drawing/text.hpp"
#include "media/opencv.hpp"

namespace faceshot::media {
namespace {

const cv::Scalar ground(90, 90, 90);

cv::Mat make_ground(int width = 640, int height = 480) { return {height, width, CV_8UC3, ground}; }

/// Pixels of `area` that are no longer ground.
int painted(const cv::Mat& image, const cv::Rect& area) {
  int count = 0;
  for (int y = area.y; y < area.y + area.height; ++y)
    for (int x = area.x; x < area.x + area.width; ++x)
      count += image.at<cv::Vec3b>(y, x) != cv::Vec3b(90, 90, 90) ? 1 : 0;
  return count;
}
int painted(const cv::Mat& image) { return painted(image, {0, 0, image.cols, image.rows}); }

Detection detection(float x1, float y1, float x2, float y2, float score = 0.9F) {
  return {{x1, y1, x2, y2}, score, 0};
}

TEST(DrawDetections, SurroundsTheFaceAndLeavesItVisible) {
  cv::Mat image = make_ground();
  draw_detections(canvas_of(image), std::vector{detection(200, 150, 280, 250)});
  EXPECT_EQ(painted(image, {200, 150, 80, 100}), 0);
  EXPECT_EQ(painted(image, {199, 150, 1, 100}), 100) << "the line touches the box's left edge";
  EXPECT_EQ(painted(image, {280, 150, 1, 100}), 100) << "and its right";
}

TEST(DrawDetections, ClassesHaveColoursOfTheirOwnOnlyWhereThereAreSeveral) {
  const auto line_of = [](int label, const std::vector<std::string>& classes) {
    cv::Mat image = make_ground();
    Detection d = detection(200, 150, 280, 250);
    d.label = label;
    draw_detections(canvas_of(image), std::vector{d}, classes);
    return image.at<cv::Vec3b>(200, 199);
  };
  const std::vector<std::string> one{"face"}, two{"mask", "none"};
  EXPECT_EQ(line_of(0, one), line_of(0, {}));
  EXPECT_NE(line_of(0, two), line_of(1, two));
  EXPECT_EQ(line_of(7, two), line_of(0, two)) << "colours come again, also beyond the names";
  EXPECT_EQ(line_of(-1, two), line_of(0, one)) << "a label that no class has";
}

TEST(DrawDetections, LandmarksAreDotsWhereTheyLie) {
  Detection face = detection(200, 150, 280, 250);
  face.landmarks =
      Landmarks{220.5F, 180.5F, 260.5F, 180.5F, 240.5F, 200.5F, 225.5F, 230.5F, 255.5F, 230.5F};
  cv::Mat image = make_ground();
  draw_detections(canvas_of(image), std::vector{face});
  const cv::Rect inside(201, 151, 78, 98);
  int dots = 0;
  cv::Mat rest = image.clone();
  for (const Point& p : *face.landmarks) {
    const cv::Point centre(static_cast<int>(p.x), static_cast<int>(p.y));
    EXPECT_GT(image.at<cv::Vec3b>(centre)[2], 200) << "the dot's colour is in its middle";
    const cv::Rect dot(centre.x - 6, centre.y - 6, 13, 13);
    dots += painted(image, dot) > 4 ? 1 : 0;
    rest(dot).setTo(ground);
  }
  EXPECT_EQ(dots, 5);
  EXPECT_EQ(painted(rest, inside), 0) << "nothing else of the face is hidden";
}

TEST(DrawDetections, SmallFacesGetNoDotsAndPointsOutsideNone) {
  Detection small = detection(100, 100, 112, 114);
  small.landmarks = Landmarks{103, 104, 109, 104, 106, 107, 104, 111, 108, 111};
  cv::Mat image = make_ground();
  draw_detections(canvas_of(image), std::vector{small});
  EXPECT_EQ(painted(image, {100, 100, 12, 14}), 0);
  Detection cut = detection(0, 150, 80, 250);
  constexpr float far = 1e9F;
  cut.landmarks = Landmarks{-20, 180, far, 180, 20, -far, std::numeric_limits<float>::quiet_NaN(),
                            230, 700, 230};
  EXPECT_NO_THROW(draw_detections(canvas_of(image), std::vector{cut}));
}

TEST(DrawDetections, LinesGrowWithTheImage) {
  const auto width_at = [](int scale) {
    cv::Mat image = make_ground(640 * scale, 480 * scale);
    const auto s = static_cast<float>(scale);
    draw_detections(canvas_of(image), std::vector{detection(200 * s, 150 * s, 300 * s, 250 * s)});
    return painted(image, {150 * scale, 200 * scale, 50 * scale, 1});
  };
  EXPECT_GE(width_at(1), 2);
  EXPECT_GE(width_at(4), 3 * width_at(1));
}

TEST(DrawDetections, SmallFacesGetAThinBoxAndNoScore) {
  cv::Mat image = make_ground();
  draw_detections(canvas_of(image), std::vector{detection(100, 100, 112, 114)});
  EXPECT_EQ(painted(image), 14 * 16 - 12 * 14) << "a ring of one pixel";
}

TEST(DrawDetections, LabelsHideNoFaceOfACrowd) {
  std::vector<Detection> crowd;
  for (int row = 0; row < 8; ++row)
    for (int column = 0; column < 12; ++column) {
      const auto x = static_cast<float>(20 + 50 * column);
      const auto y = static_cast<float>(20 + 55 * row);
      crowd.push_back(detection(x, y, x + 30, y + 40));
    }
  cv::Mat image = make_ground();
  draw_detections(canvas_of(image), crowd);
  for (const Detection& face : crowd)
    EXPECT_EQ(
        painted(image, {static_cast<int>(face.box.x1), static_cast<int>(face.box.y1), 30, 40}), 0);
}

TEST(DrawDetections, AFaceThatFillsTheImageHasItsScoreInside) {
  cv::Mat image = make_ground();
  draw_detections(canvas_of(image), std::vector{detection(0, 0, 640, 480)});
  EXPECT_GT(painted(image), 0);
}

TEST(DrawDetections, SurvivesImpossibleBoxes) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinity = std::numeric_limits<float>::infinity();
  cv::Mat image = make_ground();
  draw_detections(canvas_of(image),
                  std::vector{detection(nan, 0, 10, 10), detection(0, 0, infinity, 10),
                              detection(50, 50, 40, 60), detection(900, 10, 950, 60),
                              detection(-90, -90, -10, -10)});
  EXPECT_EQ(painted(image), 0);
  draw_detections(canvas_of(image),
                  std::vector{detection(-50, -50, 60, 60), detection(600, 400, 1e9F, 1e9F),
                              detection(-1e30F, 100, 1e30F, 200)});
  EXPECT_GT(painted(image), 0);
}

TEST(DrawDetections, RefusesOtherImages) {
  cv::Mat empty;
  EXPECT_THROW(draw_detections(canvas_of(empty), {}), Error);
  cv::Mat grey(10, 10, CV_8UC1);
  EXPECT_THROW(draw_detections(canvas_of(grey), {}), Error);
}

TEST(ContactSheet, PutsEachImageIntoItsCell) {
  const cv::Scalar red(0, 0, 255);
  const cv::Scalar blue(255, 0, 0);
  const cv::Mat wide(50, 200, CV_8UC3, red);
  const cv::Mat tall(400, 100, CV_8UC3, blue);
  const cv::Mat sheet = contact_sheet({wide, tall, wide}, 2, {120, 80});
  const int gap = 2;  // a fortieth of the cell's shorter side
  ASSERT_EQ(sheet.cols, 2 * 120 + 3 * gap);
  ASSERT_EQ(sheet.rows, 2 * 80 + 3 * gap);
  const auto pixel = [&](int x, int y) { return cv::Scalar(sheet.at<cv::Vec3b>(y, x)); };
  EXPECT_EQ(pixel(gap + 60, gap + 40), red);
  EXPECT_EQ(pixel(gap, gap + 40), red) << "a wide image reaches both sides";
  EXPECT_NE(pixel(gap + 60, gap + 2), red) << "but not the cell's top";
  EXPECT_EQ(pixel(2 * gap + 180, gap + 40), blue);
  EXPECT_EQ(pixel(2 * gap + 180, gap), blue) << "a tall image reaches the top";
  EXPECT_NE(pixel(2 * gap + 122, gap + 40), blue) << "but not the sides";
  EXPECT_EQ(pixel(gap + 60, 2 * gap + 120), red);
}

TEST(ContactSheet, WritesCaptionsBelowTheCells) {
  const cv::Mat blue(80, 120, CV_8UC3, cv::Scalar(255, 0, 0));
  const std::vector<ImageView> images(3, view_of(blue));
  const std::string name = "holiday.jpg: 12 faces";
  const Image plain = contact_sheet(images, 2, 120, 80);
  const Image sheet = contact_sheet(images, 2, 120, 80, {name, "", "a/very/long/way/to/" + name});
  ASSERT_EQ(sheet.width(), plain.width());
  const int line = (sheet.height() - plain.height()) / 2, gap = 2;
  ASSERT_GT(line, 9);
  const auto ink = [&](int left, int top) {  // brightest value of a caption
    int most = 0;
    for (int y = top; y < top + line; ++y)
      for (int x = left; x < left + 120; ++x)
        most = std::max<int>(most, sheet.row(y)[std::ptrdiff_t{3} * x + 2]);
    return most;
  };
  EXPECT_GT(ink(gap, gap + 80), 150);
  EXPECT_LT(ink(2 * gap + 120, gap + 80), 60) << "an empty caption";
  EXPECT_GT(ink(gap, gap + 80 + line + gap + 80), 150);
  EXPECT_THROW((void)contact_sheet(images, 2, 120, 80, {name}), Error);

  const std::string cut = end_that_fits("a/very/long/way/to/" + name, 9, 120);
  EXPECT_TRUE(cut.starts_with("...") && cut.ends_with("12 faces")) << cut;
  EXPECT_LE(measure_text(cut, 9).width, 120);
  EXPECT_EQ(end_that_fits(name, 9, 500), name);
}

TEST(ContactSheet, IsNoWiderThanItsImages) {
  EXPECT_EQ(contact_sheet({make_ground()}, 5, {100, 100}).cols, 100 + 2 * 2);
}

TEST(ContactSheet, RefusesNothing) {
  EXPECT_THROW((void)contact_sheet({}, 2, {10, 10}), Error);
  EXPECT_THROW((void)contact_sheet({make_ground()}, 0, {10, 10}), Error);
  EXPECT_THROW((void)contact_sheet({make_ground()}, 2, {0, 10}), Error);
  EXPECT_THROW((void)contact_sheet({cv::Mat()}, 2, {10, 10}), Error);
}

}  // namespace
}  // namespace faceshot::media
