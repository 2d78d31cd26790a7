// Descriptions of networks in TOML: the metadata's keys without their "faceshot.", values in TOML
// instead of JSON.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/nearest_name.hpp"
#include "base/toml.hpp"
#include "faceshot/error.hpp"
#include "faceshot/model_info.hpp"

namespace faceshot {
inline namespace v0_1 {
namespace {

using nlohmann::json;

json json_of(const toml::node& node, const std::string& key, const std::string& path) {
  if (const auto* const table = node.as_table()) {
    json object = json::object();
    for (const auto& [name, member] : *table)
      object[std::string(name.str())] = json_of(member, key, path);
    return object;
  }
  if (const auto* const array = node.as_array()) {
    json list = json::array();
    for (const toml::node& element : *array) list.push_back(json_of(element, key, path));
    return list;
  }
  if (const auto value = node.value_exact<bool>()) return *value;
  // Metadata have unsigned integers where that is required.
  if (const auto value = node.value_exact<std::int64_t>())
    return *value >= 0 ? json(static_cast<std::uint64_t>(*value)) : json(*value);
  if (const auto value = node.value_exact<double>()) return *value;
  if (const auto value = node.value_exact<std::string>()) return *value;
  throw Error(ErrorCode::format, path + ":" + std::to_string(node.source().begin.line) + ": '" +
                                     key + "' cannot be a date or time");
}

/// Defaults for other projects' networks.
std::map<std::string, std::string> defaults(const std::string& path) {
  return {{"faceshot.name", std::filesystem::path(path).stem().string()},
          {"faceshot.channel_order", "bgr"},
          {"faceshot.mean", "[0, 0, 0]"},
          {"faceshot.scale", "[1, 1, 1]"},
          {"faceshot.size_divisor", "32"},
          {"faceshot.train_size", "320"},
          {"faceshot.features", "[]"},
          {"faceshot.classes", R"(["face"])"}};
}

const std::vector<std::string> keys{"name",
                                    "channel_order",
                                    "mean",
                                    "scale",
                                    "size_divisor",
                                    "priors",
                                    "features",
                                    "classes",
                                    "train_size",
                                    "loc_output",
                                    "head",
                                    "levels",
                                    "conf_output",
                                    "probabilities",
                                    "landmark_output",
                                    "score_threshold",
                                    "class_thresholds",
                                    "one_label",
                                    "box_voting"};

}  // namespace

ModelInfo ModelInfo::from_toml(const std::string& path) {
  std::ifstream in(path);
  if (!in || std::filesystem::is_directory(path))
    throw Error(ErrorCode::not_found, "model description '" + path + "' cannot be read");
  std::stringstream text;
  text << in.rdbuf();
  toml::table table;
  try {
    table = toml::parse(text.str(), path);
  } catch (const toml::parse_error& e) {
    throw Error(ErrorCode::format, path + ":" + std::to_string(e.source().begin.line) + ": " +
                                       std::string(e.description()));
  }
  auto metadata = defaults(path);
  for (const auto& [name, node] : table) {
    const std::string key(name.str());
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      throw Error(ErrorCode::format, path + ":" + std::to_string(node.source().begin.line) +
                                         ": unknown key '" + key + "'; did you mean '" +
                                         base::nearest_name(key, keys) + "'?");
    const json value = json_of(node, key, path);
    metadata["faceshot." + key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  try {
    return from_metadata(metadata);
  } catch (const Error& e) {
    throw Error(e.code(), path + ": " + e.what());
  }
}

}  // namespace v0_1
}  // namespace faceshot
