// Shows the effect of a policy: photographs before and after.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "augment/policies/augmenter.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::augment {

struct PolicySheetOptions {
  AugmentOptions augment;
  int count = 6;           ///< photographs, one row each, >= 1; all if there are fewer
  int samples = 4;         ///< of each, >= 1
  std::uint64_t seed = 1;  ///< selects photographs and samples
};

struct PolicySheet {
  cv::Mat image;                     ///< 8-bit BGR: each photograph, then its samples
  std::vector<std::string> shown;    ///< images, row by row
  std::vector<std::string> damaged;  ///< selected ones that cannot be read, with the reason
};

/// Boxes, landmarks and ignore regions are drawn on all of them. Photographs with faces are
/// preferred.
/// @throws Error(not_found) if none can be read; Error(invalid_argument)
[[nodiscard]] PolicySheet policy_sheet(const data::PreparedSet& set,
                                       const PolicySheetOptions& options);

}  // namespace faceshot::augment
