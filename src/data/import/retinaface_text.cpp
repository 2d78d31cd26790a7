#include "data/import/retinaface_text.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

constexpr std::size_t retina_box_fields = 4;
constexpr std::size_t point_fields = 15;  ///< five of x, y, flag
constexpr std::size_t retina_fields = retina_box_fields + point_fields + 1;

/// The five points behind a box; nothing if they are not known.
std::optional<Landmarks> landmarks_of(const std::vector<float>& fields) {
  const auto first = fields.begin() + retina_box_fields;
  if (std::all_of(first, first + point_fields, [](float v) { return v == -1; }))
    return std::nullopt;
  Landmarks points;
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i] = fields[retina_box_fields + i / 2 * 3 + i % 2];
  return points;
}

class RetinafaceParser {
 public:
  RetinafaceParser(std::string name, std::string_view text)
      : name_(std::move(name)), lines_(text) {}

  std::vector<LabelledImage> parse() {
    std::vector<LabelledImage> images;
    for (; !lines_.done(); lines_.next()) {
      if (lines_.line().starts_with("#"))
        images.push_back(image());
      else if (images.empty())
        fail("a line '# IMAGE' must come before the first box");
      else
        images.back().annotations.push_back(box());
    }
    return images;
  }

 private:
  LabelledImage image() {
    std::string_view name = lines_.line().substr(1);
    name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
    if (name.empty()) fail("'#' must be followed by the image's name");
    LabelledImage image;
    image.image = name;
    image.line = lines_.number();
    if (const std::size_t before = names_.add(image.image, image.line); before != 0)
      fail("'" + image.image + "' was named on line " + std::to_string(before) +
           " already; remove one");
    return image;
  }

  [[nodiscard]] geometry::Annotation box() const {
    const auto numbers = parse_numbers(lines_.line(), retina_fields);
    if (!numbers || (numbers->size() != retina_box_fields && numbers->size() != retina_fields &&
                     numbers->size() != retina_fields - 1))
      fail("a box must stand here (4, 19 or 20 numbers) or '# IMAGE', not '" +
           std::string(lines_.line()) + "'");
    const std::vector<float>& v = *numbers;
    geometry::Annotation a;
    a.box = {v[0], v[1], v[0] + v[2], v[1] + v[3]};
    if (v.size() > retina_box_fields) a.landmarks = landmarks_of(v);
    return a;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, name_ + ":" + std::to_string(lines_.number()) + ": " + what);
  }

  std::string name_;
  TextLines lines_;
  UniqueNames names_;
};

}  // namespace

std::vector<LabelledImage> read_retinaface_text(const std::filesystem::path& path) {
  const std::string text = read_text_file(path);
  return RetinafaceParser(path.string(), text).parse();
}

}  // namespace faceshot::data
