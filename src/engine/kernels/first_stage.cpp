#include <array>

#include "engine/kernels/stage_parts.hpp"

namespace faceshot::engine {
namespace {

constexpr std::int64_t planes = 3;
constexpr std::int64_t pair_rows = 5;  ///< see FirstRun

/// [outputs / lanes][row pair][column][lanes][2]: rows are those of FirstRun.
AlignedFloats pack_pairs(const std::vector<float>& weights, std::int64_t outputs,
                         const RowKernels& kernels) {
  std::vector<std::uint16_t> narrow(weights.size());
  kernels.to_bf16(weights.data(), narrow.data(), static_cast<std::int64_t>(weights.size()));
  const std::int64_t lanes = kernels.lanes, panels = (outputs + lanes - 1) / lanes;
  AlignedFloats packed = zero_row(panels * pair_rows * 3 * lanes);
  auto* const to = reinterpret_cast<std::uint16_t*>(packed.get());
  for (std::int64_t o = 0; o < outputs; ++o)
    for (std::int64_t r = 0; r < 9; ++r)
      for (std::int64_t kx = 0; kx < 3; ++kx)
        to[(((o / lanes * pair_rows + r / 2) * 3 + kx) * lanes + o % lanes) * 2 + r % 2] =
            narrow[static_cast<std::size_t>((o * 9 + r) * 3 + kx)];
  return packed;
}

class FirstStage final : public RowStage {
 public:
  FirstStage(const Node& node, const Shape& in, const Shape& out, const RowOptions& options)
      : RowStage(walk_of(node, in, out)),
        kernels_(row_kernels(options.level)),
        outputs_(out[1]),
        bf16_(options.bfloat16 && kernels_.first_bf16 != nullptr),
        weights_(bf16_ ? pack_pairs(node.weight->floats, outputs_, kernels_)
                       : pack_panels(node.weight->floats, outputs_, planes * 9, kernels_.lanes)),
        bias_(pack_bias(node.bias, outputs_, kernels_.lanes)),
        activation_(*row_activation(node.unary)),
        width_(in[3]),
        out_width_(out[3]),
        left_(fit_window(node.window, in).padding[1]),
        columns_(std::max(width_ + left_, (out_width_ - 1) * 2 + 3)),
        outside_(zero_row(width_)) {}

  void run(const Buffers& buffers, RowRange rows) const override {
    FirstRun run;
    run.weights = weights_.get();
    run.bias = bias_.get();
    run.outputs = run.out_stride = outputs_;
    run.activation = activation_;
    float* const kept = buffers.scratch + work_floats();
    std::int64_t made = 0;  // rows of the image below this one have been requested
    for (std::int64_t y = rows.begin; y < rows.end; ++y) {
      if (buffers.rows != nullptr) made = make_rows(buffers, y, made, kept);
      const Image image = buffers.rows != nullptr ? rows_in(kept, y) : rows_at(buffers.in.base, y);
      if (bf16_)
        compute_bf16(image, run, buffers.out.row(y), buffers.scratch);
      else
        compute(image, run, buffers.out.row(y), buffers.scratch);
    }
  }

  [[nodiscard]] std::size_t scratch_floats() const override {
    return work_floats() + static_cast<std::size_t>(kept_rows * planes * width_);
  }
  [[nodiscard]] std::size_t weight_bytes() const override {
    return static_cast<std::size_t>(planes * 9 * outputs_) * (bf16_ ? 2 : 4);
  }
  [[nodiscard]] bool multiplies_bfloat16() const override { return bf16_; }

 private:
  using Image = std::array<const float*, 9>;    ///< rows under the window, by plane
  static constexpr std::int64_t kept_rows = 3;  ///< rows kept of those from InputRows: a ring

  [[nodiscard]] std::size_t work_floats() const {
    return bf16_ ? static_cast<std::size_t>((pair_rows * columns_ + 15) / 16 * 16) : 32;
  }

  /// Requests the rows of the window over output row y.
  std::int64_t make_rows(const Buffers& buffers, std::int64_t y, std::int64_t made,
                         float* kept) const {
    const std::int64_t first = y * 2 - walk_.top;
    const std::int64_t last = std::min(first + 3, walk_.in_height);
    std::int64_t row = std::max({first, made, std::int64_t{0}});
    for (; row < last; ++row) {
      float* const to = kept + row % kept_rows * planes * width_;
      buffers.rows->row(static_cast<int>(row), buffers.worker, row_of_planes(to, width_, width_));
    }
    return std::max(row, made);
  }

