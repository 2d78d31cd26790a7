#include "media/hiding/hide_faces.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "faceshot/error.hpp"
#include "media/drawing/resample.hpp"

namespace faceshot::media {
namespace {

struct SampleRange {
  int first = 0, last = 0;  ///< [first, last)
};

/// Samples that overlap pixels [from, to).
SampleRange overlapping(double from, double to, int log2, int length) {
  const double pixels = 1 << log2;
  const auto cut = [&](double v) {
    return static_cast<int>(std::clamp(v, 0.0, static_cast<double>(length)));
  };
  return {cut(std::floor(from / pixels)), cut(std::ceil(to / pixels))};
}

/// The hidden area: a box or the ellipse in it, in pixels as stored.
struct Region {
  Box box;
  HideShape shape = HideShape::ellipse;

  [[nodiscard]] SampleRange rows(const PaintPlane& plane) const {
    return overlapping(static_cast<double>(box.y1), static_cast<double>(box.y2), plane.log2_y,
                       plane.height);
  }
  /// Samples of a row: all that the region touches, and hardly any others.
  [[nodiscard]] SampleRange columns(const PaintPlane& plane, int row) const {
    const auto left = static_cast<double>(box.x1), right = static_cast<double>(box.x2);
    if (shape == HideShape::box) return overlapping(left, right, plane.log2_x, plane.width);
    // The row's edge that is nearest to the centre.
    const double top = static_cast<double>(row) * (1 << plane.log2_y);
    const double middle = (static_cast<double>(box.y1) + static_cast<double>(box.y2)) / 2;
    const double y = std::clamp(middle, top, top + (1 << plane.log2_y));
    const double across = 2 * (y - middle) / std::max(1e-6, static_cast<double>(box.height()));
    if (across * across >= 1) return {};
    const double half = (right - left) / 2 * std::sqrt(1 - across * across);
    const double centre = (left + right) / 2;
    return overlapping(centre - half, centre + half, plane.log2_x, plane.width);
  }
};

/// Means of a plane over a grid that covers the region's box.
class Mosaic {
 public:
  Mosaic(const PaintPlane& plane, const Box& box, double cell)
      : cell_x_(cell / (1 << plane.log2_x)),
        cell_y_(cell / (1 << plane.log2_y)),
        left_(static_cast<double>(box.x1) / (1 << plane.log2_x)),
        top_(static_cast<double>(box.y1) / (1 << plane.log2_y)),
        columns_(std::max(1, static_cast<int>(std::ceil(static_cast<double>(box.width()) / cell)))),
        rows_(std::max(1, static_cast<int>(std::ceil(static_cast<double>(box.height()) / cell)))) {
    std::vector<double> sums(static_cast<std::size_t>(columns_ * rows_), 0);
    std::vector<std::int64_t> counts(sums.size(), 0);
    const SampleRange xs = overlapping(static_cast<double>(box.x1), static_cast<double>(box.x2),
                                       plane.log2_x, plane.width);
    const SampleRange ys = overlapping(static_cast<double>(box.y1), static_cast<double>(box.y2),
                                       plane.log2_y, plane.height);
    double all = 0;
    std::int64_t number = 0;
    for (int y = ys.first; y < ys.last; ++y)
      for (int x = xs.first; x < xs.last; ++x) {
        const std::size_t at = index(column_of(x), row_of(y));
        const int value = sample(plane, x, y);
        sums[at] += value;
        ++counts[at];
        all += value;
        ++number;
      }
    // Fine differences between means would reveal details finer than the cells.
    const double coarse = plane.bytes == 1 ? 8 : 32;
    means_.resize(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const double mean = counts[i] > 0 ? sums[i] / static_cast<double>(counts[i])
                          : number > 0  ? all / static_cast<double>(number)
                                        : 0;
      means_[i] = static_cast<float>(std::round(mean / coarse) * coarse);
    }
    most_ = plane.bytes == 1 ? 255.0F : 65535.0F;
  }

  [[nodiscard]] int plain(int x, int y) const {
    return cut(means_[index(column_of(x), row_of(y))]);
  }

  /// Quadratic B-splines of the means: smooth, and within their range.
  [[nodiscard]] int smooth(int x, int y) const {
    const Taps across = taps((x + 0.5 - left_) / cell_x_, columns_);
    const Taps down = taps((y + 0.5 - top_) / cell_y_, rows_);
    float sum = 0;
    for (std::size_t r = 0; r < 3; ++r)
      for (std::size_t c = 0; c < 3; ++c)
        sum += down.weight[r] * across.weight[c] * means_[index(across.cell[c], down.cell[r])];
    return cut(sum);
  }

