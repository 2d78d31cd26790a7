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
  missing,  ///< something was found where nothing is labelled
  loose     ///< the label and what was found there overlap, but not well
};

[[nodiscard]] std::string_view name_of(SuspectKind kind);  ///< "missing", "loose"

struct AuditOptions {
  float score = 0.3F;    ///< from here on a finding is looked at, in (0, 1]
  float overlap = 0.3F;  ///< Minimum IoU for a detection to match a label
  float loose = 0.6F;    ///< IoU below which a label of what was found is loose
  float min_side = 8;    ///< findings with a shorter side below are passed over, pixels
};

struct Suspect {
  SuspectKind kind = SuspectKind::missing;
  std::size_t record = 0;            ///< in the set
  Box box;                           ///< proposed, in pixels of the image, cut to it
  std::optional<std::size_t> label;  ///< the one in question, of a loose box
  int class_id = 0;                  ///< of the set
  float score = 0;
  float iou = 0;    ///< with the label
  double gain = 0;  ///< expected: of a missing label the chance that it is one, of a loose one that
                    ///< times the overlap to be gained
};

/// What one image's labels and findings are suspected of, with no gain yet.
/// A finding is known, and no suspect, if it overlaps a label by options.overlap, or one lies in
/// the other by half: a part of a face, or a face in a region to be ignored. A label is loose if
/// the finding that overlaps it most does so by options.overlap and more but less than
/// options.loose.
/// @param class_ids of the set for each label of the detector @param record is passed on
struct ImageAudit {
  std::vector<Suspect> suspects;
  /// Of each finding that was looked at: its score, its shorter side, and whether it is labelled.
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

/// How likely a finding is to be labelled in this set: findings of its score (in ten bins) and size
/// (below 16 pixels, to 32, to 64, above) are counted, with the score itself in place of twenty
/// more. So a set that does not label tiny faces is not told to a thousand times.
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
  std::vector<Suspect> suspects;  ///< by falling gain
  std::size_t images = 0, labels = 0, findings = 0;
  std::vector<std::string> damaged;  ///< images that could not be read, with the reason
};

/// Runs the detector over every image. The result does not depend on the number of threads.
/// @param detector its score threshold must not be above options.score
/// @param progress called by one thread at a time with (done, total); what it throws stops the work
/// @throws Error(invalid_argument) for impossible options or a detector that starts higher;
///         Error(format) if the set has no images, lacks a class of the detector's, or has no image
///         that can be read
[[nodiscard]] LabelAudit audit_labels(
    const PreparedSet& set, const Detector& detector, const AuditOptions& options, int threads,
    const std::function<void(std::size_t, std::size_t)>& progress = {});

}  // namespace faceshot::data
