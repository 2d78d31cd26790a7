#include "augment/policies/policy.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "augment/policies/policy_toml.hpp"
#include "augment/policies/presets.hpp"
#include "base/nearest_name.hpp"
#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

/// A limit for recursion, deeper than any real nesting.
constexpr int deepest = 16;

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::invalid_argument, where + ": " + what);
}

/// Reads one step; error messages say where.
class StepReader {
 public:
  StepReader(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

  [[nodiscard]] Step read(int depth) const {
    const toml::node* const op = table_.get("op");
    if (op == nullptr || !op->is_string())
      fail(place_of(table_, name_), "a step needs op = \"NAME\", as in {op = \"fliplr\", p = 0.5}");
    Step step(info_of(*op));
    if (step.operation->others_neutral && names_a_parameter(step)) make_neutral(step);
    for (const auto& [key, node] : table_) {
      if (key == "op") continue;
      if (key == "p") {
        step.chance = number(node, "p", 0, 1);
      } else if (key == "steps" && step.operation->combines) {
        step.steps = steps(node, depth);
      } else {
        set(step, std::string(key.str()), node);
      }
    }
    check_weights(step);
    check_until(step);
    return step;
  }

 private:
  [[nodiscard]] const OperationInfo& info_of(const toml::node& op) const {
    try {
      return find_operation(op.value_or(std::string()));
    } catch (const Error& e) {
      fail(place_of(op, name_), e.what());
    }
  }

  [[nodiscard]] std::vector<Step> steps(const toml::node& node, int depth) const {
    const toml::array* const array = node.as_array();
    if (array == nullptr) fail(place_of(node, name_), "steps must be a list of steps");
    if (depth == deepest) fail(place_of(node, name_), "steps are nested too deep");
    std::vector<Step> result;
    for (const toml::node& element : *array) {
      const toml::table* const inner = element.as_table();
      if (inner == nullptr)
        fail(place_of(element, name_), "a step is written {op = \"NAME\", ...}");
      result.push_back(StepReader(*inner, name_).read(depth + 1));
    }
    return result;
  }

  [[nodiscard]] bool names_a_parameter(const Step& step) const {
    const auto& infos = step.operation->parameters;
    return std::any_of(infos.begin(), infos.end(),
                       [this](const auto& info) { return table_.contains(info.name); });
  }

  static void make_neutral(Step& step) {
    for (std::size_t i = 0; i < step.parameters.size(); ++i)
      step.parameters[i] = step.operation->parameters[i].neutral;
  }

  void set(Step& step, const std::string& key, const toml::node& node) const {
    const auto& infos = step.operation->parameters;
    const auto found = std::find_if(infos.begin(), infos.end(),
                                    [&](const auto& info) { return info.name == key; });
    if (found == infos.end()) unknown(step, key, node);
    step.parameters[static_cast<std::size_t>(found - infos.begin())] = parameter(*found, node);
  }

  [[noreturn]] void unknown(const Step& step, const std::string& key,
                            const toml::node& node) const {
    std::vector<std::string> names{"p"};
    if (step.operation->combines) names.emplace_back("steps");
    for (const auto& info : step.operation->parameters) names.emplace_back(info.name);
    fail(place_of(node, name_), "op '" + std::string(step.operation->name) +
                                    "' has no parameter '" + key + "'; did you mean '" +
                                    base::nearest_name(key, names) + "'?");
  }

  [[nodiscard]] float number(const toml::node& node, std::string_view key, float low, float high,
                             bool whole = false) const {
    const auto value = node.value<double>();
    if (!node.is_number() || !value)
      fail(place_of(node, name_), std::string(key) + " must be a number");
    if (whole && *value != std::round(*value))
      fail(place_of(node, name_), std::string(key) + " must be a whole number");
    const auto given = static_cast<float>(*value);
    if (!(given >= low && given <= high))
      fail(place_of(node, name_), std::string(key) + " = " + number_text(given) +
                                      " is out of range: " + number_text(low) + " to " +
                                      number_text(high));
    return given;
  }

  [[nodiscard]] float word(const ParameterInfo& info, const toml::node& node) const {
    const std::string given = node.value_or(std::string());
    const auto found = std::find(info.words.begin(), info.words.end(), given);
    if (node.is_string() && found != info.words.end())
      return static_cast<float>(found - info.words.begin());
    std::string known;
    for (const auto& w : info.words) known += (known.empty() ? "" : ", ") + std::string(w);
    fail(place_of(node, name_), std::string(info.name) + " must be one of: " + known);
  }

  [[nodiscard]] float single(const ParameterInfo& info, const toml::node& node) const {
    return info.words.empty() ? number(node, info.name, info.low, info.high, info.is_integer)
                              : word(info, node);
  }

  [[nodiscard]] std::vector<float> list(const ParameterInfo& info, const toml::node& node) const {
    const toml::array* const array = node.as_array();
    if (array == nullptr || array->empty())
      fail(place_of(node, name_), std::string(info.name) + " must be a list");
    std::vector<float> values;
    for (const toml::node& element : *array) values.push_back(single(info, element));
    return values;
  }

  [[nodiscard]] Parameter parameter(const ParameterInfo& info, const toml::node& node) const {
    if (const toml::table* const table = node.as_table()) {
      const toml::node* const choice = table->get("choice");
      if (choice == nullptr || table->size() != 1)
        fail(place_of(node, name_), std::string(info.name) +
                                        " must be a number, a range "
                                        "[low, high], or {choice = [a, b, ...]}");
      return Parameter::choice(list(info, *choice));
    }
    if (node.is_array()) {
      auto values = list(info, node);
      if (info.list || !info.words.empty() || values.size() > 2)
        return Parameter::choice(std::move(values));
      if (values.size() == 1) return values[0];
      if (values[0] > values[1])
        fail(place_of(node, name_),
             std::string(info.name) + " must be a range [low, high] with low <= high");
      return {values[0], values[1]};
    }
    const float value = single(info, node);
    if (!info.plus_minus || value == 0) return value;
    return {-std::abs(value), std::abs(value)};
  }

  void check_weights(const Step& step) const {
    if (step.operation->name != "one_of" || table_.get("weights") == nullptr) return;
    const auto weights = step["weights"].values();
    if (weights.size() != step.steps.size())
      fail(place_of(*table_.get("weights"), name_),
           "weights and steps must have the same length: " + std::to_string(weights.size()) +
               " are given for " + std::to_string(step.steps.size()));
    if (std::all_of(weights.begin(), weights.end(), [](float w) { return w == 0; }))
      fail(place_of(*table_.get("weights"), name_), "at least one weight must be above 0");
  }

  void check_until(const Step& step) const {
    if (step.operation->name != "schedule" || step.steps.empty()) return;
    const auto until = step["until"].values();
    if (until.size() != step.steps.size())
      fail(place_of(table_, name_),
           "until and steps must have the same length: " + std::to_string(until.size()) +
               " are given for " + std::to_string(step.steps.size()));
    if (!std::is_sorted(until.begin(), until.end()))
      fail(place_of(table_, name_), "the numbers in until must ascend");
  }

  const toml::table& table_;
  std::string name_;
};

std::string value_text(const ParameterInfo& info, const Parameter& parameter) {
  if (parameter.kind() == Parameter::Kind::fixed) return value_text(info, parameter.values()[0]);
  std::string text;
  for (const float value : parameter.values())
    text += (text.empty() ? "" : ", ") + value_text(info, value);
  text = "[" + text + "]";
  const bool says_choice =
      parameter.kind() == Parameter::Kind::choice && !info.list && parameter.values().size() < 3;
  return says_choice ? "{choice = " + text + "}" : text;
}

std::string step_text(const Step& step) {
  std::string text = "{op = \"" + std::string(step.operation->name) + "\"";
  if (step.chance != 1) text += ", p = " + number_text(step.chance);
  for (std::size_t i = 0; i < step.parameters.size(); ++i) {
    const ParameterInfo& info = step.operation->parameters[i];
    if (step.operation->name == "one_of" && step.parameters[i] == info.initial) continue;
    text += ", " + std::string(info.name) + " = " + value_text(info, step.parameters[i]);
  }
  if (step.operation->combines) text += ", steps = " + to_toml(step.steps);
  return text + "}";
}

toml::table parse(const std::string& text, const std::string& name) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& e) {
    fail(name + ":" + std::to_string(e.source().begin.line), std::string(e.description()));
  }
}

}  // namespace

