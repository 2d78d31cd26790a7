// From a network's raw outputs to candidates for NMS.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "faceshot/nms.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::detect {

/// What a network says of a prior's classes.
enum class Scores { logits, probabilities };

/// Keeps the `keep_top` best-scored candidates, by descending score, if there are more; 0: all.
void keep_best(std::size_t keep_top, std::vector<Detection>& candidates);

/// Decodes only the priors whose score reaches the threshold, found by comparing logits: with one
/// class, softmax(face) >= t is face - background >= log(t / (1 - t)), and no exponential is taken
/// for the many priors below it.
/// @param loc [P, 4] offsets @param conf [P, classes + 1] logits (or what `scores` says),
///        background first
/// @param landmarks [P, 10] offsets, or null where the network has none
/// @param score_threshold in (0, 1)
/// @param keep_top the best-scored candidates kept, 0: all. Bounds the time of NMS, which is
///        quadratic
/// @param candidates overwritten: boxes in the pixels of the priors, in the order of the priors (by
///        descending score where keep_top cut some off); a prior appears once for each class over
///        the threshold. Boxes and scores that are not finite are dropped; landmarks that are not
///        finite are left out.
/// Thread safe.
void decode_detections(const float* loc, const float* conf, const float* landmarks,
                       std::span<const Prior> priors, const std::array<float, 4>& variances,
                       std::size_t classes, float score_threshold, std::size_t keep_top,
                       std::vector<Detection>& candidates, Scores scores = Scores::logits);

}  // namespace faceshot::detect
