#include "faceshot/model_info.hpp"

#include <nlohmann/json.hpp>

#include "faceshot/error.hpp"

namespace faceshot {
namespace {

using nlohmann::json;

/// Reads keys of one model's metadata; every failure names the key.
class MetadataReader {
 public:
  explicit MetadataReader(const std::map<std::string, std::string>& metadata)
      : metadata_(metadata) {}

  [[nodiscard]] const std::string& text(const std::string& key) const {
    const auto found = metadata_.find(key);
    if (found == metadata_.end())
      throw Error(ErrorCode::format, "the model's metadata lacks '" + key +
                                         "'; export it with faceshot export, or see "
                                         "docs/onnx_metadata.md for what a detector needs");
    return found->second;
  }

  template <typename T>
  [[nodiscard]] T parsed(const std::string& key) const {
    return guarded(key, [&] { return json::parse(text(key)).get<T>(); });
  }

  template <typename Body>
  [[nodiscard]] auto guarded(const std::string& key, const Body& body) const {
    try {
      return body();
    } catch (const json::exception&) {
      throw Error(ErrorCode::format, "the model's metadata key '" + key + "' is damaged: '" +
                                         text(key).substr(0, 80) + "'");
    }
  }

 private:
  const std::map<std::string, std::string>& metadata_;
};

PriorSpec priors_from(const json& root) {
  PriorSpec spec;
  spec.variances = root.at("variances").get<std::array<float, 4>>();
  spec.offset = root.value("offset", 0.5F);
  spec.clip = root.value("clip", false);
  for (const json& level : root.at("levels"))
    spec.levels.push_back({level.at("min_sizes").get<std::vector<float>>(),
                           level.value("max_sizes", std::vector<float>{}),
                           level.value("aspect_ratios", std::vector<float>{}),
                           level.value("flip", true), level.value("step", 0.0F)});
  return spec;
}

json priors_to(const PriorSpec& spec) {
  json levels = json::array();
  for (const PriorLevel& level : spec.levels)
    levels.push_back({{"min_sizes", level.min_sizes},
                      {"max_sizes", level.max_sizes},
                      {"aspect_ratios", level.aspect_ratios},
                      {"flip", level.flip},
                      {"step", level.step}});
  return {{"variances", spec.variances},
          {"offset", spec.offset},
          {"clip", spec.clip},
          {"levels", levels}};
}

}  // namespace

ModelInfo ModelInfo::from_metadata(const std::map<std::string, std::string>& metadata) {
  const MetadataReader reader(metadata);
  ModelInfo info;
  info.name = reader.text("faceshot.name");
  const std::string& order = reader.text("faceshot.channel_order");
  if (order != "bgr" && order != "rgb")
    throw Error(ErrorCode::format, "the model's metadata key 'faceshot.channel_order' is '" +
                                       order + "'; it must be bgr or rgb");
  info.channel_order = order == "bgr" ? PixelFormat::bgr : PixelFormat::rgb;
  info.mean = reader.parsed<std::array<float, 3>>("faceshot.mean");
  info.scale = reader.parsed<std::array<float, 3>>("faceshot.scale");
  info.size_divisor = reader.parsed<int>("faceshot.size_divisor");
  info.train_size = reader.parsed<int>("faceshot.train_size");
  info.priors = reader.guarded(
      "faceshot.priors", [&] { return priors_from(json::parse(reader.text("faceshot.priors"))); });
  info.features = reader.parsed<std::vector<std::string>>("faceshot.features");
  info.classes = reader.parsed<std::vector<std::string>>("faceshot.classes");
  if (metadata.contains("faceshot.loc_output"))
    info.loc_output = reader.text("faceshot.loc_output");
  if (metadata.contains("faceshot.conf_output"))
    info.conf_output = reader.text("faceshot.conf_output");

  try {
    validate(info.priors);
  } catch (const Error& e) {
    throw Error(ErrorCode::format, std::string("the model's metadata: ") + e.what());
  }
  if (info.features.size() != info.priors.levels.size())
    throw Error(ErrorCode::format, "the model's metadata names " +
                                       std::to_string(info.features.size()) + " features for " +
                                       std::to_string(info.priors.levels.size()) + " prior levels");
  if (info.size_divisor < 1 || info.size_divisor > 1024 || info.classes.empty())
    throw Error(ErrorCode::format,
                "the model's metadata has an impossible size_divisor or no classes");

  // Whatever is not one of the fields above is a note.
  const auto own = ModelInfo{}.to_metadata();
  for (const auto& [key, value] : metadata)
    if (!own.contains(key)) info.notes.emplace(key, value);
  return info;
}

std::map<std::string, std::string> ModelInfo::to_metadata() const {
  std::map<std::string, std::string> metadata = notes;
  metadata["faceshot.name"] = name;
  metadata["faceshot.channel_order"] = channel_order == PixelFormat::rgb ? "rgb" : "bgr";
  metadata["faceshot.mean"] = json(mean).dump();
  metadata["faceshot.scale"] = json(scale).dump();
  metadata["faceshot.size_divisor"] = std::to_string(size_divisor);
  metadata["faceshot.train_size"] = std::to_string(train_size);
  metadata["faceshot.priors"] = priors_to(priors).dump();
  metadata["faceshot.features"] = json(features).dump();
  metadata["faceshot.classes"] = json(classes).dump();
  metadata["faceshot.loc_output"] = loc_output;
  metadata["faceshot.conf_output"] = conf_output;
  return metadata;
}

}  // namespace faceshot
