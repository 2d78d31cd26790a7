#include "train/config/config.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <type_traits>

#include "augment/policies/policy_toml.hpp"
#include "base/nearest_name.hpp"
#include "base/toml.hpp"
#include "faceshot/error.hpp"
#include "network/parts.hpp"
#include "train/config/checkpoint_name.hpp"
#include "train/config/config_fields.hpp"

namespace faceshot::train {
namespace {

using augment::Policy;

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::invalid_argument, where + ": " + what);
}

double number(const toml::node& node, const ConfigField& field, const std::string& where) {
  // toml++ returns no double for integers that a double cannot represent exactly; the range check
  // can handle them.
  const auto whole = node.value_exact<std::int64_t>();
  const auto value = whole ? std::optional(static_cast<double>(*whole)) : node.value<double>();
  if (!node.is_number() || !value) fail(where, field.key + " must be a number");
  if (!(*value >= field.low && *value <= field.high))
    fail(where, fmt::format("{} = {:g} is out of range: {:g} to {:g}", field.key, *value, field.low,
                            field.high));
  return *value;
}

template <typename T>
T scalar(const toml::node& node, const ConfigField& field, const std::string& where) {
  if constexpr (std::is_same_v<T, bool>) {
    const auto value = node.value_exact<bool>();
    if (!value) fail(where, field.key + " must be true or false");
    return *value;
  } else if constexpr (std::is_same_v<T, std::string>) {
    const auto value = node.value<std::string>();
    if (!node.is_string() || !value) fail(where, field.key + " must be a string");
    if (!field.choices.empty() &&
        std::find(field.choices.begin(), field.choices.end(), *value) == field.choices.end()) {
      std::string known;
      for (const auto& choice : field.choices) known += (known.empty() ? "" : ", ") + choice;
      fail(where, field.key + " = '" + *value + "'; it must be one of: " + known);
    }
    return *value;
  } else {
    const double value = number(node, field, where);
    if (std::is_integral_v<T> && !node.is_integer())
      fail(where, field.key + " must be a whole number");
    // 64-bit seeds must not go through a double.
    if constexpr (std::is_same_v<T, std::uint64_t>)
      return static_cast<T>(node.value<std::int64_t>().value_or(0));
    return static_cast<T>(value);
  }
}

template <typename T>
std::vector<T> list(const toml::node& node, const ConfigField& field, const std::string& where) {
  const toml::array* const array = node.as_array();
  // A single value stands for a list of one: convenient on the command line.
  if (array == nullptr) return {scalar<T>(node, field, where)};
  std::vector<T> values;
  for (const toml::node& element : *array) values.push_back(scalar<T>(element, field, where));
  return values;
}

/// A policy is the name of a preset, a file, or the steps themselves.
Policy policy(const toml::node& node, const std::string& name, const std::string& where) {
  if (!node.is_string()) return augment::policy_of(node, name);
  try {
    return augment::read_policy(node.value_or(std::string()));
  } catch (const Error& e) {
    fail(where, std::string("augment.policy: ") + e.what());
  }
}

void assign(const toml::node& node, const ConfigField& field, const std::string& name,
            const std::string& where) {
  std::visit(
      [&](auto* target) {
        using T = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<T, std::array<float, 4>>) {
          const auto values = list<float>(node, field, where);
          if (values.size() != target->size()) fail(where, field.key + " needs 4 numbers");
          std::copy(values.begin(), values.end(), target->begin());
        } else if constexpr (std::is_same_v<T, std::vector<std::vector<float>>>) {
          const toml::array* const array = node.as_array();
          if (array == nullptr) fail(where, field.key + " must be a list of lists of numbers");
          target->clear();
          for (const toml::node& row : *array) {
            if (!row.is_array()) fail(where, field.key + " must be a list of lists of numbers");
            target->push_back(list<float>(row, field, where));
          }
        } else if constexpr (std::is_same_v<T, std::vector<int>> ||
                             std::is_same_v<T, std::vector<float>> ||
                             std::is_same_v<T, std::vector<std::string>>) {
          *target = list<typename T::value_type>(node, field, where);
        } else if constexpr (std::is_same_v<T, Policy>) {
          *target = policy(node, name, where);
        } else {
          *target = scalar<T>(node, field, where);
        }
      },
      field.value);
}

