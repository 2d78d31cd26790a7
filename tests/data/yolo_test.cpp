#include "data/import/yolo.hpp"

#include <gtest/gtest.h>

#include "data/import/import.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

TEST(Yolo, SharesBecomePixels) {
  const TestFolder folder;
  folder.write_image("images/e/a.png", 200, 100);
  folder.write_image("images/b.png", 20, 10);
  folder.write("labels/e/a.txt", "1 0.5 0.25 0.1 0.2\n0 0 0 1 1\n");
  folder.write("data.yaml", "train: images\nnc: 2\nnames: [face, \"masked face\"]\n");
  const LabelledSet set = read_yolo(folder / "images", folder / "labels", folder / "data.yaml");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"face", "masked face"}));
  FlawLog strict(true);
  const auto records = import_images(set.images, folder / "images", "labels", strict).records;
  ASSERT_EQ(records.size(), 2U);
  EXPECT_TRUE(records[0].annotations.empty()) << "b.png has no label file";
  ASSERT_EQ(records[1].annotations.size(), 2U);
  const Box box = records[1].annotations[0].box;
  EXPECT_NEAR(box.x1, 90, 1e-3);
  EXPECT_NEAR(box.y1, 15, 1e-3);
  EXPECT_NEAR(box.x2, 110, 1e-3);
  EXPECT_NEAR(box.y2, 35, 1e-3);
  EXPECT_EQ(records[1].annotations[0].class_id, 1);
  EXPECT_EQ(records[1].annotations[1].box, (Box{0, 0, 100, 50})) << "clipped";
}

// Lines and data.yaml from Roboflow's page on the format. Their boxes were drawn on whole pixels of
// a 500 x 466 photograph: only the right reading finds them there again.
TEST(Yolo, ReadsPublishedExamples) {
  const TestFolder folder;
  folder.write_image("images/roboflow.png", 500, 466);
  folder.write("labels/roboflow.txt",
               "1 0.617 0.3594420600858369 0.114 0.17381974248927037\n"
               "1 0.295 0.3959227467811159 0.13 0.19527896995708155\n");
  folder.write("data.yaml",
               "train: ../train/images\nval: ../valid/images\nnc: 3\n"
               "names: ['head', 'helmet', 'person']\n");
  const LabelledSet set = read_yolo(folder / "images", folder / "labels", folder / "data.yaml");
  EXPECT_EQ(set.classes, (std::vector<std::string>{"head", "helmet", "person"}));
  FlawLog strict(true);
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
    return read_yolo(folder / "images", folder / "labels", folder.write(file, text)).classes;
  };
  const std::vector<std::string> wanted{"face", "mask"};
  EXPECT_EQ(names("a.yaml", "names: [face, mask]"), wanted);
  EXPECT_EQ(names("b.yaml", "names:\n  1: mask\n  0: face\n"), wanted);
  EXPECT_EQ(names("c.txt", "face\nmask\n"), wanted);
}

TEST(Yolo, ErrorsNameFileAndLine) {
  const TestFolder folder;
  folder.write_image("images/a.png", 8, 8);
  folder.write("labels/a.txt", "");
  const auto error_of = [&](const std::string& text, const std::string& part) {
    folder.write("labels/a.txt", text);
    expect_error(ErrorCode::format, part,
                 [&] { static_cast<void>(read_yolo(folder / "images", folder / "labels", {})); });
  };
  error_of("0 0.5 0.5 0.1\n", "a.txt:1: a box must stand here");
  error_of("0 0.5 0.5 0.1 0.1 0.9\n", "a.txt:1: a box must stand here");
  error_of("\n0 0.5 0.5 0.1 x\n", "a.txt:2: a box must stand here");
  error_of("1 0.5 0.5 0.1 0.1\n", "a.txt:1: there is no class 1");
  error_of("0.5 0.5 0.5 0.1 0.1\n", "there is no class 0.5");
  error_of("0 120 50 10 10\n", "look like pixels");
  const auto bad_names = [&](const std::string& text, const std::string& part) {
    expect_error(ErrorCode::format, part, [&] {
      static_cast<void>(
          read_yolo(folder / "images", folder / "labels", folder.write("data.yaml", text)));
    });
  };
  bad_names("nc: 1\n", "data.yaml: has no list `names`");
  bad_names("names: {0: face, 2: mask}\n", "names has no entry 1");
  bad_names("names: [face\n", "data.yaml: ");
  expect_error(ErrorCode::not_found, "labels2",
               [&] { static_cast<void>(read_yolo(folder / "images", folder / "labels2", {})); });
}

}  // namespace
}  // namespace faceshot::data
