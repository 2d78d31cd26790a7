// What an augmentation policy is made of: operations (the table), and steps that use them.
//
// The table is the one source of names, parameters, limits and defaults: parsing checks against it,
// `faceshot augment ops` and docs/augmentation-ops.md are written from it.
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

/// A labelled photograph that operations such as mosaic draw on.
struct Scene {
  cv::Mat image;  ///< 8-bit BGR; not to be written to
  std::span<const geometry::Annotation> annotations;
};

/// All labelled photographs of a training set. Thread safe: workers share one.
class ScenePool {
 public:
  virtual ~ScenePool() = default;
  [[nodiscard]] virtual std::uint32_t size() const = 0;  ///< > 0
  /// @pre index < size() @throws Error if the image cannot be read
  [[nodiscard]] virtual Scene scene(std::uint32_t index) const = 0;
};

/// What an operation may know beside the picture.
struct AugmentContext {
  int size = 320;                   ///< side of the sample in the end, pixels
  const ScenePool* pool = nullptr;  ///< none: operations that need others change nothing
  float progress = 1;               ///< share of the training's epochs that are done, in [0, 1]
};

struct ParameterInfo {
  std::string_view name;
  Parameter initial;                                        ///< where the policy does not give it
  float low = 0, high = 1;                                  ///< limits of every value
  std::string_view meaning;                                 ///< one line
  float neutral = std::numeric_limits<float>::quiet_NaN();  ///< changes nothing; NaN: no such value
  bool plus_minus = false;                ///< a single number x stands for the range [-x, x]
  bool is_integer = false;                ///< whole numbers only
  bool list = false;                      ///< a list of two is not a range either
  std::vector<std::string_view> words{};  ///< if any: written as one of these, kept as its index
};

/// The shortest text that reads back as this number.
[[nodiscard]] std::string number_text(float value);

/// A value as a policy writes it: 3, 0.2, "grey".
[[nodiscard]] std::string value_text(const ParameterInfo& info, float value);

/// Does its work on `canvas`. Depends on its arguments alone, writes nothing else, starts no
/// threads.
using ApplyOperation = void (*)(const Step& step, Canvas& canvas, base::Random& random,
                                const AugmentContext& context);

struct OperationInfo {
  std::string_view name, family, meaning;
  std::vector<ParameterInfo> parameters;
  ApplyOperation apply;
  bool combines = false;  ///< has steps of its own
  /// Where a policy gives one parameter, the others do nothing unless given too: who writes a shear
  /// wants no rotation.
  bool others_neutral = false;
};

/// All operations, family by family.
[[nodiscard]] const std::vector<OperationInfo>& operations();

/// @throws Error(invalid_argument) that names the nearest known one
[[nodiscard]] const OperationInfo& find_operation(std::string_view name);

/// An operation with its parameters, as a policy gives them.
struct Step {
  const OperationInfo* operation = nullptr;
  float chance = 1;                   ///< that it is done at all
  std::vector<Parameter> parameters;  ///< one for each of operation->parameters
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

/// The step with every parameter that knows a neutral value moved towards it or away from it: 1 is
/// the step as it is, 0 changes nothing. Values stay within their limits. Pure.
[[nodiscard]] Step with_strength(const Step& step, float strength);

/// Does the step, or not, as its chance has it.
void run(const Step& step, Canvas& canvas, base::Random& random, const AugmentContext& context);

}  // namespace faceshot::augment
