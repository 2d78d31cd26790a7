// A prepared set augmented in advance, for tools that cannot augment during training.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "augment/policies/augmenter.hpp"
#include "data/import/import.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::augment {

struct AugmentedSetOptions {
  AugmentOptions augment;
  int times = 1;           ///< samples per image, >= 1
  std::uint64_t seed = 1;  ///< sample k of image i is made with Random(seed, k, i)
  int threads = 1;         ///< that augment; they do not affect the result
};

/// Writes a prepared set: images/NAME_K.jpg, SPLIT.csv and label.json, complete or not at all.
/// @param dir a new or empty folder
/// @throws Error(invalid_argument) for impossible options or destinations; Error for an unreadable
///         image; Error(io)
void write_augmented_set(const std::filesystem::path& dir, const std::string& split,
                         const data::PreparedSet& set, const AugmentedSetOptions& options,
                         const data::ImportProgress& progress = {});

/// Writes an .npz with pixels and labels (see npz.hpp) instead. Its images are squares.
void write_augmented_npz(const std::filesystem::path& path, const data::PreparedSet& set,
                         const AugmentedSetOptions& options,
                         const data::ImportProgress& progress = {});

}  // namespace faceshot::augment
