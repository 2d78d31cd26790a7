#include "augment/search/search_space.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>

#include "augment/policies/policy_toml.hpp"
#include "augment/search/search_spaces.hpp"
#include "base/nearest_name.hpp"
#include "faceshot/error.hpp"

namespace faceshot::augment::search {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::invalid_argument, where + ": " + what);
}

/// More steps than this have too many orders (120 for five).
constexpr std::size_t most_ordered = 4;

/// As users write it, on one line; for a step its operation and settings.
std::string text_of(const toml::node& node) {
  if (const auto number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto text = node.as_string()) return text->get();
  std::string text;
  if (const toml::array* const array = node.as_array()) {
    for (const toml::node& element : *array) text += (text.empty() ? "" : ", ") + text_of(element);
    return "[" + text + "]";
  }
  if (const toml::table* const table = node.as_table()) {
    text = (*table)["op"].value_or(std::string());
    for (const auto& [key, value] : *table)
      if (key != "op")
        text += (text.empty() ? "" : " ") + std::string(key.str()) + "=" + text_of(value);
    return text;
  }
  std::ostringstream out;
  node.visit([&out](const auto& value) { out << value; });
  return out.str();
}

/// 0.3 * 0.1 becomes 0.03.
Step with_short_numbers(Step step) {
  for (Parameter& parameter : step.parameters) {
    std::vector<float> values(parameter.values().begin(), parameter.values().end());
    for (float& value : values) value = std::strtof(fmt::format("{:.5g}", value).c_str(), nullptr);
    switch (parameter.kind()) {
      case Parameter::Kind::fixed:
        parameter = values[0];
        break;
      case Parameter::Kind::range:
        parameter = {values[0], values[1]};
        break;
      case Parameter::Kind::choice:
        parameter = Parameter::choice(std::move(values));
        break;
    }
  }
  return step;
}

void append(toml::array& into, const toml::array& from) {
  for (const toml::node& node : from) into.push_back(node);
}

/// Walks through a template in a fixed order, whatever is picked: lists the choices, or fills in
/// the picks.
class TemplateWalker {
 public:
  /// @param picks null: lists the choices, using the first option of each
  TemplateWalker(const toml::table& document, std::string name, const Picks* picks)
      : document_(document), name_(std::move(name)), picks_(picks) {
    read_defaults();
  }

  [[nodiscard]] toml::array walk() {
    const toml::node* const policy = document_.at_path("augment.policy").node();
    if (policy == nullptr || !policy->is_array())
      refuse(name_,
             "has no policy; write [[augment.policy]] with op = \"NAME\" or slot = \"NAME\" below");
    toml::array result;
    for (const toml::node& step : *policy->as_array()) append(result, rendered(step, "policy"));
    return result;
  }

  std::vector<Choice> choices;

 private:
  [[nodiscard]] std::string place(const toml::node& node) const { return place_of(node, name_); }

  void read_defaults() {
    for (const auto& [key, node] : document_)
      if (key != "search" && key != "augment")
        refuse(place(node), "'" + std::string(key.str()) + "' is neither search nor augment");
    const toml::table* const search = document_["search"].as_table();
    if (search == nullptr) return;
    for (const auto& [key, node] : *search) {
      if (key == "p") {
        p_ = &levels_of(node, "p");
      } else if (key == "strength") {
        strength_ = &levels_of(node, "strength");
      } else {
        refuse(place(node), "[search] takes p and strength, not '" + std::string(key.str()) + "'");
      }
    }
  }

  [[nodiscard]] const toml::array& levels_of(const toml::node& node, const std::string& key) const {
    const toml::array* const levels = node.as_array();
    if (levels == nullptr || levels->empty())
      refuse(place(node), key + " must be a list of levels");
    return *levels;
  }

  /// Lists a choice, or looks it up. A single option is not a choice.
  [[nodiscard]] std::size_t pick(std::string name, std::vector<std::string> options, bool ordered) {
    if (options.size() == 1) return 0;
    const std::size_t number = count_++;
    if (picks_ != nullptr) return static_cast<std::size_t>((*picks_)[number]);
    const auto taken = [&](const std::string& text) {
      return std::any_of(choices.begin(), choices.end(),
                         [&](const Choice& choice) { return choice.name == text; });
    };
    const std::string first = name;
    for (int i = 2; taken(name); ++i) name = first + " " + std::to_string(i);
    choices.push_back({std::move(name), std::move(options), ordered});
    return 0;
  }

  [[nodiscard]] const toml::node& level(const toml::array& levels, const std::string& name) {
    std::vector<std::string> options;
    bool numbers = true;
    for (const toml::node& node : levels) {
      options.push_back(text_of(node));
      numbers = numbers && !node.is_string();
    }
    return levels[pick(name, std::move(options), numbers)];
  }

