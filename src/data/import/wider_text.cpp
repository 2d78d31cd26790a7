#include "data/import/wider_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "data/prepared/prepared_format.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

constexpr std::size_t box_fields = 4;
constexpr std::size_t all_fields = 10;

/// Reads the images one after the other.
class WiderParser {
 public:
  WiderParser(std::string name, std::string_view text) : name_(std::move(name)), lines_(text) {}

  std::vector<LabelledImage> parse() {
    std::vector<LabelledImage> images;
    while (!lines_.done()) images.push_back(image());
    return images;
  }

 private:
  LabelledImage image() {
    LabelledImage image{std::string(lines_.line()), lines_.number(), 0, 0, {}};
    if (const std::size_t before = names_.add(image.image, image.line); before != 0)
      fail("'" + image.image + "' was named on line " + std::to_string(before) +
           " already; remove one");
    lines_.next();
    std::size_t faces = count_of(image.image);
    lines_.next();
    if (faces == 0) skip_dummy();
    for (; faces > 0; --faces, lines_.next()) image.annotations.push_back(box(image.image));
    return image;
  }

  [[nodiscard]] std::size_t count_of(const std::string& image) const {
    std::size_t faces = 0;
    const std::string_view line = lines_.line();
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), faces);
    if (lines_.done() || error != std::errc{} || end != line.data() + line.size())
      fail("the number of faces of '" + image + "' must stand here, not '" + std::string(line) +
           "'");
    return faces;
  }

  /// The official files write a box of zeros where there is none.
  void skip_dummy() {
    const auto numbers = parse_numbers(lines_.line(), all_fields);
    if (numbers && numbers->size() >= box_fields &&
        std::all_of(numbers->begin(), numbers->end(), [](float v) { return v == 0; }))
      lines_.next();
  }

  [[nodiscard]] geometry::Annotation box(const std::string& image) const {
    if (lines_.done()) fail("the file ends before the last box of '" + image + "'");
    const auto numbers = parse_numbers(lines_.line(), all_fields);
    if (!numbers || (numbers->size() != box_fields && numbers->size() != all_fields))
      fail("a box of '" + image + "' must stand here (4 or 10 numbers), not '" +
           std::string(lines_.line()) + "'; correct it or the number of faces above");
    const std::vector<float>& v = *numbers;
    geometry::Annotation a;
    a.box = {v[0], v[1], v[0] + v[2], v[1] + v[3]};
    if (v.size() == box_fields) return a;
    constexpr std::size_t invalid = 7;
    constexpr std::array<std::size_t, attributes.size()> places{4, 5, 6, 8, 9};
    for (std::size_t i = 0; i < attributes.size(); ++i)
      a.*attributes[i].member = static_cast<std::int8_t>(
          whole(v[places[i]], attributes[i].max, prepared_columns[attributes[i].column].name));
    a.ignore = whole(v[invalid], 1, "invalid") == 1;
    return a;
  }

  [[nodiscard]] int whole(float value, int max, std::string_view name) const {
    const auto number =
        value >= 0 && value <= static_cast<float>(max) ? static_cast<int>(value) : -1;
    if (number < 0 || static_cast<float>(number) != value)
      fail(std::string(name) + " must be a whole number from 0 to " + std::to_string(max) +
           "; correct the line");
    return number;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, name_ + ":" + std::to_string(lines_.number()) + ": " + what);
  }

  std::string name_;
  TextLines lines_;
  UniqueNames names_;
};

}  // namespace

std::vector<LabelledImage> read_wider_text(const std::filesystem::path& path) {
  const std::string text = read_text_file(path);
  return WiderParser(path.string(), text).parse();
}

}  // namespace faceshot::data
