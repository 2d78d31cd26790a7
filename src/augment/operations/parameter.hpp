// A parameter of an augmentation operation as users write it: a number, a range, or a choice.
#pragma once

#include <cassert>
#include <span>
#include <vector>

#include "base/random.hpp"

namespace faceshot::augment {

/// The distribution from which a value is drawn each time an operation runs. Thread safe (const).
class Parameter {
 public:
  enum class Kind {
    fixed,   ///< always the one value
    range,   ///< uniform between two values
    choice,  ///< one of several values
  };

  Parameter(float value) : values_{value} {}  // NOLINT: a number is a parameter
  /// Uniform in [low, high). @pre low <= high
  Parameter(float low, float high) : kind_(Kind::range), values_{low, high} { assert(low <= high); }
  /// One of `values`, with equal probability. @pre not empty
  [[nodiscard]] static Parameter choice(std::vector<float> values) {
    assert(!values.empty());
    return {Kind::choice, std::move(values)};
  }

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  /// As written: the number, both ends of the range, or all choices.
  [[nodiscard]] std::span<const float> values() const noexcept { return values_; }
  /// A fixed one draws nothing from `random`.
  [[nodiscard]] float draw(base::Random& random) const;

  friend bool operator==(const Parameter&, const Parameter&) = default;

 private:
  Parameter(Kind kind, std::vector<float> values) : kind_(kind), values_(std::move(values)) {}

  Kind kind_ = Kind::fixed;
  std::vector<float> values_;
};

}  // namespace faceshot::augment
