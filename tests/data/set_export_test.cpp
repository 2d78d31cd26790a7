// What we write, read back by our readers (which are tested on other projects' files).
#include "data/export/set_export.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "data/import/coco.hpp"
#include "data/import/cvat.hpp"
#include "data/import/import.hpp"
#include "data/import/labelme.hpp"
#include "data/import/voc.hpp"
#include "data/import/yolo.hpp"
#include "data/import/yolo_layout.hpp"
#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using geometry::ImageRecord;

namespace fs = std::filesystem;
using faceshot::testing::expect_error;
using faceshot::testing::TestFolder;

/// One photograph with everything that a set can express, and one without boxes.
class SetExport : public ::testing::Test {
 protected:
  SetExport() {
    folder.write_image("photos/e/a.png", 64, 48);
    folder.write_image("photos/b.png", 20, 10);
    Annotation face, turned, mask, ignored;
    face.box = {1.25F, 2.1F, 30.7F, 40.3F};
    face.landmarks = Landmarks{5, 6, 15, 6.5F, 10, 12, 6, 20, 14, 21.25F};
    face.occlusion = 0;
    turned.box = {0, 0, 12.3456F, 47.95F};
    turned.landmarks = Landmarks{4, 30.5F, 6.125F, 20, 10, 25, 15, 28, 15, 21};
    turned.occlusion = 2;
    turned.blur = 1;
    mask.box = {32, 0, 64, 47.9F};
    mask.class_id = 1;
    mask.occlusion = 1;
    mask.source = geometry::source_person;
    ignored.box = {3, 3, 9, 9};
    ignored.ignore = true;
    set.images_dir = folder / "photos";
    set.classes = {"face", "masked & odd <one>"};
    set.records = {{"e/a.png", 64, 48, {face, turned, mask, ignored}}, {"b.png", 20, 10, {}}};
  }

  TestFolder folder;
  PreparedSet set;
};

struct ReadBack {
  LabelledSet set;
  fs::path images;
};

/// A writer, the reader of its format, and what the format holds.
struct ExportFormat {
  const char* name = "";
  ExportReport (*write)(const PreparedSet&, const fs::path&) = nullptr;
  ReadBack (*read)(const fs::path&, FlawLog&) = nullptr;
  bool ignore = false;
  bool landmarks = false;
  std::array<std::int8_t, 4> occlusion{};  ///< what -1, 0, 1 and 2 become
};

