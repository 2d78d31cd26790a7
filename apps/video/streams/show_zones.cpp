// `--show-zones`: a camera's picture with its zones and lines, and a grid for reading coordinates.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "common/console.hpp"
#include "faceshot/error.hpp"
#include "media/drawing/canvas.hpp"
#include "media/drawing/text.hpp"
#include "media/photographs/image_file.hpp"
#include "streams/live_options.hpp"
#include "video/live/sources/live_input.hpp"
#include "video/painting/draw_faces.hpp"
#include "video/reading/upright_view.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

struct ZonePainter {
  media::Canvas canvas;
  float thick;  ///< pixels

  [[nodiscard]] video::PlacePoint pixels(video::PlacePoint p) const {
    return {p.x * canvas.width, p.y * canvas.height};
  }
  void line(video::PlacePoint from, video::PlacePoint to, const media::Bgr& colour) const {
    const video::PlacePoint a = pixels(from), b = pixels(to);
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    const int steps = std::max(1, static_cast<int>(length));
    for (int i = 0; i <= steps; ++i) {
      const double t = static_cast<double>(i) / steps;
      media::draw_disc(canvas, static_cast<float>(a.x + t * (b.x - a.x)),
                       static_cast<float>(a.y + t * (b.y - a.y)), thick / 2, colour);
    }
  }
  /// With a dark outline, readable on any background.
  void text(video::PlacePoint at, const std::string& words, const media::Bgr& colour) const {
    const video::PlacePoint p = pixels(at);
    const float height = 5 * thick;
    const int x = static_cast<int>(p.x), y = static_cast<int>(p.y);
    for (const auto& [dx, dy] : {std::pair{-1, 0}, {1, 0}, {0, -1}, {0, 1}})
      media::draw_text(canvas, x + dx, y + dy, words, height, {0, 0, 0});
    media::draw_text(canvas, x, y, words, height, colour);
  }
  void grid() const {
    constexpr media::Bgr grey{160, 160, 160};
    constexpr int parts = 10;
    for (int i = 1; i < parts; ++i) {
      const int x = canvas.width * i / parts, y = canvas.height * i / parts;
      media::fill(canvas, {x, 0, 1, canvas.height}, grey);
      media::fill(canvas, {0, y, canvas.width, 1}, grey);
      const double share = static_cast<double>(i) / parts;
      text({share + 0.004, 0.04}, fmt::format("{:.1f}", share), grey);
      text({0.004, share - 0.006}, fmt::format("{:.1f}", share), grey);
    }
  }
  void zone(const video::Zone& zone, const media::Bgr& colour) const {
    for (std::size_t i = 0; i < zone.corners.size(); ++i)
      line(zone.corners[i], zone.corners[(i + 1) % zone.corners.size()], colour);
    text(zone.corners.front(), zone.name, colour);
  }
  /// With an arrow in the direction `in`.
  void line_with_arrow(const video::Line& l, const media::Bgr& colour) const {
    line(l.from, l.to, colour);
    const double aspect = static_cast<double>(canvas.width) / canvas.height;
    const double dx = (l.to.x - l.from.x) * aspect, dy = l.to.y - l.from.y;
    const double length = std::hypot(dx, dy);
    constexpr double arrow = 0.08, head = 0.03;  // of the picture's height
    // To the right when looking from its first end to its second, y pointing down.
    const double nx = -dy / length, ny = dx / length;
    const auto at = [&](double along, double across) {
      return video::PlacePoint{
          (l.from.x + l.to.x) / 2 + (nx * along + dx / length * across) / aspect,
          (l.from.y + l.to.y) / 2 + ny * along + dy / length * across};
    };
    line(at(0, 0), at(arrow, 0), colour);
    line(at(arrow, 0), at(arrow - head, head), colour);
    line(at(arrow, 0), at(arrow - head, -head), colour);
    text(at(arrow + head, 0), l.name + " in", colour);
  }
};

media::Image first_picture(const video::StreamSettings& stream) {
  const video::Interrupt interrupt;
  const auto input = video::open_live_input(stream.input, interrupt);
  video::LivePicture picture;
  if (!input->next(picture))
    throw Error(ErrorCode::io, "stream '" + stream.name + "' ended without a frame");
  const video::Frame frame(picture.picture.release(), 0, 0);
  video::UprightView upright;
  return video::colour_image(upright.of(frame, picture.placement));
}

}  // namespace

int show_zones(const LivePlan& plan) {
  for (const video::StreamSettings& stream : plan.streams) {
    media::Image image = first_picture(stream);
    const ZonePainter painter{image, std::max(2.0F, static_cast<float>(image.height()) / 240)};
    painter.grid();
    std::int64_t number = 0;
    for (const video::Zone& zone : stream.zones) painter.zone(zone, video::track_colour(++number));
    for (const video::Line& line : stream.lines)
      painter.line_with_arrow(line, video::track_colour(++number));
    fs::path file = plan.show_zones;
    if (plan.streams.size() > 1)
      file = file.parent_path() /
             (file.stem().string() + "-" + stream.name + file.extension().string());
    media::write_image(file, image.view());
    fmt::print("{}: {}x{}, {} zones, {} lines, in {}\n", stream.name, image.width(), image.height(),
               stream.zones.size(), stream.lines.size(), file.string());
  }
  return exit_ok;
}

}  // namespace faceshot::cli
