// NumPy's files: .npy, one array (numpy.lib.format, versions 1.0 to 3.0), and .npz, a zip archive
// of them.
#pragma once

#include <filesystem>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

/// Reads the array of a .npy file, named after the file. Element types: f2, f4, f8, i1, i2, i4, i8,
/// u1 and bool, little-endian; C or Fortran order.
/// @throws Error(not_found), Error(io); Error(format) if the file is damaged; Error(unsupported)
/// for
///   other elements, including pickled objects
[[nodiscard]] NamedArray read_npy_array(const std::filesystem::path& path);

/// Reads the arrays of an .npz file, stored or deflated, in the archive's order and with
/// numpy.load()'s names.
/// @throws as read_npy_array()
[[nodiscard]] std::vector<NamedArray> read_npz_arrays(const std::filesystem::path& path);

/// Writes all as float32, uncompressed, whatever `dtype` says. The file appears complete or not at
/// all.
/// @throws Error(io); Error(invalid_argument) for two arrays of the same name or if values do not
/// fit
///   the shape
void write_npz_arrays(const std::filesystem::path& path, const std::vector<NamedArray>& arrays);

}  // namespace faceshot::weights
