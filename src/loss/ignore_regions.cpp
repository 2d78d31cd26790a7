#include "loss/ignore_regions.hpp"

#include "loss/matching.hpp"

namespace faceshot::loss {

void mark_ignored(std::span<const Prior> priors, std::span<const geometry::Annotation> faces,
                  float coverage_limit, std::vector<std::int32_t>& match) {
  for (const geometry::Annotation& region : faces) {
    if (!region.ignore) continue;
    for (std::size_t p = 0; p < priors.size(); ++p)
      if (match[p] == match_negative && coverage(priors[p].box(), region.box) >= coverage_limit)
        match[p] = match_ignored;
  }
}

std::vector<std::uint8_t> ignored_classes(std::span<const Prior> priors,
                                          std::span<const geometry::Annotation> regions,
                                          std::size_t classes, float coverage_limit) {
  if (regions.empty()) return {};
  std::vector<std::uint8_t> ignored(priors.size() * classes, 0);
  for (const geometry::Annotation& region : regions)
    for (std::size_t p = 0; p < priors.size(); ++p)
      if (coverage(priors[p].box(), region.box) >= coverage_limit)
        ignored[p * classes + static_cast<std::size_t>(region.class_id)] = 1;
  return ignored;
}

}  // namespace faceshot::loss
