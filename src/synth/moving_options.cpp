#include "synth/moving_options.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "base/nearest_name.hpp"
#include "base/toml.hpp"
#include "faceshot/error.hpp"

namespace faceshot::synth {
namespace {

/// Calls visit(name, member, least, most) for every option; the single list of them.
template <typename Options, typename Visit>
void each_moving_option(Options& o, const Visit& visit) {
  visit("width", o.width, 64.0, 4096.0);
  visit("height", o.height, 64.0, 4096.0);
  visit("frames", o.frames, 1.0, 100000.0);
  visit("frame_rates", o.frame_rates, 1.0, 1000.0);
  visit("people", o.people, 0.0, 100.0);
  visit("face_height", o.face_height, 4.0, 2000.0);
  visit("walkers", o.walkers, 0.0, 1.0);
  visit("walk_speed", o.walk_speed, 0.0, 50.0);
  visit("restless", o.restless, 0.0, 1.0);
  visit("approaching", o.approaching, 0.0, 1.0);
  visit("turns", o.turns, 0.0, 1.0);
  visit("nods", o.nods, 0.0, 1.0);
  visit("pans", o.pans, 0.0, 1.0);
  visit("pan_width", o.pan_width, 0.0, 4096.0);
  visit("pan_seconds", o.pan_seconds, 0.5, 1000.0);
  visit("shakes", o.shakes, 0.0, 1.0);
  visit("zooms", o.zooms, 0.0, 1.0);
  visit("cuts", o.cuts, 0.0, 1.0);
  visit("occluders", o.occluders, 0.0, 1.0);
  visit("passers", o.passers, 0.0, 1.0);
  visit("dark", o.dark, 0.0, 1.0);
  visit("unfocused", o.unfocused, 0.0, 1.0);
  visit("shutter", o.shutter, 0.0, 1.0);
  visit("noise", o.noise, 0.0, 60.0);
  visit("jpeg_quality", o.jpeg_quality, 1.0, 100.0);
}

struct InBounds {
  double least, most;
  bool operator()(double x) const { return x >= least && x <= most; }
  bool operator()(int x) const { return (*this)(static_cast<double>(x)); }
  bool operator()(const Range& r) const {
    return (*this)(r.low) && (*this)(r.high) && r.low <= r.high;
  }
  bool operator()(const std::vector<double>& all) const {
    for (const double x : all)
      if (!(*this)(x)) return false;
    return !all.empty();
  }
};

bool read_into(const toml::node& node, double& x) {
  const auto value = node.value<double>();
  if (!node.is_number() || !value) return false;
  x = *value;
  return true;
}

bool read_into(const toml::node& node, int& x) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || std::abs(*value) > 1'000'000) return false;
  x = static_cast<int>(*value);
  return true;
}

bool read_into(const toml::node& node, std::vector<double>& all) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) return false;
  all.assign(array->size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!read_into((*array)[i], all[i])) return false;
  return true;
}

bool read_into(const toml::node& node, Range& range) {
  std::vector<double> ends;
  if (!read_into(node, ends) || ends.size() != 2) return false;
  range = {ends[0], ends[1]};
  return true;
}

[[noreturn]] void fail_at(const std::filesystem::path& path, const toml::node& node,
                          const std::string& message) {
  throw Error(ErrorCode::format,
              path.string() + ":" + std::to_string(node.source().begin.line) + ": " + message);
}

void read_scene_option(const std::filesystem::path& path, const std::string& key,
                       const toml::node& node, MovingSceneOptions& options) {
  bool known = false;
  std::vector<std::string> names;
  each_moving_option(options, [&](const char* name, auto& member, double least, double most) {
    names.emplace_back(name);
    if (key != name) return;
    known = true;
    if (!read_into(node, member) || !InBounds{least, most}(member)) {
      std::ostringstream bounds;
      bounds << "'" << key << "' must be in " << least << ".." << most
             << "; a range is [low, high]";
      fail_at(path, node, bounds.str());
    }
  });
  if (!known)
    fail_at(path, node,
            "unknown key '" + key + "'; did you mean '" + base::nearest_name(key, names) + "'?");
}

}  // namespace

void validate(const MovingSceneOptions& options) {
  each_moving_option(options, [](const char* name, const auto& member, double least, double most) {
    if (!InBounds{least, most}(member))
      throw Error(ErrorCode::invalid_argument,
                  std::string("moving scenes: '") + name + "' is out of range");
  });
}

MovingScenes read_moving_scenes(const std::filesystem::path& path) {
  std::ifstream stream(path);
  if (!stream)
    throw Error(ErrorCode::not_found,
                "cannot read '" + path.string() + "', which describes scenes");
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  MovingScenes scenes;
  toml::table file;
  try {
    file = toml::parse(text, path.string());
  } catch (const toml::parse_error& e) {
    throw Error(ErrorCode::format, path.string() + ":" + std::to_string(e.source().begin.line) +
                                       ": " + std::string(e.description()));
  }
  for (const auto& [section, node] : file) {
    const toml::table* const table = node.as_table();
    if (table == nullptr || (section != "scene" && section != "seeds"))
      fail_at(path, node, "the only sections are [seeds] and [scene]");
    for (const auto& [name, value] : *table) {
      const std::string key(name.str());
      if (section == "scene") {
        read_scene_option(path, key, value, scenes.scene);
        continue;
      }
      int seed = 0;
      if (!read_into(value, seed) || seed < 0) fail_at(path, value, "a seed must be an integer");
      if (key != "first" && key != "last")
        fail_at(path, value, "unknown key '" + key + "': [seeds] has first and last");
      (key == "first" ? scenes.first_seed : scenes.last_seed) = static_cast<std::uint64_t>(seed);
    }
  }
  if (scenes.first_seed > scenes.last_seed)
    throw Error(ErrorCode::format, path.string() + ": the first seed is after the last");
  return scenes;
}

}  // namespace faceshot::synth
