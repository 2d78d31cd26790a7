#include "data/import/yolo.hpp"

#include <gtest/gtest.h>

#include "data/import/import.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data::yolo_test {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

TEST(Yolo, SharesBecomePixels) {
  const TestFolder folder;
  folder.write_image("images/e/a.png", 200, 100);
  folder.write_image("images/b.png", 20, 10);
  folder.write("labels/e/a.txt", "1 0.5 0.25 0.1 0.2\n0 0 0 1 1\n");
  folder.write("data.yaml", "train: images\nnc: 2\nnames: [face, \"masked face\"]\n");
  FlawLog strict(true);
  const LabelledSet set =
      read_yolo(folder / "images", folder / "labels", folder / "data.yaml", strict);
  EXPECT_EQ(set.classes, (std::vector<std::string>{"face", "masked face"}));
  const auto records = import_images(set.images, folder / "images", "labels", strict).records;
  ASSERT_EQ(records.size(), 2U);
  EXPECT_TRUE(records[0].annotations.empty()) << "b.png has no label file";
  EXPECT_EQ(set.unlabelled, 1U);
  ASSERT_EQ(records[1].annotations.size(), 2U);
  const Box box = records[1].annotations[0].box;
  EXPECT_NEAR(box.x1, 90, 1e-3);
  EXPECT_NEAR(box.y1, 15, 1e-3);
  EXPECT_NEAR(box.x2, 110, 1e-3);
  EXPECT_NEAR(box.y2, 35, 1e-3);
  EXPECT_EQ(records[1].annotations[0].class_id, 1);
  EXPECT_EQ(records[1].annotations[1].box, (Box{0, 0, 100, 50})) << "clipped";
}

// Lines and data.yaml from Roboflow's page on the format. The boxes were drawn on whole pixels of a
// 500 x 466 photograph: only the correct reading gives whole pixels again.
TEST(Yolo, ReadsPublishedExamples) {
  const TestFolder folder;
  folder.write_image("images/roboflow.png", 500, 466);
  folder.write("labels/roboflow.txt",
               "1 0.617 0.3594420600858369 0.114 0.17381974248927037\n"
               "1 0.295 0.3959227467811159 0.13 0.19527896995708155\n");
  folder.write("data.yaml",
               "train: ../train/images\nval: ../valid/images\nnc: 3\n"
               "names: ['head', 'helmet', 'person']\n");
  FlawLog strict(true);
  const LabelledSet set =
      read_yolo(folder / "images", folder / "labels", folder / "data.yaml", strict);
  EXPECT_EQ(set.classes, (std::vector<std::string>{"head", "helmet", "person"}));
  const auto records = import_images(set.images, folder / "images", "labels", strict).records;
  ASSERT_EQ(records.size(), 1U);
  const auto expect_box = [](const Box& box, const Box& wanted) {
    EXPECT_NEAR(box.x1, wanted.x1, 1e-3);
    EXPECT_NEAR(box.y1, wanted.y1, 1e-3);
    EXPECT_NEAR(box.x2, wanted.x2, 1e-3);
    EXPECT_NEAR(box.y2, wanted.y2, 1e-3);
  };
  ASSERT_EQ(records[0].annotations.size(), 2U);
  EXPECT_EQ(records[0].annotations[0].class_id, 1);
  expect_box(records[0].annotations[0].box, {280, 127, 337, 208});
  expect_box(records[0].annotations[1].box, {115, 139, 180, 230});
}

TEST(Yolo, NamesComeAsListMapOrText) {
  const TestFolder folder;
  folder.write_image("images/a.png", 8, 8);
  folder.write("labels/a.txt", "1 0.5 0.5 0.1 0.1");
  const auto names = [&](const std::string& file, const std::string& text) {
    FlawLog strict(true);
    return read_yolo(folder / "images", folder / "labels", folder.write(file, text), strict)
        .classes;
  };
  const std::vector<std::string> wanted{"face", "mask"};
  EXPECT_EQ(names("a.yaml", "names: [face, mask]"), wanted);
  EXPECT_EQ(names("b.yaml", "names:\n  1: mask\n  0: face\n"), wanted);
  EXPECT_EQ(names("c.txt", "face\nmask\n"), wanted);
}

/// What is read of lines in labels/a.txt, and their flaws.
struct Read {
  LabelledSet set;
  FlawLog flaws;