std::string place_of(const toml::node& node, const std::string& name) {
  const auto line = node.source().begin.line;
  return line > 0 ? name + ":" + std::to_string(line) : name;
}

Policy policy_of(const toml::node& node, const std::string& name) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) fail(place_of(node, name), "a policy is a list of steps");
  Policy policy;
  for (const toml::node& element : *array) {
    const toml::table* const table = element.as_table();
    if (table == nullptr) fail(place_of(element, name), "a step is written {op = \"NAME\", ...}");
    policy.push_back(StepReader(*table, name).read(0));
  }
  return policy;
}

Policy parse_policy(const std::string& toml, const std::string& name) {
  const toml::table document = parse(toml, name);
  if (const toml::node* const node = document.get("policy")) return policy_of(*node, name);
  if (const toml::table* const augment = document["augment"].as_table())
    if (const toml::node* const node = augment->get("policy")) return policy_of(*node, name);
  fail(name, "has no policy; write [[augment.policy]] with op = \"NAME\" below");
}

Policy read_policy(const std::string& preset_or_file) {
  const auto names = preset_names();
  if (std::find(names.begin(), names.end(), preset_or_file) != names.end())
    return preset_policy(preset_or_file);
  std::error_code ignored;
  std::ifstream in(preset_or_file, std::ios::binary);
  if (!in || std::filesystem::is_directory(preset_or_file, ignored)) {
    std::string known;
    for (const auto& name : names) known += (known.empty() ? "" : ", ") + name;
    throw Error(ErrorCode::not_found,
                "'" + preset_or_file +
                    "' is neither a readable policy file nor one of the presets: " + known);
  }
  std::ostringstream text;
  text << in.rdbuf();
  return parse_policy(text.str(), preset_or_file);
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const auto& preset : presets()) names.emplace_back(preset.name);
  return names;
}

const Policy& preset_policy(const std::string& name) {
  static const std::map<std::string, Policy> all = [] {
    std::map<std::string, Policy> parsed;
    for (const auto& preset : presets())
      parsed[std::string(preset.name)] = parse_policy(
          std::string(preset.toml), "configs/augment/" + std::string(preset.name) + ".toml");
    return parsed;
  }();
  const auto found = all.find(name);
  if (found != all.end()) return found->second;
  throw Error(ErrorCode::invalid_argument, "unknown policy preset '" + name + "'; did you mean '" +
                                               base::nearest_name(name, preset_names()) + "'?");
}

std::string to_toml(const Policy& policy) {
  std::string text = "[";
  for (const Step& step : policy) text += (text.size() > 1 ? ", " : "") + step_text(step);
  return text + "]";
}

}  // namespace faceshot::augment
