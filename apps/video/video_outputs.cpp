#include "video_outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/text_target.hpp"
#include "faceshot/error.hpp"
#include "support/folder.hpp"
#include "video/track_file.hpp"

namespace faceshot::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Two decimals are a tenth of a box's accuracy.
double rounded(double value, double steps) { return std::round(value * steps) / steps; }

}  // namespace

nlohmann::ordered_json face_json(const ShownFace& shown, const std::vector<std::string>& classes) {
  const TrackedFace& f = shown.face;
  const auto place = [](float v) { return rounded(static_cast<double>(v), 100); };
  Json face{{"id", f.id},
            {"x1", place(f.box.x1)},
            {"y1", place(f.box.y1)},
            {"x2", place(f.box.x2)},
            {"y2", place(f.box.y2)},
            {"score", rounded(static_cast<double>(f.score), 10000)}};
  if (f.state == TrackState::predicted) face["predicted"] = true;
  if (classes.size() > 1 && shown.label >= 0 && shown.label < static_cast<int>(classes.size()))
    face["class"] = classes[static_cast<std::size_t>(shown.label)];
  if (f.landmarks)
    for (const Point& p : *f.landmarks) face["landmarks"].push_back({place(p.x), place(p.y)});
  return face;
}

struct VideoOutputs::Impl {
  OutputNames names;
  std::vector<std::string> classes;
  bool several;
  Json document = Json::array();
  std::optional<TextTarget> json{}, jsonl{}, tracks{};
  std::string file{};
  int width = 0, height = 0;
  bool headed = false;
};

VideoOutputs::VideoOutputs(const OutputNames& names, std::vector<std::string> classes, bool several)
    : impl_(new Impl{.names = names, .classes = std::move(classes), .several = several}) {
  const std::array<const std::string*, 3> targets{&names.json, &names.jsonl, &names.tracks};
  if (std::count_if(targets.begin(), targets.end(), [](const auto* name) { return *name == "-"; }) >
      1)
    throw Error(ErrorCode::invalid_argument,
                "only one of --json, --jsonl and --tracks can write to standard output; give the "
                "others a file, as in --tracks=tracks.csv");
  if (!names.json.empty()) impl_->json.emplace(names.json);
  if (!names.jsonl.empty()) impl_->jsonl.emplace(names.jsonl);
  if (!names.tracks.empty() && (!several || names.tracks == "-"))
    impl_->tracks.emplace(names.tracks);
  if (several && !names.tracks.empty() && names.tracks != "-") support::make_folder(names.tracks);
}

VideoOutputs::~VideoOutputs() = default;

void VideoOutputs::begin_film(const std::string& file, const std::string& name,
                              const video::FilmInfo& info) {
  impl_->file = file;
  impl_->width = info.placement.width();
  impl_->height = info.placement.height();
  if (!impl_->several || impl_->names.tracks.empty() || impl_->names.tracks == "-") return;
  const std::filesystem::path target =
      (std::filesystem::path(impl_->names.tracks) / name).replace_extension(".csv");
  support::make_folder(target.parent_path());
  impl_->tracks.emplace(target.string());
}

void VideoOutputs::add(const video::Frame& frame, std::span<const ShownFace> faces) {
  if (impl_->jsonl) {
    Json list = Json::array();
    for (const ShownFace& face : faces) list.push_back(face_json(face, impl_->classes));
    const Json line{{"file", impl_->file},
                    {"frame", frame.index() + 1},
                    {"seconds", rounded(frame.seconds(), 1e6)},
                    {"width", impl_->width},
                    {"height", impl_->height},
                    {"faces", std::move(list)}};
    impl_->jsonl->write(json_text(line, -1) + "\n");
  }
  if (impl_->tracks)
    for (const ShownFace& shown : faces)
      impl_->tracks->write(
          video::track_row_text({frame.index(), shown.face.id, shown.face.box, shown.face.score}));
}

void VideoOutputs::end_film(const FilmSummary& s) {
  if (impl_->several && impl_->tracks && impl_->names.tracks != "-") {
    impl_->tracks->finish();
    impl_->tracks.reset();
  }
  const double rate = s.seconds > 0 ? static_cast<double>(s.frames) / s.seconds : 0;
  if (impl_->json) {
    Json film{{"file", s.file},
              {"width", s.width},
              {"height", s.height},
              {"frames", s.frames},
              {"looked_at", s.looked_at},
              {"film_seconds", rounded(s.film_seconds, 1e6)},
              {"tracks", s.tracks},
              {"boxes", s.boxes},
              {"seconds", rounded(s.seconds, 1000)},
              {"frames_per_second", rounded(rate, 10)}};
    if (!s.out.empty()) film["out"] = s.out;
    film["left_out"] = s.left_out;
    film["warnings"] = s.warnings;
    impl_->document.push_back(std::move(film));
  }
  if (impl_->names.quiet()) return;
  if (!impl_->headed) {
    fmt::print("{:>11}  {:>7}  {:>9}  {:>6}  {:>8}  {:>8}  {}\n", "size", "frames", "seconds",
               "tracks", "boxes", "frames/s", "file");
    impl_->headed = true;
  }
  fmt::print("{:>11}  {:>7}  {:>9.2f}  {:>6}  {:>8}  {:>8.1f}  {}\n",
             fmt::format("{}x{}", s.width, s.height), s.frames, s.film_seconds, s.tracks, s.boxes,
             rate, s.file);
  if (!s.out.empty()) fmt::print("  in {}\n", s.out);
}

void VideoOutputs::finish() {
  if (impl_->json) impl_->json->write(json_text(impl_->document, 1) + "\n");
  for (std::optional<TextTarget>* const target : {&impl_->json, &impl_->jsonl, &impl_->tracks})
    if (*target) (*target)->finish();
}

}  // namespace faceshot::cli
