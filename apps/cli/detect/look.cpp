#include "cli/detect/look.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <tuple>
#include <utility>

#include "faceshot/error.hpp"
#include "geometry/move_landmarks.hpp"
#include "media/drawing/aligned_face.hpp"
#include "media/drawing/draw.hpp"
#include "media/drawing/resample.hpp"
#include "media/photographs/reduced_photograph.hpp"
#include "media/photographs/upright.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// EXIF orientations of photographs to be rotated clockwise by 0, 90, 180 and 270 degrees.
constexpr std::array<int, 4> orientation_by_quarter{1, 6, 3, 8};

media::Image turned_by(const media::Image& image, int quarters) {
  media::Image result;
  media::turn_upright(image, orientation_by_quarter.at(static_cast<std::size_t>(quarters)),
                      [&](int width, int height) {
                        result = media::Image(width, height);
                        return result.row(0);
                      });
  return result;
}

/// From pixels of a picture that was rotated clockwise back to those of the original, `width` x
/// `height`.
std::pair<float, float> turned_back(float x, float y, int quarters, float width, float height) {
  switch (quarters) {
    case 1:
      return {y, height - x};
    case 2:
      return {width - x, height - y};
    case 3:
      return {width - y, x};
    default:
      return {x, y};
  }
}

void turn_back(Detection& d, int quarters, float width, float height) {
  const auto [ax, ay] = turned_back(d.box.x1, d.box.y1, quarters, width, height);
  const auto [bx, by] = turned_back(d.box.x2, d.box.y2, quarters, width, height);
  d.box = {std::min(ax, bx), std::min(ay, by), std::max(ax, bx), std::max(ay, by)};
  if (!d.landmarks) return;
  for (Point& p : *d.landmarks) std::tie(p.x, p.y) = turned_back(p.x, p.y, quarters, width, height);
}

/// A class's name as a folder name.
fs::path folder_of(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name == "." || name == ".." ? "_" : name;
}

/// The face with a margin of a quarter of its size, clipped to the photograph.
media::Image cut_out(const media::Image& image, const Box& box) {
  constexpr float margin = 0.25F;
  const float around = margin * std::max(box.width(), box.height());
  const auto clamped = [](float v, int end) {
    return std::clamp(static_cast<int>(std::lround(v)), 0, end);
  };
  const int left = clamped(box.x1 - around, image.width() - 1);
  const int top = clamped(box.y1 - around, image.height() - 1);
  const int right = std::max(left + 1, clamped(box.x2 + around, image.width()));
  const int bottom = std::max(top + 1, clamped(box.y2 + around, image.height()));
  media::Image crop(right - left, bottom - top);
  for (int y = top; y < bottom; ++y)
    std::memcpy(crop.row(y - top), image.row(y) + std::size_t{3} * static_cast<std::size_t>(left),
                crop.stride());
  return crop;
}

/// Reduced to the size of the sheet's cells: many whole photographs would not fit into memory.
media::Image thumbnail_of(const media::Image& image) {
  const double scale = std::min({1.0, static_cast<double>(sheet_cell_width) / image.width(),
                                 static_cast<double>(sheet_cell_height) / image.height()});
  const auto side = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(length * scale)));
  };
  return media::resampled(image.view(), side(image.width()), side(image.height()));
}

}  // namespace

Looker::Looker(const DetectArguments& arguments, const Detector& detector, const Inputs& inputs)
    : arguments_(arguments), detector_(detector), inputs_(inputs) {
  if (arguments.turns == 4) {
    DetectorOptions half = detector.options();
    half.max_side /= 2;
    glance_ = std::make_unique<Detector>(detector.network(), detector.info(), half);
  }
  const bool whole = arguments.writes_pictures() || !arguments.crop_folder().empty() ||
                     arguments.tiles.size > 0 || detector.options().max_side == 0;
  if (!whole) {
    reduced_side_ = media::reduced_side(detector);
    if (!arguments.sheet.empty()) reduced_side_ = std::max(reduced_side_, sheet_cell_width);
  }
}

Looker::~Looker() = default;

Look Looker::look(const Job& job) const {
  Look look;
  media::Photograph photograph;
  try {
    photograph = media::read_photograph(job.file,
                                        {.max_side = reduced_side_, .tail = media::Tail::optional});
    find_all(photograph, look);
  } catch (const Error& e) {
    look.error = e.what();
    return look;
  }
  // A picture that cannot be written is not the photograph's fault: the next would fail as well.
  if (!arguments_.crop_folder().empty()) write_crops(job, photograph.image, look);
  write_pictures(job, photograph.image, look);
  media::scale_detections(look.faces, photograph);
  return look;
}

