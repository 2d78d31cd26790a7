#include "data/import/voc.hpp"

#include <gtest/gtest.h>

#include "data/import/import.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data::voc_test {
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

/// Every flaw is an error.
LabelledSet read_all_right(const std::filesystem::path& annotations) {
  FlawLog strict(true);
  return read_voc(annotations, strict);
}

/// What is read of a file a.xml next to a good one, and its flaws.
struct Read {
  LabelledSet set;  ///< without the good one
  FlawLog flaws;

  explicit Read(const std::string& xml) {
    const TestFolder folder;
    folder.write("Annotations/a.xml", xml);
    folder.write("Annotations/b.xml", annotation(object("face"), "b.png"));
    set = read_voc(folder / "Annotations", flaws);
    EXPECT_EQ(set.images.back().image, "b.png");
    set.images.pop_back();
  }
  /// The first place, starting with the file's name.
  [[nodiscard]] std::string flaw() const {
    if (flaws.kinds().empty()) return {};
    const std::string& place = flaws.kinds()[0].places.at(0);
    return place.substr(place.find("a.xml"));
  }
};

TEST(Voc, CountsPixelsFromOneAndIncludesTheLast) {
  const TestFolder folder;
  folder.write("Annotations/a.xml", annotation(object("face")));
  const LabelledSet set = read_all_right(folder / "Annotations");
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
  const LabelledSet set = read_all_right(folder / "Annotations");
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
  const auto boxes = read_all_right(folder / "Annotations").images.at(0).annotations;
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
  EXPECT_TRUE(read_all_right(folder / "Annotations").images.at(0).annotations.empty());
}

TEST(Voc, FindsTheUsualFolders) {
  const TestFolder folder;
  expect_error(ErrorCode::not_found, "Annotations/",
               [&] { static_cast<void>(find_voc_folders(folder / ".")); });
  folder.write("annotations/a.xml", "");
  folder.write("images/a.png", "");
  EXPECT_EQ(find_voc_folders(folder / "").images, folder / "images");
}

TEST(Voc, FilesThatCannotBeUsedAreLeftOutAndNamed) {
  const auto flaw_of = [](const std::string& xml) {
    const Read read(xml);
    EXPECT_TRUE(read.set.images.empty()) << xml;
    EXPECT_EQ(read.flaws.count(FlawEffect::left_out), 1U) << xml;
    return read.flaw();
  };
  EXPECT_EQ(flaw_of(""), "a.xml: No document element found at byte 0");
  EXPECT_NE(flaw_of("<annotation><filename>").find("a.xml: "), std::string::npos);
  EXPECT_EQ(flaw_of("<other/>"), "a.xml: has no element <annotation>");
  EXPECT_EQ(flaw_of("<annotation><filename>a.png</filename><size><width>0</width><height>0</height>"
                    "</size></annotation>"),
            "a.xml: <width> cannot be 0; correct it, or remove <size> if the boxes fit");
  EXPECT_EQ(flaw_of("<annotation><size><width>ten</width><height>9</height></size></annotation>"),
            "a.xml: <width> must be a number, not 'ten'");
}

TEST(Voc, ObjectsThatCannotBeUsedAreLeftOutAndNamed) {
  const auto flaw_of = [](const std::string& bad) {
    const Read read(annotation(object("face") + bad));
    EXPECT_EQ(read.set.images.at(0).annotations.size(), 1U) << bad;
    EXPECT_EQ(read.set.classes, std::vector<std::string>{"face"}) << bad;
    EXPECT_EQ(read.flaws.count(flaw::unreadable_box), 1U) << bad;
    return read.flaw();
  };
  const std::string place = "a.xml:object 2: ";
  EXPECT_EQ(flaw_of("<object><name>cat</name></object>"), place + "<object> has no <bndbox>");
  EXPECT_EQ(flaw_of("<object><bndbox/></object>"), place + "<object> has no <name>");
  EXPECT_EQ(flaw_of(object("")), place + "<name> is empty");
  EXPECT_EQ(flaw_of(object("cat", "", "<xmin>1</xmin>")), place + "<bndbox> has no <ymin>");
  EXPECT_EQ(
      flaw_of(object("cat", "", "<xmin>one</xmin><ymin>1</ymin><xmax>1</xmax><ymax>1</ymax>")),
      place + "<xmin> must be a number, not 'one'");
  EXPECT_EQ(
      flaw_of(object("cat", "", "<xmin>nan</xmin><ymin>1</ymin><xmax>1</xmax><ymax>1</ymax>")),
      place + "<xmin> must be a number, not 'nan'");
  EXPECT_EQ(
      flaw_of(object("cat", "", "<xmin>50</xmin><ymin>1</ymin><xmax>10</xmax><ymax>9</ymax>")),
      place + "<bndbox> has xmin > xmax or ymin > ymax; correct it or remove the object");
}

