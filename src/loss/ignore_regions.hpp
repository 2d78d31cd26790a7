// Priors, and classes at priors, that ignore regions exclude from the loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faceshot/prior.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::loss {

/// For regions that concern every class: changes match_negative to match_ignored if at least the
/// share `coverage_limit` of a prior is inside an ignore region. Priors matched to faces stay.
/// Thread safe.
void mark_ignored(std::span<const Prior> priors, std::span<const geometry::Annotation> faces,
                  float coverage_limit, std::vector<std::int32_t>& match);

/// For regions of one class each, such as COCO's crowds: for each prior and class, whether the
/// class is ignored because at least the share `coverage_limit` of the prior is inside a region of
/// it.
/// @param regions class ids from 0 to classes - 1
/// @return [P, classes] of 0 and 1; empty if there are no regions. Thread safe.
[[nodiscard]] std::vector<std::uint8_t> ignored_classes(
    std::span<const Prior> priors, std::span<const geometry::Annotation> regions,
    std::size_t classes, float coverage_limit);

}  // namespace faceshot::loss
