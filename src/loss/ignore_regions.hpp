// Priors, and classes at priors, that take no part in the loss because of ignore regions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faceshot/prior.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::loss {

/// For regions that concern every class: turns match_negative into match_ignored where at least the
/// share `coverage_limit` of a prior lies in an ignore region. Priors matched to faces stay. Thread
/// safe.
void mark_ignored(std::span<const Prior> priors, std::span<const geometry::Annotation> faces,
                  float coverage_limit, std::vector<std::int32_t>& match);

/// For regions of one class each, as COCO's crowds: whether, at each prior, each class is to be
/// ignored, since at least the share `coverage_limit` of the prior lies in a region of it.
/// @param regions class ids from 0 to classes - 1
/// @return [P, classes] of 0 and 1; empty where there are no regions. Thread safe.
[[nodiscard]] std::vector<std::uint8_t> ignored_classes(
    std::span<const Prior> priors, std::span<const geometry::Annotation> regions,
    std::size_t classes, float coverage_limit);

}  // namespace faceshot::loss
