#include "faceshot/model_info.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "detect/heads/recognise.hpp"
#include "faceshot/error.hpp"
#include "faceshot/network.hpp"

namespace faceshot {
inline namespace v0_1 {
namespace {

using nlohmann::json;

constexpr const char* landmark_key = "faceshot.landmark_output";  // only for networks with
                                                                  // landmarks

// Only for networks with heads other than SSD's.
constexpr const char* head_key = "faceshot.head";
constexpr const char* levels_key = "faceshot.levels";
constexpr const char* probabilities_key = "faceshot.probabilities";

constexpr const char* class_thresholds_key = "faceshot.class_thresholds";
constexpr const char* one_label_key = "faceshot.one_label";
constexpr const char* box_voting_key = "faceshot.box_voting";
constexpr const char* threshold_key = "faceshot.score_threshold";  // if one has been chosen

[[noreturn]] void fail(const std::string& key, const std::string& what) {
  throw Error(ErrorCode::format, "the model's metadata key '" + key + "' " + what);
}

/// Foreign text for a one-line message.
std::string quoted(std::string text) {
  if (text.size() > 80) text = text.substr(0, 77) + "...";
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return "'" + text + "'";
}

/// A value inside one metadata key. Every accessor throws Error(format) naming the key; nothing is
/// converted silently (1 is not true, 3.7 is not 3, a fifth number is not ignored).
class Value {
 public:
  Value(std::string key, json value) : key_(std::move(key)), value_(std::move(value)) {}

  [[nodiscard]] float number() const {
    const double value = value_.is_number() ? value_.get<double>() : HUGE_VAL;
    if (!(std::abs(value) <= double{std::numeric_limits<float>::max()})) wrong("a number");
    return static_cast<float>(value);
  }

  [[nodiscard]] int whole(int low, int high) const {
    const bool fits = value_.is_number_unsigned() &&
                      value_.get<std::uint64_t>() <= static_cast<std::uint64_t>(high);
    if (!fits || value_.get<int>() < low)
      wrong("a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return value_.get<int>();
  }

  [[nodiscard]] bool boolean() const {
    if (!value_.is_boolean()) wrong("true or false");
    return value_.get<bool>();
  }

  [[nodiscard]] std::string text() const {
    if (!value_.is_string()) wrong("a string");
    return value_.get<std::string>();
  }

  [[nodiscard]] std::vector<Value> list() const {
    if (!value_.is_array()) wrong("a list");
    std::vector<Value> values;
    for (const json& element : value_) values.emplace_back(key_, element);
    return values;
  }

  [[nodiscard]] std::vector<float> numbers() const {
    std::vector<float> numbers;
    for (const Value& element : list()) numbers.push_back(element.number());
    return numbers;
  }

  template <std::size_t n>
  [[nodiscard]] std::array<float, n> exactly() const {
    const std::vector<float> all = numbers();
    if (all.size() != n) wrong("a list of " + std::to_string(n) + " numbers");
    std::array<float, n> result{};
    std::copy(all.begin(), all.end(), result.begin());
    return result;
  }

  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const Value& element : list()) texts.push_back(element.text());
    return texts;
  }

  /// @throws also if this is not an object or has a member besides those named
  void allow_members(std::initializer_list<std::string_view> names) const {
    if (!value_.is_object()) wrong("an object");
    for (const auto& [name, ignored] : value_.items())
      if (std::find(names.begin(), names.end(), name) == names.end())
        fail(key_, "has an unknown member " + quoted(name));
  }

  [[nodiscard]] std::optional<Value> optional_member(const char* name) const {
    const auto found = value_.find(name);
    return found == value_.end() ? std::nullopt : std::optional<Value>({key_, *found});
  }

  [[nodiscard]] Value member(const char* name) const {
    if (auto found = optional_member(name)) return *std::move(found);
    fail(key_, std::string("lacks the member '") + name + "'");
  }

 private:
  [[noreturn]] void wrong(const std::string& wanted) const {
    fail(key_, "should have " + wanted + " instead of " +
                   quoted(value_.dump(-1, ' ', false, json::error_handler_t::replace)));
  }

  std::string key_;
  json value_;
};

const std::string& text_of(const std::map<std::string, std::string>& metadata,
                           const std::string& key) {
  const auto found = metadata.find(key);
  if (found == metadata.end())
    fail(key,
         "is missing; export the model with faceshot export, or see docs/onnx_metadata.md for the "
         "required metadata");
  return found->second;
}

Value value_of(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const std::string& text = text_of(metadata, key);
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) fail(key, "is not JSON: " + quoted(text));
  return {key, std::move(value)};
}

PriorSpec priors_from(const Value& root) {
  root.allow_members({"variances", "offset", "clip", "levels"});
  PriorSpec spec;
  spec.variances = root.member("variances").exactly<4>();
  if (const auto offset = root.optional_member("offset")) spec.offset = offset->number();
  if (const auto clip = root.optional_member("clip")) spec.clip = clip->boolean();
  for (const Value& from : root.member("levels").list()) {
    from.allow_members({"min_sizes", "max_sizes", "aspect_ratios", "flip", "step"});
    PriorLevel& level = spec.levels.emplace_back();
    level.min_sizes = from.member("min_sizes").numbers();
    if (const auto sizes = from.optional_member("max_sizes")) level.max_sizes = sizes->numbers();
    if (const auto ratios = from.optional_member("aspect_ratios"))
      level.aspect_ratios = ratios->numbers();
    if (const auto flip = from.optional_member("flip")) level.flip = flip->boolean();
    if (const auto step = from.optional_member("step")) level.step = step->number();
  }
  return spec;
}

const std::pair<const char*, HeadType> head_names[] = {{"ssd", HeadType::ssd},
                                                       {"yunet", HeadType::yunet},
                                                       {"scrfd", HeadType::scrfd},
                                                       {"ultraface", HeadType::ultraface}};

HeadType head_from(const std::string& name) {
  for (const auto& [known, type] : head_names)
    if (name == known) return type;
  fail(head_key, "must be ssd, yunet, scrfd or ultraface, not " + quoted(name));
}

std::string head_to(HeadType head) {
  for (const auto& [name, type] : head_names)
    if (head == type) return name;
  return {};
}

std::vector<HeadLevel> levels_from(const Value& root, HeadType head) {
  std::vector<HeadLevel> levels;
  for (const Value& from : root.list()) {
    from.allow_members({"stride", "score", "objectness", "boxes", "landmarks"});
    HeadLevel& level = levels.emplace_back();
    level.stride = from.member("stride").whole(1, 1024);
    level.score = from.member("score").text();
    level.boxes = from.member("boxes").text();
    if (head == HeadType::yunet) level.objectness = from.member("objectness").text();
    if (const auto points = from.optional_member("landmarks")) level.landmarks = points->text();
    if (level.landmarks.empty() != levels.front().landmarks.empty())
      fail(levels_key, "has landmarks on some levels only");
  }
  if (levels.empty()) fail(levels_key, "has no level");
  return levels;
}

json levels_to(const std::vector<HeadLevel>& levels) {
  json list = json::array();
  for (const HeadLevel& level : levels) {
    list.push_back({{"stride", level.stride}, {"score", level.score}, {"boxes", level.boxes}});
    if (!level.objectness.empty()) list.back()["objectness"] = level.objectness;
    if (!level.landmarks.empty()) list.back()["landmarks"] = level.landmarks;
  }
  return list;
}

/// Priors, and the maps they belong to.
void read_priors(const std::map<std::string, std::string>& metadata, ModelInfo& info) {
  info.priors = priors_from(value_of(metadata, "faceshot.priors"));
  info.features = value_of(metadata, "faceshot.features").texts();
  try {
    validate(info.priors);
  } catch (const Error& e) {
    fail("faceshot.priors", std::string("is impossible: ") + e.what());
  }
  // A network need not name its maps if all steps are integers.
  bool steps = true;
  for (const PriorLevel& level : info.priors.levels)
    steps = steps && level.step >= 1 && level.step == std::floor(level.step);
  if (info.features.empty() && steps) return;
  if (info.features.size() != info.priors.levels.size())
    fail("faceshot.features", "names " + std::to_string(info.features.size()) +
                                  " maps, but 'faceshot.priors' has " +
                                  std::to_string(info.priors.levels.size()) + " levels");
}

float threshold_from(const Value& value) {
  const float threshold = value.number();
  if (!(threshold > 0 && threshold < 1))
    fail(threshold_key, "must be above 0 and below 1, not " + std::to_string(threshold));
  return threshold;
}

std::vector<float> class_thresholds_from(const Value& value, std::size_t classes) {
  std::vector<float> thresholds = value.numbers();
  if (thresholds.size() != classes ||
      !std::all_of(thresholds.begin(), thresholds.end(), [](float t) { return t > 0 && t < 1; }))
    fail(class_thresholds_key, "must be a number above 0 and below 1 for each of the " +
                                   std::to_string(classes) + " classes");
  return thresholds;
}

/// The shortest text that parses to the same number.
std::string text_of(float number) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
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
  const auto value = [&](const char* key) { return value_of(metadata, key); };
  ModelInfo info;
  info.name = text_of(metadata, "faceshot.name");
  const std::string& order = text_of(metadata, "faceshot.channel_order");
  if (order != "bgr" && order != "rgb")
    fail("faceshot.channel_order", "must be bgr or rgb, not " + quoted(order));
  info.channel_order = order == "bgr" ? PixelFormat::bgr : PixelFormat::rgb;
  info.mean = value("faceshot.mean").exactly<3>();
  info.scale = value("faceshot.scale").exactly<3>();
  if (std::find(info.scale.begin(), info.scale.end(), 0.0F) != info.scale.end())
    fail("faceshot.scale", "must not contain 0, which would blank the input");
  info.size_divisor = value("faceshot.size_divisor").whole(1, 1024);
  info.train_size = value("faceshot.train_size").whole(1, 1 << 16);
  if (metadata.contains(head_key)) info.head = head_from(text_of(metadata, head_key));
  if (info.head == HeadType::ssd) read_priors(metadata, info);
  if (info.head == HeadType::yunet || info.head == HeadType::scrfd)
    info.levels = levels_from(value(levels_key), info.head);
  if (metadata.contains(probabilities_key)) info.probabilities = value(probabilities_key).boolean();
  if (metadata.contains(threshold_key))
    info.default_threshold = threshold_from(value(threshold_key));
  info.classes = value("faceshot.classes").texts();
  if (info.classes.empty()) fail("faceshot.classes", "lists no class");
  if (metadata.contains(class_thresholds_key))
    info.class_thresholds = class_thresholds_from(value(class_thresholds_key), info.classes.size());
  if (metadata.contains(one_label_key)) info.one_label = value(one_label_key).boolean();
  if (metadata.contains(box_voting_key)) info.box_voting = value(box_voting_key).boolean();
  if (metadata.contains("faceshot.loc_output"))
    info.loc_output = text_of(metadata, "faceshot.loc_output");
  if (metadata.contains("faceshot.conf_output"))
    info.conf_output = text_of(metadata, "faceshot.conf_output");
  if (metadata.contains(landmark_key)) {
    info.landmark_output = text_of(metadata, landmark_key);
    if (info.landmark_output.empty()) fail(landmark_key, "has no output name; leave it out");
  }

