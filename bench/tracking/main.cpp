// Compares trackers on moving scenes (docs/tracking.md).
//   bench_tracking detect MODEL SCENES FILMS     the network's detections of SCENES into FILMS
//   bench_tracking measure SCENES FILMS [RESULTS]  a table; each tracker's tracks into RESULTS
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "evaluate/tracks/leak_rate.hpp"
#include "evaluate/tracks/mot_metrics.hpp"
#include "faceshot/error.hpp"
#include "faceshot/tracker.hpp"
#include "support/atomic_file.hpp"
#include "track/complete_tracks.hpp"
#include "tracking/baselines.hpp"
#include "tracking/films.hpp"

namespace faceshot::bench {
namespace {

namespace fs = std::filesystem;
using evaluate::MotBox;
using Tracks = std::vector<MotBox>;

Tracks online(const Film& film, int every) {
  Tracks result;
  Tracker tracker({.width = film.width, .height = film.height});
  for (std::size_t f = 0; f < film.frames.size(); ++f) {
    const track::FilmFrame& frame = film.frames[f];
    if (frame.cut) tracker.reset();
    const bool look = f % static_cast<std::size_t>(every) == 0 || frame.cut;
    const auto faces = look ? tracker.update(frame.detections, frame.seconds, frame.motion)
                            : tracker.predict(frame.seconds, frame.motion);
    for (const TrackedFace& face : faces)
      if (face.confirmed && (face.state == TrackState::detected || (!look && face.unseen < 0.3)))
        result.push_back(mot_box(f, face.id, face.box, face.score));
  }
  return result;
}

Tracks completed(const Film& film, int every, bool cover) {
  std::vector<track::FilmFrame> frames = film.frames;
  for (std::size_t f = 0; f < frames.size(); ++f)
    if (f % static_cast<std::size_t>(every) != 0 && !frames[f].cut) {
      frames[f].looked_at = false;
      frames[f].detections.clear();
    }
  Tracks result;
  const track::FilmTracks complete =
      track::complete_tracks(frames, {.tracker = {.width = film.width, .height = film.height}});
  for (const track::FilmTrack& track : complete.tracks)
    for (const track::FilmBox& box : track.boxes) {
      if (!cover && box.origin == track::BoxOrigin::extended) continue;
      const Box inside = clip(cover ? box.cover : box.box, static_cast<float>(film.width),
                              static_cast<float>(film.height));
      if (inside.valid()) result.push_back(mot_box(box.frame, track.id, inside, box.score));
    }
  std::stable_sort(result.begin(), result.end(),
                   [](const MotBox& a, const MotBox& b) { return a.frame < b.frame; });
  return result;
}

void write_tracks(const fs::path& file, const Tracks& tracks) {
  std::string text;
  for (const MotBox& b : tracks) {
    char line[200];
    std::snprintf(line, sizeof line, "%d,%lld,%.2f,%.2f,%.2f,%.2f,%.3f,-1,-1,-1\n", b.frame,
                  static_cast<long long>(b.id), b.left, b.top, b.width, b.height, b.confidence);
    text += line;
  }
  fs::create_directories(file.parent_path());
  support::write_file_atomically(file, text);
}

struct Contender {
  const char* name;
  std::function<Tracks(const Film&)> track;
};

const std::vector<Contender> contenders{
    {"frame-by-frame", [](const Film& f) { return frame_by_frame(f, 0.5F); }},
    {"iou", [](const Film& f) { return iou_matching(f, 0.5F); }},
    {"bytetrack-0.6", [](const Film& f) { return byte_track(f, {}); }},
    {"bytetrack-0.5", [](const Film& f) { return byte_track(f, {.high = 0.5F}); }},
    {"bytetrack-0.4", [](const Film& f) { return byte_track(f, {.high = 0.4F}); }},
    {"tracker", [](const Film& f) { return online(f, 1); }},
    {"tracker-every-3", [](const Film& f) { return online(f, 3); }},
    {"completed", [](const Film& f) { return completed(f, 1, false); }},
    {"completed-every-3", [](const Film& f) { return completed(f, 3, false); }},
    {"hiding", [](const Film& f) { return completed(f, 1, true); }},
    {"hiding-every-3", [](const Film& f) { return completed(f, 3, true); }},
};

void measure(const fs::path& scenes, const fs::path& films_dir, const fs::path& results) {
  const std::vector<Film> films = read_films(films_dir);
  std::printf("%-18s %6s %6s %6s %6s %6s %6s %7s %8s %8s %8s\n", "", "HOTA", "DetA", "AssA", "MOTA",
              "IDF1", "IDsw", "tracks", "leak", "never", "area");
  for (const Contender& contender : contenders) {
    std::vector<evaluate::MotResult> parts;
    evaluate::LeakRate leak;
    for (const Film& film : films) {
      evaluate::MotSequence sequence;
      sequence.name = film.name;
      sequence.truth = evaluate::read_mot_file(scenes / film.name / "gt" / "gt.txt", true);
      sequence.found = frame_by_frame(film, 0.5F);
      const auto found = evaluate::faces_found(sequence);
      sequence.found = contender.track(film);
      if (!results.empty())
        write_tracks(results / contender.name / (film.name + ".txt"), sequence.found);
      parts.push_back(evaluate::evaluate_mot(sequence));
      leak += evaluate::leak_rate(sequence, {}, found);
    }
    const evaluate::MotResult r = evaluate::combine(parts);
    std::printf("%-18s %6.3f %6.3f %6.3f %6.3f %6.3f %6zu %7zu %8.5f %8.5f %8.1f\n", contender.name,
                r.hota.hota(), r.hota.detection(), evaluate::mean(r.hota.association),
                r.clear.mota(), r.identity.idf1(), r.clear.switches, r.tracks, leak.rate(),
                leak.never_found_rate(), leak.hidden_area / 1e6);
  }
}

int run(const std::vector<std::string>& args) {
  if (args.size() == 4 && args[0] == "detect") {
    detect_films(args[1], args[2], args[3]);
  } else if ((args.size() == 3 || args.size() == 4) && args[0] == "measure") {
    measure(args[1], args[2], args.size() == 4 ? args[3] : "");
  } else {
    std::fputs(
        "usage: bench_tracking detect MODEL SCENES FILMS\n"
        "       bench_tracking measure SCENES FILMS [RESULTS]\n",
        stderr);
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace faceshot::bench

int main(int argc, char** argv) {
  try {
    return faceshot::bench::run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_tracking: %s\n", e.what());
    return 1;
  }
}