  explicit Read(const std::string& lines, const std::string& yaml = "") {
    const TestFolder folder;
    folder.write_image("images/a.png", 100, 100);
    folder.write_image("images/b.png", 100, 100);
    folder.write("labels/a.txt", lines);
    folder.write("labels/b.txt", "");
    set =
        read_yolo(folder / "images", folder / "labels",
                  yaml.empty() ? std::filesystem::path() : folder.write("data.yaml", yaml), flaws);
  }
  [[nodiscard]] const std::vector<geometry::Annotation>& boxes() const {
    return set.images.at(0).annotations;
  }
  /// The first place, starting with the file's name.
  [[nodiscard]] std::string flaw() const {
    if (flaws.kinds().empty()) return {};
    const std::string& place = flaws.kinds()[0].places.at(0);
    return place.substr(place.find("a.txt"));
  }
};

void expect_near(const Box& box, const Box& wanted) {
  EXPECT_NEAR(box.x1, wanted.x1, 1e-6);
  EXPECT_NEAR(box.y1, wanted.y1, 1e-6);
  EXPECT_NEAR(box.x2, wanted.x2, 1e-6);
  EXPECT_NEAR(box.y2, wanted.y2, 1e-6);
}

TEST(Yolo, LinesThatCannotBeUsedAreLeftOutAndNamed) {
  const auto flaw_of = [](const std::string& line) {
    const Read read("0 0.5 0.5 0.2 0.2\n" + line + "\n");
    EXPECT_EQ(read.boxes().size(), 1U) << line;
    EXPECT_EQ(read.flaws.count(flaw::unreadable_box), 1U) << line;
    return read.flaw();
  };
  const std::string place = "a.txt:2: ";
  const std::string box = "expected a box (class, x, y, width, height), not '";
  const std::string shares =
      "positions and sizes must be fractions of the image size, from 0 to 1, not ";
  EXPECT_EQ(flaw_of("0 0.5 0.5 0.1"), place + box + "0 0.5 0.5 0.1'");
  EXPECT_EQ(flaw_of("0 0.5 0.5 0.1 x"), place + box + "0 0.5 0.5 0.1 x'");
  EXPECT_EQ(flaw_of("0 0.5 0.5 0.1 nan"), place + box + "0 0.5 0.5 0.1 nan'");
  EXPECT_EQ(flaw_of("1 0.5 0.5 0.1 0.1"),
            place + "there is no class 1; add it to data.yaml or classes.txt");
  EXPECT_EQ(flaw_of("0.5 0.5 0.5 0.1 0.1"),
            place + "there is no class 0.5; add it to data.yaml or classes.txt");
  EXPECT_EQ(flaw_of("-1 0.5 0.5 0.1 0.1"),
            place + "there is no class -1; add it to data.yaml or classes.txt");
  EXPECT_EQ(flaw_of("0 120 50 10 10"), place + shares + "120; these look like pixels");
  EXPECT_EQ(flaw_of("0 0.5 0.5 1.1 0.1"), place + shares + "1.1");
  EXPECT_EQ(flaw_of("0 -0.2 0.5 0.1 0.1"), place + shares + "-0.2");
  // What `yolo predict save_txt save_conf` writes.
  EXPECT_EQ(flaw_of("0 0.684115 0.800463 0.153646 0.0935185 0.575787"),
            place +
                "a sixth number is a detector's confidence, and detections are not labels; remove "
                "it if a person has checked them");
  EXPECT_EQ(flaw_of("0 0.1 0.1 0.5 0.1 0.5 0.5 0.1"),
            place +
                "8 numbers are neither a box (5), nor an outline (odd), nor a box with five points "
                "(15 or 20)");
}

TEST(Yolo, SharesThatRoundingPutsOutsideAreClipped) {
  const Read read("0 0.5 0.5 1.0000002 0.5\n0 1.005 0.5 0.2 0.5\n");
  EXPECT_TRUE(read.flaws.kinds().empty()) << read.flaw();
  ASSERT_EQ(read.boxes().size(), 2U);
  const TestFolder folder;
  folder.write_image("images/a.png", 100, 100);
  folder.write_image("images/b.png", 100, 100);
  FlawLog flaws;
  const auto records = import_images(read.set.images, folder / "images", "labels", flaws).records;
  EXPECT_EQ(records.at(0).annotations.at(0).box, (Box{0, 25, 100, 75}));
  expect_near(records.at(0).annotations.at(1).box, {90.5F, 25, 100, 75});
  EXPECT_EQ(flaws.count(flaw::clipped), 1U) << "the second, by 10 pixels";
}

