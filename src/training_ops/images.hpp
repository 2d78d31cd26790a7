// Work on a batch image by image. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>
#include <torch/utils.h>

#include <vector>

#include "base/parallel.hpp"

namespace faceshot::training_ops {

/// Calls body(image) for each, on as many threads as Torch's own operators use. A free thread takes
/// the next image, whereas at::parallel_for() assigns shares beforehand and then waits for the
/// slowest.
template <typename Body>
void for_each_image(std::int64_t count, const Body& body) {
  base::parallel_for(static_cast<std::size_t>(count), torch::get_num_threads(), body);
}

/// Sum over images of `size` numbers that body(image, numbers) computes for each, in double and in
/// order: the result does not depend on the number of threads.
template <typename Body>
[[nodiscard]] torch::Tensor sum_over_images(std::int64_t count, std::size_t size,
                                            const Body& body) {
  std::vector<float> parts(static_cast<std::size_t>(count) * size);
  for_each_image(count, [&](std::size_t image) { body(image, parts.data() + image * size); });
  std::vector<double> total(size);
  for (std::size_t i = 0; i < parts.size(); ++i) total[i % size] += static_cast<double>(parts[i]);
  torch::Tensor sum = torch::empty({static_cast<std::int64_t>(size)});
  for (std::size_t i = 0; i < size; ++i) sum.data_ptr<float>()[i] = static_cast<float>(total[i]);
  return sum;
}

}  // namespace faceshot::training_ops
