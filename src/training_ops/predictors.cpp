#include "training_ops/predictors.hpp"

#include <ATen/record_function.h>
#include <torch/autograd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "faceshot/error.hpp"
#include "training_ops/images.hpp"
#include "training_ops/pointwise_kind.hpp"

namespace faceshot::training_ops {
namespace {

constexpr std::size_t most = 3;

/// The position of a predictor's numbers among those of a pixel.
struct Range {
  std::size_t first, count;
};

std::vector<Range> ranges_of(const std::vector<torch::Tensor>& weights) {
  std::vector<Range> ranges;
  std::size_t first = 0;
  for (const torch::Tensor& weight : weights) {
    ranges.push_back({first, static_cast<std::size_t>(weight.size(0))});
    first += ranges.back().count;
  }
  return ranges;
}

/// The weights stacked, padded with zeros to a whole block of columns.
torch::Tensor joined(const std::vector<torch::Tensor>& weights) {
  const Range last = ranges_of(weights).back();
  const std::size_t block = matrix::column_block;
  const std::size_t rows = (last.first + last.count + block - 1) / block * block;
  torch::Tensor all =
      torch::zeros({static_cast<std::int64_t>(rows), weights.front().size(1), 1, 1});
  float* to = all.data_ptr<float>();
  for (const torch::Tensor& weight : weights) {
    const torch::Tensor in_order = weight.detach().contiguous();
    to = std::copy_n(in_order.data_ptr<float>(), in_order.numel(), to);
  }
  return all;
}

float widened(BFloat16 value) {
  const std::uint32_t bits = std::uint32_t{value.bits} << 16;
  float f = 0;
  std::memcpy(&f, &bits, sizeof f);
  return f;
}

BFloat16 rounded(float value) {
  const c10::BFloat16 b(value);
  return {b.x};
}

class Predict : public torch::autograd::Function<Predict> {
 public:
  using Other = c10::optional<torch::Tensor>;

  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context,
                                                const torch::Tensor& in, const torch::Tensor& w0,
                                                const torch::Tensor& b0, const Other& w1,
                                                const Other& b1, const Other& w2, const Other& b2,
                                                const std::array<std::int64_t, most>& values) {
    const torch::Tensor x = channels_last(in);
    std::vector<torch::Tensor> weights{w0}, biases{b0};
    if (w1) {
      weights.push_back(*w1);
      biases.push_back(*b1);
    }
    if (w2) {
      weights.push_back(*w2);
      biases.push_back(*b2);
    }
    const PointwiseKind kind(x, joined(weights), Pass::forward);
    const std::vector<Range> ranges = ranges_of(weights);
    const std::int64_t pixels = x.size(2) * x.size(3);
    torch::autograd::variable_list outputs;
    for (std::size_t o = 0; o < weights.size(); ++o)
      outputs.push_back(torch::empty(
          {x.size(0), pixels * weights[o].size(0) / values[o], values[o]}, torch::kFloat));
    const std::size_t width = kind.out_channels();
    const std::size_t size = static_cast<std::size_t>(pixels) * width;
    for_each_image(x.size(0), [&](std::size_t image) {
      const Scratch<BFloat16> products(size);
      kind.forward(image * size, size, products.get());
      for (std::size_t o = 0; o < ranges.size(); ++o) {
        const auto [first, count] = ranges[o];
        const float* const bias = biases[o].data_ptr<float>();
        float* to = outputs[o].data_ptr<float>() + image * size / width * count;
        const BFloat16* const end = products.get() + size;
        for (const BFloat16* row = products.get() + first; row < end; row += width, to += count)
          for (std::size_t i = 0; i < count; ++i) to[i] = widened(row[i]) + bias[i];
      }
    });
    std::vector<torch::Tensor> saved{x};
    saved.insert(saved.end(), weights.begin(), weights.end());
    context->save_for_backward(saved);
    return outputs;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor& x = saved.front();
    const std::vector<torch::Tensor> weights(saved.begin() + 1, saved.end());
    const PointwiseKind kind(x, joined(weights), Pass::backward);
    const std::vector<Range> ranges = ranges_of(weights);
    std::vector<torch::Tensor> in_order;  // an image's numbers are contiguous
    for (const torch::Tensor& g : gradients)
      in_order.push_back(g.stride(2) == 1 && g.stride(1) == g.size(2) ? g : g.contiguous());
    const std::size_t width = kind.out_channels();
    const auto pixels = static_cast<std::size_t>(x.size(2) * x.size(3));
    const std::size_t products = kind.sum_count();
    torch::Tensor dx = torch::empty_like(x);
    const torch::Tensor sums =
        sum_over_images(x.size(0), products + width, [&](std::size_t image, float* into) {
          const auto dy = [&](std::size_t at, std::size_t n, BFloat16* rows) {
            std::fill_n(rows, n, BFloat16{});
            for (std::size_t o = 0; o < ranges.size(); ++o) {
              const auto [first, count] = ranges[o];
              const float* from = in_order[o].data_ptr<float>() +
                                  image * static_cast<std::size_t>(in_order[o].stride(0)) +
                                  (at / width - image * pixels) * count;
              float* const bias = into + products + first;
              for (BFloat16* row = rows + first; row < rows + n; row += width, from += count)
                for (std::size_t i = 0; i < count; ++i) {
                  row[i] = rounded(from[i]);
                  bias[i] += from[i];
                }
            }
            return rows;
          };
          const std::size_t size = pixels * width;
          kind.backward(image * size, size, dy, data_of<BFloat16>(dx) + kind.input_at(image * size),
                        into);
        });
    torch::autograd::variable_list all{dx};
    const auto rows = static_cast<std::int64_t>(products / width);
    for (std::size_t o = 0; o < most; ++o) {
      if (o >= ranges.size()) {
        all.insert(all.end(), 2, torch::Tensor());
        continue;
      }
      const auto first = static_cast<std::int64_t>(ranges[o].first);
      const auto count = static_cast<std::int64_t>(ranges[o].count);
      all.push_back(sums.slice(0, first * rows, (first + count) * rows).view({count, rows, 1, 1}));
      const auto biases = static_cast<std::int64_t>(products) + first;
      all.push_back(sums.slice(0, biases, biases + count));
    }
    all.emplace_back();
    return all;
  }
};

class JoinLevels : public torch::autograd::Function<JoinLevels> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, at::TensorList levels) {
    std::vector<std::int64_t> priors;
    for (const torch::Tensor& level : levels) priors.push_back(level.size(1));
    const torch::Tensor& first = levels.front();
    torch::Tensor all =
        torch::empty({first.size(0), std::accumulate(priors.begin(), priors.end(), std::int64_t{0}),
                      first.size(2)});
    for_each_image(first.size(0), [&](std::size_t image) {
      float* to = all.data_ptr<float>() + image * static_cast<std::size_t>(all.stride(0));
      for (const torch::Tensor& level : levels) {
        const auto count = static_cast<std::size_t>(level.stride(0));
        to = std::copy_n(level.data_ptr<float>() + image * count, count, to);
      }
    });
    context->saved_data["priors"] = priors;
    return all;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    torch::autograd::variable_list parts;
    std::int64_t first = 0;
    for (const std::int64_t count : context->saved_data["priors"].toIntVector()) {
      parts.push_back(gradients.front().narrow(1, first, count));  // no copy
      first += count;
    }
    return parts;
  }
};

}  // namespace

