#include "data/import/yolo_places.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <system_error>

#include "data/import/yolo.hpp"
#include "data/prepared/splits.hpp"
#include "data/prepared/text_file.hpp"
#include "data/prepared/text_lines.hpp"
#include "faceshot/error.hpp"

namespace faceshot::data {
namespace {

namespace fs = std::filesystem;

/// An image in several splits is assigned to the first in this order.
constexpr std::array<const char*, 5> split_keys{"train", "val", "valid", "validation", "test"};

[[noreturn]] void fail_description(const fs::path& path, const std::string& what) {
  throw Error(ErrorCode::format, path.string() + ": " + what);
}

class YoloYaml {
 public:
  explicit YoloYaml(const fs::path& path) : path_(path), dir_(plain_path(path).parent_path()) {
    try {
      yaml_ = YAML::Load(read_text_file(path));
      if (!yaml_.IsMap()) fail("it must have `names` and `train`, as written by Ultralytics");
      if (yaml_["path"] && yaml_["path"].IsScalar()) base_ = yaml_["path"].as<std::string>();
      const YAML::Node count = yaml_["nc"], names = yaml_["names"];
      if (count && count.IsScalar() && names && names.size() != count.as<std::size_t>())
        fail("nc is " + count.as<std::string>() + ", but names has " +
             std::to_string(names.size()) + "; correct one of them");
    } catch (const YAML::Exception& e) {
      fail(e.what());
    }
  }

  [[nodiscard]] YoloPlaces places() const {
    YoloPlaces result{path_, {}};
    for (const char* key : split_keys)
      for (const std::string& said : paths_of(key))
        result.places.push_back({key, std::string(split_named(key)), said, find(said)});
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { fail_description(path_, what); }

  [[nodiscard]] std::vector<std::string> paths_of(const std::string& key) const {
    const YAML::Node node = yaml_[key];
    std::vector<std::string> paths;
    if (!node || node.IsNull()) return paths;
    if (node.IsScalar()) {
      paths.push_back(node.as<std::string>());
    } else {
      if (!node.IsSequence()) fail("`" + key + "` must be a path or a list of paths");
      for (const YAML::Node& path : node) {
        if (!path.IsScalar()) fail("`" + key + "` must be a path or a list of paths");
        paths.push_back(path.as<std::string>());
      }
    }
    std::erase(paths, "");
    return paths;
  }

  [[nodiscard]] fs::path find(const fs::path& said) const {
    const bool leads_up = !said.empty() && *said.begin() == "..";
    std::vector<fs::path> candidates;
    if (!base_.empty()) {
      candidates.push_back(dir_ / base_ / said);  // `/` keeps an absolute path unchanged
      candidates.push_back(dir_.parent_path() / base_ / said);
    }
    candidates.push_back(dir_ / said);
    if (leads_up)
      candidates.push_back(dir_ / said.lexically_relative(".."));
    else
      candidates.push_back(dir_.parent_path() / said);
    std::error_code refused;  // a name that is too long, for example, does not exist
    for (const fs::path& candidate : candidates)
      if (fs::path plain = plain_path(candidate); fs::exists(plain, refused)) return plain;
    return {};
  }

  fs::path path_, dir_;
  fs::path base_;  ///< `path`
  YAML::Node yaml_;
};

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

YoloPlaces read_darknet_data(const fs::path& path) {
  const std::string text = read_text_file(path);
  std::map<std::string, std::string, std::less<>> values;
  for (TextLines lines(text); !lines.done(); lines.next()) {
    const std::string_view line = without_blanks(lines.line());
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    values[std::string(without_blanks(line.substr(0, equals)))] =
        without_blanks(line.substr(equals + 1));
  }
  const fs::path dir = plain_path(path).parent_path();
  const auto find = [&](const std::string& written) {
    return find_written_path(written, std::array{dir, dir.parent_path()});
  };
  if (!values.contains("names"))
    fail_description(path, "it must give the file with the class names (names = obj.names)");
  const auto names = find(values["names"]);
  if (!names) fail_description(path, "names: '" + values["names"] + "' is not there");
  const std::size_t count = read_yolo_names(*names).size();
  if (const auto classes = values.find("classes");
      classes != values.end() && classes->second != std::to_string(count))
    fail_description(path, "classes is " + classes->second + ", but '" + names->string() +
                               "' names " + std::to_string(count) + "; correct one of them");
  YoloPlaces result{*names, {}};
  for (const char* key : split_keys)
    if (const auto said = values.find(key); said != values.end())
      result.places.push_back({key, std::string(split_named(key)), said->second,
                               find(said->second).value_or(fs::path())});
  return result;
}

}  // namespace

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

bool is_darknet_data(const fs::path& path) { return path.extension() == ".data"; }

YoloPlaces read_yolo_places(const fs::path& path) {
  return is_darknet_data(path) ? read_darknet_data(path) : YoloYaml(path).places();
}

std::optional<fs::path> find_written_path(std::string written, std::span<const fs::path> below) {
  std::replace(written.begin(), written.end(), '\\', '/');
  const fs::path whole = fs::path(written).lexically_normal();
  std::error_code error;
  const auto is_there = [&](const fs::path& path) { return fs::is_regular_file(path, error); };
  if (whole.is_absolute() && is_there(whole)) return plain_path(whole);
  for (fs::path rest = whole.relative_path(); !rest.empty();) {
    for (const fs::path& folder : below)
      if (fs::path path = plain_path(folder / rest); is_there(path)) return path;
    const fs::path first = *rest.begin();
    if (first != ".." && !below.empty() && fs::is_directory(below.front() / first, error))
      return std::nullopt;  // the file is missing in it
    fs::path shorter;
    for (auto part = std::next(rest.begin()); part != rest.end(); ++part) shorter /= *part;
    rest = shorter;
  }
  return std::nullopt;
}

fs::path plain_path(const fs::path& path) {
  if (path.empty()) return {};
  const fs::path plain = fs::absolute(path).lexically_normal();
  return plain.has_filename() ? plain : plain.parent_path();
}

}  // namespace faceshot::data
