#include "model/fast/fused_batch_norm.hpp"

#include <ATen/record_function.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "faceshot/error.hpp"
#include "faceshot/parallel.hpp"
#include "model/fast/batch_norm_kernels.hpp"
#include "model/fast/tensor_element.hpp"

namespace faceshot {
namespace {

namespace kernels = batch_norm;

constexpr double momentum = 0.1;

kernels::Range range_of(Activation activation) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  switch (activation) {
    case Activation::relu:
      return {0, infinity};
    case Activation::relu6:
      return {0, 6};
    default:
      return {-infinity, infinity};
  }
}

/// A channels_last map cut into pieces for threads. The pieces do not depend on their number, so
/// sums over pieces, added in order, do not either.
class Pieces {
 public:
  explicit Pieces(const torch::Tensor& map)
      : channels_(static_cast<std::size_t>(map.size(1))),
        count_(static_cast<std::size_t>(map.numel())),
        period_(kernels::period_of(channels_)) {
    constexpr std::size_t wanted = 32768;  // elements: fits the second-level cache several times
    length_ = period_ * std::max<std::size_t>(1, wanted / period_);
  }

  [[nodiscard]] std::size_t period() const { return period_; }
  [[nodiscard]] std::size_t channels() const { return channels_; }
  [[nodiscard]] std::int64_t number() const {
    return static_cast<std::int64_t>((count_ + length_ - 1) / length_);
  }

  /// body(first element, number of elements, index of the piece)
  template <typename Body>
  void for_each(const Body& body) const {
    parallel_for(static_cast<std::size_t>(number()), torch::get_num_threads(), [&](std::size_t p) {
      const std::size_t first = p * length_;
      body(first, std::min(length_, count_ - first), p);
    });
  }

  /// Two sums a channel: body(first, count, sums) adds to 2 * period numbers.
  /// @return 2 * channels + extra numbers, the last ones 0
  template <typename Body>
  [[nodiscard]] torch::Tensor sums(std::int64_t extra, const Body& body) const {
    std::vector<double> parts(static_cast<std::size_t>(number()) * 2 * period_, 0.0);
    for_each([&](std::size_t first, std::size_t count, std::size_t p) {
      body(first, count, parts.data() + p * 2 * period_);
    });
    torch::Tensor total =
        torch::zeros({2 * static_cast<std::int64_t>(channels_) + extra}, torch::kDouble);
    auto* const out = total.data_ptr<double>();
    for (const double* row = parts.data(); row < parts.data() + parts.size(); row += period_) {
      double* const half = (row - parts.data()) / static_cast<std::ptrdiff_t>(period_) % 2 == 0
                               ? out
                               : out + channels_;
      for (std::size_t c = 0; c < period_; c += channels_)
        for (std::size_t i = 0; i < channels_; ++i) half[i] += row[c + i];
    }
    return total;
  }

  /// A number a channel, repeated over the period. @param of  of(channel)
  template <typename Of>
  [[nodiscard]] std::vector<float> repeated(const Of& of) const {
    std::vector<float> values(period_);
    for (std::size_t c = 0; c < channels_; ++c) values[c] = static_cast<float>(of(c));
    for (std::size_t c = channels_; c < period_; ++c) values[c] = values[c - channels_];
    return values;
  }

 private:
  std::size_t channels_, count_, period_, length_ = 0;
};

template <typename Element>
Element* at(Element* from, std::size_t first) {
  return from == nullptr ? nullptr : from + first;
}

/// What the backward pass needs besides tensors.
struct Saved : torch::CustomClassHolder {
  std::vector<float> scale, shift, mean;  ///< a period each
  std::vector<double> inverse_deviation;  ///< a channel each
  double count = 0;                       ///< values a channel, in all processes
  kernels::Range range{};
  SumOverProcesses sum;
  bool has_residual = false;

