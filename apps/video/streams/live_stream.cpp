#include "streams/live_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

#include "common/text_target.hpp"
#include "faceshot/error.hpp"
#include "follow.hpp"
#include "media/hiding/hide_faces.hpp"
#include "media/photographs/image_file.hpp"
#include "support/folder.hpp"
#include "video/live/events/event_detector.hpp"
#include "video/live/events/snapshot.hpp"
#include "video/live/schedule/motion_gate.hpp"
#include "video/live/sources/live_source.hpp"
#include "video/live/sources/source_name.hpp"
#include "video/live/utc_time.hpp"
#include "video/painting/draw_faces.hpp"
#include "video/writing/live_recorder.hpp"

namespace faceshot::cli {

struct LiveStream::Impl {
  const video::StreamSettings settings;
  const std::uint32_t number;
  LiveServices& services;
  video::EventDetector events;
  video::MotionGate gate{};
  CameraMotionEstimator camera{};
  std::unique_ptr<LocalLook> local{};
  std::optional<FilmFollower> follower{};
  std::optional<video::LiveRecorder> recorder{};
  media::Hider hider{media::HideOptions{}};
  video::SnapshotKeeper snapshots{};
  mutable std::mutex mutex{};  ///< guards everything but the source
  std::unique_ptr<video::UprightView> holder = std::make_unique<video::UprightView>();
  int width = 0, height = 0;
  std::int64_t first_id = 0, last_id = 0;  ///< of faces: a new follower starts at 1 again
  int since_look = 0;
  std::vector<Detection> last_found{};
  std::vector<TrackedFace> seen{};
  std::int64_t in_view = 0, frames = 0, looks = 0, still = 0, unusable = 0;
  double served = 0;  ///< time of the last frame
  double processor = 0, decoding_told = 0;
  bool snapshot_failed = false;
  video::LatencyHistogram latency{}, recent{};
  video::SourceCounters last_counters{};        ///< after the source is gone
  std::unique_ptr<video::LiveSource> source{};  // last: destroyed first

  Impl(video::StreamSettings own, std::uint32_t place, LiveServices& shared)
      : settings(std::move(own)),
        number(place),
        services(shared),
        events(settings.name,
               {.zones = settings.zones,
                .lines = settings.lines,
                .left_after = shared.network.tracker.lost_seconds,
                .certain_score = video::certain_score(shared.network.tracker.birth_score)}) {}

