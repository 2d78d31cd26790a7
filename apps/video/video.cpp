// `faceshot video`: detects and tracks faces in films.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/console.hpp"
#include "faceshot/error.hpp"
#include "follow.hpp"
#include "media_list.hpp"
#include "network_options.hpp"
#include "streams/live_options.hpp"
#include "support/folder.hpp"
#include "video/painting/draw_faces.hpp"
#include "video/reading/film_time.hpp"
#include "video/writing/film_writer.hpp"
#include "video_commands.hpp"
#include "video_outputs.hpp"
#include "watch.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct VideoArguments {
  std::vector<std::string> paths;
  std::string out;  ///< film, or folder for several; empty: none
  OutputNames names;
  std::string from, to;
  std::optional<int> detect_every;  ///< none: 1; for live streams depending on load
  bool local = true;
  LiveArguments live;
  NetworkArguments network;
  video::WriteOptions write;
};

/// One of several films.
struct VideoRun {
  const VideoArguments& arguments;
  const TrackingNetwork& network;
  LocalLook* local;
  VideoOutputs& outputs;
};

/// Whether the output is a folder: for several films, or a folder of them.
bool writes_into_folder(const VideoArguments& a, const std::vector<Medium>& films) {
  std::error_code ignored;
  return films.size() > 1 || fs::is_directory(a.paths.front(), ignored) ||
         fs::is_directory(a.out, ignored) || !fs::path(a.out).has_extension();
}

fs::path out_of(const VideoArguments& a, const std::vector<Medium>& films, const Medium& film) {
  if (a.out.empty()) return {};
  return writes_into_folder(a, films) ? fs::path(a.out) / film.name : fs::path(a.out);
}

void draw(const video::Frame& frame, const video::Placement& placement,
          std::span<const ShownFace> faces, std::vector<video::DrawnFace>& drawn) {
  if (faces.empty()) return;
  drawn.clear();
  for (const ShownFace& shown : faces)
    drawn.push_back({shown.face.box, shown.face.id, shown.face.score,
                     shown.face.state == TrackState::predicted});
  video::draw_faces(video::Canvas(*frame.picture()), placement, drawn);
}

/// Errors that affect all films, or occur before anything is done, are thrown.
void watch_one(const VideoRun& run, const Medium& film, const fs::path& out) {
  const VideoArguments& a = run.arguments;
  const int threads = run.network.threads;
  video::ReadOptions read{.threads = threads};
  if (!a.from.empty()) read.from = video::parse_film_time(a.from);
  if (!a.to.empty()) read.to = video::parse_film_time(a.to);
  const auto start = Clock::now();
  video::FilmReader reader(film.file, read);
  std::unique_ptr<video::FilmWriter> writer;
  if (!out.empty()) {
    support::make_folder(out.parent_path());
    video::WriteOptions write = a.write;
    write.threads = threads;
    writer = std::make_unique<video::FilmWriter>(out, reader, write);
    reader.take_packets([&](const AVPacket& packet) { writer->copy(packet); });
  }
  TrackerOptions tracking = run.network.tracker;
  tracking.width = reader.info().placement.width();
  tracking.height = reader.info().placement.height();
  FilmFollower follower(tracking, run.local);
  FilmSummary summary{.file = film.file.string(), .out = out.string()};
  run.outputs.begin_film(summary.file, film.name.string(), reader.info());
  std::vector<video::DrawnFace> drawn;
  double first = -1, last = 0;
  watch_film(
      reader, run.network.detector,
      {.detect_every = a.detect_every.value_or(1), .threads = threads, .what = film.name.string()},
      [&](WatchedFrame& item) {
        const std::span<const ShownFace> faces = follower.next(item);
        if (first < 0) first = item.frame.seconds();
        last = item.frame.seconds();
        ++summary.frames;
        summary.looked_at += item.looked_at ? 1 : 0;
        summary.boxes += static_cast<std::int64_t>(faces.size());
        run.outputs.add(item.frame, faces);
        if (!writer) return;
        draw(item.frame, reader.info().placement, faces, drawn);
        writer->write(item.frame);
      });
  if (summary.frames == 0)
    throw Error(ErrorCode::format, "'" + summary.file + "' has no readable frame");
  if (writer) {
    reader.finish();
    writer->finish();
    summary.left_out = writer->left_out();
  }
  const video::FilmInfo& info = reader.info();
  summary.width = info.placement.width();
  summary.height = info.placement.height();
  summary.tracks = follower.tracks();
  summary.film_seconds = last - first + (info.frame_rate > 0 ? 1 / info.frame_rate : 0);
  summary.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  summary.warnings = reader.warnings();
  print_warnings(summary.warnings);
  for (const std::string& what : summary.left_out)
    fmt::print(stderr, "faceshot: warning: '{}' was written without {}\n", summary.out, what);
  run.outputs.end_film(summary);
}

