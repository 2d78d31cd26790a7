#include "review_sheet.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <tuple>

#include "media/drawing/canvas.hpp"
#include "media/drawing/draw.hpp"
#include "media/drawing/resample.hpp"
#include "media/drawing/text.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::cli {
namespace {

constexpr int cell_side = 300, text_height = 10, line_height = 18, caption_height = 2 * line_height;
constexpr int text_left = 6;

/// A square around the face, three times as large, clipped to the picture.
media::Image surroundings(const media::Image& image, const Box& box, Box& face) {
  const float side = std::max(box.width(), box.height()) * 1.5F;
  const auto cut = [](float v, int most) {
    return static_cast<int>(std::clamp(v, 0.0F, static_cast<float>(most)));
  };
  const int left = cut(box.center_x() - side, image.width() - 1);
  const int top = cut(box.center_y() - side, image.height() - 1);
  const int width = std::max(1, cut(box.center_x() + side, image.width()) - left);
  const int height = std::max(1, cut(box.center_y() + side, image.height()) - top);
  media::Image part(width, height);
  for (int y = 0; y < height; ++y)
    std::memcpy(part.row(y), image.row(top + y) + std::ptrdiff_t{3} * left, part.stride());
  const auto x = static_cast<float>(left), y = static_cast<float>(top);
  face = {box.x1 - x, box.y1 - y, box.x2 - x, box.y2 - y};
  return part;
}

}  // namespace

void ReviewSheet::add(const media::Image& image, const Box& box, std::size_t order,
                      const std::string& text, const std::string& name) {
  if (!wanted_ || image.empty() || !finite(box) || !box.valid()) return;
  Box face;
  const media::Image part = surroundings(image, box, face);
  const int inner = cell_side - caption_height;
  const double scale = std::min(static_cast<double>(cell_side) / part.width(),
                                static_cast<double>(inner) / part.height());
  const int width = std::max(1, static_cast<int>(part.width() * scale));
  const int height = std::max(1, static_cast<int>(part.height() * scale));
  const media::Image fitted = media::resampled(part.view(), width, height);
  media::Image cell(cell_side, cell_side);
  for (int y = 0; y < cell_side; ++y) std::memset(cell.row(y), 32, cell.stride());
  const int left = (cell_side - width) / 2, top = (inner - height) / 2;
  for (int y = 0; y < height; ++y)
    std::memcpy(cell.row(top + y) + std::ptrdiff_t{3} * left, fitted.row(y), fitted.stride());
  const auto s = static_cast<float>(scale);
  const auto pixel = [&](float v, int from) { return static_cast<int>(std::lround(v * s)) + from; };
  const media::Rectangle frame{pixel(face.x1, left), pixel(face.y1, top),
                               pixel(face.x2, left) - pixel(face.x1, left),
                               pixel(face.y2, top) - pixel(face.y1, top)};
  constexpr media::Bgr colour{60, 230, 90}, letters{235, 235, 235};
  media::fill(cell, {frame.x, frame.y, frame.width, 2}, colour);
  media::fill(cell, {frame.x, frame.bottom() - 2, frame.width, 2}, colour);
  media::fill(cell, {frame.x, frame.y, 2, frame.height}, colour);
  media::fill(cell, {frame.right() - 2, frame.y, 2, frame.height}, colour);
  media::fill(cell, {0, inner, cell_side, caption_height}, {32, 32, 32});
  constexpr int baseline = 4;
  media::draw_text(cell, text_left, cell_side - line_height - baseline, text, text_height, letters);
  media::draw_text(cell, text_left, cell_side - baseline,
                   media::end_that_fits(name, text_height, cell_side - 2 * text_left), text_height,
                   letters);
  const std::lock_guard lock(mutex_);
  cells_.push_back({order, text, name, std::move(cell)});
}

std::size_t ReviewSheet::size() const {
  const std::lock_guard lock(mutex_);
  return cells_.size();
}

void ReviewSheet::write(const std::filesystem::path& file) const {
  const std::lock_guard lock(mutex_);
  if (cells_.empty()) return;
  std::vector<const Cell*> sorted;
  for (const Cell& cell : cells_) sorted.push_back(&cell);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Cell* a, const Cell* b) {
    return std::tie(a->order, a->text, a->name) < std::tie(b->order, b->text, b->name);
  });
  std::vector<ImageView> views;
  for (std::size_t i = 0; i < std::min(max_cells, sorted.size()); ++i)
    views.push_back(sorted[i]->image.view());
  constexpr int columns = 5;
  media::write_image(file,
                     media::contact_sheet(views, std::min(columns, static_cast<int>(views.size())),
                                          cell_side, cell_side)
                         .view());
}

}  // namespace faceshot::cli
