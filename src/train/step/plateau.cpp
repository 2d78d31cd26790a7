#include "train/step/plateau.hpp"

#include <algorithm>
#include <limits>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

constexpr double no_value = std::numeric_limits<double>::infinity();

}  // namespace

Plateau::Plateau(const PlateauOptions& options)
    : options_(options), best_(options.maximize ? -no_value : no_value) {
  const auto demand = [](bool good, const char* message) {
    if (!good) throw Error(ErrorCode::invalid_argument, message);
  };
  demand(options.factor > 0 && options.factor < 1, "plateau: the factor must be between 0 and 1");
  demand(options.patience >= 0, "plateau: the patience cannot be negative");
  demand(options.cooldown >= 0, "plateau: the cooldown cannot be negative");
  demand(options.threshold >= 0, "plateau: the threshold cannot be negative");
  demand(options.min_rate >= 0, "plateau: the smallest rate cannot be negative");
}

bool Plateau::update(double metric) {
  // PyTorch's mode "rel": relative to the best value, whatever its sign.
  const bool better = options_.maximize ? metric > best_ * (1 + options_.threshold)
                                        : metric < best_ * (1 - options_.threshold);
  if (better) {
    best_ = metric;
    bad_ = 0;
  } else {
    ++bad_;
  }
  if (cooldown_ > 0) {
    --cooldown_;
    bad_ = 0;
  }
  if (bad_ <= options_.patience) return false;
  scale_ *= options_.factor;
  cooldown_ = options_.cooldown;
  bad_ = 0;
  return true;
}

double Plateau::apply(double rate) const noexcept {
  return std::max(rate * scale_, std::min(rate, options_.min_rate));
}

std::map<std::string, double> Plateau::state() const {
  return {{"plateau/best", best_},
          {"plateau/scale", scale_},
          {"plateau/bad", bad_},
          {"plateau/cooldown", cooldown_}};
}

void Plateau::load(const std::map<std::string, double>& state) {
  const auto get = [&state](const char* name, auto& value) {
    const auto found = state.find(name);
    if (found != state.end())
      value = static_cast<std::remove_reference_t<decltype(value)>>(found->second);
  };
  get("plateau/best", best_);
  get("plateau/scale", scale_);
  get("plateau/bad", bad_);
  get("plateau/cooldown", cooldown_);
}

}  // namespace faceshot::train
