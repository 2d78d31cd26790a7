#include "video/live/settings/cameras.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "base/nearest_name.hpp"
#include "base/toml.hpp"
#include "faceshot/error.hpp"
#include "video/live/sources/source_name.hpp"

namespace faceshot::video {
namespace {

/// A table of the file; unknown keys are errors.
class CamerasTable {
 public:
  CamerasTable(const std::filesystem::path& file, const toml::table& table)
      : file_(file), table_(table) {}

  [[noreturn]] void fail(const toml::node& at, const std::string& why) const {
    throw Error(ErrorCode::format,
                file_.string() + ":" + std::to_string(at.source().begin.line) + ": " + why);
  }
  void require_known(const std::vector<std::string>& names) const {
    for (const auto& [key, node] : table_)
      if (const std::string name(key.str());
          std::find(names.begin(), names.end(), name) == names.end())
        fail(node,
             "unknown key '" + name + "'; did you mean '" + base::nearest_name(name, names) + "'?");
  }
  template <class T>
  void read(const char* key, std::optional<T>& value) const {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) return;
    if constexpr (std::is_same_v<T, double>) {
      if (node->is_number()) value = node->value<double>();
    } else if constexpr (std::is_same_v<T, int>) {
      const auto whole = node->value_exact<std::int64_t>();
      if (whole && std::abs(*whole) < 1'000'000) value = static_cast<int>(*whole);
    } else {
      value = node->value_exact<T>();
    }
    if (!value)
      fail(*node, std::string("'") + key + "' must be " +
                      (std::is_same_v<T, bool>     ? "true or false"
                       : std::is_same_v<T, double> ? "a number"
                       : std::is_same_v<T, int>    ? "a whole number"
                                                   : "a string"));
  }
  template <class T>
  void read_in(const char* key, std::optional<T>& value, double least, double most) const {
    read(key, value);
    if (value && !(static_cast<double>(*value) >= least && static_cast<double>(*value) <= most))
      fail(*table_.get(key), std::string("'") + key + "' is out of range");
  }
  [[nodiscard]] const toml::table* table(const char* key) const {
    const toml::node* const node = table_.get(key);
    if (node != nullptr && !node->is_table())
      fail(*node, std::string("'") + key + "' must be a table");
    return node == nullptr ? nullptr : node->as_table();
  }
  [[nodiscard]] const toml::node* get(const char* key) const { return table_.get(key); }
  [[nodiscard]] const toml::table& all() const { return table_; }

 private:
  const std::filesystem::path& file_;
  const toml::table& table_;
};

LiveSettings read_live(const CamerasTable& table) {
  table.require_known({"events", "snapshots", "webhook", "webhook_secret_file", "webhook_queue",
                       "health", "metrics", "log", "keep_size", "keep_days", "connect_timeout",
                       "read_timeout", "detect_every", "threads", "privacy"});
  LiveSettings live;
  table.read("events", live.events);
  table.read("snapshots", live.snapshots);
  table.read("webhook", live.webhook);
  table.read("webhook_secret_file", live.webhook_secret_file);
  table.read("webhook_queue", live.webhook_queue);
  table.read("health", live.health);
  table.read("metrics", live.metrics);
  table.read("log", live.log);
  table.read("keep_size", live.keep_size);
  table.read_in("keep_days", live.keep_days, 0, 1e6);
  table.read_in("connect_timeout", live.connect_timeout, 0.1, 3600);
  table.read_in("read_timeout", live.read_timeout, 0.1, 3600);
  table.read_in("detect_every", live.detect_every, 1, 1000);
  table.read_in("threads", live.threads, 1, 256);
  table.read("privacy", live.privacy);
  if (live.log && *live.log != "text" && *live.log != "json")
    table.fail(*table.get("log"), "'log' must be \"text\" or \"json\"");
  return live;
}

std::vector<PlacePoint> read_points(const CamerasTable& table, const toml::node& node) {
  std::vector<PlacePoint> points;
  const toml::array* const list = node.as_array();
  if (list == nullptr)
    table.fail(node, "must be a list of points [x, y], in shares of the picture");
  for (const toml::node& point : *list) {
    const toml::array* const pair = point.as_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_number() || !(*pair)[1].is_number())
      table.fail(point, "must be a point [x, y], in shares of the picture");
    points.push_back({*(*pair)[0].value<double>(), *(*pair)[1].value<double>()});
  }
  return points;
}

void read_regions(const CamerasTable& table, StreamSettings& stream,
                  const std::filesystem::path& file) {
  const auto checked = [&](const toml::node& node, const auto& region) {
    try {
      validate(region);
    } catch (const Error& e) {
      table.fail(node, e.what());
    }
  };
  if (const toml::table* const zones = table.table("zones"))
    for (const auto& [key, node] : *zones) {
      const CamerasTable own(file, *zones);
      stream.zones.push_back({std::string(key.str()), read_points(own, node)});
      checked(node, stream.zones.back());
    }
  if (const toml::table* const lines = table.table("lines"))
    for (const auto& [key, node] : *lines) {
      const std::vector<PlacePoint> ends = read_points(table, node);
      if (ends.size() != 2) table.fail(node, "a line needs two points");
      stream.lines.push_back({std::string(key.str()), ends[0], ends[1]});
      checked(node, stream.lines.back());
    }
}