// deepcam-cn/yolov5-face: class, box, then x y of eyes, nose and mouth corners, or -1 ten times.
TEST(Yolo, FivePointsBehindABoxAreLandmarks) {
  const Read read(
      "0 0.5 0.5 0.2 0.2 0.45 0.46 0.55 0.47 0.5 0.5 0.46 0.55 0.54 0.56\n"
      "0 0.3 0.3 0.2 0.2 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n"
      "0 0.3 0.3 0.2 0.2\n");
  EXPECT_TRUE(read.flaws.kinds().empty()) << read.flaw();
  ASSERT_EQ(read.boxes().size(), 3U);
  expect_near(read.boxes()[0].box, {0.4F, 0.4F, 0.6F, 0.6F});
  ASSERT_TRUE(read.boxes()[0].landmarks);
  EXPECT_EQ(*read.boxes()[0].landmarks,
            (Landmarks{0.45F, 0.46F, 0.55F, 0.47F, 0.5F, 0.5F, 0.46F, 0.55F, 0.54F, 0.56F}));
  expect_near(read.boxes()[1].box, {0.2F, 0.2F, 0.4F, 0.4F});
  EXPECT_FALSE(read.boxes()[1].landmarks);
}

// Ultralytics' pose sets: class, box, then x y visibility of each point.
TEST(Yolo, InvisiblePointsAreNoLandmarks) {
  const std::string points = " 0.45 0.46 2 0.55 0.47 2 0.5 0.5 2 0.46 0.55 1 0.54 0.56 ";
  const Read read("0 0.5 0.5 0.2 0.2" + points + "2\n0 0.5 0.5 0.2 0.2" + points + "0\n");
  EXPECT_TRUE(read.flaws.kinds().empty()) << read.flaw();
  ASSERT_EQ(read.boxes().size(), 2U);
  ASSERT_TRUE(read.boxes()[0].landmarks);
  EXPECT_EQ(*read.boxes()[0].landmarks,
            (Landmarks{0.45F, 0.46F, 0.55F, 0.47F, 0.5F, 0.5F, 0.46F, 0.55F, 0.54F, 0.56F}));
  EXPECT_FALSE(read.boxes()[1].landmarks);
}

TEST(Yolo, LandmarksBecomePixels) {
  const TestFolder folder;
  folder.write_image("images/a.png", 200, 100);
  folder.write("labels/a.txt",
               "0 0.5 0.5 0.2 0.2 0.45 0.46 0.55 0.47 0.5 0.5 0.46 0.55 0.54 0.56\n");
  FlawLog strict(true);
  const auto records =
      import_images(read_yolo(folder / "images", folder / "labels", {}, strict).images,
                    folder / "images", "labels", strict)
          .records;
  const Landmarks& points = *records.at(0).annotations.at(0).landmarks;
  EXPECT_NEAR(points[0].x, 90, 1e-4);
  EXPECT_NEAR(points[0].y, 46, 1e-4);
  EXPECT_NEAR(points[4].y, 56, 1e-4);
}

TEST(Yolo, TheExtentOfAnOutlineIsTheBox) {
  const Read read("0 0.1 0.1 0.5 0.1 0.5 0.6 0.1 0.5\n");
  expect_near(read.boxes().at(0).box, {0.1F, 0.1F, 0.5F, 0.6F});
  EXPECT_EQ(read.flaw(), "a.txt:1: the bounding box of the outline is used");
  EXPECT_EQ(read.flaws.count(FlawEffect::left_out), 0U);
}

// An outline with seven corners has as many numbers as a box with five points.
TEST(Yolo, FifteenNumbersAmongOutlinesAreAnOutline) {
  const std::string seven = "0 0.5 0.5 0.2 0.2 0.45 0.46 0.55 0.47 0.5 0.5 0.46 0.55 0.54 0.56\n";
  const Read read(seven + "0 0.1 0.1 0.5 0.1 0.5 0.6 0.1 0.5\n");
  ASSERT_EQ(read.boxes().size(), 2U);
  expect_near(read.boxes()[0].box, {0.2F, 0.2F, 0.55F, 0.56F});
  EXPECT_FALSE(read.boxes()[0].landmarks);
}

