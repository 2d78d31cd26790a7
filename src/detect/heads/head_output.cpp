#include "detect/heads/head_output.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "faceshot/error.hpp"

namespace faceshot::detect {

std::span<const float> output_rows(const Session& session, const std::string& name,
                                   std::int64_t rows, std::int64_t values) {
  const TensorView view = session.output(name);
  const std::array<std::int64_t, 3> batch{1, rows, values};
  const std::span plain = std::span(batch).last(2);
  if (std::ranges::equal(view.shape, batch) || std::ranges::equal(view.shape, plain))
    return view.data;
  std::string shape;
  for (const auto d : view.shape) shape += (shape.empty() ? "" : ", ") + std::to_string(d);
  throw Error(ErrorCode::format, "the model's output '" + name + "' is [" + shape + "], not [1, " +
                                     std::to_string(rows) + ", " + std::to_string(values) +
                                     "], which its head or priors require");
}

std::optional<Landmarks> points_of_cell(const float* offsets, float x, float y, float stride) {
  if (offsets == nullptr) return std::nullopt;
  Landmarks points;
  for (std::size_t k = 0; k < points.size(); ++k)
    points[k] = {(offsets[2 * k] + x) * stride, (offsets[2 * k + 1] + y) * stride};
  if (!finite(points)) return std::nullopt;
  return points;
}

}  // namespace faceshot::detect