void check_video_arguments(const VideoArguments& a, const std::vector<Medium>& films) {
  if (a.out.empty() && a.names.json.empty() && a.names.jsonl.empty() && a.names.tracks.empty())
    throw Error(
        ErrorCode::invalid_argument,
        "nothing to write: give --out annotated.mp4, --jsonl, --tracks=tracks.csv or --json");
  for (const Medium& film : films) {
    const fs::path out = out_of(a, films, film);
    if (out.empty()) continue;
    refuse_inputs("--out", out, films);
    video::require_writable_film(out, a.write);
  }
  refuse_inputs("--json", a.names.json, films);
  refuse_inputs("--jsonl", a.names.jsonl, films);
  refuse_inputs("--tracks", a.names.tracks, films);
  if (!a.from.empty()) (void)video::parse_film_time(a.from);
  if (!a.to.empty() &&
      !(video::parse_film_time(a.to) > (a.from.empty() ? 0 : video::parse_film_time(a.from))))
    throw Error(ErrorCode::invalid_argument, "--to must come after --from, and after 0");
}

/// Options that apply only to films, or only to streams, are not silently ignored.
void check_goes_together(const VideoArguments& a, bool streams) {
  const auto refuse = [](const std::string& option, const char* what) {
    throw Error(ErrorCode::invalid_argument, option + " is for " + what);
  };
  if (streams) {
    if (!a.from.empty() || !a.to.empty()) refuse("--from and --to", "films; streams have --for");
    if (!a.names.tracks.empty()) refuse("--tracks", "films; streams have --jsonl and --events");
    if (!a.names.json.empty()) refuse("--json", "films; streams have --health");
    return;
  }
  const video::LiveSettings& s = a.live.settings;
  for (const auto& [given, option] : {std::pair{!a.live.events.empty(), "--events"},
                                      {s.snapshots.has_value(), "--snapshots"},
                                      {s.webhook.has_value(), "--webhook"},
                                      {a.live.privacy, "--privacy"},
                                      {s.health.has_value(), "--health"},
                                      {s.metrics.has_value(), "--metrics"},
                                      {s.log.has_value(), "--log"},
                                      {a.live.stop_after.has_value(), "--for"},
                                      {a.live.every_frame, "--every-frame"},
                                      {!a.live.show_zones.empty(), "--show-zones"}})
    if (given) refuse(option, "live streams");
}

int run_streams(const VideoArguments& a) {
  LivePlan plan;
  plan.out = a.out;
  plan.jsonl = a.names.jsonl;
  plan.local = a.local;
  plan.network = a.network;
  plan.write = a.write;
  LiveArguments live = a.live;
  live.settings.detect_every = a.detect_every;
  if (a.network.threads > 0) live.settings.threads = a.network.threads;
  plan_streams(a.paths, live, plan);
  return plan.show_zones.empty() ? run_live(plan) : show_zones(plan);
}

