#include "data/import/yolo_layout.hpp"

#include <gtest/gtest.h>

#include <map>

#include "data/import/import.hpp"
#include "data/import/yolo_places.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::TestFolder;

/// Split and number of boxes of each image, by its path in the folder.
using Found = std::map<std::string, std::pair<std::string, std::size_t>>;

class YoloLayoutTest : public ::testing::Test {
 protected:
  /// An image, and a label file with one box if `labels` is not empty.
  void add(const std::string& image, const std::string& labels) const {
    folder.write_image(image, 8, 8);
    if (!labels.empty()) folder.write(labels, "0 0.5 0.5 0.2 0.2\n");
  }

  Found read(const std::string& root, const std::string& split = {}) {
    const YoloSet read = read_yolo_layout(find_yolo_layout(folder / root, {}, split, flaws), flaws);
    Found found;
    for (const LabelledImage& image : read.set.images) {
      EXPECT_TRUE(fs::exists(read.images / image.image)) << image.image;
      EXPECT_EQ(image.image.find(".."), std::string::npos) << image.image;
      found[(read.images / image.image).lexically_relative(folder / ".").generic_string()] = {
          std::string(image.split), image.annotations.size()};
    }
    EXPECT_EQ(found.size(), read.set.images.size());
    return found;
  }

  TestFolder folder;
  FlawLog flaws;
};

// Found by fuzzing: the file system's own exception escaped.
TEST_F(YoloLayoutTest, ANameThatIsTooLongIsNotThere) {
  folder.write("obj.names", "face\n");
  for (const std::string& file : {std::string("data.yaml"), std::string("obj.data")}) {
    const bool yaml = file == "data.yaml";
    const YoloPlaces read = read_yolo_places(
        folder.write(file, (yaml ? "names: [face]\ntrain: " : "names = obj.names\ntrain = ") +
                               std::string(5000, 'r') + "\n"));
    ASSERT_EQ(read.places.size(), 1U) << file;
    EXPECT_TRUE(read.places.front().found.empty()) << file;
  }
}

// The first lines of ultralytics/ultralytics' cfg/datasets/coco8.yaml: path, train and val. Its
// folders are images/train, labels/train and so on.
TEST_F(YoloLayoutTest, Ultralytics) {
  add("sets/coco8/images/train/a.png", "sets/coco8/labels/train/a.txt");
  add("sets/coco8/images/val/a.png", "sets/coco8/labels/val/a.txt");
  add("sets/coco8/images/other/c.png", "");
  const Found wanted{{"sets/coco8/images/train/a.png", {"train", 1}},
                     {"sets/coco8/images/val/a.png", {"val", 1}}};
  const std::string places =
      "train: images/train\nval: images/val\ntest: # optional\nnames: {0: face}\n";
  folder.write("sets/coco8/data.yaml", "path: .\n" + places);
  EXPECT_EQ(read("sets/coco8"), wanted);
  folder.write("sets/coco8/data.yaml", places);
  EXPECT_EQ(read("sets/coco8"), wanted) << "without path";
  folder.write("sets/coco8/data.yaml", "path: coco8\n" + places);
  EXPECT_EQ(read("sets/coco8"), wanted) << "path relative to the folder above";
  folder.write("sets/coco8/data.yaml", "path: /content/datasets/coco8\n" + places);
  EXPECT_EQ(read("sets/coco8"), wanted) << "path of another machine";
  folder.write("cfg/coco8.yaml", "path: " + (folder / "sets/coco8").string() + "\n" + places);
  EXPECT_EQ(read("cfg/coco8.yaml"), wanted) << "absolute path, data.yaml elsewhere";
  folder.write("cfg/coco8.yaml", "path: ../sets/coco8\n" + places);
  EXPECT_EQ(read("cfg"), wanted) << "above the root";
  EXPECT_TRUE(flaws.kinds().empty());
}

// data.yaml as Roboflow writes it: "../" although the folders are next to it. Ultralytics tries the
// place as written first.
TEST_F(YoloLayoutTest, Roboflow) {
  add("export/train/images/a.png", "export/train/labels/a.txt");
  add("export/valid/images/a.png", "export/valid/labels/a.txt");
  folder.write("export/data.yaml",
               "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\n"
               "nc: 1\nnames: ['face']\n\nroboflow:\n  workspace: w\n  version: 1\n");
  EXPECT_EQ(read("export"), (Found{{"export/train/images/a.png", {"train", 1}},
                                   {"export/valid/images/a.png", {"val", 1}}}));
  EXPECT_EQ(flaws.count("missing splits"), 1U) << "test, which it names always";
  EXPECT_EQ(read("export", "val"), (Found{{"export/valid/images/a.png", {"val", 1}}}));
  EXPECT_EQ(flaws.count("missing splits"), 1U);
  FlawLog strict(true);
  expect_error(ErrorCode::format, "test: '../test/images'",
               [&] { (void)find_yolo_layout(folder / "export", {}, "", strict); });
  add("valid/images/b.png", "valid/labels/b.txt");
  EXPECT_EQ(read("export", "val"), (Found{{"valid/images/b.png", {"val", 1}}})) << "as written";
}

