// Labels that are probably wrong according to a detector: faces without a label, and loose boxes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/prepared/prepared.hpp"
#include "faceshot/detector.hpp"

namespace faceshot::data {

enum class SuspectKind : std::uint8_t {
  missing,  ///< a detection without a label
  loose     ///< label and detection overlap, but not well
};

[[nodiscard]] std::string_view name_of(SuspectKind kind);  ///< "missing", "loose"

struct AuditOptions {
  float score = 0.3F;    ///< minimum score of a detection, in (0, 1]
  float overlap = 0.3F;  ///< Minimum IoU for a detection to match a label
  float loose = 0.6F;    ///< IoU with its detection below which a label is loose
  float min_side = 8;    ///< detections with a shorter side below this are skipped, pixels
};

struct Suspect {
  SuspectKind kind = SuspectKind::missing;
  std::size_t record = 0;            ///< index in the set
  Box box;                           ///< proposed, in pixels of the image, clipped to it
  std::optional<std::size_t> label;  ///< of a loose box: its label
  int class_id = 0;                  ///< of the set
  float score = 0;
  float iou = 0;    ///< with the label
  double gain = 0;  ///< expected: the probability that a missing label is one; for a loose label,
                    ///< that times the gain in overlap
};

/// The suspects of one image, without gains yet.
/// A detection is known, and not a suspect, if it overlaps a label by options.overlap, or half of
/// one lies in the other: a part of a face, or a face in an ignore region. A label is loose if its
/// IoU with the detection that overlaps it most is at least options.overlap but below
/// options.loose.
/// @param class_ids class id in the set for each label of the detector @param record is passed on
struct ImageAudit {
  std::vector<Suspect> suspects;
  /// For each detection considered: its score, its shorter side, and whether it is labelled.
  struct Seen {
    float score = 0, side = 0;
    bool labelled = false;
  };
  std::vector<Seen> seen;
};
[[nodiscard]] ImageAudit audit_image(const geometry::ImageRecord& image,
                                     std::span<const Detection> found,
                                     std::span<const int> class_ids, std::size_t record,
                                     const AuditOptions& options);

/// The probability that a detection is labelled in this set, by its score (in ten bins) and size
/// (below 16 pixels, to 32, to 64, above): the labelled share, smoothed with the score itself as
/// twenty more detections. So a set that does not label tiny faces does not produce a thousand
/// suspects.
class LabellingCustom {
 public:
  explicit LabellingCustom(std::span<const ImageAudit::Seen> seen);
  [[nodiscard]] double chance(float score, float side) const;

 private:
  struct Bin {
    double seen = 0, labelled = 0;
  };
  [[nodiscard]] static std::size_t bin_of(float score, float side);
  std::vector<Bin> bins_;
};

struct LabelAudit {
  std::vector<Suspect> suspects;  ///< by descending gain
  std::size_t images = 0, labels = 0, findings = 0;
  std::vector<std::string> damaged;  ///< images that could not be read, with the reason
};

/// Runs the detector over every image. The result does not depend on the number of threads.
/// @param detector its score threshold must not be above options.score
/// @param progress called by one thread at a time with (done, total); an exception stops the work
/// @throws Error(invalid_argument) for impossible options or a detector with a higher threshold;
///         Error(format) if the set has no images, lacks a class of the detector's, or has no
///         readable
///         image
[[nodiscard]] LabelAudit audit_labels(
    const PreparedSet& set, const Detector& detector, const AuditOptions& options, int threads,
    const std::function<void(std::size_t, std::size_t)>& progress = {});

}  // namespace faceshot::data