  void tell(video::LogLevel level, const char* what, const std::string& message) const {
    services.log({level, settings.name, what, message});
  }
  void watch(video::LiveFrame& live);
  void begin_picture(int wide, int high);
  void look(WatchedFrame& item);
  void tell_events(std::vector<video::Event> told);
  void save_snapshot(video::Event& event);
  void record(WatchedFrame& item, const video::Placement& placement,
              std::span<const ShownFace> faces);
  void tell_frame(const WatchedFrame& item, double utc, std::span<const ShownFace> faces);
};

/// The frame size has changed: nothing known so far applies.
void LiveStream::Impl::begin_picture(int wide, int high) {
  tell_events(events.tick(video::monotonic_now(), video::utc_now(), true));
  width = wide;
  height = high;
  first_id = last_id;
  TrackerOptions tracking = services.network.tracker;
  tracking.width = wide;
  tracking.height = high;
  follower.emplace(tracking, local.get());
  camera.reset();
  last_found.clear();
  since_look = 0;
}

/// Detects in the whole frame, around known faces, or not at all.
void LiveStream::Impl::look(WatchedFrame& item) {
  const int every = settings.detect_every.value_or(services.detect_every.load());
  const bool moved = gate.moved(item.view, item.frame.seconds());
  if (!moved && since_look == 0 && frames > 0) {
    // Everything is where it was at the last detection.
    item.looked_at = true;
    item.found = last_found;
    ++still;
    return;
  }
  item.change = camera.next(item.view);
  // When motion stops, detection runs once more.
  item.looked_at = !moved || frames == 0 || since_look + 1 >= every;
  if (!item.looked_at) {
    ++since_look;
    return;
  }
  services.network.detector.detect(item.view, item.found);
  last_found = item.found;
  since_look = 0;
  ++looks;
}

void LiveStream::Impl::save_snapshot(video::Event& event) {
  auto best = snapshots.take(event.face);
  if (!best || services.snapshots.empty()) return;
  const auto file = video::snapshot_path(services.snapshots, settings.name, event.utc, event.face);
  try {
    support::make_folder(file.parent_path());
    media::write_image(file, best->image.view());
    event.snapshot = file.string();
    event.quality = best->quality;
    snapshot_failed = false;
  } catch (const Error& e) {  // a full disk, for example: the camera continues
    if (!std::exchange(snapshot_failed, true))
      tell(video::LogLevel::error, "cannot_write", e.what());
  }
}

void LiveStream::Impl::tell_events(std::vector<video::Event> told) {
  for (video::Event& event : told) {
    if (event.kind == video::EventKind::left) save_snapshot(event);
    services.events.tell(event);
  }
}

void LiveStream::Impl::record(WatchedFrame& item, const video::Placement& placement,
                              std::span<const ShownFace> faces) {
  if (!recorder) return;
  try {
    const video::Canvas canvas(*item.frame.picture());
    if (services.privacy) {
      std::vector<Box> boxes;
      for (const ShownFace& shown : faces) boxes.push_back(shown.face.box);
      // Detections too uncertain to be tracked are hidden all the same.
      for (const Detection& found : last_found) boxes.push_back(found.box);
      hider.hide(canvas, placement, boxes);
    } else {
      std::vector<video::DrawnFace> drawn;
      for (const ShownFace& shown : faces)
        drawn.push_back({shown.face.box, shown.face.id, shown.face.score,
                         shown.face.state == TrackState::predicted});
      video::draw_faces(canvas, placement, drawn);
    }
    recorder->write(item.frame, placement);
  } catch (const Error& e) {
    tell(video::LogLevel::error, "not_recorded", std::string(e.what()) + "; nothing more is");
    recorder.reset();
  }
}

void LiveStream::Impl::tell_frame(const WatchedFrame& item, double utc,
                                  std::span<const ShownFace> faces) {
  if (services.frames == nullptr) return;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ShownFace& face : faces)
    list.push_back(face_json(face, services.network.detector.info().classes));
  services.frames->write(json_text({{"stream", settings.name},
                                    {"time", video::utc_text(utc)},
                                    {"frame", item.frame.index() + 1},
                                    {"width", width},
                                    {"height", height},
                                    {"faces", std::move(list)}},
                                   -1));
}

LiveStream::LiveStream(video::StreamSettings settings, std::uint32_t number, LiveServices& services,
                       const std::string& recording, const video::WriteOptions& write)
    : impl_(new Impl(std::move(settings), number, services)) {
  if (services.local != nullptr) impl_->local = std::make_unique<LocalLook>(*services.local);
  if (!recording.empty()) impl_->recorder.emplace(recording, write);
}

LiveStream::~LiveStream() = default;

void LiveStream::start(std::function<void()> changed) {
  const Impl& my = *impl_;
  video::SourceOptions options;
  options.name = my.settings.name;
  options.input = my.settings.input;
  options.input.most_processor = my.services.most_processor;
  options.number = my.number;
  options.every_frame = my.services.every_frame;
  options.wanted = my.settings.hours.contain(video::local_time(video::utc_now()));
  impl_->source = std::make_unique<video::LiveSource>(options, video::open_live_input,
                                                      my.services.log, std::move(changed));
  // Only now: a worker that is called takes frames from impl_->source.
  impl_->source->start();
  tick();
}