  [[nodiscard]] kernels::Affine affine() const {
    return {scale.data(), shift.data(), scale.size()};
  }
};

void move_running(torch::Tensor running, std::size_t channels, const auto& of) {
  auto* const values = running.data_ptr<float>();
  for (std::size_t c = 0; c < channels; ++c)
    values[c] =
        static_cast<float>((1 - momentum) * static_cast<double>(values[c]) + momentum * of(c));
}

class FusedBatchNorm : public torch::autograd::Function<FusedBatchNorm> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& in,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               const c10::optional<torch::Tensor>& residual,
                               const BatchNormTensors& layer, double epsilon, Activation activation,
                               const SumOverProcesses& sum) {
    const auto saved = c10::make_intrusive<Saved>();
    const torch::Tensor x = channels_last(in);
    const torch::Tensor other = residual ? channels_last(*residual) : torch::Tensor();
    const Pieces pieces(x);
    const std::size_t channels = pieces.channels();
    torch::Tensor sums;
    with_element(x, [&]<typename Element>(Element) {
      const auto* const from = data_of<Element>(x);
      sums = pieces.sums(1, [&](std::size_t first, std::size_t count, double* into) {
        kernels::moments(from + first, count, pieces.period(), into);
      });
    });
    sums[2 * x.size(1)] = static_cast<double>(x.numel() / x.size(1));
    if (sum) sum(sums);

    const auto* const totals = sums.data_ptr<double>();
    const double n = totals[2 * channels];
    const auto mean = [&](std::size_t c) { return totals[c] / n; };
    const auto variance = [&](std::size_t c) {
      return std::max(totals[channels + c] / n - mean(c) * mean(c), 0.0);
    };
    // max() would turn what is not a number into a variance of 0.
    const auto deviation = [&](std::size_t c) {
      return std::isnan(totals[channels + c]) ? totals[channels + c]
                                              : std::sqrt(variance(c) + epsilon);
    };
    move_running(layer.running_mean, channels, mean);
    move_running(layer.running_var, channels,
                 [&](std::size_t c) { return variance(c) * (n > 1 ? n / (n - 1) : 1); });

    const auto* const weights = weight.data_ptr<float>();
    const auto* const biases = bias.data_ptr<float>();
    const auto scale = [&](std::size_t c) {
      return static_cast<double>(weights[c]) / deviation(c);
    };
    saved->scale = pieces.repeated(scale);
    saved->shift = pieces.repeated(
        [&](std::size_t c) { return static_cast<double>(biases[c]) - scale(c) * mean(c); });
    saved->mean = pieces.repeated(mean);
    for (std::size_t c = 0; c < channels; ++c) saved->inverse_deviation.push_back(1 / deviation(c));
    saved->count = n;
    saved->range = range_of(activation);
    saved->sum = sum;
    saved->has_residual = other.defined();

    const torch::Tensor y = torch::empty_like(x);
    with_element(x, [&]<typename Element>(Element) {
      const auto* const from = data_of<Element>(x);
      const auto* const added = data_of<Element>(other);
      auto* const to = data_of<Element>(y);
      pieces.for_each([&](std::size_t first, std::size_t count, std::size_t) {
        kernels::normalise<Element>(from + first, at(added, first), to + first, count,
                                    saved->affine(), saved->range);
      });
    });
    // With a residual the output tells what the activation let through; it is kept for the next
    // convolution anyway.
    context->save_for_backward({x, weight, other.defined() ? y : torch::Tensor()});
    context->saved_data["saved"] = c10::IValue::make_capsule(saved);
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto tensors = context->get_saved_variables();
    const torch::Tensor& x = tensors[0];
    const torch::Tensor& weight = tensors[1];
    const torch::Tensor& y = tensors[2];
    const auto capsule = context->saved_data["saved"].toCapsule();
    const auto& saved = static_cast<const Saved&>(*capsule);
    const torch::Tensor dy = channels_last(gradients[0]);
    const Pieces pieces(x);
    const std::size_t channels = pieces.channels();

    torch::Tensor residual_gradient, sums;
    if (saved.has_residual && context->needs_input_grad(3))
      residual_gradient = torch::empty_like(x);
    with_element(x, [&]<typename Element>(Element) {
      sums = pieces.sums(0, [&](std::size_t first, std::size_t count, double* into) {
        kernels::backward_sums<Element>(data_of<Element>(dy) + first, data_of<Element>(x) + first,
                                        at(data_of<Element>(y), first),
                                        at(data_of<Element>(residual_gradient), first), count,
                                        saved.affine(), saved.mean.data(), saved.range, into);
      });
    });
    torch::Tensor weight_gradient = torch::empty_like(weight);
    torch::Tensor bias_gradient = torch::empty_like(weight);
    const auto* const own = sums.data_ptr<double>();
    for (std::size_t c = 0; c < channels; ++c) {
      weight_gradient.data_ptr<float>()[c] =
          static_cast<float>(own[channels + c] * saved.inverse_deviation[c]);
      bias_gradient.data_ptr<float>()[c] = static_cast<float>(own[c]);
    }
    if (saved.sum) saved.sum(sums);  // only now: the parameters get this process's share

    torch::Tensor dx;
    if (context->needs_input_grad(0)) {
      // dx = scale * (g - mean(g) - (x - mean) / variance * mean(g * (x - mean)))
      const auto* const totals = sums.data_ptr<double>();
      const auto* const weights = weight.data_ptr<float>();
      const auto of_g = [&](std::size_t c) {
        return static_cast<double>(weights[c]) * saved.inverse_deviation[c];
      };
      const auto of_x = [&](std::size_t c) {
        return -of_g(c) * saved.inverse_deviation[c] * saved.inverse_deviation[c] *
               totals[channels + c] / saved.count;
      };
      const auto constant = [&](std::size_t c) {
        return -of_g(c) * totals[c] / saved.count - of_x(c) * static_cast<double>(saved.mean[c]);
      };
      const auto g = pieces.repeated(of_g), v = pieces.repeated(of_x),
                 k = pieces.repeated(constant);
      const kernels::InputGradient gradient{g.data(), v.data(), k.data()};
      // A residual's gradient is g already.
      const bool has_g = residual_gradient.defined();
      const torch::Tensor& from = has_g ? residual_gradient : dy;
      const torch::Tensor output = has_g ? torch::Tensor() : y;
      const kernels::Range range = has_g ? range_of(Activation::none) : saved.range;
      dx = torch::empty_like(x);
      with_element(x, [&]<typename Element>(Element) {
        pieces.for_each([&](std::size_t first, std::size_t count, std::size_t) {
          kernels::backward_input<Element>(
              data_of<Element>(from) + first, data_of<Element>(x) + first,
              at(data_of<Element>(output), first), data_of<Element>(dx) + first, count,
              saved.affine(), gradient, range);
        });
      });
    }
    const torch::Tensor none;
    return {dx, weight_gradient, bias_gradient, residual_gradient, none, none, none, none};
  }
};

}  // namespace

torch::Tensor fused_batch_norm(const torch::Tensor& in, const BatchNormTensors& layer,
                               double epsilon, const torch::Tensor& residual, Activation activation,
                               const SumOverProcesses& sum) {
  RECORD_FUNCTION("faceshot::fused_batch_norm", std::vector<c10::IValue>());  // for profilers
  if (in.dim() != 4 || !has_fast_element(in))
    throw Error(ErrorCode::invalid_argument,
                "fused batch norm takes maps [N, C, H, W] of float or bfloat16");
  if (residual.defined() &&
      (residual.sizes() != in.sizes() || residual.scalar_type() != in.scalar_type()))
    throw Error(ErrorCode::invalid_argument,
                "fused batch norm: the residual has another shape or type than the input");
  return FusedBatchNorm::apply(
      in, layer.weight, layer.bias,
      residual.defined() ? c10::optional<torch::Tensor>(residual) : c10::nullopt, layer, epsilon,
      activation, sum);
}

}  // namespace faceshot
