#include "data/import/retinaface_text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "data/import/import.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"

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
  RetinafaceParser(std::string name, std::string_view text, FlawLog& flaws)
      : name_(std::move(name)), lines_(text), flaws_(flaws) {}

  std::vector<LabelledImage> parse() {
    for (; !lines_.done(); lines_.next()) {
      if (lines_.line().starts_with("#"))
        begin_image();
      else if (image_.line == 0)
        leave_out("a line '# IMAGE' must come before the first box");
      else if (auto box = read_box())
        image_.annotations.push_back(*box);
    }
    end_image();
    return std::move(images_);
  }

 private:
  void begin_image() {
    end_image();
    std::string_view name = lines_.line().substr(1);
    name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
    image_.image = name;
    image_.line = lines_.number();
  }

  void end_image() {
    const std::string place = name_ + ":" + std::to_string(image_.line) + ": ";
    if (image_.line != 0 && image_.image.empty())
      flaws_.left_out("images without a name", place + "'#' must be followed by the image's name");
    else if (flawed_ && image_.line != 0 && image_.annotations.empty())
      flaws_.left_out(flaw::no_box_left, place + "'" + image_.image + "'");
    else if (image_.line != 0)
      images_.push_back(std::move(image_));
    image_ = {};
    flawed_ = false;
  }

  std::optional<geometry::Annotation> read_box() {
    const auto numbers = parse_numbers(lines_.line(), retina_fields);
    if (!numbers || (numbers->size() != retina_box_fields && numbers->size() != retina_fields &&
                     numbers->size() != retina_fields - 1)) {
      leave_out("a box must stand here (4, 19 or 20 numbers) or '# IMAGE', not '" +
                std::string(lines_.line()) + "'");
      return std::nullopt;
    }
    const std::vector<float>& v = *numbers;
    geometry::Annotation a;
    a.box = {v[0], v[1], v[0] + v[2], v[1] + v[3]};
    if (v.size() > retina_box_fields) a.landmarks = landmarks_of(v);
    return a;
  }

  void leave_out(const std::string& what) {
    flawed_ = true;
    flaws_.left_out(flaw::unreadable_box,
                    name_ + ":" + std::to_string(lines_.number()) + ": " + what);
  }

  std::string name_;
  TextLines lines_;
  FlawLog& flaws_;
  std::vector<LabelledImage> images_;
  LabelledImage image_;  ///< that the lines belong to; line 0: none yet
  bool flawed_ = false;  ///< a box of it was left out
};

}  // namespace

std::vector<LabelledImage> read_retinaface_text(const std::filesystem::path& path, FlawLog& flaws) {
  const std::string text = read_text_file(path);
  return RetinafaceParser(path.string(), text, flaws).parse();
}

}  // namespace faceshot::data
