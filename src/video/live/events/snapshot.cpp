#include "video/live/events/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "media/drawing/resample.hpp"
#include "video/live/utc_time.hpp"
#include "video/reading/upright_view.hpp"

namespace faceshot::video {
namespace {

/// On whole pairs of pixels, inside the picture. Empty: x2 <= x1 or y2 <= y1.
struct PixelArea {
  int x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  [[nodiscard]] bool empty() const { return x2 <= x1 || y2 <= y1; }
};

PixelArea area_of(const Box& box, const ImageView& view, float margin) {
  const float mx = margin * box.width(), my = margin * box.height();
  const auto cut = [](float v, int most) {
    return static_cast<int>(std::clamp(v, 0.0F, static_cast<float>(most))) / 2 * 2;
  };
  return {cut(box.x1 - mx, view.width), cut(box.y1 - my, view.height),
          cut(box.x2 + mx + 1, view.width), cut(box.y2 + my + 1, view.height)};
}

/// The luma as means over squares of `step` pixels, so that noise does not count as sharpness.
struct LumaGrid {
  int columns = 0, rows = 0, step = 1;
  std::vector<float> means;

  LumaGrid(const ImageView& view, const PixelArea& area) {
    constexpr int enough = 64;  // rows: sufficient for a face, without the details of hair and skin
    step = std::max(2, (area.y2 - area.y1) / enough);
    columns = (area.x2 - area.x1) / step;
    rows = (area.y2 - area.y1) / step;
    means.resize(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) {
        int sum = 0;
        for (int y = 0; y < step; ++y) {
          const std::uint8_t* const row =
              view.row(area.y1 + r * step + y) + area.x1 + std::ptrdiff_t{c} * step;
          for (int x = 0; x < step; ++x) sum += row[x];
        }
        means[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) +
              static_cast<std::size_t>(c)] =
            static_cast<float>(sum) / static_cast<float>(step * step);
      }
  }
  [[nodiscard]] double at(int r, int c) const {
    return static_cast<double>(
        means[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) +
              static_cast<std::size_t>(c)]);
  }
};

double sharpness_of(const ImageView& view, const PixelArea& area) {
  const LumaGrid grid(view, area);
  double sum = 0, squares = 0, laplacian = 0, laplacian_squares = 0;
  std::int64_t count = 0;
  for (int r = 1; r + 1 < grid.rows; ++r)
    for (int c = 1; c + 1 < grid.columns; ++c) {
      const double v = grid.at(r, c);
      const double l =
          4 * v - grid.at(r, c - 1) - grid.at(r, c + 1) - grid.at(r - 1, c) - grid.at(r + 1, c);
      sum += v;
      squares += v * v;
      laplacian += l;
      laplacian_squares += l * l;
      ++count;
    }
  if (count < 16) return 0;
  const auto n = static_cast<double>(count);
  const double variance = squares / n - sum / n * (sum / n);
  const double edges = laplacian_squares / n - laplacian / n * (laplacian / n);
  // Noise from rounding to whole grey levels: a variance of 1/12 per pixel.
  const double rounding = 20.0 / 12 / (grid.step * grid.step);
  constexpr double flat = 4;  // grey levels squared: below that nothing can be said
  constexpr double half = 0.5;
  const double ratio = std::max(0.0, edges - rounding) / (variance + flat);
  return ratio / (ratio + half);
}

double frontality_of(const Landmarks& p) {
  const Point &left = p[0], &right = p[1], &nose = p[2];
  const double dx = static_cast<double>(right.x - left.x);
  const double dy = static_cast<double>(right.y - left.y);
  const double length = dx * dx + dy * dy;
  if (!(length > 1)) return 0;
  // Position of the nose along the line of the eyes: 0.5 between them, 0 or 1 in profile.
  const double along =
      (static_cast<double>(nose.x - left.x) * dx + static_cast<double>(nose.y - left.y) * dy) /
      length;
  const double yaw = std::clamp(1 - 2 * std::abs(along - 0.5), 0.0, 1.0);
  const double roll = std::clamp(std::abs(dx) / std::sqrt(length), 0.0, 1.0);
  return yaw * roll;
}

ImageView part_of(const ImageView& view, const PixelArea& area) {
  ImageView part = view;
  part.width = area.x2 - area.x1;
  part.height = area.y2 - area.y1;
  part.data = view.row(area.y1) + std::ptrdiff_t{area.x1} * bytes_per_pixel(view.format);
  const std::ptrdiff_t chroma = view.chroma_stride * (area.y1 / 2);
  if (view.format == PixelFormat::nv12) part.chroma = view.chroma + chroma + area.x1;
  if (view.format == PixelFormat::i420) {
    part.chroma = view.chroma + chroma + area.x1 / 2;
    part.chroma_red = view.chroma_red + chroma + area.x1 / 2;
  }
  return part;
}

}  // namespace

SnapshotQuality snapshot_quality(const ImageView& view, const Box& box,
                                 const std::optional<Landmarks>& landmarks) {
  constexpr double large = 160;
  SnapshotQuality quality;
  if (!finite(box) || !box.valid()) return quality;
  const PixelArea area = area_of(box, view, 0);
  if (area.empty()) return quality;
  quality.sharpness = sharpness_of(view, area);
  quality.frontality = landmarks && finite(*landmarks) ? frontality_of(*landmarks) : 0.5;
  const Box shown = clip(box, static_cast<float>(view.width), static_cast<float>(view.height));
  quality.size = std::min(1.0, static_cast<double>(box.height()) / large) *
                 static_cast<double>(coverage(box, shown));
  return quality;
}

void SnapshotKeeper::offer(const ImageView& view, const TrackedFace& face) {
  constexpr double clearly = 1.1;
  constexpr float margin = 0.4F;
  constexpr int most_height = 512;
  const double quality = snapshot_quality(view, face.box, face.landmarks).all();
  const auto known = best_.find(face.id);
  if (known != best_.end() && quality <= clearly * known->second.quality) return;
  const PixelArea area = area_of(face.box, view, margin);
  if (area.empty()) return;
  media::Image image = colour_image(part_of(view, area));
  if (image.height() > most_height)
    image = media::resampled(
        image.view(), std::max(1, image.width() * most_height / image.height()), most_height);
  best_[face.id] = {std::move(image), quality};
}

std::optional<SnapshotKeeper::Best> SnapshotKeeper::take(std::int64_t track) {
  auto node = best_.extract(track);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

std::filesystem::path snapshot_path(const std::filesystem::path& folder, const std::string& stream,
                                    double utc, std::int64_t face) {
  std::string name = stream;
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    if (!plain) c = '_';
  }
  const std::string text = utc_text(utc);  // 2026-11-30T18:30:26.123Z
  return folder / (name.empty() ? "_" : name) / text.substr(0, 10) /
         fmt::format("{}{}{}-{}.jpg", text.substr(11, 2), text.substr(14, 2), text.substr(17, 6),
                     face);
}

}  // namespace faceshot::video
