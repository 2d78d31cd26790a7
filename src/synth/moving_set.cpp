#include "synth/moving_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "base/parallel.hpp"
#include "data/prepared/staging.hpp"
#include "geometry/box_convert.hpp"
#include "media/opencv.hpp"
#include "support/plain_file.hpp"
#include "synth/moving_scene.hpp"

namespace faceshot::synth {
namespace {

namespace fs = std::filesystem;

std::string truth_lines(std::size_t frame, const std::vector<TrueFace>& faces) {
  std::string text;
  for (const TrueFace& face : faces) {
    const geometry::Xywh b = geometry::to_xywh(face.box);
    text += fmt::format("{},{},{:.2f},{:.2f},{:.2f},{:.2f},1,{},{:.3f}\n", frame + 1, face.id, b.x,
                        b.y, b.w, b.h, face.ignore ? 8 : 1, face.visibility);
  }
  return text;
}

std::string sequence_info(const std::string& name, const MovingScene& scene,
                          const MovingSceneOptions& options) {
  return fmt::format(
      "[Sequence]\nname={}\nimDir=img1\nframeRate={}\nseqLength={}\nimWidth={}\nimHeight={}\n"
      "imExt=.jpg\n",
      name, scene.frame_rate(), scene.frames(), options.width, options.height);
}

}  // namespace

MovingSetReport write_moving_set(
    const fs::path& dir, const MovingScenes& scenes, int threads,
    const std::function<void(std::size_t done, std::size_t total)>& progress) {
  validate(scenes.scene);
  data::require_new_folder(dir);
  MovingSetReport report;
  const auto length = static_cast<std::size_t>(scenes.scene.frames);
  const std::size_t total =
      length * static_cast<std::size_t>(scenes.last_seed - scenes.first_seed + 1);
  data::tell_failures("cannot write scenes to", dir, [&] {
    const fs::path target = data::real_folder(dir);
    const data::StagingFolder staging(target);
    for (std::uint64_t seed = scenes.first_seed; seed <= scenes.last_seed; ++seed) {
      const MovingScene scene(scenes.scene, seed);
      const std::string name = fmt::format("scene-{:03}", seed);
      const fs::path folder = staging.path() / name;
      fs::create_directories(folder / "img1");
      fs::create_directory(folder / "gt");
      std::vector<std::vector<TrueFace>> truth(length);
      std::mutex mutex;
      base::parallel_for(length, threads, [&](std::size_t i) {
        MovingFrame frame = scene.render(i);
        media::write_mat(folder / "img1" / fmt::format("{:06}.jpg", i + 1), frame.image);
        truth[i] = std::move(frame.faces);
        const std::lock_guard lock(mutex);
        if (progress) progress(++report.frames, total);
      });
      std::string text;
      int faces = 0;
      for (std::size_t i = 0; i < length; ++i) {
        text += truth_lines(i, truth[i]);
        report.boxes += truth[i].size();
        for (const TrueFace& face : truth[i]) {
          report.ignored += face.ignore ? 1 : 0;
          faces = std::max(faces, face.id);
        }
      }
      report.faces += static_cast<std::size_t>(faces);
      support::write_file(folder / "gt" / "gt.txt", text);
      support::write_file(folder / "seqinfo.ini", sequence_info(name, scene, scenes.scene));
      ++report.scenes;
    }
    fs::rename(staging.path(), target);
  });
  if (!progress) report.frames = total;
  return report;
}

}  // namespace faceshot::synth