void LiveStream::Impl::watch(video::LiveFrame& live) {
  if (live.placement.width() != width || live.placement.height() != height)
    begin_picture(live.placement.width(), live.placement.height());
  WatchedFrame item;
  item.frame = std::move(live.frame);
  item.view = holder->of(item.frame, live.placement);
  look(item);
  std::vector<ShownFace> faces;
  for (ShownFace shown : follower->next(item)) {
    shown.face.id += first_id;
    last_id = std::max(last_id, shown.face.id);
    faces.push_back(shown);
  }
  seen.clear();
  for (const ShownFace& shown : faces)
    if (shown.face.state == TrackState::detected) seen.push_back(shown.face);
  tell_events(events.next(seen, item.frame.seconds(), live.utc, width, height));
  if (!services.snapshots.empty())
    for (const TrackedFace& face : seen)
      if (events.certain(face.id)) snapshots.offer(item.view, face);
  tell_frame(item, live.utc, faces);
  ++frames;
  in_view = static_cast<std::int64_t>(faces.size());
  served = video::monotonic_now();
  latency.add(served - live.arrival);
  recent.add(served - live.arrival);
  record(item, live.placement, faces);
}

bool LiveStream::serve() {
  Impl& my = *impl_;
  video::LiveFrame live;
  if (!my.source->take(live)) return false;
  const std::lock_guard lock(my.mutex);
  const double used = video::thread_processor_seconds();
  try {
    my.watch(live);
  } catch (const Error& e) {  // frames of one pixel, for example: the other streams continue
    const std::int64_t count = ++my.unusable;
    if ((count & (count - 1)) == 0) my.tell(video::LogLevel::error, "unusable_frame", e.what());
  }
  my.processor += video::thread_processor_seconds() - used;
  return my.source->has_frame();
}

bool LiveStream::pending() const { return impl_->source && impl_->source->has_frame(); }

void LiveStream::disconnect() {
  if (!impl_->source) return;
  impl_->last_counters = impl_->source->counters();
  impl_->source.reset();
}

void LiveStream::tick() {
  Impl& my = *impl_;
  const double now = video::monotonic_now(), utc = video::utc_now();
  my.source->set_wanted(my.settings.hours.contain(video::local_time(utc)));
  const std::lock_guard lock(my.mutex);
  // While frames arrive, they drive the time.
  if (now - my.served <= my.services.network.tracker.lost_seconds + 0.5) return;
  my.in_view = 0;
  my.tell_events(my.events.tick(now, utc, false));
}

void LiveStream::finish() {
  Impl& my = *impl_;
  disconnect();
  const std::lock_guard lock(my.mutex);
  const double utc = video::utc_now();
  my.tell_events(my.events.tick(video::monotonic_now(), utc, true));
  my.tell_events(my.events.end_hour(utc));
  if (!my.recorder) return;
  try {
    my.recorder->finish();
  } catch (const Error& e) {
    my.tell(video::LogLevel::error, "not_recorded", e.what());
  }
}

video::StreamStatus LiveStream::status() const {
  const Impl& my = *impl_;
  video::StreamStatus status;
  status.name = my.settings.name;
  status.source = video::shown_source(my.settings.input.source);
  status.state = video::SourceState::ended;
  status.source_counters = my.last_counters;
  if (my.source) {
    status.state = my.source->state();
    status.source_counters = my.source->counters();
    const double last = my.source->last_arrival();
    if (last > 0) status.frame_age = video::monotonic_now() - last;
  }
  const std::lock_guard lock(my.mutex);
  status.width = my.width;
  status.height = my.height;
  status.frames = my.frames;
  status.looks = my.looks;
  status.still = my.still;
  status.faces = my.in_view;
  status.processor_seconds = my.processor + status.source_counters.processor_seconds;
  status.latency = my.latency;
  status.totals = my.events.totals();
  return status;
}

video::LatencyHistogram LiveStream::recent_latency() {
  const std::lock_guard lock(impl_->mutex);
  return std::exchange(impl_->recent, {});
}

double LiveStream::decoding_seconds() {
  const double now = impl_->source->counters().processor_seconds;
  const std::lock_guard lock(impl_->mutex);
  return now - std::exchange(impl_->decoding_told, now);
}

bool LiveStream::ended() const { return impl_->source->state() == video::SourceState::ended; }
const std::string& LiveStream::name() const { return impl_->settings.name; }

}  // namespace faceshot::cli
