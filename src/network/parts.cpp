#include "network/parts.hpp"

#include <algorithm>

#include "faceshot/error.hpp"

namespace faceshot::network {
namespace {

struct Part {
  std::string_view name;
  std::string_view prefix;  ///< of the names of its layers
};

constexpr Part all_parts[] = {
    {"backbone", "backbone."}, {"neck", "neck."}, {"extras", "extras."}, {"heads", "head"}};

constexpr std::string_view until = "backbone.until:";

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

/// Adds the layers of `part` among the first `count` layers.
void add_layers(const NetworkSpec& spec, std::string_view part, std::size_t count,
                std::set<std::string>& into) {
  for (std::size_t l = 0; l < count; ++l)
    if (part_of(spec.layers[l].name) == part) into.insert(spec.layers[l].name);
}

void add_until(const NetworkSpec& spec, const std::string& what, std::set<std::string>& into) {
  const std::string name = what.substr(until.size());
  const auto tap = std::find_if(spec.taps.begin(), spec.taps.end(),
                                [&](const Tap& t) { return t.name == name; });
  if (tap == spec.taps.end()) {
    std::vector<std::string> known;
    for (const Tap& t : spec.taps) known.push_back(t.name);
    throw Error(ErrorCode::invalid_argument, "model.freeze '" + what + "': the backbone of " +
                                                 spec.name + " has no tap '" + name +
                                                 "'; available: " + joined(known));
  }
  const auto last = std::find_if(spec.layers.begin(), spec.layers.end(),
                                 [&](const Layer& l) { return l.name == tap->layer; });
  add_layers(spec, "backbone", static_cast<std::size_t>(last - spec.layers.begin()) + 1, into);
}

}  // namespace

std::string_view part_of(std::string_view name) {
  for (const Part& part : all_parts)
    if (name.starts_with(part.prefix)) return part.name;
  return "";
}

std::vector<std::string> parts_of(const NetworkSpec& spec) {
  std::vector<std::string> parts;
  for (const Part& part : all_parts)
    if (std::any_of(spec.layers.begin(), spec.layers.end(),
                    [&](const Layer& layer) { return part_of(layer.name) == part.name; }))
      parts.emplace_back(part.name);
  return parts;
}

std::set<std::string> frozen_layers(const NetworkSpec& spec,
                                    const std::vector<std::string>& freeze) {
  std::set<std::string> frozen;
  const std::vector<std::string> parts = parts_of(spec);
  for (const std::string& what : freeze) {
    if (what.starts_with(until))
      add_until(spec, what, frozen);
    else if (std::find(parts.begin(), parts.end(), what) != parts.end())
      add_layers(spec, what, spec.layers.size(), frozen);
    else
      throw Error(ErrorCode::invalid_argument,
                  "model.freeze '" + what + "': " + spec.name + " has no such part; available: " +
                      joined(parts) + ", and up to a tap: " + std::string(until) + "TAP");
  }
  if (frozen.empty()) return frozen;
  // The rest, counted as a network of its own: layers without parameters cannot be trained.
  NetworkSpec rest;
  for (const Layer& layer : spec.layers)
    if (!frozen.contains(layer.name)) rest.layers.push_back(layer);
  if (parameter_count(rest) == 0)
    throw Error(ErrorCode::invalid_argument, "model.freeze [" + joined(freeze) +
                                                 "] leaves nothing in " + spec.name + " to train");
  return frozen;
}

}  // namespace faceshot::network