const ConfigField& find_field(const std::vector<ConfigField>& fields, const std::string& key,
                              const std::string& where) {
  for (const ConfigField& field : fields)
    if (field.key == key) return field;
  std::vector<std::string> keys;
  for (const ConfigField& field : fields) keys.push_back(field.key);
  fail(where, "unknown key '" + key + "'; did you mean '" + base::nearest_name(key, keys) + "'?");
}

void apply_table(const toml::table& table, const std::string& prefix,
                 const std::vector<ConfigField>& fields, const std::string& name) {
  for (const auto& [key, node] : table) {
    const std::string full = prefix + std::string(key.str());
    if (const toml::table* const inner = node.as_table()) {
      const std::string section = full + ".";
      const bool known = std::any_of(fields.begin(), fields.end(), [&](const ConfigField& f) {
        return f.key.starts_with(section);
      });
      if (!known) fail(augment::place_of(node, name), "unknown section [" + full + "]");
      apply_table(*inner, section, fields, name);
    } else {
      const std::string where = augment::place_of(node, name);
      assign(node, find_field(fields, full, where), name, where);
    }
  }
}

void apply_override(const std::string& text, const std::vector<ConfigField>& fields) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    fail("'" + text + "'", "write an override as key=value, as in train.epochs=60");
  const std::string key = text.substr(0, equals);
  const std::string value = text.substr(equals + 1);
  toml::table parsed;
  try {
    parsed = toml::parse("value = " + value);
  } catch (const toml::parse_error&) {
    parsed.insert_or_assign("value", value);
  }
  const std::string name = "'" + text + "'";
  if (const toml::table* const section = parsed.get("value")->as_table())
    return apply_table(*section, key + ".", fields, name);
  const ConfigField& field = find_field(fields, key, name);
  assign(*parsed.get("value"), field, name, name);
}

/// The network must support the size of the training crops.
void check_size(const network::NetworkSpec& spec, const Config& config) {
  const int size = config.augment.size;
  for (const auto& [key, side] :
       {std::pair("augment.size", size), std::pair("augment.large_size", config.augment.large_size),
        std::pair("train.validate_side", config.train.validate_side)})
    if (side % spec.size_divisor != 0)
      throw Error(ErrorCode::invalid_argument, std::string(key) + " must be a multiple of " +
                                                   std::to_string(spec.size_divisor) +
                                                   " for this network");
  const auto features = network::feature_sizes(spec, size, size);
  for (std::size_t l = 0; l < features.size(); ++l)
    if (features[l].width < 1 || features[l].height < 1)
      throw Error(ErrorCode::invalid_argument,
                  "augment.size " + std::to_string(size) + " leaves nothing for level " +
                      std::to_string(l) + " of the network; use fewer levels or a larger size");
}

/// Checks that involve several keys.
void check(const Config& config, const std::string& name) {
  try {
    augment::validate(config.augment);
    loss::validate(config.loss);
    const network::NetworkSpec spec = network::make_network(config.model);
    check_size(spec, config);
    (void)network::frozen_layers(spec, config.freeze.parts);
  } catch (const Error& e) {
    fail(name, e.what());
  }
  if (!config.init.file.empty() && !config.init.by_name)
    fail(name, "model.init.by_name must be true: weights are matched by name only");
  try {
    check_checkpoint_pattern(config.train.checkpoint.file);
  } catch (const Error& e) {
    fail(name, e.what());
  }
  const EarlyStoppingConfig& early = config.train.early_stopping;
  if (early.restore_best && early.metric != "none" && early.metric != config.train.checkpoint.best)
    fail(name, "train.early_stopping.restore_best restores the weights that are best by '" +
                   config.train.checkpoint.best + "': set train.checkpoint.best to '" +
                   early.metric + "' too");
  if (config.train.nesterov && !(config.train.momentum > 0))
    fail(name, "train.nesterov needs train.momentum above 0");
  if (!config.data.weights.empty() && config.data.weights.size() != config.data.train.size())
    fail(name, "data.weights has " + std::to_string(config.data.weights.size()) + " entries for " +
                   std::to_string(config.data.train.size()) + " sets");
}