bool is_fast_predictor(const network::Layer& layer, const torch::Tensor& in) {
  const network::Padding& p = layer.padding;
  return layer.kind == network::LayerKind::conv && layer.groups == 1 && layer.kernel.height == 1 &&
         layer.kernel.width == 1 && layer.stride == 1 && layer.bias && p.top == 0 &&
         p.bottom == 0 && p.left == 0 && p.right == 0 &&
         static_cast<std::size_t>(layer.in_channels) % matrix::column_block == 0 &&
         in.scalar_type() == torch::kBFloat16;
}

std::vector<torch::Tensor> predict(const torch::Tensor& in,
                                   const std::vector<Predictor>& predictors) {
  RECORD_FUNCTION("faceshot::predict", std::vector<c10::IValue>());  // for profilers
  if (predictors.empty() || predictors.size() > most || in.scalar_type() != torch::kBFloat16)
    throw Error(ErrorCode::invalid_argument, "predict takes one to three layers of a bfloat16 map");
  std::array<c10::optional<torch::Tensor>, most> weights, biases;
  std::array<std::int64_t, most> values{};
  for (std::size_t o = 0; o < predictors.size(); ++o) {
    weights[o] = predictors[o].weight;
    biases[o] = predictors[o].bias;
    values[o] = predictors[o].values;
  }
  return Predict::apply(in, *weights[0], *biases[0], weights[1], biases[1], weights[2], biases[2],
                        values);
}

torch::Tensor join_levels(const std::vector<torch::Tensor>& levels) {
  for (const torch::Tensor& level : levels)
    if (level.dim() != 3 || level.scalar_type() != torch::kFloat || !level.is_contiguous() ||
        level.size(0) != levels.front().size(0) || level.size(2) != levels.front().size(2))
      throw Error(ErrorCode::invalid_argument,
                  "join_levels takes what predict() gave of one batch");
  return JoinLevels::apply(at::TensorList(levels));
}

}  // namespace faceshot::training_ops
