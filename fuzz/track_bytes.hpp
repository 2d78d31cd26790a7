// Any bytes as input of a Tracker, and as a film for complete_tracks: arbitrary numbers (NaN,
// infinite, inverted boxes), thousands of boxes, time that runs backwards.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "faceshot/tracker.hpp"
#include "track/complete_tracks.hpp"

namespace faceshot {

/// Reads values from a string of bytes; zeros after its end.
class ByteTape {
 public:
  explicit ByteTape(std::string bytes) : bytes_(std::move(bytes)) {}

  template <class T>
  T take() {
    T value{};
    const std::size_t n = std::min(sizeof(T), bytes_.size() - at_);
    std::memcpy(&value, bytes_.data() + at_, n);
    at_ += n;
    return value;
  }
  [[nodiscard]] bool empty() const { return at_ == bytes_.size(); }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

/// Half of them raw bits, half of them plausible numbers.
inline float any_number(ByteTape& tape) {
  return tape.take<unsigned char>() % 4 == 0 ? tape.take<float>()
                                             : static_cast<float>(tape.take<std::uint16_t>()) / 64;
}

inline std::vector<Detection> any_detections(ByteTape& tape) {
  std::vector<Detection> all;
  const auto kind = tape.take<unsigned char>();
  for (int i = kind % 16; i > 0 && !tape.empty(); --i) {
    Detection d{{any_number(tape), any_number(tape), any_number(tape), any_number(tape)},
                static_cast<float>(tape.take<unsigned char>()) / 200,
                tape.take<unsigned char>() % 2};
    if (kind % 32 < 16) {  // from left, top, width, height
      d.box.x2 += d.box.x1;
      d.box.y2 += d.box.y1;
    }
    const int copies = kind >= 250 ? 1000 : 1;
    for (int k = 0; k < copies; ++k) {
      all.push_back(d);
      d.box.x1 += d.score;
      d.box.x2 += d.score;
    }
  }
  return all;
}

inline void require_sound(bool sound) {
  if (!sound) std::abort();
}

inline void track_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  ByteTape tape(std::string(std::istreambuf_iterator<char>(file), {}));
  Tracker tracker({.width = 640, .height = 360, .most_tracks = 200});
  std::vector<track::FilmFrame> film;
  double seconds = 0;
  while (!tape.empty() && film.size() < 300) {
    const auto step = tape.take<unsigned char>();
    track::FilmFrame& frame = film.emplace_back();
    seconds = step % 16 == 0 ? tape.take<double>() : seconds + step / 1000.0;
    frame.seconds = seconds;
    frame.looked_at = step % 5 != 1;
    frame.cut = step == 255;
    if (step % 7 == 2)
      frame.motion = {tape.take<double>(), tape.take<double>(), tape.take<double>(),
                      tape.take<double>(), tape.take<double>(), tape.take<double>()};
    if (step % 7 == 3) frame.motion.tx = any_number(tape);
    if (frame.looked_at) frame.detections = any_detections(tape);
    if (frame.cut) tracker.reset();
    const auto faces = frame.looked_at ? tracker.update(frame.detections, seconds, frame.motion)
                                       : tracker.predict(seconds, frame.motion);
    require_sound(faces.size() <= 200);
    for (const TrackedFace& face : faces) {
      require_sound(finite(face.box) && face.box.valid());
      require_sound(std::isfinite(face.uncertainty) && face.uncertainty >= 0);
      require_sound(face.unseen >= 0);
      require_sound(!face.detection || *face.detection < frame.detections.size());
    }
  }
  const track::FilmTracks tracks =
      track::complete_tracks(film, {.tracker = {.width = 640, .height = 360, .most_tracks = 200}});
  for (const track::FilmTrack& track : tracks.tracks)
    for (const track::FilmBox& box : track.boxes)
      require_sound(box.frame < film.size() && finite(box.box) && finite(box.cover));
}

}  // namespace faceshot
