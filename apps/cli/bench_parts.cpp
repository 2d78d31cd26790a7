#include "cli/bench_parts.hpp"

#include <algorithm>
#include <cstddef>

#include "base/random.hpp"
#include "media/drawing/resample.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::cli {

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values[values.size() * 9 / 10]};
}

Frame frame_of(const BenchArguments& a, FrameSize size) {
  if (!a.image.empty()) {
    const media::Photograph photograph = media::read_photograph(a.image);
    const media::Image scaled = media::resampled(photograph.image.view(), size.width, size.height);
    return {size, {scaled.row(0), scaled.row(size.height)}};
  }
  Frame frame{size, {}};
  frame.pixels.resize(3 * static_cast<std::size_t>(size.width) *
                      static_cast<std::size_t>(size.height));
  base::Random random(1);
  for (std::uint8_t& value : frame.pixels) value = static_cast<std::uint8_t>(random.below(256));
  return frame;
}

}  // namespace faceshot::cli
