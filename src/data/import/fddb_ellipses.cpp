#include "data/import/fddb_ellipses.hpp"

#include <cmath>
#include <string>

#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"

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

}  // namespace

std::vector<LabelledImage> read_fddb_ellipses(const std::filesystem::path& path) {
  const std::string text = read_text_file(path);
  TextLines lines(text);
  std::vector<LabelledImage> images;
  UniqueNames names;
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorCode::format,
                path.string() + ":" + std::to_string(lines.number()) + ": " + what);
  };
  while (!lines.done()) {
    LabelledImage image;
    image.image = std::string(lines.line()) + ".jpg";
    image.line = lines.number();
    if (const std::size_t before = names.add(image.image, image.line); before != 0)
      fail("'" + std::string(lines.line()) + "' was named on line " + std::to_string(before) +
           " already; remove one");
    lines.next();
    const auto count = parse_numbers(lines.line(), 1);
    if (lines.done() || !count || count->empty() || !(count->front() >= 0) ||
        count->front() != std::floor(count->front()))
      fail("the number of faces of '" + image.image + "' must stand here");
    lines.next();
    for (float n = count->front(); n > 0; --n, lines.next()) {
      if (lines.done()) fail("the file ends before the last face of '" + image.image + "'");
      const auto ellipse = parse_numbers(lines.line(), 6);
      if (!ellipse || ellipse->size() != 6 || !((*ellipse)[0] >= 0) || !((*ellipse)[1] >= 0))
        fail("an ellipse of '" + image.image +
             "' must stand here (major radius, minor radius, angle, x, y, 1), not '" +
             std::string(lines.line()) + "'");
      image.annotations.emplace_back().box = around(*ellipse);
    }
    images.push_back(std::move(image));
  }
  return images;
}

}  // namespace faceshot::data
