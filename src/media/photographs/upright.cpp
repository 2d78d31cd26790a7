#include "media/photographs/upright.hpp"

#include <algorithm>
#include <cstring>

#include "media/photographs/exif.hpp"

namespace faceshot::media {

void turn_upright(const Image& stored, int orientation, const Allocate& allocate) {
  const bool transposed = swaps_sides(orientation);
  const bool mirrored =
      orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool flipped = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  const int width = transposed ? stored.height() : stored.width();
  const int height = transposed ? stored.width() : stored.height();
  std::uint8_t* const target = allocate(width, height);
  // Byte offsets in the stored image that correspond to one column and one row of the result.
  const auto stride = static_cast<std::ptrdiff_t>(stored.stride());
  const std::ptrdiff_t step_x = (transposed ? stride : 3) * (mirrored ? -1 : 1);
  const std::ptrdiff_t step_y = (transposed ? 3 : stride) * (flipped ? -1 : 1);
  const std::uint8_t* const first = stored.row(0) + (mirrored ? -step_x * (width - 1) : 0) +
                                    (flipped ? -step_y * (height - 1) : 0);
  // In tiles: a column of the stored image touches as many cache lines as it has rows.
  constexpr int tile = 32;
  for (int top = 0; top < height; top += tile)
    for (int left = 0; left < width; left += tile)
      for (int y = top; y < std::min(height, top + tile); ++y) {
        const std::uint8_t* source = first + step_y * y + step_x * left;
        std::uint8_t* bgr = target + 3 * (std::ptrdiff_t{y} * width + left);
        for (int x = left; x < std::min(width, left + tile); ++x, source += step_x, bgr += 3)
          std::memcpy(bgr, source, 3);
      }
}

}  // namespace faceshot::media