TEST_F(YoloLayoutTest, PlacesThatAreNotThereAreNamed) {
  add("set/images/a.png", "set/labels/a.txt");
  folder.write("set/data.yaml", "train: images\nval: images/val\nvalid: other\nnames: [face]\n");
  expect_error(ErrorCode::not_found, "val: 'images/val', valid: 'other'", [&] { read("set"); });
  EXPECT_EQ(read("set", "train").size(), 1U);
  expect_error(ErrorCode::invalid_argument, "it names train, val, valid and no test",
               [&] { read("set", "test"); });
  folder.write("set/data.yaml", "train: {a: b}\nnames: [face]\n");
  expect_error(ErrorCode::format, "`train` must be", [&] { read("set"); });
  folder.write("set/data.yaml", "train: images\nnc: 2\nnames: [face]\n");
  expect_error(ErrorCode::format, "nc is 2, but names has 1", [&] { read("set"); });
  folder.write("set/data.yaml", "train: [images\n");
  expect_error(ErrorCode::format, "data.yaml: ", [&] { read("set"); });
}

// Ultralytics replaces the last /images/ of each path; a list has one path per line.
TEST_F(YoloLayoutTest, ListsOfFoldersAndFilesOfPaths) {
  add("set/images/a/images/1.png", "set/images/a/labels/1.txt");
  add("set/b/images/x/2.png", "set/b/labels/x/2.txt");
  add("set/c/3.png", "set/c/3.txt");
  add("set/b/images/4.png", "");
  folder.write("set/val.txt", "./c/3.png\nb/images/4.png\nb/images/gone.png\n" +
                                  (folder / "set/b/images/x/2.png").string() + "\n");
  folder.write("set/data.yaml",
               "train: [images/a/images, b/images/x]\nval: val.txt\nnames: [face]\n");
  EXPECT_EQ(read("set"), (Found{{"set/images/a/images/1.png", {"train", 1}},
                                {"set/b/images/x/2.png", {"train", 1}},
                                {"set/c/3.png", {"val", 1}},
                                {"set/b/images/4.png", {"val", 0}}}));
  EXPECT_EQ(flaws.count(flaw::missing_image), 1U);
  EXPECT_NE(flaws.first_left_out().find("val.txt:3: 'b/images/gone.png'"), std::string::npos);
  EXPECT_EQ(flaws.count("images in more than one split, kept in the first"), 1U);
}

TEST_F(YoloLayoutTest, LabelsAndImagesThatDoNotMeetAreNamed) {
  add("set/images/train/a.png", "set/labels/train/a.txt");
  add("set/images/train/b.png", "");
  add("set/images/val/c.png", "");
  folder.write("set/labels/train/lost.txt", "0 0.5 0.5 0.2 0.2\n");
  fs::create_directories(folder / "set/labels/val");
  folder.write("set/data.yaml", "train: images/train\nval: images/val\nnames: [face]\n");
  EXPECT_EQ(read("set").size(), 3U);
  ASSERT_EQ(flaws.count("label files without an image"), 1U);
  EXPECT_NE(flaws.first_left_out().find("labels/train/lost.txt"), std::string::npos);
  fs::remove(folder / "set/labels/train/a.txt");
  expect_error(ErrorCode::not_found, "no image has labels", [&] { read("set"); });
  fs::remove_all(folder / "set/labels/val");
  expect_error(ErrorCode::not_found, "labels/val' is not a folder", [&] { read("set"); });
}

// All splits together decide what longer lines mean: outlines here, as their lengths differ in one.
TEST_F(YoloLayoutTest, LongLinesAreReadAlikeInAllSplits) {
  const auto line = [](int points) {
    std::string text = "0";
    for (int i = 0; i < points; ++i) text += " 0." + std::to_string(10 + i) + " 0.5";
    return text + " 0.3 0.9\n";
  };
  add("set/images/train/a.png", "");
  add("set/images/val/b.png", "");
  folder.write("set/labels/train/a.txt", line(3) + line(5));
  folder.write("set/labels/val/b.txt", line(6));  // 15 numbers: alone, five points after a box
  folder.write("set/data.yaml", "train: images/train\nval: images/val\nnames: [face]\n");
  const YoloSet read = read_yolo_layout(find_yolo_layout(folder / "set", {}, {}, flaws), flaws);
  ASSERT_EQ(read.set.images.size(), 2U);
  const geometry::Annotation& a = read.set.images[1].annotations.at(0);
  EXPECT_FALSE(a.landmarks);
  EXPECT_NEAR(a.box.x1, 0.1F, 1e-6);
  EXPECT_NEAR(a.box.y2, 0.9F, 1e-6);
}

TEST_F(YoloLayoutTest, OneFolderForTrainAndValIsNoValidation) {
  add("set/images/a.png", "set/labels/a.txt");
  folder.write("set/data.yaml", "train: images\nval: images\nnames: [face]\n");
  EXPECT_EQ(read("set"), (Found{{"set/images/a.png", {"train", 1}}}));
  EXPECT_EQ(flaws.count("images in more than one split, kept in the first"), 1U);
}

