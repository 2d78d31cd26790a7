// The sets named in a config, split into training and validation images.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/prepared/prepared.hpp"
#include "train/config/config.hpp"

namespace faceshot::train {

struct TrainingData {
  std::vector<std::string> classes;      ///< of all these sets, in the order of their ids
  std::vector<data::PreparedSet> train;  ///< one for each of data.train
  data::PreparedSet val;                 ///< all validation images; may be empty
  data::PreparedSet test;                ///< all images of data.test; may be empty
  data::PreparedSet negatives;           ///< all images of data.negatives, none with a face; may be
                                         ///< empty

  [[nodiscard]] std::size_t train_images() const;
  /// "classes: with_mask (2990 boxes), without_mask (2022)", of `train`.
  [[nodiscard]] std::string class_line() const;
};

/// Reads data.train, data.val, data.test and data.negatives. Without data.val, val_fraction of each
/// training set is held out, selected by train.seed. In all but `train`, paths are relative to an
/// empty images_dir. All sets have the classes of model.classes (class_names.hpp).
/// @throws Error(invalid_argument) if data.train is empty, or has no box without data.allow_empty,
///         for model.classes as trained_classes(), if a set of data.negatives is trained on
///         or has a face; otherwise as read_prepared
[[nodiscard]] TrainingData load_training_data(const Config& config);

}  // namespace faceshot::train
