#include "dataset/wider_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dataset/prepared_format.hpp"
#include "dataset/text_file.hpp"
#include "faceshot/error.hpp"

namespace faceshot {
namespace {

/// Lines of a text without the blanks at their ends; empty ones are skipped.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) { next(); }

  [[nodiscard]] bool done() const { return line_.empty(); }
  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::size_t number() const { return number_; }

  void next() {
    line_ = {};
    while (line_.empty() && !rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      line_ = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      line_ = line_.substr(0, line_.find_last_not_of(" \t\r") + 1);
      ++number_;
    }
  }

 private:
  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
};

constexpr std::size_t box_fields = 4;
constexpr std::size_t all_fields = 10;

/// The numbers of a line.
struct Numbers {
  std::array<float, all_fields> values{};
  std::size_t count = 0;  ///< 0 if the line has anything but up to ten finite numbers
};

Numbers parse_numbers(std::string_view line) {
  Numbers numbers;
  const char* at = line.data();
  const char* const end = at + line.size();
  while (true) {
    at = std::find_if(at, end, [](char c) { return c != ' ' && c != '\t'; });
    if (at == end) return numbers;
    if (numbers.count == all_fields) return {};
    float& value = numbers.values[numbers.count++];
    const auto [after, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || !std::isfinite(value)) return {};
    if (after != end && *after != ' ' && *after != '\t') return {};
    at = after;
  }
}

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
    const auto [first, is_new] = first_lines_.try_emplace(image.image, image.line);
    if (!is_new)
      fail("'" + image.image + "' was named on line " + std::to_string(first->second) +
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
    const Numbers numbers = parse_numbers(lines_.line());
    if (numbers.count >= box_fields &&
        std::all_of(numbers.values.begin(), numbers.values.end(), [](float v) { return v == 0; }))
      lines_.next();
  }

  [[nodiscard]] Annotation box(const std::string& image) const {
    const auto [v, count] = parse_numbers(lines_.line());
    if (lines_.done()) fail("the file ends before the last box of '" + image + "'");
    if (count != box_fields && count != all_fields)
      fail("a box of '" + image + "' must stand here (4 or 10 numbers), not '" +
           std::string(lines_.line()) + "'; correct it or the number of faces above");
    Annotation a;
    a.box = {v[0], v[1], v[0] + v[2], v[1] + v[3]};
    if (count == box_fields) return a;
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
  Lines lines_;
  std::unordered_map<std::string, std::size_t> first_lines_;
};

}  // namespace

std::vector<LabelledImage> read_wider_text(const std::filesystem::path& path) {
  const std::string text = read_text_file(path);
  return WiderParser(path.string(), text).parse();
}

}  // namespace faceshot
