// The examples of docs.cvat.ai, "XML annotation format".
#include "data/import/cvat.hpp"

#include <gtest/gtest.h>

#include "data/import/shapes.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

std::string xml(const std::string& content) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n<version>1.1</version>\n" +
         content + "</annotations>\n";
}

/// One image with these shapes, from line 4 on.
std::string one_image(const std::string& shapes) {
  return xml("<image id=\"0\" name=\"a.png\" width=\"64\" height=\"48\">\n" + shapes +
             "</image>\n");
}

LabelledSet read(const TestFolder& folder, const std::string& text, FlawLog& flaws) {
  return read_cvat(folder.write("annotations.xml", text), folder / "images", flaws);
}

TEST(Cvat, ReadsTheExampleOfTheDocumentation) {
  const TestFolder folder;
  FlawLog flaws;
  const LabelledSet set = read(
      folder,
      xml("<meta><task><id>4</id><mode>annotation</mode><labels>"
          "<label><name>car</name><attributes></attributes></label>"
          "<label><name>traffic_line</name></label><label><name>wheel</name></label>"
          "<label><name>plate</name></label></labels></task>"
          "<dumped>2018-09-25 11:38:28.799808+03:00</dumped></meta>\n"
          "<image id=\"0\" name=\"filename000.jpg\" width=\"1600\" height=\"1200\">\n"
          "<box label=\"plate\" xtl=\"797.33\" ytl=\"870.92\" xbr=\"965.52\" ybr=\"928.94\" "
          "occluded=\"0\" z_order=\"4\"></box>\n"
          "<polygon label=\"car\" points=\"561.30,916.23;561.30,842.77;554.72,761.63;"
          "817.88,264.91;1226,520.5;623.80,983.12\" occluded=\"1\" z_order=\"1\"></polygon>\n"
          "<polyline label=\"traffic_line\" points=\"462.10,0.00;126.80,1200.00\" occluded=\"0\">"
          "</polyline>\n"
          "<points label=\"wheel\" points=\"574.90,939.48;1170.16,907.90\" occluded=\"0\">"
          "</points>\n<tag label=\"good_frame\" source=\"manual\"></tag>\n</image>\n"),
      flaws);
  EXPECT_EQ(set.classes, (std::vector<std::string>{"car", "plate"}))
      << "in the order of <labels>, those that a box has";
  ASSERT_EQ(set.images.size(), 1U);
  const LabelledImage& image = set.images[0];
  EXPECT_EQ(image.image, "filename000.jpg");
  EXPECT_EQ(image.width, 1600);
  EXPECT_EQ(image.height, 1200);
  EXPECT_EQ(image.line, 5U);
  EXPECT_EQ(image.split, "");
  ASSERT_EQ(image.annotations.size(), 2U);
  EXPECT_EQ(image.annotations[0].box, (Box{797.33F, 870.92F, 965.52F, 928.94F}));
  EXPECT_EQ(image.annotations[0].class_id, 1);
  EXPECT_EQ(image.annotations[0].occlusion, 0);
  EXPECT_EQ(image.annotations[1].box, (Box{554.72F, 264.91F, 1226, 983.12F}));
  EXPECT_EQ(image.annotations[1].class_id, 0);
  EXPECT_EQ(image.annotations[1].occlusion, 1);
  EXPECT_EQ(flaws.count(flaw::no_box), 2U) << "the line and the points; a tag is no shape";
  EXPECT_EQ(flaws.count(FlawEffect::left_out), 2U);
  EXPECT_NE(flaws.first_left_out().find("annotations.xml:8: a polyline is not a box"),
            std::string::npos)
      << flaws.first_left_out();
}

TEST(Cvat, VideoIsRefused) {
  const TestFolder folder;
  FlawLog flaws;
  expect_error(ErrorCode::format, "annotations.xml: is 'CVAT for video 1.1'", [&] {
    static_cast<void>(
        read(folder,
             xml("<track id=\"0\" label=\"car\"><box frame=\"0\" xtl=\"1\" ytl=\"2\" xbr=\"3\" "
                 "ybr=\"4\" outside=\"0\" occluded=\"0\" keyframe=\"1\"></box></track>\n"),
             flaws));
  });
  expect_error(ErrorCode::format, "has no element <annotations>",
               [&] { static_cast<void>(read(folder, "<annotation/>", flaws)); });
  expect_error(ErrorCode::format, "at byte",
               [&] { static_cast<void>(read(folder, "<annotations><image", flaws)); });
}

