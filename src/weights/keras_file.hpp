// HDF5 files, mainly Keras' weight files (save_weights(), save()): a list of layers in the
// attribute "layer_names", for each a group with a list "weight_names" and the data sets.
#pragma once

#include <filesystem>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

/// Reads Keras' weights in the order of its lists, with its names ("conv1/kernel:0") and in its
/// layout (layout.hpp); the layer's name is prepended if names would not be unique otherwise. Of a
/// whole model only the group "model_weights" is read. In a file without such lists all numeric
/// data sets are read and named by their paths.
/// libhdf5 runs in a process of its own (isolated.hpp).
/// @throws Error(not_found), Error(io); Error(format) if the file is damaged; Error(unsupported) if
///   parts of it are in other files
[[nodiscard]] std::vector<NamedArray> read_keras_file(const std::filesystem::path& path);

}  // namespace faceshot::weights
