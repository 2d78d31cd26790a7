// The authors' own ground-truth files, if present.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "evaluate/wider_protocol.hpp"

namespace faceshot::evaluate {
namespace {

const std::filesystem::path official =
    std::filesystem::path(FACESHOT_SHARED_DIR) / "data/wider/eval_ground_truth";

#define FACESHOT_NEEDS_OFFICIAL_FILES()                                                  \
  if (!std::filesystem::exists(official / "wider_face_val.mat"))                         \
  GTEST_SKIP() << "SKIPPED: the official WIDER FACE ground truth is not in " << official \
               << " (wider_{face,easy,medium,hard}_val.mat)"

TEST(WiderOfficial, NumbersOfImagesAndFacesAsPublished) {
  FACESHOT_NEEDS_OFFICIAL_FILES();
  const WiderGroundTruth truth = read_wider_ground_truth(official);
  ASSERT_EQ(truth.images.size(), 3226U);
  std::array<std::ptrdiff_t, 3> faces{};
  std::size_t labelled = 0;
  for (const WiderImage& image : truth.images) {
    labelled += image.faces.size();
    for (std::size_t s = 0; s < faces.size(); ++s)
      faces[s] += std::count(image.counts[s].begin(), image.counts[s].end(), char{1});
  }
  EXPECT_EQ(faces, (std::array<std::ptrdiff_t, 3>{7211, 13319, 31958}));
  EXPECT_EQ(labelled, 39708U);
  // First image of the list, first box, as in the text form of the same annotations.
  EXPECT_EQ(truth.images.front().name, "0_Parade_marchingband_1_465");
  EXPECT_EQ(truth.images.front().faces.size(), 126U);
  EXPECT_EQ(truth.images.front().faces.front().x, 345);
  EXPECT_EQ(truth.images.front().faces.front().h, 4);
}

TEST(WiderOfficial, TheLabelsThemselvesHaveApOne) {
  FACESHOT_NEEDS_OFFICIAL_FILES();
  const WiderGroundTruth truth = read_wider_ground_truth(official);
  std::vector<ImageDetections> labels;
  for (const WiderImage& image : truth.images) {
    labels.push_back({image.event, image.name, {}});
    for (const geometry::Xywh& f : image.faces)
      labels.back().boxes.push_back({f.x, f.y, f.w, f.h, 1});
  }
  const WiderResult result = evaluate_wider(truth, labels);
  EXPECT_TRUE(result.missing.empty());
  // Not exactly 1: a few faces are labelled twice with the same box.
  for (const WiderCurve& curve : result.settings) EXPECT_GT(curve.ap, 0.999);
}

}  // namespace
}  // namespace faceshot::evaluate