TEST(Yolo, LinesThatMayBePointsOrOutlinesAreLeftOut) {
  // 21: ten corners, or five points with visibility and a confidence.
  const std::string line =
      "0 0.5 0.5 0.2 0.2 0.4 0.4 1 0.5 0.4 1 0.5 0.5 1 0.4 0.5 1 0.5 0.5 1 0.9\n";
  const Read read(line + line + "0 0.5 0.5 0.2 0.2\n");
  EXPECT_EQ(read.boxes().size(), 1U);
  EXPECT_EQ(read.flaw(),
            "a.txt:1: 21 numbers on all lines may be outlines or boxes with points; set kpt_shape: "
            "[points, 2 or 3] in data.yaml");
}

TEST(Yolo, DataYamlSaysHowManyPointsThereAre) {
  const std::string line = "0 0.5 0.5 0.2 0.2 0.4 0.4 0.5 0.4 0.5 0.5\n";
  const Read three(line, "names: [face]\nkpt_shape: [3, 2]\n");
  expect_near(three.boxes().at(0).box, {0.4F, 0.4F, 0.6F, 0.6F});
  EXPECT_FALSE(three.boxes().at(0).landmarks) << "not the five that we know";
  const Read other(line + "0 0.5 0.5 0.2 0.2\n", "names: [face]\nkpt_shape: [5, 3]\n");
  EXPECT_EQ(other.boxes().size(), 1U);
  EXPECT_EQ(
      other.flaw(),
      "a.txt:1: 11 numbers; a box has 5, or 20 with the points given by kpt_shape in data.yaml");
  expect_error(ErrorCode::format, "kpt_shape must be",
               [&] { const Read bad(line, "names: [face]\nkpt_shape: 5\n"); });
}

TEST(Yolo, AnImageOfWhichNoLineCanBeReadIsNotBackground) {
  const Read read("0 120 50 10 10\n");
  ASSERT_EQ(read.set.images.size(), 1U);
  EXPECT_EQ(read.set.images[0].image, "b.png") << "its label file is empty";
  EXPECT_EQ(read.flaws.count(flaw::no_box_left), 1U);
}

TEST(Yolo, LabelsOfNoImageAreAnError) {
  const TestFolder folder;
  folder.write_image("images/a.png", 80, 120);
  folder.write("labels/train/a.txt", "0 0.5 0.5 0.2 0.2\n");
  expect_error(ErrorCode::not_found, "but there is 'train/a.txt'", [&] {
    FlawLog flaws;
    static_cast<void>(read_yolo(folder / "images", folder / "labels", {}, flaws));
  });
  // One is enough; the other label file is counted, and other files are skipped.
  folder.write("labels/a.txt", "0 0.5 0.5 0.2 0.2\n");
  folder.write("labels/classes.txt", "face\n");
  folder.write("labels/._a.txt", "Mac OS X");
  FlawLog flaws;
  const LabelledSet set = read_yolo(folder / "images", folder / "labels", {}, flaws);
  EXPECT_EQ(set.images.size(), 1U);
  EXPECT_EQ(flaws.count("label files without an image"), 1U);
  EXPECT_NE(flaws.first_left_out().find("labels/train/a.txt: there is no image '"),
            std::string::npos);
}

TEST(Yolo, BadNamesAndFoldersAreErrors) {
  const TestFolder folder;
  folder.write_image("images/a.png", 8, 8);
  folder.write("labels/a.txt", "");
  FlawLog flaws;
  const auto bad_names = [&](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::format, part, [&] {
      static_cast<void>(
          read_yolo(folder / "images", folder / "labels", folder.write("data.yaml", text), flaws));
    });
  };
  bad_names("nc: 1\n", "data.yaml: has no list `names`");
  bad_names("names: {0: face, 2: mask}\n", "names has no entry 1");
  bad_names("names: [face\n", "data.yaml: ");
  expect_error(ErrorCode::not_found, "labels2", [&] {
    static_cast<void>(read_yolo(folder / "images", folder / "labels2", {}, flaws));
  });
}

}  // namespace
}  // namespace faceshot::data::yolo_test
