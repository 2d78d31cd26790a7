#include "weights/name_map.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/nearest_name.hpp"
#include "faceshot/error.hpp"
#include "weights/keras_names.hpp"

namespace faceshot::weights {
namespace {

using Wanted = std::map<std::string, std::vector<std::int64_t>>;

using Target = KerasTarget;

/// One rule for mapping a file's names to ours.
struct Rule {
  std::string map;
  std::function<std::optional<Target>(const NamedArray&)> target;
};

/// Prefixes that training programs add to names.
constexpr std::string_view foreign_prefixes[] = {
    "", "module.", "model.", "module.model.", "backbone.", "features.", "module.features."};

std::vector<std::string> own_prefixes(const std::string& prefix) {
  std::vector<std::string> prefixes{"", "features."};
  if (!prefix.empty()) prefixes.insert(prefixes.end(), {prefix, prefix + "features."});
  return prefixes;
}

std::vector<Rule> rules(const NameMapOptions& options) {
  const auto has = [&](const char* map) { return options.map == "auto" || options.map == map; };
  if (!has("none") && !has("torchvision") && !has("keras"))
    throw Error(ErrorCode::invalid_argument,
                "there is no map '" + options.map +
                    "' of names; available: auto, none, torchvision and keras");
  std::vector<Rule> list;
  if (has("none"))
    list.push_back({"none", [](const NamedArray& a) { return Target{a.name, Layout::same}; }});
  for (const std::string& own : own_prefixes(options.prefix)) {
    if (has("torchvision"))
      for (const std::string_view foreign : foreign_prefixes)
        list.push_back({"torchvision", [own, foreign](const NamedArray& a) {
                          std::optional<Target> target;
                          if (a.name.starts_with(foreign))
                            target = {own + a.name.substr(foreign.size()), Layout::same};
                          return target;
                        }});
    if (has("keras"))
      list.push_back({"keras", [own](const NamedArray& a) {
                        auto target = keras_target(a.name, a.shape.size());
                        if (target) target->name = own + target->name;
                        return target;
                      }});
  }
  return list;
}

/// Arrays for which a rule finds a parameter; those of the right shape are compared first.
std::pair<std::size_t, std::size_t> score(const Rule& rule, const std::vector<NamedArray>& have,
                                          const Wanted& want) {
  std::size_t named = 0;
  std::size_t fitting = 0;
  for (const NamedArray& array : have) {
    const auto target = rule.target(array);
    const auto found = target ? want.find(target->name) : want.end();
    if (found == want.end()) continue;
    ++named;
    if (converted_shape(array.shape, target->layout) == found->second) ++fitting;
  }
  return {fitting, named};
}

bool is_counter(const std::string& name) {
  return name == "num_batches_tracked" || name.ends_with(".num_batches_tracked");
}

/// Gives weight 1 or bias 0 to BatchNorm layers whose file has statistics but not these.
void fill_neutral(const Wanted& want, MatchedWeights& result) {
  auto& missing = result.report.missing;
  const auto fill = [&](const std::string& name) {
    const auto dot = name.rfind('.');
    if (dot == std::string::npos) return false;
    const std::string member = name.substr(dot + 1);
    if (member != "weight" && member != "bias") return false;
    if (!result.weights.contains(name.substr(0, dot) + ".running_mean")) return false;
    const auto& shape = want.at(name);
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) count *= extent;
    result.weights[name] = {shape, std::vector<float>(static_cast<std::size_t>(count),
                                                      member == "weight" ? 1.0F : 0.0F)};
    result.report.filled.push_back(name);
    return true;
  };
  missing.erase(std::remove_if(missing.begin(), missing.end(), fill), missing.end());
}

void require_any(const MatchReport& report, const Wanted& want) {
  if (!report.matched.empty() || want.empty()) return;
  if (!report.wrong_shape.empty())
    throw Error(ErrorCode::invalid_argument,
                "no array has a shape that the network needs, such as '" +
                    report.wrong_shape.front().foreign + "' for '" +
                    report.wrong_shape.front().name +
                    "'; is it the same network with the same width?");
  throw Error(ErrorCode::invalid_argument,
              "none of the weights has a name that the network uses: the file has " +
                  (report.left_over.empty() ? "no arrays"
                                            : "'" + report.left_over.front() + "' and others") +
                  ", the network needs '" + want.begin()->first + "' and others");
}

void require_all(const MatchReport& report) {
  const auto& r = report;
  if (r.left_over.empty() && r.missing.empty() && r.wrong_shape.empty()) return;
  std::string first;
  if (!r.wrong_shape.empty())
    first = "'" + r.wrong_shape.front().foreign + "' has another shape than '" +
            r.wrong_shape.front().name + "'";
  else if (!r.missing.empty())
    first =
        "'" + r.missing.front() + "' is not in the file" +
        (r.left_over.empty()
             ? ""
             : ", where '" + base::nearest_name(r.missing.front(), r.left_over) + "' is left over");
  else
    first = "'" + r.left_over.front() + "' has no counterpart in the network";
  throw Error(ErrorCode::invalid_argument,
              "the weights do not fit the network (strict): " + std::to_string(r.missing.size()) +
                  " missing, " + std::to_string(r.left_over.size()) + " left over, " +
                  std::to_string(r.wrong_shape.size()) + " of the wrong shape; " + first);
}

}  // namespace

MatchedWeights match_weights(std::vector<NamedArray> have, const Wanted& want,
                             const NameMapOptions& options) {
  MatchedWeights result;
  MatchReport& report = result.report;
  const auto counters = std::stable_partition(
      have.begin(), have.end(), [](const NamedArray& a) { return !is_counter(a.name); });
  for (auto it = counters; it != have.end(); ++it) report.counters.push_back(it->name);
  have.erase(counters, have.end());

  const std::vector<Rule> all = rules(options);
  const auto better = [&](const Rule& a, const Rule& b) {
    return score(a, have, want) < score(b, have, want);
  };
  const Rule& rule = *std::max_element(all.begin(), all.end(), better);
  report.map = rule.map;

  std::set<std::string> placed;
  for (NamedArray& array : have) {
    const auto target = rule.target(array);
    const auto found = target ? want.find(target->name) : want.end();
    if (found == want.end() || !placed.insert(target->name).second) {
      report.left_over.push_back(array.name);
      continue;
    }
    const auto shape = converted_shape(array.shape, target->layout);
    if (shape != found->second) {
      report.wrong_shape.push_back({target->name, array.name, found->second, shape});
      continue;
    }
    report.matched.push_back({target->name, array.name, shape});
    result.weights[target->name] =
        convert_layout({std::move(array.shape), std::move(array.values)}, target->layout);
  }
  for (const auto& [name, shape] : want)
    if (!placed.contains(name)) report.missing.push_back(name);
  fill_neutral(want, result);

  require_any(report, want);
  if (options.strict) require_all(report);
  return result;
}

}  // namespace faceshot::weights