void Looker::find_all(const media::Photograph& photograph, Look& look) const {
  look.warning = photograph.warning;
  look.width = photograph.width;
  look.height = photograph.height;
  look.faces = find(photograph, look);
  const auto& wanted = arguments_.classes;
  const auto& known = detector_.info().classes;
  if (!wanted.empty())
    std::erase_if(look.faces, [&](const Detection& d) {
      return std::find(wanted.begin(), wanted.end(), known.at(static_cast<std::size_t>(d.label))) ==
             wanted.end();
    });
}

std::vector<Detection> Looker::find(const media::Photograph& photograph, Look& look) const {
  const media::Image& image = photograph.image;
  if (const int quarters = glance_ ? way_up(image) : 0; quarters != 0) {
    std::vector<Detection> faces = find_in(turned_by(image, quarters), look);
    // Detections at half the size may be false positives.
    if (!faces.empty()) {
      look.turned = 90 * quarters;
      for (Detection& d : faces)
        turn_back(d, quarters, static_cast<float>(image.width()),
                  static_cast<float>(image.height()));
      return faces;
    }
  }
  return find_in(image, look);
}

std::vector<Detection> Looker::find_in(const media::Image& image, Look& look) const {
  std::vector<Detection> faces;
  if (arguments_.tiles.size > 0) {
    const auto start = Clock::now();
    faces = detector_.detect_tiled(image.view(), arguments_.tiles);
    look.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  } else {
    DetectTimings t;
    faces = detector_.detect(image.view(), &t);
    look.milliseconds = t.preprocess + t.network + t.postprocess;
  }
  return faces;
}

/// Clockwise quarter turns after which most of the faces are upright.
int Looker::way_up(const media::Image& image) const {
  // Most photographs are upright: another orientation must be clearly better.
  constexpr double clearly = 1.25;
  double best = 0;
  int quarters = 0;
  for (int quarter = 0; quarter < 4; ++quarter) {
    double sum = 0;
    const media::Image turned = quarter == 0 ? media::Image() : turned_by(image, quarter);
    for (const Detection& d : glance_->detect(quarter == 0 ? image.view() : turned.view()))
      sum += static_cast<double>(d.score);
    if (quarter == 0) sum *= clearly;
    if (sum <= best) continue;
    best = sum;
    quarters = quarter;
  }
  return quarters;
}

void Looker::write_crops(const Job& job, const media::Image& image, Look& look) const {
  const auto& classes = detector_.info().classes;
  look.crops.resize(look.faces.size());
  for (std::size_t i = 0; i < look.faces.size(); ++i) {
    const Detection& face = look.faces[i];
    if (arguments_.align > 0 && !face.landmarks) continue;
    fs::path folder = arguments_.crop_folder();
    if (classes.size() > 1) folder /= folder_of(classes.at(static_cast<std::size_t>(face.label)));
    // Aligned crops are input of another network: lossless.
    const std::string ending =
        "-face" + std::to_string(i + 1) + (arguments_.align > 0 ? ".png" : ".jpg");
    const fs::path target = output_path(folder, job.stem.string() + ending, inputs_);
    const media::Image crop =
        arguments_.align > 0 ? media::align_face(image.view(), *face.landmarks, arguments_.align)
                             : cut_out(image, face.box);
    media::write_image(target, crop.view());
    look.crops[i] = target.string();
  }
}

void Looker::write_pictures(const Job& job, media::Image& image, Look& look) const {
  const auto& classes = detector_.info().classes;
  if (!arguments_.sheet.empty()) {
    // Reduced before drawing: lines drawn on a large photograph would vanish.
    look.thumbnail = thumbnail_of(image);
    const media::PhotographInfo small{
        .width = look.thumbnail.width(),
        .height = look.thumbnail.height(),
        .scale_x = static_cast<double>(look.thumbnail.width()) / image.width(),
        .scale_y = static_cast<double>(look.thumbnail.height()) / image.height(),
        .warning = {}};
    std::vector<Detection> faces = look.faces;
    for (Detection& d : faces) media::scale_detection(d, small);
    if (arguments_.annotate) media::draw_detections(look.thumbnail, faces, classes);
  }
  if (!arguments_.writes_pictures()) return;
  if (arguments_.annotate) media::draw_detections(image, look.faces, classes);
  media::write_image(output_path(arguments_.out, job.picture, inputs_), image.view());
}

}  // namespace faceshot::cli
