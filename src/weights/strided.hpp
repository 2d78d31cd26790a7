// Arrays that are not in row-major order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace faceshot::weights {

/// The elements of an array in row-major order, taken from `source`, which has element (i, j, ...)
/// at offset + i * strides[0] + j * strides[1] + ...; NumPy's and PyTorch's strides, in elements.
/// @pre all these positions are inside `source`, and shape and strides have the same length
[[nodiscard]] std::vector<float> gather_strided(const std::vector<float>& source,
                                                const std::vector<std::int64_t>& shape,
                                                const std::vector<std::int64_t>& strides,
                                                std::int64_t offset);

/// Strides of a dense array whose last index changes fastest (C), or whose first does (Fortran).
[[nodiscard]] std::vector<std::int64_t> row_major_strides(const std::vector<std::int64_t>& shape);
[[nodiscard]] std::vector<std::int64_t> column_major_strides(
    const std::vector<std::int64_t>& shape);

}  // namespace faceshot::weights