int run_video(const VideoArguments& a) {
  const bool streams = names_streams(a.paths);
  check_goes_together(a, streams);
  if (streams) return run_streams(a);
  const std::vector<Medium> films = list_media(a.paths, false);
  check_video_arguments(a, films);
  const TrackingNetwork network = open_network(a.network);
  std::unique_ptr<LocalLook> local;
  if (a.detect_every.value_or(1) > 1 && a.local)
    local = std::make_unique<LocalLook>(network.detector);
  VideoOutputs outputs(a.names, network.detector.info().classes, films.size() > 1);
  const VideoRun run{a, network, local.get(), outputs};
  std::size_t failures = 0;
  for (const Medium& film : films) {
    const fs::path out = out_of(a, films, film);
    try {
      watch_one(run, film, out);
    } catch (const video::CannotWrite&) {
      throw;  // on a full disk every other film would fail as well
    } catch (const Error& e) {
      // One bad film does not stop the others; the exit status reports it.
      if (films.size() == 1) throw;
      fmt::print(stderr, "faceshot: {}\n", e.what());
      ++failures;
    }
  }
  if (failures < films.size()) outputs.finish();
  return failures == 0 ? exit_ok : exit_failure;
}

void add_video_outputs(CLI::App& command, VideoArguments& a) {
  command
      .add_option("--out", a.out,
                  "Film with boxes and ids drawn in, everything else unchanged (for a stream, a "
                  "recording: rec.mkv); for several inputs, a folder")
      ->group("Output");
  command
      .add_flag("--jsonl{-}", a.names.jsonl,
                "Write one JSON line per frame to standard output, or to --jsonl=FILE")
      ->group("Output");
  command
      .add_flag("--tracks{-}", a.names.tracks,
                "Write tracks in MOTChallenge format to standard output, or to --tracks=FILE.csv; "
                "for several films, --tracks=FOLDER")
      ->group("Output");
  command
      .add_flag("--json{-}", a.names.json,
                "Write a JSON summary to standard output, or to --json=FILE")
      ->group("Output");
}

}  // namespace

void add_video(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<VideoArguments>();
  CLI::App* const command = app.add_subcommand(
      "video",
      "Find and track faces in films (MP4, MOV, MKV, WebM, AVI, TS, ...) and live streams");
  command
      ->add_option(
          "films", a->paths,
          "Films or folders of films; or live streams: URLs (rtsp, http, ...), /dev/video0, "
          "FIFOs, - for standard input, cameras.toml")
      ->required();
  add_video_outputs(*command, *a);
  command->add_option("--from", a->from, "Start time: seconds, 1:15 or 1:02:03.5");
  command->add_option("--to", a->to, "End time");
  command
      ->add_option("--detect-every", a->detect_every,
                   "Run the detector on every Nth whole frame, and only around expected faces in "
                   "between; default: 1, or by load for live streams")
      ->check(CLI::Range(1, 1000));
  command->add_flag("!--no-local", a->local,
                    "With --detect-every, run no detector at all on the frames in between");
  add_network_options(
      *command, a->network,
      "Minimum score for a face to start a track; default: the network's own threshold");
  add_encoder_options(*command, a->write);
  add_live_options(*command, a->live);
  command->footer(
      "Examples:\n"
      "  faceshot video clip.mp4 --out annotated.mp4\n"
      "  faceshot video clip.mp4 --jsonl=faces.jsonl --tracks=tracks.csv\n"
      "  faceshot video clip.mp4 --from 0:30 --to 2:00 --detect-every 3 --out part.mp4\n"
      "  faceshot video holiday/ --out annotated/ --json=summary.json\n"
      "  faceshot video rtsp://camera/stream --events=events.jsonl --snapshots faces/\n"
      "  faceshot video /dev/video0 --out rec.mkv\n"
      "  faceshot video cameras.toml --webhook https://example.org/faces --health health.json");
  command->callback([a, &exit_code] { exit_code = guarded([&] { return run_video(*a); }); });
}

}  // namespace faceshot::cli
