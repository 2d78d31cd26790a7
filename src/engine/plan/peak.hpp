// Peak performance of this machine, the reference of `faceshot bench`.
#pragma once

namespace faceshot::engine {

/// GFLOP/s of oneDNN's float32 3x3 convolution of 128 channels at 56x56, best of several runs of a
/// few milliseconds. Takes about 0.2 s. @param threads >= 1
[[nodiscard]] double measure_peak_gflops(int threads);

}  // namespace faceshot::engine