TEST(Cvat, ExtentsOfWhatIsNoUprightBox) {
  const TestFolder folder;
  FlawLog flaws;
  const LabelledSet set = read(
      folder,
      one_image("<box label=\"face\" xtl=\"30\" ytl=\"40\" xbr=\"70\" ybr=\"60\" "
                "rotation=\"90\"/>\n"
                "<box label=\"face\" xtl=\"30\" ytl=\"40\" xbr=\"70\" ybr=\"60\" "
                "rotation=\"330.00\"/>\n"
                "<box label=\"face\" xtl=\"1\" ytl=\"2\" xbr=\"3\" ybr=\"4\" rotation=\"0.0\"/>\n"
                "<ellipse label=\"face\" cx=\"20\" cy=\"30\" rx=\"5\" ry=\"10\"/>\n"
                "<ellipse label=\"face\" cx=\"20\" cy=\"30\" rx=\"5\" ry=\"10\" "
                "rotation=\"90\"/>\n"
                "<mask label=\"face\" rle=\"1, 4, 3\" left=\"3\" top=\"4\" width=\"7\" "
                "height=\"5\"/>\n"),
      flaws);
  const auto& boxes = set.images.at(0).annotations;
  ASSERT_EQ(boxes.size(), 6U);
  const auto expect_near = [](const Box& a, const Box& b) {
    EXPECT_NEAR(a.x1, b.x1, 1e-3);
    EXPECT_NEAR(a.y1, b.y1, 1e-3);
    EXPECT_NEAR(a.x2, b.x2, 1e-3);
    EXPECT_NEAR(a.y2, b.y2, 1e-3);
  };
  expect_near(boxes[0].box, {40, 30, 60, 70});
  // Corners of the 40x20 rectangle rotated by -30 degrees: +-20 and +-10 along the rotated axes.
  const float half_width = 20 * 0.8660254F + 10 * 0.5F, half_height = 20 * 0.5F + 10 * 0.8660254F;
  expect_near(boxes[1].box, {50 - half_width, 50 - half_height, 50 + half_width, 50 + half_height});
  expect_near(boxes[2].box, {1, 2, 3, 4});
  expect_near(boxes[3].box, {15, 20, 25, 40});
  expect_near(boxes[4].box, {10, 25, 30, 35});
  expect_near(boxes[5].box, {3, 4, 10, 9});
  EXPECT_EQ(flaws.count(flaw::rotated), 2U);
  EXPECT_EQ(flaws.count(flaw::polygon), 3U);
  EXPECT_EQ(flaws.count(FlawEffect::left_out), 0U);
}

TEST(Cvat, SubsetsAreSplitsAndFolders) {
  const TestFolder folder;
  folder.write_image("images/Validation/a.png", 64, 48);
  folder.write_image("images/b.png", 64, 48);
  FlawLog strict(true);
  const LabelledSet set = read(folder,
                               xml("<image id=\"0\" name=\"a.png\" subset=\"Validation\"/>\n"
                                   "<image id=\"1\" name=\"b.png\" subset=\"train\"/>\n"
                                   "<image id=\"2\" name=\"c.png\" subset=\"Test\"/>\n"
                                   "<image id=\"3\" name=\"d.png\" subset=\"default\"/>\n"
                                   "<image id=\"4\" name=\"frame_000000\" "
                                   "subset=\"Validation\"/>\n"),
                               strict);
  ASSERT_EQ(set.images.size(), 5U);
  EXPECT_EQ(set.images[0].image, "Validation/a.png");
  EXPECT_EQ(set.images[0].split, "val");
  EXPECT_EQ(set.images[1].image, "b.png");
  EXPECT_EQ(set.images[1].split, "train");
  EXPECT_EQ(set.images[2].split, "test");
  EXPECT_EQ(set.images[3].split, "");
  EXPECT_EQ(set.images[3].width, 0);
  EXPECT_EQ(set.images[4].image, "Validation/frame_000000") << "of a video: named without .png";
  EXPECT_EQ(set.classes, (std::vector<std::string>{"face"}));
}

