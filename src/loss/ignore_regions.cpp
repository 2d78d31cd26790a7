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

}  // namespace faceshot::loss
