#include "model/registry.hpp"

#include <algorithm>

#include "faceshot/error.hpp"
#include "model/backbones/faceshot_nano.hpp"

namespace faceshot {
namespace {

struct Entry {
  const char* name;
  NetworkSpec (*build)(const ModelOptions&);
};

constexpr Entry networks[] = {
    {"faceshot-nano", build_faceshot_nano},
};

}  // namespace

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const Entry& entry : networks) names.emplace_back(entry.name);
  return names;
}

NetworkSpec make_network(const ModelOptions& options) {
  const auto* const entry = std::find_if(std::begin(networks), std::end(networks),
                                         [&](const Entry& e) { return options.name == e.name; });
  if (entry == std::end(networks)) {
    std::string known;
    for (const std::string& name : network_names()) known += (known.empty() ? "" : ", ") + name;
    throw Error(ErrorCode::not_found,
                "no network is named '" + options.name + "'; there are: " + known);
  }
  if (!(options.width > 0 && options.width <= 4))
    throw Error(ErrorCode::invalid_argument,
                "model.width is " + std::to_string(options.width) + "; it must be in (0, 4]");
  if (options.heads_landmarks != 0 && options.heads_landmarks != 5)
    throw Error(ErrorCode::invalid_argument, "model.heads.landmarks is " +
                                                 std::to_string(options.heads_landmarks) +
                                                 "; it must be 0 or 5 (eyes, nose, mouth corners)");
  NetworkSpec spec = entry->build(options);
  validate(spec);
  if (has_landmarks(spec) != (options.heads_landmarks != 0))
    throw Error(ErrorCode::unsupported,
                options.name + " has no heads for landmarks; leave model.heads.landmarks at 0");
  return spec;
}

}  // namespace faceshot
