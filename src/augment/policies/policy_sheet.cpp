#include "augment/policies/policy_sheet.hpp"

#include <algorithm>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "augment/policies/file_pool.hpp"
#include "data/stats/annotation_sheet.hpp"
#include "faceshot/error.hpp"
#include "media/drawing/draw.hpp"

namespace faceshot::augment {
namespace {

/// Record indices in random order, those with faces first.
std::vector<std::uint32_t> random_order(const data::PreparedSet& set, std::uint64_t seed) {
  std::vector<std::uint32_t> order(set.records.size());
  std::iota(order.begin(), order.end(), 0U);
  base::Random random(seed);
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  std::stable_partition(order.begin(), order.end(),
                        [&](auto i) { return !set.records[i].annotations.empty(); });
  return order;
}

/// Reduced to fit `side`, with its annotations.
cv::Mat drawn(const cv::Mat& image, std::span<const geometry::Annotation> annotations, int side) {
  const double scale = std::min(1.0, static_cast<double>(side) / std::max(image.cols, image.rows));
  cv::Mat small;
  cv::resize(image, small, {}, scale, scale, cv::INTER_AREA);
  data::draw_annotations(small, annotations, static_cast<float>(scale));
  return small;
}

}  // namespace

PolicySheet policy_sheet(const data::PreparedSet& set, const PolicySheetOptions& options) {
  validate(options.augment);
  if (options.count < 1 || options.samples < 1)
    throw Error(ErrorCode::invalid_argument,
                "a sheet needs at least one photograph and one sample");
  const FilePool pool(set);
  constexpr int cell = 320;
  PolicySheet sheet;
  std::vector<cv::Mat> cells;
  for (const std::uint32_t index : random_order(set, options.seed)) {
    if (sheet.shown.size() == static_cast<std::size_t>(options.count)) break;
    try {
      const Scene scene = pool.scene(index);
      std::vector<cv::Mat> row{drawn(scene.image, scene.annotations, cell)};
      for (int k = 0; k < options.samples; ++k) {
        base::Random random(options.seed, static_cast<std::uint32_t>(k), index);
        const Sample sample =
            augment(scene.image, scene.annotations, options.augment, random, &pool);
        row.push_back(drawn(sample.image, sample.annotations, cell));
      }
      cells.insert(cells.end(), row.begin(), row.end());
      sheet.shown.push_back(set.records[index].image);
    } catch (const Error& e) {
      sheet.damaged.emplace_back(e.what());
    }
  }
  if (cells.empty())
    throw Error(ErrorCode::not_found, "none of the images can be read" +
                                          (sheet.damaged.empty() ? "" : ": " + sheet.damaged[0]));
  sheet.image = media::contact_sheet(cells, options.samples + 1, {cell, cell});
  return sheet;
}

}  // namespace faceshot::augment
