// The parts of an augmentation policy: operations (the table), and steps that use them.
//
// The table is the single source of names, parameters, limits and defaults: parsing checks against
// it; `faceshot augment ops` and docs/augmentation-ops.md are generated from it.
#pragma once

#include <cstdint>
#include <limits>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "augment/operations/parameter.hpp"
#include "base/random.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::augment {

class Canvas;
struct Step;

/// A labelled photograph for operations such as mosaic.
struct Scene {
  cv::Mat image;  ///< 8-bit BGR; read-only
  std::span<const geometry::Annotation> annotations;
};

/// All labelled photographs of a training set. Thread safe: workers share it.
class ScenePool {
 public:
  virtual ~ScenePool() = default;
  [[nodiscard]] virtual std::uint32_t size() const = 0;  ///< > 0
  /// @pre index < size() @throws Error if the image cannot be read
  [[nodiscard]] virtual Scene scene(std::uint32_t index) const = 0;
};

/// What an operation may use besides the picture.
struct AugmentContext {
  int size = 320;                   ///< side of the final sample, pixels
  const ScenePool* pool = nullptr;  ///< null: operations that need other photographs change nothing
  float progress = 1;               ///< completed share of the training's epochs, in [0, 1]
};

struct ParameterInfo {
  std::string_view name;
  Parameter initial;                                        ///< default if the policy does not set
                                                            ///< it
  float low = 0, high = 1;                                  ///< limits of every value
  std::string_view meaning;                                 ///< one line
  float neutral = std::numeric_limits<float>::quiet_NaN();  ///< value that changes nothing; NaN:
                                                            ///< there is none
  bool plus_minus = false;                ///< a single number x stands for the range [-x, x]
  bool is_integer = false;                ///< integers only
  bool list = false;                      ///< a list of two is a list, not a range
  std::vector<std::string_view> words{};  ///< if any: written as one of these, stored as its index
};

/// The shortest text that parses to this number.
[[nodiscard]] std::string number_text(float value);

/// A value as written in a policy: 3, 0.2, "grey".
[[nodiscard]] std::string value_text(const ParameterInfo& info, float value);

/// Applies the operation to `canvas`. Depends only on its arguments, writes nothing else, starts no
/// threads.
using ApplyOperation = void (*)(const Step& step, Canvas& canvas, base::Random& random,
                                const AugmentContext& context);

struct OperationInfo {
  std::string_view name, family, meaning;
  std::vector<ParameterInfo> parameters;
  ApplyOperation apply;
  bool combines = false;  ///< has steps of its own
  /// If a policy sets one parameter, the others are neutral unless set too: writing a shear does
  /// not imply a rotation.
  bool others_neutral = false;
};

/// All operations, grouped by family.
[[nodiscard]] const std::vector<OperationInfo>& operations();

/// @throws Error(invalid_argument) naming the nearest known one
[[nodiscard]] const OperationInfo& find_operation(std::string_view name);

/// An operation with its parameters in a policy.
struct Step {
  const OperationInfo* operation = nullptr;
  float chance = 1;                   ///< probability that it is applied
  std::vector<Parameter> parameters;  ///< one per entry of operation->parameters
  std::vector<Step> steps;            ///< of a combinator

  /// With the defaults of every parameter.
  explicit Step(const OperationInfo& info);

  /// @pre `name` is one of the operation's parameters
  [[nodiscard]] const Parameter& operator[](std::string_view name) const;
  [[nodiscard]] float draw(std::string_view name, base::Random& random) const {
    return (*this)[name].draw(random);
  }
  [[nodiscard]] int draw_whole(std::string_view name, base::Random& random) const;

  friend bool operator==(const Step&, const Step&) = default;
};

/// The step with every parameter that has a neutral value scaled relative to it: 1 is the unchanged
/// step, 0 has no effect. Values stay within their limits. Pure.
[[nodiscard]] Step with_strength(const Step& step, float strength);

/// Applies the step with the probability `chance`.
void run(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext& context);

}  // namespace faceshot::augment
