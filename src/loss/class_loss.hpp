// Classification losses of one prior, value and gradient. Pure, thread
// safe, defined for any finite logits.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace faceshot::loss {

/// cross_entropy: of the softmax.
/// focal: Lin et al., "Focal loss for dense object detection", ICCV 2017, on the softmax. With one
///   class the softmax of two logits is the sigmoid of their difference, so this is the paper's.
/// quality_focal: Li et al., "Generalized focal loss", NeurIPS 2020: the score learns the IoU of
///   its box.
/// varifocal: Zhang et al., "VarifocalNet", CVPR 2021: the same target; positives are weighted by
///   the quality of their boxes, and only negatives are down-weighted as in the focal loss.
///   The papers use one sigmoid per class; here both are on the softmax, which the decoder reads:
///   the target is the IoU for the class and the rest for background. With one class that is the
///   papers' loss.
/// iou_branch: class and IoU separately, like FCOS's centreness (Tian et al., ICCV 2019) and PAA's
///   IoU (Kim and Lee, ECCV 2020): the face's logit learns the class by the focal loss; the other
///   one, negated, learns the IoU of the box on positives only. The score's odds, exp(face -
///   background), are then the product of both odds. For one class.
enum class ClassLoss { cross_entropy, focal, quality_focal, varifocal, iou_branch };

/// Whether the score learns the IoU of the predicted box.
[[nodiscard]] bool learns_quality(ClassLoss kind);

/// @throws Error(invalid_argument) listing the names
[[nodiscard]] ClassLoss class_loss_from_name(const std::string& name);

/// The contribution of one prior.
struct ClassTerm {
  double loss = 0;
  double log_likelihood = 0;  ///< log of the softmax at the target, for any loss
};

/// Cross-entropy of the softmax against `target`.
/// @param logits background first @param gradient as many; overwritten
ClassTerm cross_entropy(std::span<const float> logits, std::size_t target,
                        std::span<float> gradient);

/// -alpha_t (1 - p_t)^gamma log p_t, where alpha_t is `alpha` for a class and 1 - alpha for
/// background; a negative alpha means no weights.
/// @param gamma >= 0
ClassTerm focal_loss(std::span<const float> logits, std::size_t target, double alpha, double gamma,
                     std::span<float> gradient);

/// |quality - p|^beta times the cross-entropy of the softmax against `quality` for the target's
/// class and 1 - quality for background; p is the softmax at the target. For background,
/// (1 - p)^beta times -log p.
/// @param quality in [0, 1]: IoU of the predicted box, 0 for background @param beta >= 1
/// @param target with two logits used only for the log-likelihood
ClassTerm quality_focal_loss(std::span<const float> logits, std::size_t target, double quality,
                             double beta, std::span<float> gradient);

/// VarifocalNet's eq. 2: for a class, quality times the cross-entropy of the softmax against
/// `quality` for it and 1 - quality for background; for background, -alpha (1 - p)^gamma log p.
/// @param quality in [0, 1], for classes
/// @param alpha >= 0 @param gamma >= 0
ClassTerm varifocal_loss(std::span<const float> logits, std::size_t target, double quality,
                         double alpha, double gamma, std::span<float> gradient);

/// The focal loss of p, the sigmoid of the face's logit, plus, for faces, the binary cross-entropy
/// of q, the sigmoid of the negated background logit, against `quality`.
/// @param logits two: background, face @param target 0 or 1 @param quality in [0, 1], for faces
/// @param alpha, gamma as in focal_loss()
ClassTerm iou_branch_loss(std::span<const float> logits, std::size_t target, double quality,
                          double alpha, double gamma, std::span<float> gradient);

/// log(sum(exp(logits))), safe for logits of any size. @pre not empty
[[nodiscard]] double log_sum_exp(std::span<const float> logits);

}  // namespace faceshot::loss
