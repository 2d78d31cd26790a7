#include "train/config_fields.hpp"

#include <limits>

namespace faceshot {

std::vector<ConfigField> config_fields(Config& c) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  return {
      {"model.name", &c.model.name, 0, 0, "which network", network_names()},
      {"model.width", &c.model.width, 0.05, 4, "multiplies the channel counts"},
      {"model.prior_sizes", &c.model.prior_sizes, 1, 4096,
       "sides of the square priors of each level, in input pixels"},
      {"model.variances", &c.model.variances, 1e-3, 10, "of the box coding: cx, cy, w, h"},

      {"data.train", &c.data.train, 0, 0, "CSV files of prepared sets to train on"},
      {"data.weights", &c.data.weights, 0, 100, "share of each set seen an epoch; [] = all"},
      {"data.val", &c.data.val, 0, 0, "CSV files to validate on; [] = hold out val_fraction"},
      {"data.val_fraction", &c.data.val_fraction, 0, 0.5,
       "share of the training images held out where data.val is empty"},
      {"data.workers", &c.data.workers, 1, 256, "threads that decode and augment"},
      {"data.cache_mb", &c.data.cache_mb, 0, 1e6, "memory for decoded images, MiB"},
      {"data.samples_per_epoch", &c.data.samples_per_epoch, 0, 1e9, "0 = one an image"},

      {"augment.size", &c.augment.size, 32, 4096, "side of the training crops, pixels"},
      {"augment.policy", &c.augment.policy, 0, 0,
       "what is done to each image; see faceshot augment ops"},
      {"augment.turned_box",
       &c.augment.turned_box,
       0,
       0,
       "box of a turned face: that of the inscribed ellipse, or of the old box's corners",
       {"ellipse", "rectangle"}},
      {"augment.min_face", &c.augment.min_face, 0, 256,
       "faces with a shorter side below this many pixels are ignored"},
      {"augment.min_visible", &c.augment.min_visible, 0, 1,
       "faces of which less than this share is left are ignored"},

      {"loss.match_iou", &c.loss.match.iou, 0, 1, "a prior at or above this IoU is positive"},
      {"loss.negative_iou", &c.loss.match.negative_iou, 0, 1, "one below this IoU is negative"},
      {"loss.min_matches", &c.loss.match.min_matches, 0, 100,
       "scale compensation: priors that a small face gets at least"},
      {"loss.compensation_iou", &c.loss.match.compensation_iou, 0, 1, "their smallest IoU"},
      {"loss.ignore_coverage", &c.loss.match.ignore_coverage, 0, 1,
       "priors covered so far by an ignore region take no part"},
      {"loss.negative_ratio", &c.loss.negative_ratio, 0, 1000, "mined negatives a positive"},
      {"loss.min_negatives", &c.loss.min_negatives, 0, 1e6, "mined negatives an image, at least"},
      {"loss.smooth_l1_weight", &c.loss.smooth_l1_weight, 0, 1e3, "of smooth L1 on the offsets"},
      {"loss.smooth_l1_beta", &c.loss.smooth_l1_beta, 1e-6, 1e3, "where it turns linear"},
      {"loss.iou_loss",
       &c.loss.iou_loss,
       0,
       0,
       "on the decoded boxes",
       {"none", "iou", "giou", "diou", "ciou"}},
      {"loss.iou_weight", &c.loss.iou_weight, 0, 1e3, "its weight"},

      {"train.epochs", &c.train.epochs, 1, 1e6, "passes over the training images"},
      {"train.batch_size", &c.train.batch_size, 1, 4096, "images a step"},
      {"train.optimizer", &c.train.optimizer, 0, 0, "update rule", {"adam", "adamw"}},
      {"train.learning_rate", &c.train.learning_rate, 0, 10, "peak, after warm-up"},
      {"train.weight_decay", &c.train.weight_decay, 0, 10, "not on BatchNorm and biases"},
      {"train.warmup_steps", &c.train.warmup_steps, 0, 1e9, "steps of linear warm-up"},
      {"train.schedule",
       &c.train.schedule,
       0,
       0,
       "of the learning rate",
       {"cosine", "step", "constant"}},
      {"train.final_rate", &c.train.final_rate, 0, 1, "cosine: last rate / peak"},
      {"train.step_epochs", &c.train.step_epochs, 0, 1e6, "step: epochs of the drops"},
      {"train.step_factor", &c.train.step_factor, 0, 1, "step: factor of a drop"},
      {"train.ema_decay", &c.train.ema_decay, 0, 0.999999, "moving average of weights; 0 = off"},
      {"train.clip_norm", &c.train.clip_norm, 0, inf, "largest gradient norm; 0 = off"},
      {"train.precision", &c.train.precision, 0, 0, "of the arithmetic", {"bf16", "fp32"}},
      {"train.threads", &c.train.threads, 0, 1024, "for the network; 0 = all"},
      {"train.validate_every", &c.train.validate_every, 1, 1e6, "epochs"},
      {"train.validate_side", &c.train.validate_side, 64, 4096,
       "longer side of validation images, a multiple of 64"},
      {"train.checkpoint_every", &c.train.checkpoint_every, 0, 1e9,
       "steps between checkpoints inside an epoch; 0 = at epochs' ends only"},
      {"train.seed", &c.train.seed, 0, 9.2e18, "of weights, order and augmentation"},
  };
}

}  // namespace faceshot
