#include "data/prepared/splits.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

Error no_split(const fs::path& dir, const std::string& wanted,
               const std::vector<std::string>& there) {
  std::string text = "'" + dir.string() + "' has no " + wanted + "; ";
  if (there.empty()) return {ErrorCode::not_found, text + "make it with faceshot prepare"};
  text += "there is ";
  for (const std::string& split : there)
    text += (split == there.front() ? "" : ", ") + split + ".csv";
  return {ErrorCode::not_found, text};
}

/// @throws Error(not_found) if there is none
std::vector<std::string> require_splits(const fs::path& dir) {
  std::vector<std::string> there = splits_of(dir);
  if (there.empty()) throw no_split(dir, "train.csv, val.csv or test.csv", there);
  return there;
}

}  // namespace

std::string_view split_named(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"train", "train"},    {"training", "train"}, {"val", "val"},     {"valid", "val"},
      {"validation", "val"}, {"test", "test"},      {"testing", "test"}};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto& [known, split] : names)
    if (lower == known) return split;
  return {};
}

std::vector<std::string> splits_of(const fs::path& dir) {
  std::vector<std::string> there;
  for (const std::string_view name : split_names)
    if (fs::exists(dir / (std::string(name) + ".csv"))) there.emplace_back(name);
  return there;
}

std::vector<fs::path> split_files(const fs::path& set, const std::string& split) {
  if (!fs::is_directory(set)) return {set};
  const std::vector<std::string> there = require_splits(set);
  std::vector<fs::path> files;
  for (const std::string& name : there)
    if (split.empty() || split == name) files.push_back(set / (name + ".csv"));
  if (files.empty()) throw no_split(set, split + ".csv", there);
  return files;
}

fs::path split_file(const fs::path& set, const std::string& split, const std::string& usual) {
  if (!fs::is_directory(set)) return set;
  const std::vector<std::string> there = require_splits(set);
  const std::string& wanted = !split.empty() ? split : there.size() == 1 ? there.front() : usual;
  if (std::find(there.begin(), there.end(), wanted) == there.end())
    throw no_split(set, wanted + ".csv", there);
  return set / (wanted + ".csv");
}

std::string split_of(const fs::path& csv) {
  const std::string name = csv.stem().string();
  return std::find(std::begin(split_names), std::end(split_names), name) == std::end(split_names)
             ? "train"
             : name;
}

PreparedSet read_splits(std::span<const fs::path> csvs) {
  PreparedSet all = read_prepared(csvs.front());
  if (csvs.size() == 1) return all;
  std::unordered_set<std::string> names;
  for (const geometry::ImageRecord& record : all.records) names.insert(record.image);
  for (const fs::path& csv : csvs.subspan(1)) {
    PreparedSet more = read_prepared(csv);
    std::copy_if(std::move_iterator(more.records.begin()), std::move_iterator(more.records.end()),
                 std::back_inserter(all.records), [&](const geometry::ImageRecord& record) {
                   return names.insert(record.image).second;
                 });
  }
  return all;
}

}  // namespace faceshot::data
