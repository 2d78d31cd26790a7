#include "data/stats/set_stats.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::data {
namespace {

constexpr float reference_side = 640;  // the usual size for detectors

/// Ranges between ascending limits; the first is open below, the last above.
class Ranges {
 public:
  Ranges(std::vector<float> limits, std::vector<std::string> labels)
      : limits_(std::move(limits)), histogram_{std::move(labels), {}} {
    histogram_.counts.resize(histogram_.labels.size());
  }
  void add(float value) {
    const auto above = std::upper_bound(limits_.begin(), limits_.end(), value);
    ++histogram_.counts[static_cast<std::size_t>(above - limits_.begin())];
  }
  [[nodiscard]] Histogram take() { return std::move(histogram_); }

 private:
  std::vector<float> limits_;
  Histogram histogram_;
};

std::size_t cell_of(float centre, int extent) {
  const float share = centre / static_cast<float>(extent);
  return std::min(static_cast<std::size_t>(std::max(share, 0.0F) * SetStats::grid),
                  SetStats::grid - 1);
}

double median(std::vector<float> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return static_cast<double>(*middle);
}

}  // namespace

SetStats set_stats(const PreparedSet& set) {
  SetStats stats;
  stats.images = set.records.size();
  stats.faces_of_class.resize(set.classes.size());
  Ranges side({4, 8, 16, 32, 64, 128, 256, 512},
              {"<4", "4-8", "8-16", "16-32", "32-64", "64-128", "128-256", "256-512", ">512"});
  Ranges crowd({1, 2, 3, 6, 11, 21, 51, 101},
               {"0", "1", "2", "3-5", "6-10", "11-20", "21-50", "51-100", ">100"});
  Ranges aspect({0.4F, 0.5F, 0.6F, 0.7F, 0.8F, 0.9F, 1.0F, 1.2F, 1.5F},
                {"<0.4", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1-1.2", "1.2-1.5", ">1.5"});
  std::vector<float> sides;
  for (const geometry::ImageRecord& record : set.records) {
    std::size_t faces = 0;
    const float scale =
        reference_side / static_cast<float>(std::max({record.width, record.height, 1}));
    for (const geometry::Annotation& a : record.annotations) {
      if (a.ignore) {
        ++stats.ignored;
        continue;
      }
      ++faces;
      if (a.landmarks) ++stats.with_landmarks;
      ++stats.faces_of_class[static_cast<std::size_t>(a.class_id)];
      sides.push_back(std::sqrt(a.box.area()));
      side.add(sides.back() * scale);
      aspect.add(a.box.width() / a.box.height());
      ++stats.positions[cell_of(a.box.center_y(), record.height)]
                       [cell_of(a.box.center_x(), record.width)];
    }
    crowd.add(static_cast<float>(faces));
    stats.faces += faces;
    if (faces == 0) ++stats.images_without_faces;
  }
  if (stats.images > 0)
    stats.faces_per_image = static_cast<double>(stats.faces) / static_cast<double>(stats.images);
  stats.median_side = median(std::move(sides));
  stats.side = side.take();
  stats.faces_in_image = crowd.take();
  stats.aspect = aspect.take();
  return stats;
}

}  // namespace faceshot::data
