#include "data/import/fddb_ellipses.hpp"

#include <cmath>
#include <string>
#include <string_view>

#include "data/import/counted_text.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

/// The box around an ellipse: radii, angle, centre.
geometry::Annotation read_ellipse(std::string_view line, const std::string& image) {
  constexpr std::size_t fields = 6;
  const auto ellipse = parse_numbers(line, fields);
  if (!ellipse || ellipse->size() != fields || !((*ellipse)[0] >= 0) || !((*ellipse)[1] >= 0))
    throw Error(ErrorCode::format, "an ellipse of '" + image +
                                       "' is expected here (major radius, minor radius, angle, x, "
                                       "y, 1), not '" +
                                       std::string(line) + "'");
  const float a = (*ellipse)[0], b = (*ellipse)[1];
  const float cosine = std::cos((*ellipse)[2]), sine = std::sin((*ellipse)[2]);
  const float half_width = std::hypot(a * cosine, b * sine);
  const float half_height = std::hypot(a * sine, b * cosine);
  const float x = (*ellipse)[3], y = (*ellipse)[4];
  geometry::Annotation face;
  face.box = {x - half_width, y - half_height, x + half_width, y + half_height};
  return face;
}

}  // namespace

std::vector<LabelledImage> read_fddb_ellipses(const std::filesystem::path& path, FlawLog& flaws) {
  return read_counted_text(path, {".jpg", "ellipses", read_ellipse}, flaws);
}

}  // namespace faceshot::data
