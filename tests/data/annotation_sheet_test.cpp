#include "data/stats/annotation_sheet.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

TEST(AnnotationSheet, DrawsBoxesWhereTheyAre) {
  cv::Mat image(100, 100, CV_8UC3, cv::Scalar::all(0));
  geometry::Annotation face, ignored;
  face.box = {20, 40, 60, 100};
  ignored.box = {120, 120, 180, 180};
  ignored.ignore = true;
  draw_annotations(image, std::vector{face, ignored}, 0.5F);
  const auto grey = [&](int x, int y) {
    const auto p = image.at<cv::Vec3b>(y, x);
    return p[0] == p[1] && p[1] == p[2];
  };
  EXPECT_FALSE(grey(10, 30)) << "left edge of the face";
  EXPECT_FALSE(grey(20, 20)) << "its top edge";
  EXPECT_EQ(image.at<cv::Vec3b>(35, 20), cv::Vec3b(0, 0, 0)) << "nothing within it";
  EXPECT_TRUE(grey(60, 75));
  EXPECT_NE(image.at<cv::Vec3b>(75, 60), cv::Vec3b(0, 0, 0)) << "edge of the ignored region";
  EXPECT_GT(cv::countNonZero(cv::Mat(image(cv::Rect(62, 62, 26, 26))).reshape(1)), 100)
      << "hatched";
}

TEST(AnnotationSheet, ShowsEachOnceAndNamesWhatIsDamaged) {
  const TestFolder folder;
  PreparedSet set;
  set.images_dir = folder / "";
  for (const char* name : {"a.png", "b.png", "c.png"}) {
    folder.write_image(name, 40, 20);
    set.records.push_back({name, 40, 20, {}});
  }
  folder.write("d.png", "no image");
  set.records.push_back({"d.png", 40, 20, {}});
  SheetOptions options;
  options.columns = 2;
  options.cell = {80, 80};
  const AnnotationSheet sheet = annotation_sheet(set, options);
  std::vector<std::string> shown = sheet.shown;
  std::sort(shown.begin(), shown.end());
  EXPECT_EQ(shown, (std::vector<std::string>{"a.png", "b.png", "c.png"}));
  ASSERT_EQ(sheet.damaged.size(), 1U);
  EXPECT_NE(sheet.damaged[0].find("d.png"), std::string::npos);
  EXPECT_GE(sheet.image.rows, 160);
  EXPECT_EQ(annotation_sheet(set, options).shown, sheet.shown) << "same seed, same choice";
  options.count = 1;
  EXPECT_EQ(annotation_sheet(set, options).shown.size(), 1U);

  set.records = {set.records.back()};
  expect_error(ErrorCode::not_found, "no photograph can be read",
               [&] { static_cast<void>(annotation_sheet(set, options)); });
}

}  // namespace
}  // namespace faceshot::data
