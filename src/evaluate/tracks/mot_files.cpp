#include "evaluate/tracks/mot_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string_view>

#include "faceshot/error.hpp"

namespace faceshot::evaluate {
namespace {

namespace fs = std::filesystem;

/// Numbers of a line; missing or empty fields keep their `values`.
/// @return the number of fields; 0 if one is not a number
std::size_t split_mot_line(std::string_view line, std::array<double, 9>& values) {
  const bool commas = line.find(',') != std::string_view::npos;
  constexpr std::string_view blanks = " \t\r";
  std::size_t count = 0;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    if (line.empty()) return count;
    std::string_view field = line.substr(0, commas ? line.find(',') : line.find_first_of(blanks));
    line.remove_prefix(std::min(field.size() + (commas ? 1 : 0), line.size()));
    field = field.substr(0, std::min(field.find_last_not_of(blanks) + 1, field.size()));
    if (!field.empty() && count < values.size()) {
      double number = 0;
      const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
      if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(number))
        return 0;
      values[count] = number;
    }
    ++count;
  }
}

MotBox box_of(const std::array<double, 9>& v) {
  MotBox box;
  box.frame = static_cast<int>(v[0]);
  box.id = static_cast<std::int64_t>(v[1]);
  box.left = v[2];
  box.top = v[3];
  box.width = v[4];
  box.height = v[5];
  box.confidence = v[6] <= -1 ? 1 : v[6];
  box.type = static_cast<int>(v[7]);
  box.visibility = std::clamp(v[8], 0.0, 1.0);
  return box;
}

/// What is wrong with a line, or null.
const char* flaw_of(std::size_t fields, const std::array<double, 9>& v, bool truth) {
  if (fields < 6) return "`frame,id,left,top,width,height,...` was expected";
  if (!(v[0] >= 1 && v[0] <= 1e8)) return "frames count from 1";
  if (!(std::abs(v[1]) <= 1e15)) return "not a valid id";
  for (int i = 2; i < 6; ++i)
    if (std::abs(v[static_cast<std::size_t>(i)]) > 1e7) return "not a box in pixels";
  if (v[4] < 0 || v[5] < 0) return "width and height cannot be negative";
  if (!truth && v[7] > 1) return "results must have class 1";
  if (std::abs(v[7]) > 1e6) return "not a valid class";
  return nullptr;
}

std::vector<MotBox> by_frame(std::vector<MotBox> boxes, const fs::path& path) {
  std::stable_sort(boxes.begin(), boxes.end(),
                   [](const MotBox& a, const MotBox& b) { return a.frame < b.frame; });
  std::vector<std::pair<int, std::int64_t>> ids;
  for (const MotBox& box : boxes) ids.emplace_back(box.frame, box.id);
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice != ids.end())
    throw Error(ErrorCode::format, path.string() + ": frame " + std::to_string(twice->first) +
                                       " has the id " + std::to_string(twice->second) + " twice");
  return boxes;
}

}  // namespace

std::vector<MotBox> read_mot_file(const fs::path& path, bool truth) {
  std::ifstream file(path);
  if (!file || fs::is_directory(path))
    throw Error(ErrorCode::not_found, path.string() + ": no such file");
  std::vector<MotBox> boxes;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    std::array<double, 9> values{0, 0, 0, 0, 0, 0, 1, 1, 1};
    const std::size_t fields = split_mot_line(line, values);
    if (!truth && values[7] < 1) values[7] = 1;  // results write -1
    if (const char* const flaw = flaw_of(fields, values, truth))
      throw Error(ErrorCode::format,
                  path.string() + ":" + std::to_string(number) + ": " + flaw + ": `" + line + "`");
    boxes.push_back(box_of(values));
  }
  return by_frame(std::move(boxes), path);
}

std::vector<MotSequence> read_mot_sequences(const fs::path& truth, const fs::path& found) {
  if (!fs::is_directory(truth) && !fs::is_directory(found))
    return {{truth.stem().string(), read_mot_file(truth, true), read_mot_file(found, false)}};
  if (!fs::is_directory(truth) || !fs::is_directory(found))
    throw Error(ErrorCode::invalid_argument,
                "ground truth and results must both be files or both folders: " + truth.string() +
                    " (SEQUENCE/gt/gt.txt) and " + found.string() + " (SEQUENCE.txt)");
  std::vector<MotSequence> sequences;
  bool any = false;
  for (const fs::directory_entry& entry : fs::directory_iterator(truth)) {
    const fs::path file = entry.path() / "gt" / "gt.txt";
    if (!fs::exists(file)) continue;
    MotSequence& sequence = sequences.emplace_back();
    sequence.name = entry.path().filename().string();
    sequence.truth = read_mot_file(file, true);
    const fs::path result = found / (sequence.name + ".txt");
    if (!fs::exists(result)) continue;
    sequence.found = read_mot_file(result, false);
    any = true;
  }
  if (sequences.empty())
    throw Error(ErrorCode::not_found,
                truth.string() + ": contains no ground truth (SEQUENCE/gt/gt.txt)");
  std::sort(sequences.begin(), sequences.end(),
            [](const MotSequence& a, const MotSequence& b) { return a.name < b.name; });
  if (!any)
    throw Error(ErrorCode::invalid_argument, found.string() +
                                                 ": contains no results for the sequences of the "
                                                 "ground truth; expected SEQUENCE.txt, such as " +
                                                 sequences.front().name + ".txt");
  return sequences;
}

}  // namespace faceshot::evaluate