  [[nodiscard]] Image rows_in(const float* kept, std::int64_t y) const {
    Image image{};
    for (std::int64_t r = 0; r < 9; ++r) {
      const std::int64_t row = y * 2 - walk_.top + r % 3;
      image[static_cast<std::size_t>(r)] = row >= 0 && row < walk_.in_height
                                               ? kept + (row % kept_rows * planes + r / 3) * width_
                                               : outside_.get();
    }
    return image;
  }

  [[nodiscard]] Image rows_at(const float* base, std::int64_t y) const {
    Image image{};
    for (std::int64_t r = 0; r < 9; ++r) {
      const std::int64_t row = y * 2 - walk_.top + r % 3;
      image[static_cast<std::size_t>(r)] = row >= 0 && row < walk_.in_height
                                               ? base + (r / 3 * walk_.in_height + row) * width_
                                               : outside_.get();
    }
    return image;
  }

  void compute(const Image& image, FirstRun run, float* line, float* scratch) const {
    // Outputs [begin, end) read no column outside the image.
    const std::int64_t begin = std::min((left_ + 1) / 2, out_width_);
    const std::int64_t end = std::clamp((width_ + left_ - 1) / 2, begin, out_width_);
    for (std::int64_t x = 0; x < begin; ++x) edge(image, x, run, line, scratch);
    for (std::size_t r = 0; r < 9; ++r) run.rows[r] = image[r] + begin * 2 - left_;
    run.pixels = end - begin;
    run.out = line + begin * outputs_;
    kernels_.first(run);
    for (std::int64_t x = end; x < out_width_; ++x) edge(image, x, run, line, scratch);
  }

  /// One pixel at the image's edge.
  void edge(const Image& image, std::int64_t x, FirstRun run, float* line, float* scratch) const {
    for (std::size_t r = 0; r < 9; ++r) {
      for (std::int64_t k = 0; k < 3; ++k) {
        const std::int64_t column = x * 2 - left_ + k;
        scratch[r * 3 + static_cast<std::size_t>(k)] =
            column >= 0 && column < width_ ? image[r][column] : 0.0F;
      }
      run.rows[r] = scratch + r * 3;
    }
    run.pixels = 1;
    run.out = line + x * outputs_;
    kernels_.first(run);
  }

  /// Makes pairs of the rows first, with zeros outside the image.
  void compute_bf16(const Image& image, FirstRun run, float* line, float* scratch) const {
    for (std::size_t r = 0; r < pair_rows; ++r) {
      float* const pairs = scratch + static_cast<std::int64_t>(r) * columns_;
      std::fill_n(pairs, left_, 0.0F);
      kernels_.to_bf16_pairs(image[2 * r], r + 1 < pair_rows ? image[2 * r + 1] : outside_.get(),
                             reinterpret_cast<std::uint16_t*>(pairs + left_), width_);
      std::fill(pairs + left_ + width_, pairs + columns_, 0.0F);
      run.rows[r] = pairs;
    }
    run.pixels = out_width_;
    run.out = line;
    kernels_.first_bf16(run);
  }

  const RowKernels& kernels_;
  std::int64_t outputs_;
  bool bf16_;
  AlignedFloats weights_, bias_;
  RowActivation activation_;
  std::int64_t width_, out_width_, left_;
  std::int64_t columns_;  ///< of a row of pairs, including those outside the image
  AlignedFloats outside_;
};

}  // namespace

bool is_first_convolution(const Node& node) {
  const std::array<std::int64_t, 2> ones{1, 1}, twos{2, 2}, threes{3, 3};
  return node.op == Op::conv && node.group == 1 && node.weight->shape[1] == planes &&
         node.window.kernel == threes && node.window.stride == twos &&
         node.window.dilation == ones && !node.adds_input &&
         *std::min_element(node.window.padding.begin(), node.window.padding.end()) >= 0 &&
         row_activation(node.unary);
}

RowStagePtr first_stage(const Node& node, const Shape& in, const Shape& out,
                        const RowOptions& options) {
  return std::make_unique<FirstStage>(node, in, out, options);
}

}  // namespace faceshot::engine