TEST(Cvat, IgnoreAndLandmarks) {
  const TestFolder folder;
  const std::string points =
      "<points label=\"left_eye\" outside=\"0\" points=\"12.00,20.00\"></points>"
      "<points label=\"right_eye\" outside=\"0\" points=\"20,20\"></points>"
      "<points label=\"nose\" outside=\"0\" points=\"16,25\"></points>"
      "<points label=\"mouth_left\" outside=\"0\" points=\"13,30.5\"></points>";
  const std::string last = "<points label=\"mouth_right\" outside=\"0\" points=\"19,30\"></points>";
  const std::string outside =
      "<points label=\"mouth_right\" outside=\"1\" points=\"19,30\"></points>";
  FlawLog flaws;
  const LabelledSet set = read(
      folder,
      one_image("<skeleton label=\"s\" group_id=\"4\">" + points + last +
                "</skeleton>\n"
                "<skeleton label=\"s\" group_id=\"5\">" +
                points + outside +
                "</skeleton>\n"
                "<skeleton label=\"s\" group_id=\"0\">" +
                points + last +
                "</skeleton>\n"
                "<box label=\"face\" group_id=\"4\" xtl=\"10\" ytl=\"10\" xbr=\"30\" ybr=\"40\">"
                "<attribute name=\"Difficult\">true</attribute></box>\n"
                "<box label=\"face\" group_id=\"5\" xtl=\"10\" ytl=\"10\" xbr=\"30\" ybr=\"40\">"
                "<attribute name=\"difficult\">false</attribute></box>\n"
                "<box label=\"face\" group_id=\"0\" xtl=\"10\" ytl=\"10\" xbr=\"30\" ybr=\"40\"/>"
                "\n"),
      flaws);
  const auto& boxes = set.images.at(0).annotations;
  ASSERT_EQ(boxes.size(), 3U);
  EXPECT_EQ(boxes[0].landmarks, (Landmarks{12, 20, 20, 20, 16, 25, 13, 30.5F, 19, 30}));
  EXPECT_TRUE(boxes[0].ignore);
  EXPECT_FALSE(boxes[1].landmarks) << "a mouth corner is outside";
  EXPECT_FALSE(boxes[1].ignore);
  EXPECT_FALSE(boxes[2].landmarks) << "group 0 is none";
  EXPECT_EQ(flaws.count(flaw::lone_point), 2U);
  EXPECT_NE(flaws.first_left_out().find("annotations.xml:6: the skeleton's points are no"),
            std::string::npos)
      << flaws.first_left_out();
}

TEST(Cvat, FlawsAreLeftOutAndNamed) {
  const TestFolder folder;
  FlawLog flaws;
  const std::string text =
      xml("<image id=\"0\" width=\"64\" height=\"48\"/>\n"
          "<image id=\"1\" name=\"b.png\" width=\"0\" height=\"48\"/>\n"
          "<image id=\"2\" name=\"c.png\" width=\"64\" height=\"48\">\n"
          "<box label=\"face\" xtl=\"1\" ytl=\"2\" xbr=\"3\"/>\n"
          "<box label=\"face\" xtl=\"1\" ytl=\"nan\" xbr=\"3\" ybr=\"4\"/>\n"
          "<box xtl=\"1\" ytl=\"2\" xbr=\"3\" ybr=\"4\"/>\n"
          "<polygon label=\"face\" points=\"1,2;3\"/>\n"
          "<polygon label=\"face\" points=\"1,2;3,4\"/>\n"
          "<cuboid label=\"face\" xtl1=\"1\"/>\n"
          "<box label=\"face\" xtl=\"1\" ytl=\"2\" xbr=\"3\" ybr=\"4\"/>\n</image>\n");
  const LabelledSet set = read(folder, text, flaws);
  ASSERT_EQ(set.images.size(), 1U);
  EXPECT_EQ(set.images[0].annotations.size(), 1U);
  EXPECT_EQ(flaws.count("images without a name"), 1U);
  EXPECT_EQ(flaws.count("images with an impossible size"), 1U);
  EXPECT_EQ(flaws.count(flaw::unreadable_box), 4U);
  EXPECT_EQ(flaws.count(flaw::no_label), 1U);
  EXPECT_EQ(flaws.count(flaw::no_box), 1U);
  EXPECT_EQ(flaws.count(FlawEffect::left_out), 8U);
  EXPECT_TRUE(
      read(folder, one_image("<points label=\"face\" points=\"1,2\"/>"), flaws).images.empty());
  EXPECT_EQ(flaws.count(flaw::no_box_left), 1U) << "not an image without faces";
  FlawLog strict(true);
  expect_error(ErrorCode::format, "annotations.xml:4: an <image> has no name",
               [&] { static_cast<void>(read(folder, text, strict)); });
}

}  // namespace
}  // namespace faceshot::data