 private:
  struct Taps {
    std::array<int, 3> cell;
    std::array<float, 3> weight;
  };
  static Taps taps(double at, int count) {
    const double cell = std::floor(at);
    const auto t = static_cast<float>(at - cell);
    const auto inside = [&](double c) {
      return std::clamp(static_cast<int>(std::clamp(c, -1e6, 1e6)), 0, count - 1);
    };
    return {{inside(cell - 1), inside(cell), inside(cell + 1)},
            {0.5F * (1 - t) * (1 - t), 0.5F + t * (1 - t), 0.5F * t * t}};
  }
  [[nodiscard]] int column_of(int x) const {
    return std::clamp(static_cast<int>((x + 0.5 - left_) / cell_x_), 0, columns_ - 1);
  }
  [[nodiscard]] int row_of(int y) const {
    return std::clamp(static_cast<int>((y + 0.5 - top_) / cell_y_), 0, rows_ - 1);
  }
  [[nodiscard]] std::size_t index(int column, int row) const {
    return static_cast<std::size_t>(row * columns_ + column);
  }
  [[nodiscard]] int cut(float value) const {
    return static_cast<int>(std::lround(std::clamp(value, 0.0F, most_)));
  }

  double cell_x_, cell_y_, left_, top_;  ///< samples
  int columns_, rows_;
  std::vector<float> means_;
  float most_ = 255;
};

template <class Value>
void paint_region(const PaintPlane& plane, const Region& region, const Value& value) {
  const SampleRange rows = region.rows(plane);
  for (int y = rows.first; y < rows.last; ++y) {
    const SampleRange columns = region.columns(plane, y);
    for (int x = columns.first; x < columns.last; ++x) set_sample(plane, x, y, value(x, y));
  }
}

void paint_mosaic(const PlaneCanvas& canvas, const Region& region, bool smoothed) {
  constexpr double smallest_cell = 4;  // pixels: hardly anything is left of the smallest faces
  const auto longer = static_cast<double>(std::max(region.box.width(), region.box.height()));
  const double cell = std::max(smallest_cell, longer / mosaic_cells);
  for (const PaintPlane& plane : canvas.planes()) {
    const Mosaic mosaic(plane, region.box, cell);
    paint_region(plane, region,
                 [&](int x, int y) { return smoothed ? mosaic.smooth(x, y) : mosaic.plain(x, y); });
  }
}

/// The picture, stretched over the hidden area of a face, upright for the viewer.
void paint_picture(const PlaneCanvas& canvas, const Placement& placement, const Region& region,
                   const Box& seen, const Image& picture) {
  constexpr float most = 4096;
  const auto side = [&](float length) {
    return std::max(1, static_cast<int>(std::lround(std::min(length, most))));
  };
  const Image fitted = resampled(picture.view(), side(seen.width()), side(seen.height()));
  for (std::size_t c = 0; c < canvas.planes().size(); ++c) {
    const PaintPlane& plane = canvas.planes()[c];
    paint_region(plane, region, [&](int x, int y) {
      const Placement::Point at = placement.seen(
          Placement::Point{(x + 0.5) * (1 << plane.log2_x), (y + 0.5) * (1 << plane.log2_y)});
      const auto place = [](double v, float from, float length, int count) {
        const double share = (v - static_cast<double>(from)) / static_cast<double>(length);
        return std::clamp(static_cast<int>(share * count), 0, count - 1);
      };
      const int column = place(at.x, seen.x1, seen.width(), fitted.width());
      const int row = place(at.y, seen.y1, seen.height(), fitted.height());
      const std::uint8_t* const pixel = fitted.row(row) + std::ptrdiff_t{3} * column;
      return canvas.values_of({pixel[0], pixel[1], pixel[2]})[c];
    });
  }
}

}  // namespace

Hider::Hider(const HideOptions& options, Image picture)
    : options_(options), picture_(std::move(picture)) {
  if (!(options.margin >= 0 && options.margin <= 2))
    throw Error(ErrorCode::invalid_argument, "the margin must be 0 to 2");
  if (options.style == HideStyle::image && picture_.empty())
    throw Error(ErrorCode::invalid_argument, "the image for hiding faces is missing");
}

Box Hider::grown(const Box& face) const {
  const float x = face.width() * options_.margin, y = face.height() * options_.margin;
  return {face.x1 - x, face.y1 - y, face.x2 + x, face.y2 + y};
}

void Hider::hide(Image& photograph, std::span<const Box> faces) const {
  hide(PlaneCanvas(Canvas(photograph)), Placement(photograph.width(), photograph.height(), {}, 1),
       faces);
}

void Hider::hide(const PlaneCanvas& canvas, const Placement& placement,
                 std::span<const Box> faces) const {
  for (const Box& face : faces) {
    if (!finite(face) || !face.valid()) continue;
    const Box seen = grown(face);
    const Region region{placement.stored(seen), options_.shape};
    switch (options_.style) {
      case HideStyle::solid: {
        const std::array<int, 3> black = canvas.values_of({0, 0, 0});
        for (std::size_t c = 0; c < canvas.planes().size(); ++c)
          paint_region(canvas.planes()[c], region, [&](int, int) { return black[c]; });
        break;
      }
      case HideStyle::image:
        paint_picture(canvas, placement, region, seen, picture_);
        break;
      default:
        paint_mosaic(canvas, region, options_.style == HideStyle::blur);
    }
  }
}

}  // namespace faceshot::media
