// Hides the faces of one film: one pass to detect and track, one to hide.
#include <fmt/format.h>

#include <chrono>
#include <map>
#include <memory>
#include <string_view>

#include "anonymize.hpp"
#include "common/console.hpp"
#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"
#include "video/ordered_pipeline.hpp"
#include "video/painting/canvas.hpp"
#include "video/reading/film_time.hpp"
#include "video/reading/upright_view.hpp"
#include "video/track_file.hpp"
#include "watch.hpp"

namespace faceshot::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// The faces to hide in a frame, and which of them to review.
struct FramePlan {
  struct Look {
    Box box;
    std::string text;
  };
  std::vector<Box> boxes;
  std::vector<Look> looks;
};
using FilmPlan = std::vector<FramePlan>;

bool stays_visible(const AnonymizeArguments& a, std::int64_t id) {
  return std::find(a.shown.begin(), a.shown.end(), id) != a.shown.end();
}

/// "0:12.40 interpolated 0.31 #3"
std::string look_text(const track::DoubtfulSpan& span, double seconds) {
  return fmt::format("{}  #{}  {} {:.2f}", video::film_time_text(seconds), span.id,
                     track::to_string(span.origin), static_cast<double>(span.lowest_score));
}

const track::FilmTrack* track_of(const track::FilmTracks& all, std::int64_t id) {
  for (const track::FilmTrack& t : all.tracks)
    if (t.id == id) return &t;
  return nullptr;
}

/// Selects the middle of each span that should be reviewed.
void plan_looks(const track::FilmTracks& all, const std::vector<double>& seconds, FilmPlan& plan) {
  for (const track::DoubtfulSpan& span : all.report.doubtful) {
    const track::FilmTrack* const owner = track_of(all, span.id);
    const std::size_t middle = span.first + (span.last - span.first) / 2;
    if (!span.wants_look || owner == nullptr || middle >= plan.size()) continue;
    for (const track::FilmBox& box : owner->boxes)
      if (box.frame == middle)
        plan[middle].looks.push_back({box.box, look_text(span, seconds[middle])});
  }
}

/// The first pass: detects and tracks.
FilmPlan plan_by_network(const Anonymizer& a, const Medium& medium, Hidden& result,
                         std::string& rows) {
  video::FilmReader reader(medium.file, {.threads = a.network.threads});
  std::vector<track::FilmFrame> film;
  watch_film(reader, a.network.detector,
             {.detect_every = a.arguments.detect_every,
              .threads = a.network.threads,
              .what = "analysing " + medium.name.string()},
             [&](WatchedFrame& item) {
               film.push_back({.seconds = item.frame.seconds(),
                               .detections = std::move(item.found),
                               .looked_at = item.looked_at,
                               .cut = item.change.cut,
                               .motion = item.change.motion});
             });
  result.warnings = reader.warnings();
  track::CompletionOptions options;
  options.tracker = a.network.tracker;
  options.tracker.width = reader.info().placement.width();
  options.tracker.height = reader.info().placement.height();
  const track::FilmTracks all = track::complete_tracks(film, options);
  for (const track::FilmFrame& frame : film) result.frame_seconds.push_back(frame.seconds);
  FilmPlan plan(film.size());
  for (const track::FilmTrack& one : all.tracks) {
    const bool shown = stays_visible(a.arguments, one.id);
    ++(shown ? result.shown : result.faces);
    for (const track::FilmBox& box : one.boxes) {
      if (!shown) plan[box.frame].boxes.push_back(box.cover);
      if (!a.arguments.save_tracks.empty())
        rows += video::track_row_text(
            {static_cast<std::int64_t>(box.frame), one.id, box.cover, box.score});
    }
  }
  plan_looks(all, result.frame_seconds, plan);
  const track::CompletionReport& r = all.report;
  const auto count = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  result.detected = count(r.detected);
  result.low_score = count(r.low_score);
  result.interpolated = count(r.interpolated);
  result.extended = count(r.extended);
  result.doubtful = r.doubtful;
  for (const track::DoubtfulSpan& span : r.doubtful) result.wants_look += span.wants_look ? 1 : 0;
  return plan;
}

