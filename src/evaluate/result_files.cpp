#include "evaluate/result_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::evaluate {
namespace {

constexpr std::string_view blanks = " \t\r";

/// Splits the first field off `line`; empty at its end.
std::string_view next_field(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const std::string_view field = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(field.size());
  return field;
}

template <class T>
bool parse(std::string_view field, T& number) {
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
  return error == std::errc() && end == field.data() + field.size();
}

/// One result file, line by line.
class ResultFile {
 public:
  explicit ResultFile(const std::filesystem::path& path) : path_(path), file_(path) {
    if (!file_) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  }

  std::vector<ScoredBox> read() {
    if (!next_line()) damaged("empty; the first line must be the image name");
    if (!next_line()) damaged("truncated; the second line must be the number of detections");
    std::string_view line = line_;
    const std::string_view field = next_field(line);
    std::size_t count = 0;
    if (!parse(field, count) || !next_field(line).empty())
      damaged("the number of detections was expected, not `" + std::string(line_) + "`");
    std::vector<ScoredBox> boxes;
    for (std::size_t i = 0; i < count; ++i) {
      if (!next_line())
        damaged("truncated after " + std::to_string(i) + " of " + std::to_string(count) +
                " detections");
      boxes.push_back(parse_detection());
    }
    while (next_line()) {
      std::string_view rest = line_;
      if (!next_field(rest).empty())
        damaged("more lines than the " + std::to_string(count) + " detections announced");
    }
    return boxes;
  }

 private:
  bool next_line() {
    ++number_;
    return static_cast<bool>(std::getline(file_, line_));
  }

  ScoredBox parse_detection() {
    std::array<double, 5> v{};
    std::string_view line = line_;
    for (double& number : v)
      if (!parse(next_field(line), number) || !std::isfinite(number))
        damaged("`x y width height score` was expected, not `" + line_ + "`");
    if (v[2] < 0 || v[3] < 0) damaged("width and height cannot be negative: `" + line_ + "`");
    return {v[0], v[1], v[2], v[3], v[4]};
  }

  [[noreturn]] void damaged(const std::string& what) const {
    throw Error(ErrorCode::format, path_.string() + ":" + std::to_string(number_) + ": " + what);
  }

  std::filesystem::path path_;
  std::ifstream file_;
  std::string line_;
  std::size_t number_ = 0;
};

std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& dir) {
  std::vector<std::filesystem::path> entries;
  std::error_code error;
  for (std::filesystem::directory_iterator it(dir, error), end; !error && it != end;
       it.increment(error))
    entries.push_back(it->path());
  if (error) throw Error(ErrorCode::io, dir.string() + ": cannot be listed: " + error.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

void append_number(std::string& text, double number) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  text.append(buffer.data(), end);
}

void require_file_name(const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
    throw Error(ErrorCode::invalid_argument,
                "`" + name + "` cannot be an event or image name in a result file");
}

}  // namespace

std::vector<ImageDetections> read_result_files(const std::filesystem::path& dir) {
  if (!std::filesystem::is_directory(dir))
    throw Error(ErrorCode::not_found, dir.string() + ": no such folder of result files");
  std::vector<ImageDetections> images;
  for (const auto& event : sorted_entries(dir)) {
    if (!std::filesystem::is_directory(event)) continue;
    for (const auto& path : sorted_entries(event))
      if (path.extension() == ".txt")
        images.push_back(
            {event.filename().string(), path.stem().string(), ResultFile(path).read()});
  }
  if (images.empty())
    throw Error(ErrorCode::not_found,
                dir.string() + ": contains no result files (DIR/<event>/<image>.txt)");
  return images;
}

void write_result_files(const std::filesystem::path& dir, std::span<const ImageDetections> images) {
  for (const ImageDetections& image : images) {
    require_file_name(image.event);
    require_file_name(image.image);
    std::string text = image.image + "\n" + std::to_string(image.boxes.size()) + "\n";
    for (const ScoredBox& box : image.boxes) {
      for (const double number : {box.x, box.y, box.w, box.h}) {
        append_number(text, number);
        text += ' ';
      }
      append_number(text, box.score);
      text += '\n';
    }
    support::make_folder(dir / image.event);
    support::write_file_atomically(dir / image.event / (image.image + ".txt"), text);
  }
}

}  // namespace faceshot::evaluate
