// An image on its way into a network, row by row.
#pragma once

#include <array>
#include <span>

namespace faceshot {
inline namespace v0_1 {

/// Makes rows of a network's input when they are wanted: the first layer takes each while it is in
/// the nearest cache, and no whole input is ever written.
class InputRows {
 public:
  /// One row each of the first, second and third channel: as wide as the input.
  using Planes = std::array<std::span<float>, 3>;

  virtual ~InputRows() = default;

  /// Writes row `y` of all three planes: as many floats each as the input is wide.
  /// @param y      row of the input, in any order; a row may be asked for more than once
  /// @param worker who asks, from 0 on: fewer than the session has threads. Different ones ask at
  ///               the same time
  /// @param planes where the row goes
  /// What it throws ends the run, and Session::run() throws it.
  virtual void row(int y, int worker, const Planes& planes) const = 0;

 protected:
  InputRows() = default;
  InputRows(const InputRows&) = default;
  InputRows& operator=(const InputRows&) = default;
};

}  // namespace v0_1
}  // namespace faceshot
