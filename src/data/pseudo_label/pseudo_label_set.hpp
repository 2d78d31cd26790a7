// Pseudo-labels for a whole prepared set, and a picture of them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "data/pseudo_label/pseudo_labels.hpp"
#include "data/stats/annotation_sheet.hpp"
#include "faceshot/detector.hpp"

namespace faceshot::data {

struct PseudoLabelledSet {
  PreparedSet set;
  std::size_t persons = 0;                  ///< existing labels that stay
  std::size_t faces = 0;                    ///< added
  std::vector<std::size_t> faces_of_class;  ///< of those, by class id of `set`
  std::size_t doubtful = 0;                 ///< ignore regions added
  std::size_t known = 0;                    ///< detections that overlap a label, or a face with a
                                            ///< higher score
  std::size_t replaced = 0;                 ///< removed labels of an earlier run
  std::vector<std::size_t> changed;         ///< records that received labels
  std::vector<std::string> damaged;  ///< unreadable images, with the reason: their records are
                                     ///< unchanged
};

/// Runs the detector over every image of a set. A set without boxes adopts the detector's classes.
/// The result does not depend on the number of threads.
/// @param detector its score threshold must not be above options.ignore
/// @param threads images processed at once, each with the detector's own threads
/// @param progress called by one thread at a time with (done, total); an exception stops the work
/// @throws Error(invalid_argument) for impossible options or a detector with a higher threshold;
///         Error(format) if the set has no images, lacks a class of the detector's, or has no
///         readable
///         image
[[nodiscard]] PseudoLabelledSet pseudo_label_set(
    const PreparedSet& set, const Detector& detector, const PseudoLabelOptions& options,
    int threads, const std::function<void(std::size_t, std::size_t)>& progress = {});

/// Photographs that received labels, with people's and the detector's boxes in different colours
/// (draw_annotations). An empty image if there are none.
[[nodiscard]] cv::Mat pseudo_label_sheet(const PseudoLabelledSet& labelled,
                                         const SheetOptions& options);

}  // namespace faceshot::data
