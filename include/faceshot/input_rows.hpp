// Feeding an image into a network row by row.
#pragma once

#include <array>
#include <span>

namespace faceshot {
inline namespace v0_1 {

/// Makes rows of a network's input on demand: the first layer consumes each while it is in the
/// nearest cache, so the whole input is never written.
class InputRows {
 public:
  /// One row each of the first, second and third channel: as wide as the input.
  using Planes = std::array<std::span<float>, 3>;

  virtual ~InputRows() = default;

  /// Writes row `y` of all three planes: each as many floats as the input is wide.
  /// @param y      row of the input, in any order; a row may be requested more than once
  /// @param worker the caller, from 0: fewer than the session has threads. Different ones call at
  /// the same time
  /// @param planes destination of the row
  /// An exception ends the run and is rethrown by Session::run().
  virtual void row(int y, int worker, const Planes& planes) const = 0;

 protected:
  InputRows() = default;
  InputRows(const InputRows&) = default;
  InputRows& operator=(const InputRows&) = default;
};

}  // namespace v0_1
}  // namespace faceshot
