// Against planted truth: half the labels of drawn people are hidden and must be found again.
#include "data/pseudo_label/pseudo_label_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "data/test_folder.hpp"
#include "faceshot/error.hpp"
#include "media/photographs/image_file.hpp"
#include "synth/synthetic_set.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using geometry::source_detector;

namespace fs = std::filesystem;
using testing::expect_error;
using testing::TestFolder;

const std::string model = std::string(FACESHOT_SOURCE_DIR) + "/models/faceshot-nano.onnx";

/// What `faceshot synthesize --size 640x480 --min-face 40` draws.
PreparedSet drawn_people(const fs::path& dir, std::size_t count) {
  synth::SceneOptions scene;
  scene.min_face = 40;
  synth::write_synthetic_set(
      dir, [scene](base::Random& random) { return synth::render_scene(scene, random); },
      {.count = count, .seed = 7, .threads = 2, .source = "drawn"});
  return read_prepared(dir / "train.csv");
}

Detector detector(float lowest = 0.3F) { return Detector(model, {.score_threshold = lowest}); }

std::size_t added(const PseudoLabelledSet& labelled) {
  std::size_t count = 0;
  for (const geometry::ImageRecord& record : labelled.set.records)
    for (const Annotation& a : record.annotations) count += a.source == source_detector ? 1 : 0;
  return count;
}

TEST(PseudoLabelSet, HiddenFacesComeBackAndTheOthersStay) {
  const TestFolder folder;
  const PreparedSet whole = drawn_people(folder / "set", 24);
  PreparedSet half = whole;
  std::size_t hidden = 0, kept = 0;
  for (geometry::ImageRecord& record : half.records)
    std::erase_if(record.annotations, [&](const Annotation& a) {
      const bool goes = !a.ignore && (hidden + kept) % 2 == 0;
      ++(goes ? hidden : kept);
      return goes;
    });
  ASSERT_GT(hidden, 20U);

  // The shipped network, whose scores tell how well a box fits, gives a good face 0.8 to 0.95.
  const PseudoLabelOptions options{.accept = 0.7F};
  std::size_t last = 0;
  const PseudoLabelledSet labelled =
      pseudo_label_set(half, detector(), options, 2, [&](std::size_t done, std::size_t total) {
        EXPECT_GT(done, last);
        EXPECT_EQ(total, 24U);
        last = done;
      });
  EXPECT_EQ(last, 24U);
  EXPECT_EQ(labelled.persons, kept);
  EXPECT_TRUE(labelled.damaged.empty());
  EXPECT_EQ(added(labelled), labelled.faces + labelled.doubtful);

  std::size_t found = 0, right = 0;
  for (std::size_t i = 0; i < whole.records.size(); ++i) {
    const auto& truth = whole.records[i].annotations;
    const auto& before = half.records[i].annotations;
    const auto& after = labelled.set.records[i].annotations;
    ASSERT_TRUE(std::equal(before.begin(), before.end(), after.begin())) << "labels were changed";
    const auto is_face = [](const Annotation& a) { return !a.ignore; };
    for (const Annotation& t : truth) {
      if (t.ignore || std::find(before.begin(), before.end(), t) != before.end()) continue;
      found += std::any_of(after.begin(), after.end(), [&](const Annotation& a) {
        return a.source == source_detector && is_face(a) && iou(a.box, t.box) >= 0.5F;
      });
    }
    for (const Annotation& a : after)
      right += a.source == source_detector && is_face(a) &&
               std::any_of(truth.begin(), truth.end(),
                           [&](const Annotation& t) { return iou(a.box, t.box) >= 0.5F; });
  }
  EXPECT_GE(static_cast<double>(found), 0.85 * static_cast<double>(hidden));
  EXPECT_GE(static_cast<double>(right), 0.9 * static_cast<double>(labelled.faces));

  // One thread gives the same, and the form on disk keeps the origin of each label.
  EXPECT_EQ(pseudo_label_set(half, detector(), options, 1).set.records, labelled.set.records);
  write_prepared(folder / "set", "val", labelled.set, "pseudo");
  EXPECT_EQ(read_prepared(folder / "set" / "val.csv").records, labelled.set.records);
  EXPECT_EQ(source_of(folder / "set" / "val.csv"), "pseudo");
  EXPECT_EQ(source_of(folder / "set" / "train.csv"), "drawn");

  const cv::Mat sheet = pseudo_label_sheet(labelled, {.count = 4, .columns = 2});
  EXPECT_GE(sheet.cols, 640);
  EXPECT_GE(sheet.rows, 480);
}

TEST(PseudoLabelSet, DamagedImagesAreNamedAndLeftAsTheyWere) {
  const TestFolder folder;
  PreparedSet set = drawn_people(folder / "set", 3);
  fs::remove(set.images_dir / set.records[0].image);
  set.records[1].width += 1;
  const PseudoLabelledSet labelled = pseudo_label_set(set, detector(), {}, 1);
  ASSERT_EQ(labelled.damaged.size(), 2U);
  EXPECT_NE(labelled.damaged[0].find(set.records[0].image), std::string::npos);
  EXPECT_NE(labelled.damaged[1].find("640x480, not 641x480"), std::string::npos);
  EXPECT_EQ(labelled.set.records[0], set.records[0]);
  EXPECT_EQ(labelled.set.records[1], set.records[1]);

  fs::remove(set.images_dir / set.records[2].image);
  expect_error(ErrorCode::format, "no image of the set can be read",
               [&] { (void)pseudo_label_set(set, detector(), {}, 1); });
}

TEST(PseudoLabelSet, SaysWhyItCannot) {
  const TestFolder folder;
  PreparedSet set = drawn_people(folder / "set", 1);
  expect_error(ErrorCode::invalid_argument, "score floor is above",
               [&] { (void)pseudo_label_set(set, detector(0.5F), {}, 1); });
  expect_error(ErrorCode::invalid_argument, "must not exceed", [&] {
    (void)pseudo_label_set(set, detector(), {.accept = 0.2F, .ignore = 0.3F}, 1);
  });
  set.classes = {"cat", "dog"};
  expect_error(ErrorCode::format, "the model finds 'face'",
               [&] { (void)pseudo_label_set(set, detector(), {}, 1); });
  set.records.clear();
  expect_error(ErrorCode::format, "no images",
               [&] { (void)pseudo_label_set(set, detector(), {}, 1); });
}

TEST(PseudoLabelSet, WithoutNewLabelsThereIsNoSheet) {
  EXPECT_TRUE(pseudo_label_sheet({}, {}).empty());
}

}  // namespace
}  // namespace faceshot::data
