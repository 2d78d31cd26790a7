#include "video/track_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>
#include <string_view>
#include <tuple>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

constexpr std::size_t needed_columns = 6, known_columns = 7;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Numbers of a row, at most the first seven. Nothing: not all are numbers.
std::optional<std::vector<double>> numbers_of(std::string_view line) {
  std::vector<double> numbers;
  while (numbers.size() < known_columns) {
    const std::size_t comma = line.find(',');
    const std::string_view field = trimmed(line.substr(0, comma));
    double value = 0;
    const auto [end, failed] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (field.empty() || failed != std::errc() || end != field.data() + field.size() ||
        !std::isfinite(value))
      return std::nullopt;
    numbers.push_back(value);
    if (comma == std::string_view::npos) break;
    line.remove_prefix(comma + 1);
  }
  return numbers;
}

TrackRow row_of(const std::vector<double>& numbers, const std::string& where) {
  const auto fail = [&](const std::string& what) { throw Error(ErrorCode::format, where + what); };
  const auto whole = [&](std::size_t column, const char* name) {
    constexpr double most = 1e15;
    const double value = numbers[column];
    if (value != std::floor(value) || std::abs(value) > most)
      fail(fmt::format("the {} {} is not an integer", name, value));
    return static_cast<std::int64_t>(value);
  };
  if (numbers.size() < needed_columns) fail("a row has at least frame,id,left,top,width,height");
  TrackRow row{.frame = whole(0, "frame") - 1, .id = whole(1, "track's number")};
  if (row.frame < 0) fail("frames are numbered from 1");
  constexpr double far_out = 1e6;  // pixels
  for (std::size_t i = 2; i < needed_columns; ++i)
    if (std::abs(numbers[i]) > far_out) fail("the box is outside any possible picture");
  if (!(numbers[4] > 0 && numbers[5] > 0)) fail("width and height must be above 0");
  row.box = {static_cast<float>(numbers[2]), static_cast<float>(numbers[3]),
             static_cast<float>(numbers[2] + numbers[4]),
             static_cast<float>(numbers[3] + numbers[5])};
  if (numbers.size() > needed_columns) row.score = static_cast<float>(numbers[6]);
  return row;
}

}  // namespace

std::string track_row_text(const TrackRow& row) {
  return fmt::format("{},{},{:.2f},{:.2f},{:.2f},{:.2f},{:.4f},-1,-1,-1\n", row.frame + 1, row.id,
                     row.box.x1, row.box.y1, row.box.width(), row.box.height(), row.score);
}

std::vector<TrackRow> read_track_rows(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw Error(ErrorCode::not_found, "tracks '" + file.string() + "' cannot be read");
  std::vector<TrackRow> rows;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (trimmed(line).empty()) continue;
    const std::string where = fmt::format("{}:{}: ", file.string(), number);
    const auto numbers = numbers_of(line);
    if (!numbers) {
      if (number == 1 && trimmed(line).starts_with("frame")) continue;
      throw Error(ErrorCode::format, where + "not a row of numbers, as in 12,1,100,80,40,50");
    }
    rows.push_back(row_of(*numbers, where));
  }
  if (in.bad()) throw Error(ErrorCode::io, "tracks '" + file.string() + "' cannot be read");
  // Hiding faces with an empty file would hide none, unnoticed.
  if (rows.empty()) throw Error(ErrorCode::format, "'" + file.string() + "' holds no tracks");
  const auto key = [](const TrackRow& r) { return std::pair(r.frame, r.id); };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const TrackRow& a, const TrackRow& b) { return key(a) < key(b); });
  const auto twice =
      std::adjacent_find(rows.begin(), rows.end(),
                         [&](const TrackRow& a, const TrackRow& b) { return key(a) == key(b); });
  if (twice != rows.end())
    throw Error(ErrorCode::format, fmt::format("{}: track {} is twice in frame {}", file.string(),
                                               twice->id, twice->frame + 1));
  return rows;
}

}  // namespace faceshot::video
