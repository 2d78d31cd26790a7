// An image on its way into a network, row by row.
#pragma once

#include <array>

namespace faceshot {

/// Makes rows of a network's input when they are wanted: the first layer takes each while it is in
/// the nearest cache, and no whole input is ever written.
class InputRows {
 public:
  virtual ~InputRows() = default;

  /// Writes row `y` of all three planes: as many floats each as the input is wide.
  /// @param y    row of the input; a row may be asked for more than once
  /// @param part of the image, from 0 on: fewer than the session has threads. Rows of different
  ///             parts are asked for by different threads at once
  /// What it throws ends the run, and Session::run() throws it.
  virtual void row(int y, int part, const std::array<float*, 3>& planes) const = 0;

 protected:
  InputRows() = default;
  InputRows(const InputRows&) = default;
  InputRows& operator=(const InputRows&) = default;
};

}  // namespace faceshot
