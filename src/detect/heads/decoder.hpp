// From a network's raw outputs to candidates for NMS.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "faceshot/nms.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::detect {

/// How a network expresses class scores.
enum class Scores { logits, probabilities };

/// Keeps the `keep_top` candidates with the highest scores, by descending score, if there are more;
/// 0: all.
void keep_best(std::size_t keep_top, std::vector<Detection>& candidates);

/// Decodes only priors whose score reaches the threshold, which is tested on logits: with one
/// class, softmax(face) >= t is equivalent to face - background >= log(t / (1 - t)), so the many
/// priors below it need no exponential.
/// @param loc [P, 4] offsets @param conf [P, classes + 1] logits (or what `scores` says),
///        background first
/// @param landmarks [P, 10] offsets, or null if the network has none
/// @param score_threshold in (0, 1)
/// @param keep_top how many of the best candidates to keep, 0: all. Limits the time of NMS, which
/// is
///        quadratic
/// @param candidates overwritten: boxes in the pixels of the priors, in the order of the priors (by
///        descending score if keep_top removed some); a prior appears once for each class over the
///        threshold. Non-finite boxes and scores are dropped; non-finite landmarks are omitted.
/// Thread safe.
void decode_detections(const float* loc, const float* conf, const float* landmarks,
                       std::span<const Prior> priors, const std::array<float, 4>& variances,
                       std::size_t classes, float score_threshold, std::size_t keep_top,
                       std::vector<Detection>& candidates, Scores scores = Scores::logits);

}  // namespace faceshot::detect
