#include "data/import/fddb_ellipses.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "data/import/import.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"

namespace faceshot::data {
namespace {

/// The box around an ellipse: radii, angle, centre.
Box around(const std::vector<float>& ellipse) {
  const float a = ellipse[0], b = ellipse[1];
  const float cosine = std::cos(ellipse[2]), sine = std::sin(ellipse[2]);
  const float half_width = std::hypot(a * cosine, b * sine);
  const float half_height = std::hypot(a * sine, b * cosine);
  const float x = ellipse[3], y = ellipse[4];
  return {x - half_width, y - half_height, x + half_width, y + half_height};
}

class FddbParser {
 public:
  FddbParser(std::string name, std::string_view text, FlawLog& flaws)
      : name_(std::move(name)), lines_(text), flaws_(flaws) {}

  std::vector<LabelledImage> parse() {
    while (!lines_.done()) read_image();
    return std::move(images_);
  }

 private:
  void read_image() {
    LabelledImage image;
    image.image = std::string(lines_.line()) + ".jpg";
    image.line = lines_.number();
    lines_.next();
    const auto count = parse_numbers(lines_.line(), 1);
    if (!count || count->empty() || !(count->front() >= 0) ||
        count->front() != std::floor(count->front())) {
      flaws_.left_out(flaw::wrong_count, place(lines_.number()) + "the number of faces of '" +
                                             image.image + "' must stand here, not '" +
                                             std::string(lines_.line()) + "'");
      while (!lines_.done() && looks_like_numbers(lines_.line())) lines_.next();
      return;
    }
    lines_.next();
    std::size_t faces = 0;
    for (; !lines_.done() && looks_like_numbers(lines_.line()); lines_.next(), ++faces)
      add_ellipse(image);
    if (static_cast<float>(faces) != count->front())
      flaws_.left_out(flaw::wrong_count,
                      place(image.line) + "'" + image.image + "' is said to have " +
                          fmt::format("{}", count->front()) + " faces and has " +
                          std::to_string(faces) + "; correct the number or the ellipses");
    else if (faces != 0 && image.annotations.empty())
      flaws_.left_out(flaw::no_box_left, place(image.line) + "'" + image.image + "'");
    else
      images_.push_back(std::move(image));
  }

  void add_ellipse(LabelledImage& image) {
    const auto ellipse = parse_numbers(lines_.line(), 6);
    if (!ellipse || ellipse->size() != 6 || !((*ellipse)[0] >= 0) || !((*ellipse)[1] >= 0))
      flaws_.left_out(flaw::unreadable_box,
                      place(lines_.number()) + "an ellipse of '" + image.image +
                          "' must stand here (major radius, minor radius, angle, x, y, 1), not '" +
                          std::string(lines_.line()) + "'");
    else
      image.annotations.emplace_back().box = around(*ellipse);
  }

  [[nodiscard]] std::string place(std::size_t line) const {
    return name_ + ":" + std::to_string(line) + ": ";
  }

  std::string name_;
  TextLines lines_;
  FlawLog& flaws_;
  std::vector<LabelledImage> images_;
};

}  // namespace

std::vector<LabelledImage> read_fddb_ellipses(const std::filesystem::path& path, FlawLog& flaws) {
  const std::string text = read_text_file(path);
  return FddbParser(path.string(), text, flaws).parse();
}

}  // namespace faceshot::data
