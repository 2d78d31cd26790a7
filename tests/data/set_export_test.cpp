// What we write, read again by the readers (which are tested on files of others).
#include "data/export/set_export.hpp"

#include <gtest/gtest.h>

#include "data/import/coco.hpp"
#include "data/import/import.hpp"
#include "data/import/voc.hpp"
#include "data/import/yolo.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using geometry::ImageRecord;

namespace fs = std::filesystem;
using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

class SetExport : public ::testing::Test {
 protected:
  SetExport() {
    folder.write_image("photos/e/a.png", 64, 48);
    folder.write_image("photos/b.png", 20, 10);
    Annotation face, mask, ignored;
    face.box = {1.25F, 2.1F, 30.7F, 40.3F};
    face.landmarks = Landmarks{5, 6, 15, 6.5F, 10, 12, 6, 20, 14, 21.25F};
    face.occlusion = 0;
    mask.box = {32, 0, 64, 47.9F};
    mask.class_id = 1;
    mask.occlusion = 1;
    ignored.box = {3, 3, 9, 9};
    ignored.ignore = true;
    ignored.occlusion = 0;
    set.images_dir = folder / "photos";
    set.classes = {"face", "masked & odd <one>"};
    set.records = {{"e/a.png", 64, 48, {face, mask, ignored}}, {"b.png", 20, 10, {}}};
  }

  [[nodiscard]] std::vector<ImageRecord> import(const LabelledSet& read, const fs::path& images) {
    EXPECT_EQ(read.classes, set.classes);
    auto records = import_images(read.images, images, "test", strict).records;
    std::sort(records.begin(), records.end(),
              [](const auto& a, const auto& b) { return a.image > b.image; });
    return records;
  }

  /// What is left of the set after a format that lacks these.
  [[nodiscard]] std::vector<ImageRecord> without(bool landmarks, bool ignored,
                                                 bool occlusion) const {
    auto records = set.records;
    for (auto& record : records) {
      if (ignored) std::erase_if(record.annotations, [](const Annotation& a) { return a.ignore; });
      for (Annotation& a : record.annotations) {
        if (landmarks) a.landmarks.reset();
        if (occlusion) a.occlusion = -1;
      }
    }
    return records;
  }

  TestFolder folder;
  PreparedSet set;
  FlawLog strict{true};
};

void expect_same(const std::vector<ImageRecord>& read, const std::vector<ImageRecord>& wanted,
                 float tolerance) {
  ASSERT_EQ(read.size(), wanted.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].image, wanted[i].image);
    ASSERT_EQ(read[i].annotations.size(), wanted[i].annotations.size());
    for (std::size_t k = 0; k < read[i].annotations.size(); ++k) {
      Annotation a = read[i].annotations[k];
      const Annotation& b = wanted[i].annotations[k];
      EXPECT_NEAR(a.box.x1, b.box.x1, tolerance);
      EXPECT_NEAR(a.box.y1, b.box.y1, tolerance);
      EXPECT_NEAR(a.box.x2, b.box.x2, tolerance);
      EXPECT_NEAR(a.box.y2, b.box.y2, tolerance);
      a.box = b.box;
      EXPECT_EQ(a, b) << "image " << i << ", box " << k;
    }
  }
}

TEST_F(SetExport, CocoKeepsBoxesClassesIgnoreAndLandmarks) {
  const ExportReport report = export_coco(set, folder / "coco", LinkMode::hard);
  EXPECT_EQ(report.boxes, 3U);
  EXPECT_EQ(report.landmarks_left_out, 0U);
  expect_same(import(read_coco(folder / "coco/annotations.json", strict), folder / "coco/images"),
              without(false, false, true), 1e-5F);
}

TEST_F(SetExport, YoloKeepsBoxesAndClasses) {
  const ExportReport report = export_yolo(set, folder / "yolo", LinkMode::hard);
  EXPECT_EQ(report.boxes, 2U);
  EXPECT_EQ(report.ignored_left_out, 1U);
  EXPECT_EQ(report.landmarks_left_out, 1U);
  expect_same(import(read_yolo(folder / "yolo/images", folder / "yolo/labels",
                               folder / "yolo/data.yaml", strict),
                     folder / "yolo/images"),
              without(true, true, true), 1e-4F);
}

TEST_F(SetExport, VocKeepsBoxesClassesIgnoreAndOcclusion) {
  const ExportReport report = export_voc(set, folder / "voc", LinkMode::copy);
  EXPECT_EQ(report.boxes, 3U);
  EXPECT_EQ(report.landmarks_left_out, 1U);
  const VocFolders folders = find_voc_folders(folder / "voc");
  expect_same(import(read_voc(folders.annotations, strict), folders.images),
              without(true, false, false), 1e-5F);
}

TEST_F(SetExport, AppearsCompleteOrNotAtAll) {
  folder.write("full/file", "x");
  expect_error(ErrorCode::invalid_argument, "has content",
               [&] { export_coco(set, folder / "full", LinkMode::hard); });
  fs::remove(folder / "photos/b.png");
  for (const auto& export_set : {export_coco, export_yolo, export_voc})
    expect_error(ErrorCode::not_found, "b.png' is missing",
                 [&] { export_set(set, folder / "out", LinkMode::hard, {}); });
  EXPECT_EQ(folder.list(), (std::vector<std::string>{"full", "photos"}));
}

TEST_F(SetExport, LabelsOfTwoImagesMayNotShareAFile) {
  folder.write_image("photos/b.bmp", 20, 10);
  set.records.push_back({"b.bmp", 20, 10, {}});
  expect_error(ErrorCode::invalid_argument, "extension alone",
               [&] { export_yolo(set, folder / "out", LinkMode::hard); });
  expect_error(ErrorCode::invalid_argument, "extension alone",
               [&] { export_voc(set, folder / "out", LinkMode::hard); });
  export_coco(set, folder / "out", LinkMode::hard);
}

}  // namespace
}  // namespace faceshot::data
