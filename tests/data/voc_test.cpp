#include "data/import/voc.hpp"

#include <gtest/gtest.h>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

std::string object(const std::string& name, const std::string& more = "",
                   const std::string& box =
                       "<xmin>1</xmin><ymin>33</ymin><xmax>38</xmax>"
                       "<ymax>89</ymax>") {
  return "<object><name>" + name + "</name>" + more + "<bndbox>" + box + "</bndbox></object>";
}

std::string annotation(const std::string& objects, const std::string& filename = "a.png") {
  return "<annotation><filename>" + filename +
         "</filename><size><width>400</width><height>267</height><depth>3</depth></size>" +
         objects + "</annotation>";
}

TEST(Voc, CountsPixelsFromOneAndIncludesTheLast) {
  const TestFolder folder;
  folder.write("Annotations/a.xml", annotation(object("face")));
  const LabelledSet set = read_voc(folder / "Annotations");
  ASSERT_EQ(set.images.size(), 1U);
  EXPECT_EQ(set.images[0].image, "a.png");
  EXPECT_EQ(set.images[0].width, 400);
  EXPECT_EQ(set.images[0].height, 267);
  EXPECT_EQ(set.images[0].annotations.at(0).box, (Box{0, 32, 38, 89}));
}

TEST(Voc, ClassesAreSortedWhateverComesFirst) {
  const TestFolder folder;
  folder.write("Annotations/a.xml", annotation(object("with") + object("open")));
  folder.write("Annotations/sub/b.xml", annotation(object("wrong"), "b.png"));
  folder.write("Annotations/note.txt", "no annotation");
  const LabelledSet set = read_voc(folder / "Annotations");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"open", "with", "wrong"}));
  EXPECT_EQ(set.images[0].annotations[0].class_id, 1);
  EXPECT_EQ(set.images[0].annotations[1].class_id, 0);
  EXPECT_EQ(set.images[1].image, "sub/b.png");
  EXPECT_EQ(set.images[1].annotations[0].class_id, 2);
}

TEST(Voc, DifficultIsIgnoredAndOccludedIsKept) {
  const TestFolder folder;
  folder.write("Annotations/a.xml",
               annotation(object("face", "<difficult>1</difficult><occluded>1</occluded>") +
                          object("face", "<difficult>0</difficult><occluded>0</occluded>") +
                          object("face")));
  const auto boxes = read_voc(folder / "Annotations").images.at(0).annotations;
  ASSERT_EQ(boxes.size(), 3U);
  EXPECT_TRUE(boxes[0].ignore);
  EXPECT_EQ(boxes[0].occlusion, 1);
  EXPECT_FALSE(boxes[1].ignore);
  EXPECT_EQ(boxes[1].occlusion, 0);
  EXPECT_EQ(boxes[2].occlusion, -1);
}

TEST(Voc, AnImageMayHaveNoObject) {
  const TestFolder folder;
  folder.write("Annotations/a.xml", annotation(""));
  EXPECT_TRUE(read_voc(folder / "Annotations").images.at(0).annotations.empty());
}

TEST(Voc, FindsTheUsualFolders) {
  const TestFolder folder;
  expect_error(ErrorCode::not_found, "Annotations/",
               [&] { static_cast<void>(find_voc_folders(folder / ".")); });
  folder.write("annotations/a.xml", "");
  folder.write("images/a.png", "");
  EXPECT_EQ(find_voc_folders(folder / "").images, folder / "images");
}

TEST(Voc, ErrorsNameTheFile) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& xml, const std::string& part) {
    folder.write("Annotations/a.xml", xml);
    expect_error(ErrorCode::format,
                 "a.xml: ", [&] { static_cast<void>(read_voc(folder / "Annotations")); });
    expect_error(ErrorCode::format, part,
                 [&] { static_cast<void>(read_voc(folder / "Annotations")); });
  };
  error_of("", "No document element");
  error_of("<annotation><filename>", "at byte");
  error_of("<other/>", "has no element <annotation>");
  error_of("<annotation/>", "<annotation> has no <filename>");
  error_of(annotation("", ""), "<filename> is empty");
  error_of(annotation("<object><name>face</name></object>"), "<object> has no <bndbox>");
  error_of(annotation("<object><bndbox/></object>"), "<object> has no <name>");
  error_of(annotation(object("")), "<name> is empty");
  error_of(annotation(object("face", "", "<xmin>1</xmin>")), "<bndbox> has no <ymin>");
  error_of(
      annotation(object("face", "", "<xmin>one</xmin><ymin>1</ymin><xmax>1</xmax><ymax>1</ymax>")),
      "<xmin> must be a number, not 'one'");
  expect_error(ErrorCode::not_found, "nowhere",
               [&] { static_cast<void>(read_voc(folder / "nowhere")); });
  expect_error(ErrorCode::not_found, "no .xml file", [&] {
    folder.write("empty/a.txt", "");
    static_cast<void>(read_voc(folder / "empty"));
  });
}

}  // namespace
}  // namespace faceshot::data