// As in darknet's readme: paths are relative to the parent folder, in which darknet runs.
TEST_F(YoloLayoutTest, DarknetsObjData) {
  add("d/data/obj/a.png", "d/data/obj/a.txt");
  add("d/data/obj/b.png", "d/data/obj/b.txt");
  add("d/data/obj/c.png", "d/data/obj/c.txt");
  folder.write("d/data/obj.data",
               "classes= 1\ntrain  = data/train.txt\nvalid  = data/test.txt\n"
               "names = data/obj.names\nbackup = backup/\n");
  folder.write("d/data/obj.names", "face\n");
  folder.write("d/data/train.txt", "data/obj/a.png\r\n");
  folder.write("d/data/test.txt", "C:\\me\\darknet\\data\\obj\\b.png\n");
  const Found wanted{{"d/data/obj/a.png", {"train", 1}}, {"d/data/obj/b.png", {"val", 1}}};
  EXPECT_EQ(read("d/data"), wanted);
  EXPECT_EQ(flaws.count("label files in none of the lists"), 1U);
  EXPECT_NE(flaws.first_left_out().find("obj/c.txt"), std::string::npos);
  EXPECT_EQ(read("d/data/obj.data"), wanted);
  EXPECT_EQ(read("d/data", "val"), (Found{{"d/data/obj/b.png", {"val", 1}}}));
  EXPECT_EQ(flaws.count("label files in none of the lists"), 2U) << "not those of other splits";
  folder.write("d/data/obj.names", "face\nmask\n");
  expect_error(ErrorCode::format, "obj.data: classes is 1, but '", [&] { read("d/data"); });
  fs::remove(folder / "d/data/obj.names");
  expect_error(ErrorCode::format, "names: 'data/obj.names' is not there", [&] { read("d/data"); });
  folder.write("d/data/obj.data", "train = data/train.txt\n");
  expect_error(ErrorCode::format, "it must give the file", [&] { read("d/data"); });
}

TEST_F(YoloLayoutTest, ListsWithoutADescription) {
  add("s/images/a.png", "s/labels/a.txt");
  add("s/images/b.png", "s/labels/b.txt");
  add("s/JPEGImages/c.png", "s/labels/c.txt");
  folder.write("s/train.txt", "images/a.png\n");
  folder.write("s/valid.txt", "set/images/b.png\nJPEGImages/c.png\n");
  EXPECT_EQ(read("s"), (Found{{"s/images/a.png", {"train", 1}},
                              {"s/images/b.png", {"val", 1}},
                              {"s/JPEGImages/c.png", {"val", 1}}}));
  EXPECT_TRUE(flaws.kinds().empty());
  // What an existing folder lacks is missing; no other image is taken for it.
  folder.write_image("s/b.png", 8, 8);
  folder.write("s/valid.txt", "images/gone/b.png\n");
  expect_error(ErrorCode::not_found, "none of the images it lists", [&] { read("s"); });
}

TEST_F(YoloLayoutTest, RoboflowsDarknetFolders) {
  add("r/train/a.png", "r/train/a.txt");
  add("r/valid/b.png", "r/valid/b.txt");
  folder.write("r/train/_darknet.labels", "face\n");
  folder.write("r/valid/_darknet.labels", "face\n");
  EXPECT_EQ(read("r"), (Found{{"r/train/a.png", {"train", 1}}, {"r/valid/b.png", {"val", 1}}}));
  folder.write("r/valid/_darknet.labels", "mask\n");
  expect_error(ErrorCode::format, "have different classes", [&] { read("r"); });
}

TEST_F(YoloLayoutTest, FoldersWithoutPlacesInDataYaml) {
  add("plain/images/e/a.png", "plain/labels/e/a.txt");
  EXPECT_EQ(read("plain"), (Found{{"plain/images/e/a.png", {"", 1}}}));
  folder.write("plain/data.yaml", "names: [face]\n");
  EXPECT_EQ(read("plain"), (Found{{"plain/images/e/a.png", {"", 1}}}));
  add("u/images/train/a.png", "u/labels/train/a.txt");
  add("u/images/val/b.png", "u/labels/val/b.txt");
  EXPECT_EQ(read("u"),
            (Found{{"u/images/train/a.png", {"train", 1}}, {"u/images/val/b.png", {"val", 1}}}));
  add("r/train/images/a.png", "r/train/labels/a.txt");
  add("r/test/images/a.png", "r/test/labels/a.txt");
  EXPECT_EQ(read("r"),
            (Found{{"r/train/images/a.png", {"train", 1}}, {"r/test/images/a.png", {"test", 1}}}));
  add("flat/a.png", "flat/a.txt");
  EXPECT_EQ(read("flat"), (Found{{"flat/a.png", {"", 1}}}));
  folder.write_image("none/a.png", 8, 8);
  expect_error(ErrorCode::not_found, "no images/ with labels/", [&] { read("none"); });
}

}  // namespace
}  // namespace faceshot::data
