// Assigns priors to faces: SSD's matching, with scale compensation for small faces.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "faceshot/prior.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::loss {

/// How priors are assigned to faces: match_priors(), match_atss() (atss.hpp) or match_simota()
/// (simota.hpp).
enum class Matching { iou, atss, simota };

/// @throws Error(invalid_argument) for any other name
[[nodiscard]] Matching matching_from_name(const std::string& name);

struct MatchOptions {
  float iou = 0.35F;           ///< a prior with at least this IoU with a face is positive
  float negative_iou = 0.35F;  ///< one with less than this is negative; between them: neither
  /// A face with fewer positives than `min_matches` also gets its best priors up to that number, as
  /// long as their IoU is above `compensation_iou` (S3FD, Zhang et al. 2017, section 3.2). 0: off.
  int min_matches = 0;
  float compensation_iou = 0.1F;
  /// Priors of which at least this share is inside an ignore region are neither positive nor
  /// negative.
  float ignore_coverage = 0.5F;
};

/// @throws Error(invalid_argument) naming the option
void validate(const MatchOptions& options);

inline constexpr std::int32_t match_negative = -1;  ///< background
inline constexpr std::int32_t match_ignored = -2;   ///< not part of the loss

/// Matches every prior.
/// 1. Each prior goes to the face with which it has the largest IoU, if that reaches `iou`.
/// 2. Each face gets its best prior whatever the IoU (SSD, section 2.2), even if another face had
///    claimed that prior by rule 1; of two faces with the same best prior the better fit gets it
///    and the other takes its next best.
/// 3. Scale compensation as in MatchOptions, on priors that are still free.
/// Faces marked `ignore` only create ignore regions. Ties go to the lower index.
/// @return for each prior the index into `faces`, match_negative or match_ignored
/// Thread safe.
[[nodiscard]] std::vector<std::int32_t> match_priors(std::span<const Prior> priors,
                                                     std::span<const geometry::Annotation> faces,
                                                     const MatchOptions& options);

}  // namespace faceshot::loss
