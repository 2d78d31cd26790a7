#include "streams/live_options.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "faceshot/error.hpp"
#include "video/live/sources/source_name.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* live_group = "Live streams";

bool is_toml(const std::string& path) { return fs::path(path).extension() == ".toml"; }

/// "camera" of rtsp://user:password@camera:554/stream, "video0" of /dev/video0.
std::string short_name(const std::string& source) {
  if (source == "-") return "stdin";
  const std::string shown = video::shown_source(source);
  const std::size_t scheme = shown.find("://");
  if (scheme == std::string::npos) return fs::path(shown).filename().string();
  const std::size_t begin = scheme + 3;
  if (shown[begin] == '[') return shown.substr(begin, shown.find(']', begin) - begin + 1);
  return shown.substr(begin, shown.find_first_of(":/", begin) - begin);
}

template <class T>
void prefer(std::optional<T>& own, const std::optional<T>& other) {
  if (!own) own = other;
}

/// The command line takes precedence.
void merge(video::LiveSettings& own, const video::LiveSettings& file) {
  prefer(own.events, file.events);
  prefer(own.snapshots, file.snapshots);
  prefer(own.webhook, file.webhook);
  prefer(own.webhook_secret_file, file.webhook_secret_file);
  prefer(own.webhook_queue, file.webhook_queue);
  prefer(own.health, file.health);
  prefer(own.metrics, file.metrics);
  prefer(own.log, file.log);
  prefer(own.keep_size, file.keep_size);
  prefer(own.keep_days, file.keep_days);
  prefer(own.connect_timeout, file.connect_timeout);
  prefer(own.read_timeout, file.read_timeout);
  prefer(own.detect_every, file.detect_every);
  prefer(own.threads, file.threads);
  prefer(own.privacy, file.privacy);
}

void check_settings(const LivePlan& plan) {
  const video::LiveSettings& s = plan.settings;
  const bool counts_alone = s.privacy.value_or(false);
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::invalid_argument, why); };
  if (counts_alone && s.snapshots)
    refuse("--privacy and --snapshots cannot be combined, since snapshots show faces");
  if (counts_alone && !plan.jsonl.empty())
    refuse("--privacy and --jsonl cannot be combined, since the lines describe individual faces");
  if (plan.jsonl == "-" && s.events.value_or("") == "-")
    refuse("only one of --jsonl and --events can write to standard output");
  if (s.keep_size) (void)video::parse_bytes(*s.keep_size);
  if ((s.keep_days || s.keep_size) && !s.snapshots)
    refuse("--keep-days and --keep-size need --snapshots");
  if (plan.show_zones.empty() && plan.out.empty() && plan.jsonl.empty() && !s.events &&
      !s.snapshots && !s.webhook && !s.health && !s.metrics)
    refuse(
        "nothing to write: give --out rec.mkv, --events, --jsonl, --snapshots, --webhook, --health "
        "or --metrics");
}

}  // namespace