  /// @param context what the value belongs to, for the names of choices
  /// @return its replacement: one value, or in a list of steps any number
  [[nodiscard]] toml::array rendered(const toml::node& node, const std::string& context) {
    toml::array result;
    if (const toml::array* const array = node.as_array()) {
      toml::array inner;
      std::size_t i = 0;
      for (const toml::node& element : *array) {
        const bool step = element.is_table() && element.as_table()->get("levels") == nullptr;
        append(inner, rendered(element, step ? context : context + "." + std::to_string(++i)));
      }
      result.push_back(std::move(inner));
    } else if (const toml::table* const table = node.as_table()) {
      return rendered_table(*table, context);
    } else {
      result.push_back(node);
    }
    return result;
  }

  [[nodiscard]] toml::array rendered_table(const toml::table& table, const std::string& context) {
    toml::array result;
    const toml::node* const op = table.get("op");
    if (op == nullptr && table.contains("levels")) {
      only(table, {"levels", "name"});
      result.push_back(level(levels_of(*table.get("levels"), "levels"),
                             table["name"].value_or(std::string(context))));
    } else if (op == nullptr && table.contains("slot")) {
      return slot(table);
    } else if (op == nullptr && table.contains("order")) {
      return order(table);
    } else {
      toml::table copy;
      const std::string prefix = op == nullptr ? context : op->value_or(context);
      for (const auto& [key, value] : table)
        copy.insert(key, *rendered(value, prefix + "." + std::string(key.str())).begin());
      result.push_back(std::move(copy));
    }
    return result;
  }

  void only(const toml::table& table, const std::vector<std::string>& keys) const {
    for (const auto& [key, node] : table)
      if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
        refuse(place(node), "there is no '" + std::string(key.str()) + "' here; did you mean '" +
                                base::nearest_name(key.str(), keys) + "'?");
  }

  [[nodiscard]] std::string name_of(const toml::table& table, const char* key) const {
    const auto name = table[key].value<std::string>();
    if (!name || name->empty())
      refuse(place(table), std::string(key) + " must be a name, as in " + key + " = \"light\"");
    return *name;
  }

  /// Each of the steps rendered, whatever is picked, since choices inside them are counted.
  [[nodiscard]] std::vector<toml::array> steps_of(const toml::table& table) {
    const toml::array* const steps = table["steps"].as_array();
    if (steps == nullptr || steps->empty())
      refuse(place(table), "needs steps = [{op = \"NAME\"}, ...]");
    std::vector<toml::array> result;
    for (const toml::node& step : *steps) result.push_back(rendered(step, "steps"));
    return result;
  }

  /// Names of operations; for repeated ones with all their settings.
  [[nodiscard]] std::vector<std::string> labels_of(const std::vector<toml::array>& steps) const {
    std::vector<std::string> labels;
    for (const toml::array& step : steps) {
      const toml::table* const table = step.empty() ? nullptr : step[0].as_table();
      labels.push_back(table == nullptr ? "" : (*table)["op"].value_or(std::string("nothing")));
    }
    std::vector<std::string> unique = labels;
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (std::count(labels.begin(), labels.end(), labels[i]) > 1) unique[i] = text_of(steps[i][0]);
    return unique;
  }

  [[nodiscard]] toml::array slot(const toml::table& table) {
    only(table, {"slot", "steps", "p", "strength"});
    const std::string name = name_of(table, "slot");
    std::vector<toml::array> steps = steps_of(table);
    const std::size_t which = pick(name, labels_of(steps), false);
    const auto number = [&](const char* key, const toml::array* levels) {
      if (const toml::node* const own = table.get(key)) levels = &levels_of(*own, key);
      if (levels == nullptr) return 1.0F;
      const toml::node& node = level(*levels, name + "." + key);
      const auto value = node.value<float>();
      if (!value || *value < 0 || *value > 20 || (*value > 1 && std::string_view(key) == "p"))
        refuse(place(node), std::string(key) + " must hold numbers from 0 to " +
                                (std::string_view(key) == "p" ? "1" : "20"));
      return *value;
    };
    const float p = number("p", p_);
    const float strength = number("strength", strength_);
    Policy policy;
    for (Step& step : policy_of(steps[which], place(table))) {
      step = strength == 1 ? step : with_short_numbers(with_strength(step, strength));
      step.chance *= p;
      if (step.chance > 0) policy.push_back(std::move(step));
    }
    return *toml::parse("policy = " + to_toml(policy))["policy"].as_array();
  }

