#include "data/import/wider_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "data/import/import.hpp"
#include "data/prepared/prepared_format.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"

namespace faceshot::data {
namespace {

constexpr std::size_t box_fields = 4;
constexpr std::size_t all_fields = 10;

/// A number of faces that stands alone on its line.
std::optional<std::size_t> wider_count(std::string_view line) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), count);
  if (line.empty() || error != std::errc{} || end != line.data() + line.size()) return std::nullopt;
  return count;
}

/// Reads the images one after the other.
class WiderParser {
 public:
  WiderParser(std::string name, std::string_view text, FlawLog& flaws)
      : name_(std::move(name)), lines_(text), flaws_(flaws) {}

  std::vector<LabelledImage> parse() {
    while (!lines_.done()) read_image();
    return std::move(images_);
  }

 private:
  void read_image() {
    LabelledImage image{std::string(lines_.line()), lines_.number(), 0, 0, {}};
    lines_.next();
    const auto count = wider_count(lines_.line());
    if (!count) {
      flaws_.left_out(flaw::wrong_count, place() + "the number of faces of '" + image.image +
                                             "' must stand here, not '" +
                                             std::string(lines_.line()) + "'");
      skip_numbers();
      return;
    }
    lines_.next();
    if (*count == 0) skip_dummy();
    std::size_t lines = 0;
    for (; lines < *count && !lines_.done() && looks_like_numbers(lines_.line()); lines_.next()) {
      ++lines;
      add_box(image);
    }
    const std::size_t more = lines_.number();
    lines += skip_numbers();
    if (lines != *count)
      flaws_.left_out(flaw::wrong_count, name_ + ":" + std::to_string(more) + ": '" + image.image +
                                             "' is said to have " + std::to_string(*count) +
                                             " faces and has " + std::to_string(lines) +
                                             "; correct the number or the boxes");
    else if (*count != 0 && image.annotations.empty())
      flaws_.left_out(flaw::no_box_left,
                      name_ + ":" + std::to_string(image.line) + ": '" + image.image + "'");
    else
      images_.push_back(std::move(image));
  }

  /// Goes to what can be the next image's name.
  /// @return how many lines it passes over
  std::size_t skip_numbers() {
    std::size_t count = 0;
    for (; !lines_.done() && looks_like_numbers(lines_.line()); lines_.next()) ++count;
    return count;
  }

  /// The official files write a box of zeros where there is none.
  void skip_dummy() {
    const auto numbers = parse_numbers(lines_.line(), all_fields);
    if (numbers && numbers->size() >= box_fields &&
        std::all_of(numbers->begin(), numbers->end(), [](float v) { return v == 0; }))
      lines_.next();
  }

  void add_box(LabelledImage& image) {
    const auto numbers = parse_numbers(lines_.line(), all_fields);
    if (!numbers || (numbers->size() != box_fields && numbers->size() != all_fields))
      return leave_out("a box of '" + image.image + "' must stand here (4 or 10 numbers), not '" +
                       std::string(lines_.line()) + "'");
    const std::vector<float>& v = *numbers;
    geometry::Annotation a;
    a.box = {v[0], v[1], v[0] + v[2], v[1] + v[3]};
    if (v.size() == all_fields) {
      constexpr std::size_t invalid = 7;
      constexpr std::array<std::size_t, attributes.size()> places{4, 5, 6, 8, 9};
      for (std::size_t i = 0; i < attributes.size(); ++i) {
        const Attribute& attribute = attributes[i];
        if (!is_whole(v[places[i]], attribute.max))
          return leave_out(must_be(prepared_columns[attribute.column].name, attribute.max));
        a.*attribute.member = static_cast<std::int8_t>(v[places[i]]);
      }
      if (!is_whole(v[invalid], 1)) return leave_out(must_be("invalid", 1));
      a.ignore = v[invalid] == 1;
    }
    image.annotations.push_back(a);
  }

  static bool is_whole(float value, int max) {
    return value >= 0 && value <= static_cast<float>(max) && value == std::floor(value);
  }
  static std::string must_be(std::string_view name, int max) {
    return std::string(name) + " must be a whole number from 0 to " + std::to_string(max) +
           "; correct the line";
  }

  void leave_out(const std::string& what) { flaws_.left_out(flaw::unreadable_box, place() + what); }
  [[nodiscard]] std::string place() const {
    return name_ + ":" + std::to_string(lines_.number()) + ": ";
  }

  std::string name_;
  TextLines lines_;
  FlawLog& flaws_;
  std::vector<LabelledImage> images_;
};

}  // namespace

std::vector<LabelledImage> read_wider_text(const std::filesystem::path& path, FlawLog& flaws) {
  const std::string text = read_text_file(path);
  return WiderParser(path.string(), text, flaws).parse();
}

}  // namespace faceshot::data
