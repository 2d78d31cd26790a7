// Priors that take no part in the loss because of ignore regions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "faceshot/prior.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::loss {

/// Turns match_negative into match_ignored where at least the share `coverage_limit` of a prior
/// lies in an ignore region. Priors matched to faces stay. Thread safe.
void mark_ignored(std::span<const Prior> priors, std::span<const geometry::Annotation> faces,
                  float coverage_limit, std::vector<std::int32_t>& match);

}  // namespace faceshot::loss
