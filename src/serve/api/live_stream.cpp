#include "serve/api/live_stream.hpp"

#include <algorithm>
#include <chrono>

#include "serve/api/face_json.hpp"
#include "serve/http/json_text.hpp"

namespace faceshot::serve {
namespace {

/// A raw frame as the detector's input. @pre the number of bytes is that of the options
ImageView raw_view(const Bytes& frame, const StreamOptions& o) {
  ImageView view{.data = frame.data(), .width = o.width, .height = o.height, .format = o.pixels};
  view.stride = std::ptrdiff_t{o.width} * bytes_per_pixel(o.pixels);
  const std::size_t luma = static_cast<std::size_t>(o.width) * static_cast<std::size_t>(o.height);
  const int half_width = (o.width + 1) / 2, half_height = (o.height + 1) / 2;
  if (o.pixels == PixelFormat::nv12) {
    view.chroma = frame.data() + luma;
    view.chroma_stride = std::ptrdiff_t{2} * half_width;
  } else if (o.pixels == PixelFormat::i420) {
    view.chroma = frame.data() + luma;
    view.chroma_stride = half_width;
    view.chroma_red = view.chroma + std::ptrdiff_t{half_width} * half_height;
  }
  return view;
}

}  // namespace

LiveStream::Found LiveStream::find(const Bytes& frame, const Engine& engine) const {
  const Engine::Choice choice = engine.tracking_detector_for(options_.look);
  if (!options_.raw) {
    Looked looked = look_at(frame, choice, false, limits_, metrics_);
    return {std::move(looked.faces), looked.photograph};
  }
  if (frame.size() != options_.raw_bytes())
    throw Problem(problem::bad_body, "a frame of " + std::to_string(frame.size()) +
                                         " bytes; width, height and pixels make it " +
                                         std::to_string(options_.raw_bytes()));
  const auto start = std::chrono::steady_clock::now();
  Found found;
  found.faces = choice.detector->detect(raw_view(frame, options_));
  found.info.width = options_.width;
  found.info.height = options_.height;
  metrics_.count_stage(
      Stage::detect,
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return found;
}

Tracker& LiveStream::tracker_for(const Engine& engine, const media::PhotographInfo& info) {
  TrackerOptions wanted;
  wanted.high_score = wanted.birth_score =
      options_.look.threshold.value_or(*engine.options().score_threshold);
  wanted.low_score = std::min(wanted.low_score, wanted.high_score);
  wanted.width = info.width;
  wanted.height = info.height;
  // A rotated camera or another network starts new tracks.
  if (!made_ || wanted.width != made_for_.width || wanted.height != made_for_.height ||
      wanted.high_score != made_for_.high_score) {
    tracker_ = Tracker(wanted);
    made_for_ = wanted;
    made_ = true;
  }
  return tracker_;
}

std::string LiveStream::look(const Bytes& frame, const Engine& engine, double seconds,
                             std::int64_t number, std::int64_t dropped) {
  const Found found = find(frame, engine);
  Tracker& tracker = tracker_for(engine, found.info);
  nlohmann::ordered_json json{{"frame", number},
                              {"dropped", dropped},
                              {"width", found.info.width},
                              {"height", found.info.height},
                              {"faces", nlohmann::ordered_json::array()}};
  for (const TrackedFace& track : tracker.update(found.faces, seconds)) {
    if (track.state != TrackState::detected || !track.detection) continue;
    nlohmann::ordered_json face{{"id", track.id}, {"confirmed", track.confirmed}};
    face.update(face_json(found.faces[*track.detection], engine.info().classes));
    json["faces"].push_back(std::move(face));
  }
  metrics_.count_frame(false);
  return json_text(json);
}

}  // namespace faceshot::serve