const ExportFormat formats[] = {
    {"coco",
     [](const PreparedSet& set, const fs::path& dir) {
       return export_coco(set, dir, "val", LinkMode::hard);
     },
     [](const fs::path& dir, FlawLog& flaws) -> ReadBack {
       return {read_coco(dir / "annotations.json", flaws), dir / "images"};
     },
     true,
     true,
     {-1, -1, -1, -1}},
    {"yolo",
     [](const PreparedSet& set, const fs::path& dir) {
       return export_yolo(set, dir, "val", LinkMode::hard);
     },
     [](const fs::path& dir, FlawLog& flaws) -> ReadBack {
       return {read_yolo(dir / "images", dir / "labels", dir / "data.yaml", flaws), dir / "images"};
     },
     false,
     false,
     {-1, -1, -1, -1}},
    {"voc",
     [](const PreparedSet& set, const fs::path& dir) {
       return export_voc(set, dir, "val", LinkMode::copy);
     },
     [](const fs::path& dir, FlawLog& flaws) -> ReadBack {
       const VocFolders folders = find_voc_folders(dir);
       return {read_voc(folders.annotations, flaws), folders.images};
     },
     true,
     false,
     {-1, 0, 1, 1}},
    {"labelme",
     [](const PreparedSet& set, const fs::path& dir) {
       return export_labelme(set, dir, "val", LinkMode::hard);
     },
     [](const fs::path& dir, FlawLog& flaws) -> ReadBack {
       return {read_labelme(dir, dir, flaws), dir};
     },
     true,
     true,
     {-1, 0, 1, 1}},
    {"cvat",
     [](const PreparedSet& set, const fs::path& dir) {
       return export_cvat(set, dir, "val", LinkMode::hard);
     },
     [](const fs::path& dir, FlawLog& flaws) -> ReadBack {
       return {read_cvat(dir / "annotations.xml", dir / "images", flaws), dir / "images"};
     },
     true,
     true,
     {0, 0, 1, 1}},
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

/// What is left of a set in a format.
std::vector<ImageRecord> held_by(const ExportFormat& format, std::vector<ImageRecord> records) {
  for (ImageRecord& record : records) {
    if (!format.ignore)
      std::erase_if(record.annotations, [](const Annotation& a) { return a.ignore; });
    for (Annotation& a : record.annotations) {
      Annotation held;
      held.box = a.box;
      held.class_id = a.class_id;
      held.ignore = a.ignore;
      if (format.landmarks) held.landmarks = a.landmarks;
      held.occlusion = format.occlusion.at(static_cast<std::size_t>(a.occlusion + 1));
      a = held;
    }
  }
  return records;
}

class SetExportFormat : public SetExport, public ::testing::WithParamInterface<ExportFormat> {};

TEST_P(SetExportFormat, ReadsBack) {
  const ExportFormat& format = GetParam();
  const ExportReport report = format.write(set, folder / "out");
  EXPECT_EQ(report.images, 2U);
  EXPECT_EQ(report.boxes, format.ignore ? 4U : 3U);
  EXPECT_EQ(report.ignored_left_out, format.ignore ? 0U : 1U);
  EXPECT_EQ(report.landmarks_left_out, format.landmarks ? 0U : 2U);
  FlawLog flaws(true);
  ReadBack read = format.read(folder / "out", flaws);
  EXPECT_EQ(read.set.classes, set.classes);
  auto records = import_images(read.set.images, read.images, "test", flaws).records;
  std::sort(records.begin(), records.end(),
            [](const auto& a, const auto& b) { return a.image > b.image; });
  expect_same(records, held_by(format, set.records), 0.01F);
  EXPECT_TRUE(flaws.kinds().empty()) << flaws.kinds()[0].name;
}

TEST_P(SetExportFormat, AppearsCompleteOrNotAtAll) {
  folder.write("full/file", "x");
  expect_error(ErrorCode::invalid_argument, "is not empty",
               [&] { GetParam().write(set, folder / "full"); });
  fs::remove(folder / "photos/b.png");
  expect_error(ErrorCode::not_found, "b.png' is missing",
               [&] { GetParam().write(set, folder / "out"); });
  EXPECT_EQ(folder.list(), (std::vector<std::string>{"full", "photos"}));
}

INSTANTIATE_TEST_SUITE_P(All, SetExportFormat, ::testing::ValuesIn(formats),
                         [](const auto& tested) { return std::string(tested.param.name); });

// No other format has regions of any class.
TEST_F(SetExport, ARegionOfAnyClassBecomesOneOfEach) {
  set.records[0].annotations[3].class_id = geometry::any_class;
  for (const ExportFormat& format : formats) {
    if (!format.ignore) continue;
    EXPECT_EQ(format.write(set, folder / format.name).boxes, 5U);
    FlawLog flaws(true);
    std::vector<int> ids;
    for (const LabelledImage& image : format.read(folder / format.name, flaws).set.images)
      for (const Annotation& a : image.annotations)
        if (a.ignore) ids.push_back(a.class_id);
    EXPECT_EQ(ids, (std::vector<int>{0, 1})) << format.name;
  }
}

TEST_F(SetExport, CvatHoldsTheSplit) {
  export_cvat(set, folder / "cvat", "val", LinkMode::hard);
  FlawLog strict(true);
  const LabelledSet read = read_cvat(folder / "cvat/annotations.xml", folder / "cvat", strict);
  for (const LabelledImage& image : read.images) EXPECT_EQ(image.split, "val");
}

TEST_F(SetExport, VocHoldsTheSplit) {
  fs::rename(folder / "photos/b.png", folder / "photos/b c.png");
  set.records[1].image = "b c.png";
  export_voc(set, folder / "voc", "val", LinkMode::hard);
  EXPECT_EQ(faceshot::testing::read_all(folder / "voc/ImageSets/Main/val.txt"), "e/a\n\"b c\"\n");
  FlawLog strict(true);
  LabelledSet read = read_voc(folder / "voc/Annotations", strict);
  set_voc_splits(read, folder / "voc/Annotations", strict);
  ASSERT_EQ(read.images.size(), 2U);
  for (const LabelledImage& image : read.images) EXPECT_EQ(image.split, "val");
}

TEST_F(SetExport, VocCountsFromOneInDecimalDigits) {
  export_voc(set, folder / "voc", "val", LinkMode::hard);
  const std::string xml = faceshot::testing::read_all(folder / "voc/Annotations/e/a.xml");
  for (const char* const text : {"<xmin>2.25</xmin>", "<ymin>3.1</ymin>", "<xmax>30.7</xmax>"})
    EXPECT_NE(xml.find(text), std::string::npos) << text << " in\n" << xml;
}

// Ultralytics' check_det_dataset() wants the keys train and val, and skips empty ones.
TEST_F(SetExport, YoloNamesTheSplitsThatThereAre) {
  for (const std::string split : {"train", "val", "test"}) {
    const fs::path out = folder / ("yolo-" + split);
    export_yolo(set, out, split, LinkMode::hard);
    const YAML::Node yaml = YAML::LoadFile((out / "data.yaml").string());
    for (const std::string key : {"train", "val", "test"}) {
      const bool is_named = yaml[key].IsDefined() && !yaml[key].IsNull();
      EXPECT_EQ(is_named, key == split) << key << " of " << split;
      EXPECT_EQ(yaml[key].IsDefined(), key == split || key != "test") << key << " of " << split;
    }
    EXPECT_EQ(yaml[split].as<std::string>(), "images");
    FlawLog strict(true);
    const YoloSet read = read_yolo_layout(find_yolo_layout(out, {}, {}, strict), strict);
    ASSERT_EQ(read.set.images.size(), 2U);
    for (const LabelledImage& image : read.set.images) EXPECT_EQ(image.split, split);
    EXPECT_EQ(read.set.classes, set.classes);
    EXPECT_TRUE(strict.kinds().empty());
  }
}

TEST_F(SetExport, LabelsOfTwoImagesMayNotShareAFile) {
  folder.write_image("photos/b.bmp", 20, 10);
  set.records.push_back({"b.bmp", 20, 10, {}});
  for (const auto& export_set : {export_yolo, export_voc, export_labelme})
    expect_error(ErrorCode::invalid_argument, "extension",
                 [&] { export_set(set, folder / "out", "val", LinkMode::hard, {}); });
  export_coco(set, folder / "out", "val", LinkMode::hard);
  export_cvat(set, folder / "cvat", "val", LinkMode::hard);
}

}  // namespace
}  // namespace faceshot::data
