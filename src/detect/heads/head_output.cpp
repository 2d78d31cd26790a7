#include "detect/heads/head_output.hpp"

#include <cstddef>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::detect {

const float* output_rows(const Session& session, const std::string& name, std::int64_t rows,
                         std::int64_t values) {
  const TensorView view = session.output(name);
  const std::vector<std::int64_t> plain{rows, values}, batch{1, rows, values};
  if (view.shape == plain || view.shape == batch) return view.data;
  std::string shape;
  for (const auto d : view.shape) shape += (shape.empty() ? "" : ", ") + std::to_string(d);
  throw Error(ErrorCode::format, "the model's output '" + name + "' is [" + shape + "], not [1, " +
                                     std::to_string(rows) + ", " + std::to_string(values) +
                                     "] as its head, or the priors that it names, should have");
}

std::optional<Landmarks> points_of_cell(const float* offsets, float x, float y, float stride) {
  if (offsets == nullptr) return std::nullopt;
  Landmarks points;
  for (std::size_t k = 0; k < points.size(); ++k)
    points[k] = (offsets[k] + (k % 2 == 0 ? x : y)) * stride;
  if (!finite(points)) return std::nullopt;
  return points;
}

}  // namespace faceshot::detect