  // Everything that is not one of the fields above is a note.
  const auto own = ModelInfo{}.to_metadata();
  for (const auto& [key, note] : metadata)
    if (!own.contains(key) && key != landmark_key && key != head_key && key != levels_key &&
        key != probabilities_key && key != threshold_key && key != class_thresholds_key &&
        key != one_label_key && key != box_voting_key)
      info.notes.emplace(key, note);
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
  if (!landmark_output.empty()) metadata[landmark_key] = landmark_output;
  if (head != HeadType::ssd) metadata[head_key] = head_to(head);
  if (!levels.empty()) metadata[levels_key] = levels_to(levels).dump();
  if (probabilities) metadata[probabilities_key] = "true";
  if (default_threshold) metadata[threshold_key] = text_of(*default_threshold);
  if (!class_thresholds.empty()) {
    json list = json::array();
    for (const float threshold : class_thresholds) list.push_back(json::parse(text_of(threshold)));
    metadata[class_thresholds_key] = list.dump();
  }
  if (one_label) metadata[one_label_key] = "true";
  if (box_voting) metadata[box_voting_key] = "true";
  return metadata;
}

ModelInfo ModelInfo::of(const Network& network, const std::string& model_path) {
  if (network.metadata().contains("faceshot.name")) return from_metadata(network.metadata());
  if (auto known = detect::recognise_network(network)) return *std::move(known);
  const auto description = std::filesystem::path(model_path).replace_extension(".toml");
  if (!model_path.empty() && std::filesystem::exists(description))
    return from_toml(description.string());
  // from_metadata reports any missing key.
  for (const auto& [key, value] : network.metadata())
    if (key.starts_with("faceshot.")) return from_metadata(network.metadata());
  throw Error(
      ErrorCode::unsupported,
      (model_path.empty() ? "the model" : "'" + model_path + "'") +
          " has no FaceShot metadata and no known detection head; describe it in a TOML file" +
          (model_path.empty() ? "" : " '" + description.string() + "'") +
          ": see docs/onnx_metadata.md, and configs/detectors for examples");
}

}  // namespace v0_1
}  // namespace faceshot