TEST(Voc, AnImageOfWhichNoObjectCanBeReadIsNotBackground) {
  const Read read(annotation(object("")));
  EXPECT_TRUE(read.set.images.empty());
  EXPECT_EQ(read.flaws.count(flaw::no_box_left), 1U);
}

TEST(Voc, CoordinatesMayBeFractions) {
  const Read read(annotation(
      object("face", "", "<xmin>11.5</xmin><ymin> 21.0 </ymin><xmax>50.25</xmax><ymax>60</ymax>")));
  EXPECT_EQ(read.set.images.at(0).annotations.at(0).box, (Box{10.5F, 20, 50.25F, 60}));
  EXPECT_TRUE(read.flaws.kinds().empty());
}

TEST(Voc, MarksAndSizesMayBeEmpty) {
  const Read difficult(annotation(object("face", "<difficult></difficult>")));
  EXPECT_FALSE(difficult.set.images.at(0).annotations.at(0).ignore);
  EXPECT_EQ(difficult.flaw(), "a.xml:object 1: <difficult> is ''");
  EXPECT_EQ(difficult.flaws.count(FlawEffect::changed), 1U);
  const Read size("<annotation><filename>a.png</filename><size/>" + object("face") +
                  "</annotation>");
  EXPECT_EQ(size.set.images.at(0).width, 0);
  EXPECT_EQ(size.set.images.at(0).annotations.size(), 1U);
  EXPECT_EQ(size.flaw(), "a.xml: <size> is empty and was not checked");
}

TEST(Voc, AFileWithoutFilenameHasTheNameOfItsImage) {
  for (const std::string filename : {"", "<filename/>", "<filename> </filename>"}) {
    const Read read("<annotation>" + filename + object("face") + "</annotation>");
    EXPECT_EQ(read.set.images.at(0).image, "a");
    EXPECT_EQ(read.flaw(), "a.xml: <filename> is missing or empty; 'a' is used");
  }
}

TEST(Voc, ApplesDoublesArePassedOver) {
  const TestFolder folder;
  folder.write("Annotations/a.xml", annotation(object("face")));
  folder.write("Annotations/._a.xml", "Mac OS X");
  EXPECT_EQ(read_all_right(folder / "Annotations").images.size(), 1U);
}

// Two files for one picture, for example a copy next to the original.
TEST(Voc, TwoFilesForOnePictureAreJoined) {
  const TestFolder folder;
  folder.write_image("img/a.png", 80, 120);
  const std::string xml = "<annotation><filename>a.png</filename>";
  const std::string first =
      object("face", "", "<xmin>11</xmin><ymin>21</ymin><xmax>50</xmax><ymax>60</ymax>");
  folder.write("xml/a.xml", xml + first + "</annotation>");
  folder.write("xml/a-copy.xml", xml + first + object("face") + "</annotation>");
  FlawLog flaws;
  const auto records =
      import_images(read_voc(folder / "xml", flaws).images, folder / "img", "xml", flaws).records;
  ASSERT_EQ(records.size(), 1U);
  ASSERT_EQ(records[0].annotations.size(), 2U);
  EXPECT_EQ(records[0].annotations[0].box, (Box{10, 20, 50, 60}));
  EXPECT_EQ(flaws.count(flaw::double_image), 1U);
  EXPECT_EQ(flaws.count(flaw::double_box), 1U);
  const std::string& place = flaws.kinds().at(0).places.at(0);
  EXPECT_NE(place.find("a.xml: "), std::string::npos) << place;
  EXPECT_NE(place.find("a-copy.xml)"), std::string::npos) << place;
}

TEST(Voc, FoldersWithoutFilesAreErrors) {
  const TestFolder folder;
  expect_error(ErrorCode::not_found, "nowhere",
               [&] { static_cast<void>(read_all_right(folder / "nowhere")); });
  expect_error(ErrorCode::not_found, "no .xml file", [&] {
    folder.write("empty/a.txt", "");
    static_cast<void>(read_all_right(folder / "empty"));
  });
}

}  // namespace
}  // namespace faceshot::data::voc_test
