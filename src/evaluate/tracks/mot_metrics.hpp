// The field's metrics of tracks.
//
// CLEAR MOT (K. Bernardin, R. Stiefelhagen, EURASIP JIVP 2008), IDF1 (E. Ristani et al., ECCV
// Workshops 2016) and HOTA (J. Luiten et al., IJCV 129, 2021), as TrackEval computes them for
// MOTChallenge's boxes: a test compares with its figures. Pure and thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/tracks/mot_files.hpp"

namespace faceshot::evaluate {

/// HOTA's thresholds of the IoU: .05, .10, ... .95.
inline constexpr std::size_t hota_thresholds = 19;
using HotaCurve = std::array<double, hota_thresholds>;

struct ClearMot {
  std::size_t tp = 0, fp = 0, fn = 0, switches = 0, fragments = 0;
  std::size_t mostly_tracked = 0, partly_tracked = 0, mostly_lost = 0;
  double overlap = 0;  ///< sum of the IoU of true positives

  [[nodiscard]] double mota() const noexcept;
  [[nodiscard]] double motp() const noexcept;
  [[nodiscard]] double recall() const noexcept;
  [[nodiscard]] double precision() const noexcept;
};

struct IdentityScore {
  std::size_t tp = 0, fp = 0, fn = 0;

  [[nodiscard]] double idf1() const noexcept;
  [[nodiscard]] double recall() const noexcept;
  [[nodiscard]] double precision() const noexcept;
};

struct Hota {
  HotaCurve tp{}, fp{}, fn{};
  HotaCurve association{}, association_recall{}, association_precision{}, location{};

  /// Means over the thresholds.
  [[nodiscard]] double hota() const noexcept;
  [[nodiscard]] double detection() const noexcept;  ///< DetA
  [[nodiscard]] double detection_recall() const noexcept;
  [[nodiscard]] double detection_precision() const noexcept;
};

/// Mean of a curve over the thresholds.
[[nodiscard]] double mean(const HotaCurve& curve) noexcept;

struct MotResult {
  ClearMot clear;
  IdentityScore identity;
  Hota hota;
  std::size_t frames = 0, faces = 0, tracks = 0;  ///< distinct ids among the boxes that count
};

/// MOTChallenge's rules: results that match (IoU >= 0.5) a distractor are removed, then ground
/// truth that is not class 1, or has confidence 0.
[[nodiscard]] MotResult evaluate_mot(const MotSequence& sequence);

/// All sequences as one, as TrackEval combines them: counts are added, HOTA's association is
/// weighted by true positives.
[[nodiscard]] MotResult combine(std::span<const MotResult> results);

}  // namespace faceshot::evaluate
