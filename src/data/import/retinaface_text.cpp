#include "data/import/retinaface_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "data/import/import.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"

namespace faceshot::data {
namespace {

constexpr std::string_view bad_retina_image = "images with a line that cannot be read";

constexpr std::size_t retina_box_fields = 4;
constexpr std::size_t point_fields = 15;  ///< five of x, y, flag
constexpr std::size_t retina_fields = retina_box_fields + point_fields + 1;

/// How many of the five points after a box are known.
std::size_t known_points(const std::vector<float>& fields) {
  std::size_t known = 0;
  for (std::size_t i = retina_box_fields; i < retina_box_fields + point_fields; i += 3)
    known += fields[i] == -1 && fields[i + 1] == -1 && fields[i + 2] == -1 ? 0U : 1U;
  return known;
}

Landmarks retina_landmarks(const std::vector<float>& fields) {
  Landmarks points;
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i] = {fields[retina_box_fields + 3 * i], fields[retina_box_fields + 3 * i + 1]};
  return points;
}

/// Removes the last word from `text` if it is a side in pixels; otherwise returns 0 and removes
/// nothing.
int take_side(std::string_view& text) {
  const std::size_t blank = text.find_last_of(" \t");
  if (blank == std::string_view::npos) return 0;
  const std::string_view word = text.substr(blank + 1);
  int side = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), side);
  constexpr int largest = 1 << 24;
  if (error != std::errc{} || end != word.data() + word.size() || side < 1 || side > largest)
    return 0;
  text = text.substr(0, text.find_last_not_of(" \t", blank) + 1);
  return side;
}

class RetinafaceParser {
 public:
  RetinafaceParser(std::string name, std::string_view text, FlawLog& flaws)
      : name_(std::move(name)), lines_(text), flaws_(flaws) {}

  std::vector<LabelledImage> parse() {
    for (; !lines_.done(); lines_.next()) {
      if (lines_.line().starts_with("#"))
        add_image();
      else if (!image_line_seen_)
        leave_out(flaw::unreadable_box, "a line '# IMAGE' must come before the first box");
      else if (image_taken_)
        add_box();
    }
    end_image();
    return std::move(images_);
  }

 private:
  /// Omits the last image if its boxes were omitted.
  void end_image() {
    if (image_taken_ && flawed_ && images_.back().annotations.empty()) {
      const LabelledImage image = std::move(images_.back());
      images_.pop_back();
      flaws_.left_out(flaw::no_box_left,
                      name_ + ":" + std::to_string(image.line) + ": '" + image.image + "'");
    }
    image_taken_ = flawed_ = false;
  }

  void add_image() {
    end_image();
    std::string_view name = lines_.line().substr(1);
    name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
    LabelledImage image;
    const std::string_view whole = name;
    image.height = take_side(name);
    if (image.height != 0) image.width = take_side(name);
    const bool sized = image.width != 0;
    if (!sized) {
      name = whole;
      image.height = 0;
    }
    if (!std::exchange(image_line_seen_, true)) sized_ = sized;
    if (name.empty())
      return leave_out(bad_retina_image, "'#' must be followed by the image's name");
    if (sized != sized_)
      return leave_out(bad_retina_image,
                       sized ? "'# IMAGE WIDTH HEIGHT' in a file that begins with '# IMAGE': a mix "
                               "of two layouts; split it into two files"
                             : "'# IMAGE' in a file that begins with '# IMAGE WIDTH HEIGHT': a mix "
                               "of two layouts; split it into two files");
    image.image = name;
    image.line = lines_.number();
    images_.push_back(std::move(image));
    image_taken_ = true;
  }

  void add_box() {
    const auto numbers = parse_numbers(lines_.line(), retina_fields);
    const std::size_t count = numbers ? numbers->size() : 0;
    const bool with_points = count == retina_fields || count == retina_fields - 1;
    const bool with_ignore = sized_ && count == retina_box_fields + 1;
    if (count != retina_box_fields && !with_points && !with_ignore)
      return leave_out(flaw::unreadable_box,
                       std::string("expected a box (") + (sized_ ? "4, 5" : "4") +
                           ", 19 or 20 numbers) or '# IMAGE', not '" +
                           std::string(lines_.line().substr(0, most_shown)) + "'");
    const std::vector<float>& v = *numbers;
    geometry::Annotation a;
    a.box = sized_ ? Box{v[0], v[1], v[2], v[3]} : Box{v[0], v[1], v[0] + v[2], v[1] + v[3]};
    if (with_ignore) a.ignore = v[retina_box_fields] == 1;
    if (with_points) {
      const std::size_t known = known_points(v);
      if (known == a_face)
        a.landmarks = retina_landmarks(v);
      else if (known != 0)
        flaws_.changed("boxes with fewer than five landmarks, now without any", [&] {
          return place() + std::to_string(known) + " of the five points are known";
        });
    }
    images_.back().annotations.push_back(a);
  }

  [[nodiscard]] std::string place() const {
    return name_ + ":" + std::to_string(lines_.number()) + ": ";
  }

  void leave_out(std::string_view kind, const std::string& what) {
    flawed_ = true;
    flaws_.left_out(kind, place() + what);
  }

  static constexpr std::size_t a_face = 5;  ///< number of points
  static constexpr std::size_t most_shown = 80;

  std::string name_;
  TextLines lines_;
  FlawLog& flaws_;
  std::vector<LabelledImage> images_;
  bool image_line_seen_ = false;
  bool image_taken_ = false;  ///< whether boxes belong to images_.back()
  bool flawed_ = false;       ///< one of its boxes was omitted
  bool sized_ = false;        ///< the file has the layout of labelv2
};

}  // namespace

std::vector<LabelledImage> read_retinaface_text(const std::filesystem::path& path, FlawLog& flaws) {
  const std::string text = read_text_file(path);
  return RetinafaceParser(path.string(), text, flaws).parse();
}

}  // namespace faceshot::data