std::string text_of(float value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}
std::string text_of(const Policy& value) { return augment::to_toml(value); }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(int value) { return std::to_string(value); }
std::string text_of(std::uint64_t value) { return std::to_string(value); }
std::string text_of(const std::string& value) {
  std::ostringstream out;
  out << toml::value<std::string>(value);
  return out.str();
}
template <typename List>
std::string text_of(const List& values) {
  std::string text = "[";
  for (const auto& value : values) text += (text.size() > 1 ? ", " : "") + text_of(value);
  return text + "]";
}

const char* type_name(const ConfigValue& value) {
  constexpr const char* names[] = {"integer",
                                   "number",
                                   "integer",
                                   "string",
                                   "list of integers",
                                   "list of numbers",
                                   "list of strings",
                                   "4 numbers",
                                   "list of lists of numbers",
                                   "steps, a preset or a file",
                                   "true or false"};
  return names[value.index()];
}

}  // namespace

Config parse_config(const std::string& toml, const std::string& name,
                    const std::vector<std::string>& overrides) {
  Config config;
  const auto fields = config_fields(config);
  try {
    apply_table(toml::parse(toml), "", fields, name);
  } catch (const toml::parse_error& e) {
    fail(name + ":" + std::to_string(e.source().begin.line), std::string(e.description()));
  }
  for (const std::string& text : overrides) apply_override(text, fields);
  check(config, name);
  return config;
}

Config resumed_config(const std::string& toml, const std::string& name,
                      const std::vector<std::string>& overrides) {
  const Config stored = parse_config(toml, name);
  for (const std::string& text : overrides) {
    const std::string key = text.substr(0, text.find('='));
    const std::string allowed[] = {
        "train.threads",          "train.time_limit", "train.stop_after", "train.validate_every",
        "train.checkpoint_every", "data.workers",     "data.cache_mb"};
    if (std::find(std::begin(allowed), std::end(allowed), key) == std::end(allowed))
      fail("'" + text + "'",
           "--resume may only change settings that do not affect the result: train.threads, "
           "train.time_limit, train.stop_after, train.validate_every, train.checkpoint_every, "
           "data.workers and data.cache_mb; for anything else start a new run");
    const auto looks = [](const std::string& metric) { return metric.starts_with("val_"); };
    if (key == "train.validate_every" &&
        (looks(stored.train.plateau.metric) || looks(stored.train.early_stopping.metric)))
      fail("'" + text + "'",
           "train.plateau or train.early_stopping depends on this run's validations, so their "
           "interval cannot change on --resume");
  }
  return parse_config(toml, name, overrides);
}

Config read_config(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(ErrorCode::not_found, "config file '" + file.string() + "' cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return parse_config(text.str(), file.string(), overrides);
}

std::string to_toml(const Config& config) {
  Config copy = config;
  std::string text;
  std::string section;
  for (const ConfigField& field : config_fields(copy)) {
    const auto dot = field.key.find('.');
    if (field.key.substr(0, dot) != section) {
      text += (section.empty() ? "[" : "\n[") + field.key.substr(0, dot) + "]\n";
      section = field.key.substr(0, dot);
    }
    text += field.key.substr(dot + 1) + " = " +
            std::visit([](const auto* value) { return text_of(*value); }, field.value) + "\n";
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> config_values(const Config& config) {
  Config copy = config;
  std::vector<std::pair<std::string, std::string>> values;
  for (const ConfigField& field : config_fields(copy)) {
    const auto* const* text = std::get_if<std::string*>(&field.value);
    values.emplace_back(
        field.key, text != nullptr ? **text
                                   : std::visit([](const auto* value) { return text_of(*value); },
                                                field.value));
  }
  return values;
}

std::string describe_config_keys() {
  Config defaults;
  std::string text;
  for (const ConfigField& field : config_fields(defaults)) {
    std::string choices;
    for (const auto& choice : field.choices) choices += (choices.empty() ? " (" : ", ") + choice;
    text += field.key + " = " +
            std::visit([](const auto* value) { return text_of(*value); }, field.value) + "\n    " +
            type_name(field.value) + ": " + field.meaning + (choices.empty() ? "" : choices + ")") +
            "\n";
  }
  return text;
}

}  // namespace faceshot::train
