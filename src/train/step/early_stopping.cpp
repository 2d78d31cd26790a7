#include "train/step/early_stopping.hpp"

#include <limits>

#include "faceshot/error.hpp"

namespace faceshot::train {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options)
    : options_(options), best_(options.maximize ? -infinity : infinity) {
  if (options.patience < 1)
    throw Error(ErrorCode::invalid_argument, "early stopping: the patience must be at least 1");
  if (!(options.min_delta >= 0))
    throw Error(ErrorCode::invalid_argument, "early stopping: min_delta cannot be negative");
}

bool EarlyStopping::update(double metric) {
  const bool better =
      options_.maximize ? metric - options_.min_delta > best_ : metric + options_.min_delta < best_;
  if (better) {
    best_ = metric;
    waited_ = 0;
    return false;
  }
  // As in Keras, the first check never ends a run, even if its value is NaN.
  const bool first = waited_ == 0 && best_ == (options_.maximize ? -infinity : infinity);
  return ++waited_ >= options_.patience && !first;
}

std::map<std::string, double> EarlyStopping::state() const {
  return {{"early_stopping/best", best_}, {"early_stopping/waited", waited_}};
}

void EarlyStopping::load(const std::map<std::string, double>& state) {
  if (const auto found = state.find("early_stopping/best"); found != state.end())
    best_ = found->second;
  if (const auto found = state.find("early_stopping/waited"); found != state.end())
    waited_ = static_cast<int>(found->second);
}

}  // namespace faceshot::train