  [[nodiscard]] toml::array order(const toml::table& table) {
    only(table, {"order", "steps"});
    const std::string name = name_of(table, "order");
    const std::vector<toml::array> steps = steps_of(table);
    if (steps.size() > most_ordered)
      refuse(place(table), "an order can be searched for at most " + std::to_string(most_ordered) +
                               " steps, not " + std::to_string(steps.size()));
    std::vector<std::size_t> permutation(steps.size());
    std::iota(permutation.begin(), permutation.end(), std::size_t{0});
    std::vector<std::vector<std::size_t>> all;
    std::vector<std::string> options;
    do {
      all.push_back(permutation);
      std::string text;
      for (const std::size_t i : permutation) text += std::to_string(i + 1);
      options.push_back(text);
    } while (std::next_permutation(permutation.begin(), permutation.end()));
    toml::array result;
    for (const std::size_t i : all[pick(name, std::move(options), false)]) append(result, steps[i]);
    return result;
  }

  const toml::table& document_;
  std::string name_;
  const Picks* picks_;
  const toml::array* p_ = nullptr;
  const toml::array* strength_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace

struct SearchSpace::Document {
  std::string name, text;
  toml::table table;
  std::vector<Choice> choices;
};

SearchSpace::SearchSpace(std::shared_ptr<const Document> document)
    : document_(std::move(document)) {}

SearchSpace SearchSpace::parse(const std::string& toml, const std::string& name) {
  auto document = std::make_shared<Document>();
  document->name = name;
  document->text = toml;
  try {
    document->table = toml::parse(toml);
  } catch (const toml::parse_error& e) {
    refuse(name + ":" + std::to_string(e.source().begin.line), std::string(e.description()));
  }
  TemplateWalker walker(document->table, name, nullptr);
  (void)policy_of(walker.walk(), name);
  document->choices = std::move(walker.choices);
  if (document->choices.empty())
    refuse(name, "has nothing to search: write a slot, or {levels = [a, b]} for a value");
  SearchSpace space(document);
  // Tries each option once, together with the first option of all other choices, so that mistakes
  // are reported before any training.
  Picks picks(space.choices().size(), 0);
  for (std::size_t i = 0; i < picks.size(); ++i) {
    const Choice& choice = space.choices()[i];
    for (std::size_t option = 1; option < choice.options.size(); ++option) {
      picks[i] = static_cast<int>(option);
      try {
        (void)space.policy(picks);
      } catch (const Error& e) {
        refuse(name, "option '" + choice.options[option] + "' of '" + choice.name +
                         "' does not yield a valid policy (" + e.what() + ")");
      }
    }
    picks[i] = 0;
  }
  return space;
}

const std::vector<Choice>& SearchSpace::choices() const { return document_->choices; }

double SearchSpace::size() const {
  double size = 1;
  for (const Choice& choice : choices()) size *= static_cast<double>(choice.options.size());
  return size;
}

const std::string& SearchSpace::text() const { return document_->text; }

Policy SearchSpace::policy(std::span<const int> picks) const {
  const Picks copy(picks.begin(), picks.end());
  TemplateWalker walker(document_->table, document_->name, &copy);
  return policy_of(walker.walk(), document_->name);
}

SearchSpace read_search_space(const std::string& name_or_file) {
  for (const NamedSpace& space : search_spaces())
    if (space.name == name_or_file)
      return SearchSpace::parse(std::string(space.toml),
                                "configs/augment/search/" + std::string(space.name) + ".toml");
  std::error_code ignored;
  std::ifstream in(name_or_file, std::ios::binary);
  if (!in || std::filesystem::is_directory(name_or_file, ignored)) {
    std::string known;
    for (const std::string& name : search_space_names())
      known += (known.empty() ? "" : ", ") + name;
    throw Error(
        ErrorCode::not_found,
        "'" + name_or_file + "' is neither a readable search space nor a built-in one: " + known);
  }
  std::ostringstream text;
  text << in.rdbuf();
  return SearchSpace::parse(text.str(), name_or_file);
}

std::vector<std::string> search_space_names() {
  std::vector<std::string> names;
  for (const NamedSpace& space : search_spaces()) names.emplace_back(space.name);
  return names;
}

std::string policy_file(const Policy& policy, const std::vector<std::string>& comment) {
  std::string text;
  for (const std::string& line : comment) text += "# " + line + "\n";
  text += "[augment]\npolicy = [\n";
  for (const Step& step : policy) {
    const std::string one = to_toml({step});
    text += "  " + one.substr(1, one.size() - 2) + ",\n";
  }
  return text + "]\n";
}

}  // namespace faceshot::augment::search
