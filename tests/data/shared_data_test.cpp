// The readers on other projects' files; skipped, with a message, if ../shared/data is missing.
#include <gtest/gtest.h>

#include <filesystem>

#include "data/import/csv_boxes.hpp"
#include "data/import/fddb_ellipses.hpp"
#include "data/import/import.hpp"
#include "data/import/retinaface_text.hpp"
#include "data/import/voc.hpp"
#include "data/import/wider_mat.hpp"
#include "data/import/wider_text.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

class SharedData : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(shared))
      GTEST_SKIP() << "SKIPPED: the readers are NOT tested on real data: there is no folder "
                   << shared << " with wider/, wider_reduced/ and face_counting/";
  }
  FlawLog flaws;
  const fs::path shared = fs::path(FACESHOT_SHARED_DIR) / "data";
};

std::size_t boxes_of(const std::vector<LabelledImage>& images) {
  std::size_t boxes = 0;
  for (const auto& image : images) boxes += image.annotations.size();
  return boxes;
}

TEST_F(SharedData, OfficialValidationFile) {
  // Published: 3,226 validation images; the file holds 39,708 boxes; 470 of the images are here.
  const fs::path text = shared / "wider/wider_face_split/wider_face_val_bbx_gt.txt";
  const auto images = read_wider_text(text, flaws);
  EXPECT_EQ(images.size(), 3226U);
  EXPECT_EQ(boxes_of(images), 39708U);
  EXPECT_TRUE(flaws.kinds().empty()) << flaws.first_left_out();
  const auto [records, faces, ignored] =
      import_images(images, shared / "wider/WIDER_val/images", text, flaws);
  EXPECT_EQ(records.size(), 470U);
  EXPECT_EQ(flaws.count(flaw::missing_image), 2756U);
  EXPECT_EQ(flaws.count(flaw::damaged_image), 0U);
  std::size_t kept = 0;
  for (const auto& record : records) {
    kept += record.annotations.size();
    for (const auto& a : record.annotations) {
      EXPECT_TRUE(a.box.valid());
      EXPECT_EQ(a.box,
                clip(a.box, static_cast<float>(record.width), static_cast<float>(record.height)));
    }
  }
  EXPECT_EQ(kept, faces + ignored);
}

TEST_F(SharedData, OfficialMatFiles) {
  // The .mat file and the text of val agree.
  const fs::path split = shared / "wider/wider_face_split";
  const auto images = read_wider_mat(split / "wider_face_val.mat", flaws);
  EXPECT_EQ(images.size(), 3226U);
  EXPECT_EQ(boxes_of(images), 39708U);
  const fs::path text = split / "wider_face_val_bbx_gt.txt";
  const fs::path photographs = shared / "wider/WIDER_val/images";
  EXPECT_EQ(import_images(images, photographs, "mat", flaws).records,
            import_images(read_wider_text(text, flaws), photographs, text, flaws).records);
  // Published: 12,880 images, 159,424 faces.
  const auto train = read_wider_mat(split / "wider_face_train.mat", flaws);
  EXPECT_EQ(train.size(), 12880U);
  EXPECT_EQ(boxes_of(train), 159424U);
}

TEST_F(SharedData, ReducedTrainingFile) {
  const fs::path text = shared / "wider_reduced/wider_face_train_bbx_gt.txt";
  const auto images = read_wider_text(text, flaws);
  // Lines: a name and a count for each image, one for each box, and dummy lines for the two images
  // without faces.
  EXPECT_EQ(images.size(), 3627U);
  EXPECT_EQ(boxes_of(images), 72327U - 2 * 3627U - 2);
}

TEST_F(SharedData, RetinafaceLabels) {
  const auto images = read_retinaface_text(shared / "wider_reduced/train_label.txt", flaws);
  EXPECT_EQ(images.size(), 3627U);
  EXPECT_EQ(boxes_of(images), 65071U);
  EXPECT_TRUE(flaws.kinds().empty()) << flaws.first_left_out();
  std::size_t with_landmarks = 0;
  for (const auto& image : images)
    for (const auto& a : image.annotations) with_landmarks += a.landmarks ? 1U : 0U;
  EXPECT_EQ(with_landmarks, 25672U);
}

TEST_F(SharedData, VocFolder) {
  // Counted with grep: 22 files with 74 objects of three classes.
  const VocFolders folders = find_voc_folders(shared / "formats/voc");
  const LabelledSet set = read_voc(folders.annotations, flaws);
  EXPECT_EQ(set.classes,
            (std::vector<std::string>{"mask_weared_incorrect", "with_mask", "without_mask"}));
  EXPECT_EQ(set.images.size(), 22U);
  EXPECT_EQ(boxes_of(set.images), 74U);
  FlawLog strict(true);
  const ImportedSet imported = import_images(set.images, folders.images, "voc", strict);
  EXPECT_EQ(imported.records.size(), 22U);
  EXPECT_EQ(imported.faces, 74U);
}

TEST_F(SharedData, FddbFold) {
  // Published: fold 1 has 290 images with 515 faces.
  const auto images =
      read_fddb_ellipses(shared / "formats/fddb/FDDB-fold-01-ellipseList.txt", flaws);
  EXPECT_TRUE(flaws.kinds().empty()) << flaws.first_left_out();
  EXPECT_EQ(images.size(), 290U);
  EXPECT_EQ(boxes_of(images), 515U);
}

TEST_F(SharedData, FaceCountingCsv) {
  const auto csv = read_csv_boxes(shared / "face_counting.csv", flaws);
  EXPECT_EQ(csv.set.images.size(), 1147U);
  EXPECT_EQ(boxes_of(csv.set.images), 4874U);
  EXPECT_TRUE(csv.ignored_columns.empty());
  const ImportedSet set = import_images(csv.set.images, shared, "face_counting.csv", flaws);
  EXPECT_EQ(set.records.size(), 1147U);
  EXPECT_EQ(set.faces + flaws.count(flaw::outside), 4874U);
}

}  // namespace
}  // namespace faceshot::data