/// Uses a person's tracks instead.
FilmPlan plan_by_file(const AnonymizeArguments& a, Hidden& result) {
  FilmPlan plan;
  std::set<std::int64_t> hidden, shown;
  constexpr std::int64_t most_frames = 100'000'000;
  for (const video::TrackRow& row : video::read_track_rows(a.tracks)) {
    if (row.frame >= most_frames)
      throw Error(ErrorCode::format,
                  fmt::format("{}: invalid frame number {}", a.tracks, row.frame + 1));
    if (stays_visible(a, row.id)) {
      shown.insert(row.id);
      continue;
    }
    hidden.insert(row.id);
    if (plan.size() <= static_cast<std::size_t>(row.frame))
      plan.resize(static_cast<std::size_t>(row.frame) + 1);
    plan[static_cast<std::size_t>(row.frame)].boxes.push_back(row.box);
    ++result.detected;
  }
  result.faces = static_cast<std::int64_t>(hidden.size());
  result.shown = static_cast<std::int64_t>(shown.size());
  return plan;
}

/// The second pass: hides the faces and writes the film.
void hide_all(const Anonymizer& a, const Medium& medium, const std::filesystem::path& out,
              const FilmPlan& plan, Hidden& result) {
  const int threads = a.network.threads;
  video::FilmReader reader(medium.file, {.threads = threads});
  video::WriteOptions write = a.arguments.write;
  write.threads = threads;
  support::make_folder(out.parent_path());
  video::FilmWriter writer(out, reader, write);
  reader.take_packets([&](const AVPacket& packet) { writer.copy(packet); });
  Progress progress("hiding in " + medium.name.string(),
                    static_cast<std::size_t>(std::max<std::int64_t>(0, reader.info().frames)));
  const auto next = [&](video::Frame& frame) { return reader.next(frame); };
  const auto work = [&](video::Frame& frame, int) {
    const auto index = static_cast<std::size_t>(frame.index());
    if (index >= plan.size()) return;
    const video::Placement& placement = reader.info().placement;
    if (a.review.wanted() && !plan[index].looks.empty()) {
      video::UprightView upright;
      const media::Image image = video::colour_image(upright.of(frame, placement));
      for (const FramePlan::Look& look : plan[index].looks)
        a.review.add(image, look.box, index + 2, look.text, medium.name.string());
    }
    if (!plan[index].boxes.empty())
      a.hider.hide(video::Canvas(*frame.picture()), placement, plan[index].boxes);
  };
  result.frames = 0;
  video::run_in_order<video::Frame>(threads, next, work, [&](const video::Frame& frame) {
    writer.write(frame);
    ++result.frames;
    progress.update(static_cast<std::size_t>(frame.index()) + 1);
  });
  reader.finish();
  writer.finish();
  result.left_out = writer.left_out();
  if (result.warnings.empty()) result.warnings = reader.warnings();
}

}  // namespace

Hidden anonymize_film(const Anonymizer& a, const Medium& medium, const std::filesystem::path& out) {
  const auto start = Clock::now();
  Hidden result{.file = medium.file.string(), .out = out.string(), .film = true};
  std::string rows;
  const FilmPlan plan = a.arguments.tracks.empty() ? plan_by_network(a, medium, result, rows)
                                                   : plan_by_file(a.arguments, result);
  hide_all(a, medium, out, plan, result);
  if (static_cast<std::int64_t>(plan.size()) > result.frames)
    result.warnings.push_back(fmt::format("{} refers to frames up to {}, but the film has {}",
                                          a.arguments.tracks, plan.size(), result.frames));
  if (!a.arguments.save_tracks.empty())
    support::write_file_atomically(a.arguments.save_tracks, rows);
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

}  // namespace faceshot::cli
