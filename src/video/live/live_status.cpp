#include "video/live/live_status.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "video/live/utc_time.hpp"

namespace faceshot::video {
namespace {

using StatusJson = nlohmann::ordered_json;

double milli(double value) { return std::round(value * 1000) / 1000; }

StatusJson stream_json(const StreamStatus& s) {
  const SourceCounters& c = s.source_counters;
  StatusJson json{{"name", s.name},
                  {"source", s.source},
                  {"state", name_of(s.state)},
                  {"width", s.width},
                  {"height", s.height},
                  {"frame_age", s.frame_age < 0 ? StatusJson() : StatusJson(milli(s.frame_age))},
                  {"received", c.frames},
                  {"dropped", c.dropped},
                  {"damaged", c.damaged},
                  {"connections", c.connections},
                  {"failures", c.failures},
                  {"resized", c.resized},
                  {"clock_jumps", c.jumps},
                  {"frames", s.frames},
                  {"looks", s.looks},
                  {"still", s.still},
                  {"faces", s.faces},
                  {"appeared", s.totals.appeared},
                  {"processor_seconds", milli(s.processor_seconds)}};
  json["latency"] = {{"p50", milli(s.latency.quantile(0.5))},
                     {"p95", milli(s.latency.quantile(0.95))},
                     {"p99", milli(s.latency.quantile(0.99))}};
  return json;
}

/// A label value in the text format.
std::string label(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

struct Metric {
  const char* name;
  const char* kind;
  const char* help;
  std::function<double(const StreamStatus&)> value;
};

double real(std::int64_t value) { return static_cast<double>(value); }

const std::vector<Metric>& stream_metrics() {
  static const std::vector<Metric> metrics{
      {"faceshot_stream_up", "gauge", "1 while frames arrive",
       [](const StreamStatus& s) { return s.state == SourceState::live ? 1.0 : 0.0; }},
      {"faceshot_stream_asleep", "gauge", "1 outside the stream's hours",
       [](const StreamStatus& s) { return s.state == SourceState::asleep ? 1.0 : 0.0; }},
      {"faceshot_stream_received_frames_total", "counter", "Frames decoded",
       [](const StreamStatus& s) { return real(s.source_counters.frames); }},
      {"faceshot_stream_dropped_frames_total", "counter", "Frames dropped in favour of newer ones",
       [](const StreamStatus& s) { return real(s.source_counters.dropped); }},
      {"faceshot_stream_damaged_total", "counter", "Damaged packets and frames",
       [](const StreamStatus& s) { return real(s.source_counters.damaged); }},
      {"faceshot_stream_connections_total", "counter", "Connections that delivered a frame",
       [](const StreamStatus& s) { return real(s.source_counters.connections); }},
      {"faceshot_stream_failures_total", "counter", "Failed attempts and lost connections",
       [](const StreamStatus& s) { return real(s.source_counters.failures); }},
      {"faceshot_stream_frames_total", "counter", "Frames in which faces were tracked",
       [](const StreamStatus& s) { return real(s.frames); }},
      {"faceshot_stream_looks_total", "counter", "Frames with full detection",
       [](const StreamStatus& s) { return real(s.looks); }},
      {"faceshot_stream_still_frames_total", "counter", "Frames in which nothing moved",
       [](const StreamStatus& s) { return real(s.still); }},
      {"faceshot_stream_processor_seconds_total", "counter", "Processor time",
       [](const StreamStatus& s) { return s.processor_seconds; }},
      {"faceshot_stream_faces", "gauge", "Faces in view",
       [](const StreamStatus& s) { return real(s.faces); }},
      {"faceshot_stream_appeared_total", "counter", "Faces that appeared",
       [](const StreamStatus& s) { return real(s.totals.appeared); }},
  };
  return metrics;
}

void head(std::string& text, const char* name, const char* kind, const char* help) {
  text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
}

void one(std::string& text, const char* name, const char* kind, const char* help, double value) {
  head(text, name, kind, help);
  text += fmt::format("{} {}\n", name, value);
}

void places_text(std::string& text, const LiveStatus& status) {
  head(text, "faceshot_line_crossings_total", "counter", "Faces that crossed a line");
  for (const StreamStatus& s : status.streams)
    for (const auto& [line, count] : s.totals.lines)
      for (const bool in : {true, false})
        text += fmt::format(
            "faceshot_line_crossings_total{{stream=\"{}\",line=\"{}\",direction=\"{}\"}} {}\n",
            label(s.name), label(line), in ? "in" : "out", in ? count.in : count.out);
  head(text, "faceshot_zone_entries_total", "counter", "Faces that entered a zone");
  for (const StreamStatus& s : status.streams)
    for (const auto& [zone, count] : s.totals.zones)
      text += fmt::format("faceshot_zone_entries_total{{stream=\"{}\",zone=\"{}\"}} {}\n",
                          label(s.name), label(zone), count);
}

}  // namespace

const char* health_of(const LiveStatus& status) {
  std::size_t wanted = 0, live = 0;
  for (const StreamStatus& s : status.streams) {
    if (s.state == SourceState::asleep || s.state == SourceState::ended) continue;
    ++wanted;
    live += s.state == SourceState::live ? 1 : 0;
  }
  return live == wanted ? "ok" : live == 0 ? "down" : "degraded";
}

std::string health_json(const LiveStatus& status) {
  StatusJson json{{"time", utc_text(status.utc)},
                  {"status", health_of(status)},
                  {"uptime", milli(status.uptime)},
                  {"load", milli(status.load)},
                  {"detect_every", status.detect_every},
                  {"resident_bytes", status.resident_bytes},
                  {"descriptors", status.descriptors},
                  {"snapshots", {{"files", status.snapshots}, {"bytes", status.snapshot_bytes}}}};
  if (status.has_webhook)
    json["webhook"] = {{"queued", status.queued},
                       {"sent", status.sent},
                       {"failures", status.send_failures},
                       {"rejected", status.rejected},
                       {"dropped", status.dropped}};
  json["streams"] = StatusJson::array();
  for (const StreamStatus& s : status.streams) json["streams"].push_back(stream_json(s));
  return json.dump(1, ' ', false, StatusJson::error_handler_t::replace) + "\n";
}

std::string prometheus_text(const LiveStatus& status) {
  std::string text;
  for (const Metric& metric : stream_metrics()) {
    head(text, metric.name, metric.kind, metric.help);
    for (const StreamStatus& s : status.streams)
      text += fmt::format("{}{{stream=\"{}\"}} {}\n", metric.name, label(s.name), metric.value(s));
  }
  const char* const latency = "faceshot_stream_latency_seconds";
  head(text, latency, "summary", "From a frame's arrival to its faces");
  for (const StreamStatus& s : status.streams) {
    for (const double share : {0.5, 0.95, 0.99})
      text += fmt::format("{}{{stream=\"{}\",quantile=\"{}\"}} {:.6g}\n", latency, label(s.name),
                          share, s.latency.quantile(share));
    text +=
        fmt::format("{}_sum{{stream=\"{}\"}} {:.6g}\n", latency, label(s.name), s.latency.sum());
    text +=
        fmt::format("{}_count{{stream=\"{}\"}} {}\n", latency, label(s.name), s.latency.count());
  }
  places_text(text, status);
  one(text, "faceshot_load", "gauge", "Share of the threads' time in use", status.load);
  one(text, "faceshot_detect_every", "gauge", "Interval of frames with full detection",
      status.detect_every);
  one(text, "faceshot_uptime_seconds", "gauge", "Since the start", status.uptime);
  one(text, "faceshot_resident_bytes", "gauge", "Memory in use", real(status.resident_bytes));
  one(text, "faceshot_descriptors", "gauge", "Open files", real(status.descriptors));
  one(text, "faceshot_snapshots", "gauge", "Snapshots on disk", real(status.snapshots));
  one(text, "faceshot_snapshot_bytes", "gauge", "Bytes of snapshots on disk",
      real(status.snapshot_bytes));
  if (!status.has_webhook) return text;
  one(text, "faceshot_webhook_queued", "gauge", "Events waiting", real(status.queued));
  one(text, "faceshot_webhook_sent_total", "counter", "Events accepted by the receiver",
      real(status.sent));
  one(text, "faceshot_webhook_failures_total", "counter", "Failed attempts",
      real(status.send_failures));
  one(text, "faceshot_webhook_rejected_total", "counter", "Events rejected by the receiver",
      real(status.rejected));
  one(text, "faceshot_webhook_dropped_total", "counter", "Events dropped from a full queue",
      real(status.dropped));
  return text;
}

void read_process(LiveStatus& status) {
  std::ifstream memory("/proc/self/statm");
  std::int64_t pages = 0, resident = 0;
  if (memory >> pages >> resident) status.resident_bytes = resident * ::sysconf(_SC_PAGESIZE);
  std::error_code failed;
  std::int64_t files = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end;
       at.increment(failed))
    ++files;
  status.descriptors = std::max<std::int64_t>(0, files - 1);  // except the folder itself
}

}  // namespace faceshot::video