void read_hours(const CamerasTable& table, StreamSettings& stream) {
  const toml::node* const node = table.get("hours");
  if (node == nullptr) return;
  std::vector<std::string> rules;
  if (const auto one = node->value_exact<std::string>())
    rules.push_back(*one);
  else if (const toml::array* const list = node->as_array())
    for (const toml::node& rule : *list) {
      const auto text = rule.value_exact<std::string>();
      if (!text) table.fail(rule, "must be hours such as \"mon-fri 07:00-19:00\"");
      rules.push_back(*text);
    }
  else
    table.fail(*node, "'hours' must be a list such as [\"mon-fri 07:00-19:00\"]");
  try {
    stream.hours = WatchHours(rules);
  } catch (const Error& e) {
    table.fail(*node, e.what());
  }
}

void read_source(const CamerasTable& table, const toml::node& at, StreamSettings& stream) {
  std::optional<std::string> source, transport;
  table.read("source", source);
  table.read("transport", transport);
  if (!source) table.fail(at, "stream '" + stream.name + "' has no source");
  SourceKind kind = SourceKind::none;
  try {
    kind = source_kind(*source);
  } catch (const Error& e) {
    table.fail(*table.get("source"), e.what());
  }
  if (kind == SourceKind::none)
    table.fail(*table.get("source"),
               "'" + *source + "' is neither a stream URL, nor a /dev/video device, nor a FIFO");
  stream.input.source = *source;
  if (!transport) return;
  if (*transport != "tcp" && *transport != "udp" && *transport != "auto")
    table.fail(*table.get("transport"), "'transport' must be \"tcp\", \"udp\" or \"auto\"");
  stream.input.transport = *transport == "tcp"   ? Transport::tcp
                           : *transport == "udp" ? Transport::udp
                                                 : Transport::automatic;
}

StreamSettings read_stream(const std::filesystem::path& file, const std::string& name,
                           const toml::node& node) {
  const toml::table empty;
  const CamerasTable outer(file, empty);
  if (!node.is_table()) outer.fail(node, "stream '" + name + "' must be a table");
  const CamerasTable table(file, *node.as_table());
  table.require_known({"source", "transport", "hours", "zones", "lines", "detect_every", "width",
                       "height", "frame_rate"});
  StreamSettings stream;
  stream.name = name;
  read_source(table, node, stream);
  read_hours(table, stream);
  read_regions(table, stream, file);
  std::optional<int> width, height;
  std::optional<double> rate;
  table.read_in("detect_every", stream.detect_every, 1, 1000);
  table.read_in("width", width, 2, 16384);
  table.read_in("height", height, 2, 16384);
  table.read_in("frame_rate", rate, 0.1, 1000);
  stream.input.width = width.value_or(0);
  stream.input.height = height.value_or(0);
  stream.input.frame_rate = rate.value_or(0);
  return stream;
}

}  // namespace

Cameras read_cameras(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream)
    throw Error(ErrorCode::not_found, "cannot read '" + file.string() + "' with the streams");
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  toml::table parsed;
  try {
    parsed = toml::parse(text, file.string());
  } catch (const toml::parse_error& e) {
    throw Error(ErrorCode::format, file.string() + ":" + std::to_string(e.source().begin.line) +
                                       ": " + std::string(e.description()));
  }
  const CamerasTable table(file, parsed);
  table.require_known({"live", "streams"});
  Cameras cameras;
  if (const toml::table* const live = table.table("live"))
    cameras.live = read_live(CamerasTable(file, *live));
  if (const toml::table* const streams = table.table("streams"))
    for (const auto& [name, node] : *streams)
      cameras.streams.push_back(read_stream(file, std::string(name.str()), node));
  if (cameras.streams.empty())
    throw Error(ErrorCode::format, file.string() +
                                       ": contains no streams; write [streams.NAME] with "
                                       "source = \"rtsp://...\"");
  return cameras;
}

std::int64_t parse_bytes(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  std::string unit(end);
  unit.erase(0, unit.find_first_not_of(' '));
  if (!unit.empty() && (unit.back() == 'B' || unit.back() == 'b')) unit.pop_back();
  constexpr std::string_view units = "kMGT";
  double factor = 1;
  if (!unit.empty()) {
    const std::size_t at = units.find(unit == "K" ? 'k' : unit.front());
    factor = unit.size() == 1 && at != std::string_view::npos
                 ? std::pow(1000.0, static_cast<double>(at + 1))
                 : 0;
  }
  if (end == text.c_str() || !(number * factor > 0) || number * factor > 1e18)
    throw Error(ErrorCode::invalid_argument,
                "'" + text + "' is not a size; write it like \"500 MB\" or \"2 GB\"");
  return static_cast<std::int64_t>(number * factor);
}

}  // namespace faceshot::video
