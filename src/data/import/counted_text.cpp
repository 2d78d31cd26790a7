#include "data/import/counted_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "data/import/import.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

/// A number of faces, alone on its line.
std::optional<std::size_t> face_count(std::string_view line) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), count);
  if (line.empty() || error != std::errc{} || end != line.data() + line.size()) return std::nullopt;
  return count;
}

/// Reads the images one by one.
class CountedTextParser {
 public:
  CountedTextParser(std::string name, std::string_view text, const CountedTextFormat& format,
                    FlawLog& flaws)
      : name_(std::move(name)), lines_(text), format_(format), flaws_(flaws) {}

  std::vector<LabelledImage> parse() {
    while (!lines_.done()) read_image();
    return std::move(images_);
  }

 private:
  void read_image() {
    LabelledImage image{std::string(lines_.line()) + format_.extension, lines_.number(), 0, 0, {}};
    lines_.next();
    const auto count = face_count(lines_.line());
    if (!count) {
      flaws_.left_out(flaw::wrong_count, place(lines_.number()) + "the number of faces of '" +
                                             image.image + "' is expected here, not '" +
                                             std::string(lines_.line()) + "'");
      skip_numbers();
      return;
    }
    lines_.next();
    if (*count == 0) skip_dummy();
    std::size_t lines = 0;
    for (; lines < *count && !lines_.done() && looks_like_numbers(lines_.line()); lines_.next()) {
      ++lines;
      add_line(image);
    }
    const std::size_t more = lines_.number();
    lines += skip_numbers();
    if (lines != *count)
      flaws_.left_out(flaw::wrong_count, place(more) + "'" + image.image + "' claims " +
                                             std::to_string(*count) + " faces but has " +
                                             std::to_string(lines) +
                                             "; correct the number or the " + format_.records);
    else if (*count != 0 && image.annotations.empty())
      flaws_.left_out(flaw::no_box_left, place(image.line) + "'" + image.image + "'");
    else
      images_.push_back(std::move(image));
  }

  void add_line(LabelledImage& image) {
    std::string fault;
    try {
      image.annotations.push_back(format_.read_line(lines_.line(), image.image));
    } catch (const Error& e) {
      fault = e.what();
    }
    if (!fault.empty())
      flaws_.left_out(flaw::unreadable_box, [&] { return place(lines_.number()) + fault; });
  }

  /// Skips to the next possible image name.
  /// @return number of skipped lines
  std::size_t skip_numbers() {
    std::size_t count = 0;
    for (; !lines_.done() && looks_like_numbers(lines_.line()); lines_.next()) ++count;
    return count;
  }

  /// WIDER FACE's official files have a box of zeros if there are no faces.
  void skip_dummy() {
    constexpr std::size_t fewest = 4, most = 10;
    const auto numbers = parse_numbers(lines_.line(), most);
    if (numbers && numbers->size() >= fewest &&
        std::all_of(numbers->begin(), numbers->end(), [](float v) { return v == 0; }))
      lines_.next();
  }

  [[nodiscard]] std::string place(std::size_t line) const {
    return name_ + ":" + std::to_string(line) + ": ";
  }

  std::string name_;
  TextLines lines_;
  const CountedTextFormat& format_;
  FlawLog& flaws_;
  std::vector<LabelledImage> images_;
};

}  // namespace

std::vector<LabelledImage> read_counted_text(const std::filesystem::path& path,
                                             const CountedTextFormat& format, FlawLog& flaws) {
  const std::string text = read_text_file(path);
  return CountedTextParser(path.string(), text, format, flaws).parse();
}

}  // namespace faceshot::data