void add_live_options(CLI::App& command, LiveArguments& a) {
  video::LiveSettings& s = a.settings;
  const auto option = [&](const char* name, auto& value, const char* help) {
    return command.add_option(name, value, help)->group(live_group);
  };
  command
      .add_flag("--events{-}", a.events,
                "Write one JSON line per event to standard output, or append it to --events=FILE")
      ->group(live_group);
  option("--snapshots", s.snapshots, "Folder for the best picture of each face");
  option("--keep-days", s.keep_days, "Remove snapshots older than this many days")
      ->check(CLI::NonNegativeNumber);
  option("--keep-size", s.keep_size,
         "Remove the oldest snapshots beyond this total size, as in \"2 GB\"");
  option("--webhook", s.webhook, "URL to post each event to, in order, retried until accepted");
  option("--webhook-secret-file", s.webhook_secret_file,
         "File with the key to sign events with; default: $FACESHOT_WEBHOOK_SECRET");
  option("--webhook-queue", s.webhook_queue,
         "Folder for undelivered events; default: in $STATE_DIRECTORY or ~/.local/state/faceshot");
  command
      .add_flag(
          "--privacy", a.privacy,
          "Report counts only: no event identifies a face, and faces are hidden in recordings")
      ->group(live_group);
  option("--health", s.health, "File for the state of the streams, rewritten every 5 s (JSON)");
  option("--metrics", s.metrics,
         "The same as a text file for Prometheus' node_exporter, as in faceshot.prom");
  option("--log", s.log, "Log format on standard error, text or json; default: text")
      ->check(CLI::IsMember({"text", "json"}));
  option("--transport", a.transport, "RTSP transport; auto: TCP, or UDP if TCP is refused")
      ->check(CLI::IsMember({"auto", "tcp", "udp"}))
      ->capture_default_str();
  option("--connect-timeout", s.connect_timeout,
         "Seconds to wait for a stream's first frame; default: 5")
      ->check(CLI::Range(0.1, 3600.0));
  option("--read-timeout", s.read_timeout, "Seconds to wait between frames; default: 5")
      ->check(CLI::Range(0.1, 3600.0));
  command
      .add_flag("--every-frame", a.every_frame,
                "Wait instead of dropping frames, for films read from a pipe")
      ->group(live_group);
  option("--for", a.stop_after, "Stop after this many seconds; default: never")
      ->check(CLI::PositiveNumber);
  option("--show-zones", a.show_zones,
         "Write an image of the first frame with a grid, zones and lines, and exit");
}

bool names_streams(const std::vector<std::string>& paths) {
  const auto live = [](const std::string& path) {
    return is_toml(path) || video::source_kind(path) != video::SourceKind::none;
  };
  const auto count = std::count_if(paths.begin(), paths.end(), live);
  if (count > 0 && count < static_cast<std::ptrdiff_t>(paths.size()))
    throw Error(ErrorCode::invalid_argument,
                "films and live streams cannot be mixed in one command; '" +
                    *std::find_if_not(paths.begin(), paths.end(), live) + "' is not a stream");
  return count > 0;
}

void plan_streams(const std::vector<std::string>& paths, const LiveArguments& arguments,
                  LivePlan& plan) {
  plan.settings = arguments.settings;
  if (!arguments.events.empty()) plan.settings.events = arguments.events;
  if (arguments.privacy) plan.settings.privacy = true;
  plan.stop_after = arguments.stop_after;
  plan.show_zones = arguments.show_zones;
  plan.every_frame = arguments.every_frame;
  std::set<std::string> names;
  for (const std::string& path : paths) {
    if (is_toml(path)) {
      video::Cameras cameras = video::read_cameras(path);
      merge(plan.settings, cameras.live);
      for (video::StreamSettings& stream : cameras.streams) {
        if (!names.insert(stream.name).second)
          throw Error(ErrorCode::invalid_argument, "two streams are called '" + stream.name + "'");
        plan.streams.push_back(std::move(stream));
      }
      continue;
    }
    video::StreamSettings stream;
    const std::string name = short_name(path);
    stream.name = name;
    for (int n = 2; !names.insert(stream.name).second; ++n)
      stream.name = name + "-" + std::to_string(n);
    stream.input.source = path;
    stream.input.transport = arguments.transport == "tcp"   ? video::Transport::tcp
                             : arguments.transport == "udp" ? video::Transport::udp
                                                            : video::Transport::automatic;
    plan.streams.push_back(std::move(stream));
  }
  for (video::StreamSettings& stream : plan.streams) {
    if (plan.settings.connect_timeout)
      stream.input.connect_seconds = *plan.settings.connect_timeout;
    if (plan.settings.read_timeout) stream.input.read_seconds = *plan.settings.read_timeout;
    if (!stream.detect_every) stream.detect_every = plan.settings.detect_every;
  }
  check_settings(plan);
}

}  // namespace faceshot::cli
