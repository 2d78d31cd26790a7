#include "tracking/films.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "faceshot/detector.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "support/atomic_file.hpp"

namespace faceshot::bench {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> sorted(const fs::path& dir) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(dir)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

double frame_rate(const fs::path& sequence) {
  std::ifstream info(sequence / "seqinfo.ini");
  std::string line;
  while (std::getline(info, line))
    if (line.starts_with("frameRate=")) return std::stod(line.substr(10));
  throw Error(ErrorCode::format, sequence.string() + "/seqinfo.ini names no frameRate");
}

std::string detect_film(const Detector& detector, const fs::path& sequence) {
  std::ostringstream text;
  text.precision(9);
  const double rate = frame_rate(sequence);
  CameraMotionEstimator camera;
  std::size_t frame = 0;
  for (const fs::path& path : sorted(sequence / "img1")) {
    const cv::Mat image = media::read_mat(path);
    if (frame == 0) text << "size," << image.cols << ',' << image.rows << '\n';
    const FrameChange c = camera.next(media::view_of(image));
    const CameraMotion& m = c.motion;
    text << "frame," << static_cast<double>(frame++) / rate << ',' << c.cut << ',' << c.difference
         << ',' << m.xx << ',' << m.xy << ',' << m.tx << ',' << m.yx << ',' << m.yy << ',' << m.ty
         << '\n';
    for (const Detection& d : detector.detect(media::view_of(image)))
      text << "box," << d.box.x1 << ',' << d.box.y1 << ',' << d.box.x2 << ',' << d.box.y2 << ','
           << d.score << '\n';
  }
  return text.str();
}

Film read_film(const fs::path& path) {
  Film film;
  film.name = path.stem().string();
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (std::sscanf(line.c_str(), "size,%d,%d", &film.width, &film.height) == 2) continue;
    const bool box = line.starts_with("box,");
    if (!box && !line.starts_with("frame,"))
      throw Error(ErrorCode::format, path.string() + ": not of this program: " + line);
    std::istringstream stream(line.substr(line.find(',') + 1));
    std::vector<double> v;
    for (std::string field; std::getline(stream, field, ',');) v.push_back(std::stod(field));
    if (box && v.size() == 5 && !film.frames.empty()) {
      const auto f = [&](std::size_t i) { return static_cast<float>(v[i]); };
      film.frames.back().detections.push_back({{f(0), f(1), f(2), f(3)}, f(4)});
    } else if (!box && v.size() == 9) {
      track::FilmFrame& frame = film.frames.emplace_back();
      frame.seconds = v[0];
      frame.cut = v[1] != 0;
      frame.motion = {v[3], v[4], v[5], v[6], v[7], v[8]};
    } else {
      throw Error(ErrorCode::format, path.string() + ": not of this program: " + line);
    }
  }
  return film;
}

}  // namespace

void detect_films(const fs::path& model, const fs::path& dir, const fs::path& out) {
  const Detector detector(model.string(), {.score_threshold = 0.1F});
  fs::create_directories(out);
  for (const fs::path& sequence : sorted(dir)) {
    if (!fs::exists(sequence / "seqinfo.ini")) continue;
    std::fprintf(stderr, "%s\n", sequence.filename().c_str());
    support::write_file_atomically(out / (sequence.filename().string() + ".csv"),
                                   detect_film(detector, sequence));
  }
}

std::vector<Film> read_films(const fs::path& dir) {
  std::vector<Film> films;
  for (const fs::path& path : sorted(dir))
    if (path.extension() == ".csv") films.push_back(read_film(path));
  if (films.empty()) throw Error(ErrorCode::not_found, dir.string() + ": no films in it");
  return films;
}

}  // namespace faceshot::bench
