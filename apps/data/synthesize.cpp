// `faceshot synthesize`: synthetic labelled pictures, drawn or composed from other sets.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/processors.hpp"
#include "common/console.hpp"
#include "data/prepared/prepared.hpp"
#include "data/prepared/splits.hpp"
#include "data/prepared/staging.hpp"
#include "data_commands.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "synth/composition.hpp"
#include "synth/face_library.hpp"
#include "synth/moving_set.hpp"
#include "synth/scene.hpp"
#include "synth/synthetic_set.hpp"

namespace faceshot::cli {
namespace {

using data::PreparedSet;
using synth::MakeScene;

namespace fs = std::filesystem;

struct SynthesizeArguments {
  fs::path out, faces, backgrounds;
  std::string size = "640x480";
  synth::SceneOptions scene;
  synth::SyntheticSetOptions set;
  fs::path moving;  ///< TOML file of moving scenes; empty: pictures
  bool count_given = false, seed_given = false;
  bool json = false;
};

PreparedSet read_set(const fs::path& set) {
  return data::read_prepared(data::split_file(set, "", "train"));
}

cv::Size canvas_size(const std::string& text) {
  int width = 0, height = 0, end = 0;
  if (std::sscanf(text.c_str(), "%5dx%5d%n", &width, &height, &end) != 2 ||
      static_cast<std::size_t>(end) != text.size())
    throw Error(ErrorCode::invalid_argument, "--size '" + text + "' is not WxH, such as 640x480");
  return {width, height};
}

/// Photographs without any labelled face.
PreparedSet without_faces(PreparedSet set, const fs::path& name) {
  std::erase_if(set.records, [](const geometry::ImageRecord& r) { return !r.annotations.empty(); });
  if (set.records.empty())
    throw Error(ErrorCode::invalid_argument,
                "'" + name.string() + "': every photograph has faces; backgrounds must have none");
  return set;
}

/// @param classes set to those of the faces
MakeScene composer(const SynthesizeArguments& o, std::vector<std::string>& classes) {
  const auto faces = std::make_shared<const synth::FaceLibrary>(read_set(o.faces));
  const auto backgrounds =
      std::make_shared<const PreparedSet>(without_faces(read_set(o.backgrounds), o.backgrounds));
  classes = faces->classes();
  synth::CompositionOptions composition;
  composition.scene = o.scene;
  composition.scene.min_faces = 1;
  return [=](base::Random& random) {
    const auto count = static_cast<std::uint32_t>(backgrounds->records.size());
    const geometry::ImageRecord& record = backgrounds->records[random.below(count)];
    const auto draw = [&](float height, base::Random& r) { return faces->draw(height, r); };
    return synth::compose_scene(media::read_mat(backgrounds->images_dir / record.image), draw,
                                composition, random);
  };
}

MakeScene painter(const synth::SceneOptions& scene) {
  return [scene](base::Random& random) { return synth::render_scene(scene, random); };
}

void print_table(const SynthesizeArguments& o, const synth::SyntheticSetReport& r) {
  std::printf("images    %8zu  %zu of them without faces\n", r.images, r.images_without_faces);
  std::printf("faces     %8zu\n", r.faces);
  for (std::size_t c = 0; c < o.set.classes.size(); ++c)
    if (o.set.classes.size() > 1)
      std::printf("          %8zu  %s\n", r.faces_of_class[c], o.set.classes[c].c_str());
  std::printf("ignored   %8zu  faces more than half hidden\n", r.ignored);
  std::printf("%s is ready\n", (o.out / (o.set.split + ".csv")).c_str());
}

/// --seed and --count override the file's seeds.
int synthesize_moving(const SynthesizeArguments& o) {
  synth::MovingScenes scenes = synth::read_moving_scenes(o.moving);
  if (o.seed_given) {
    scenes.last_seed += o.set.seed - scenes.first_seed;
    scenes.first_seed = o.set.seed;
  }
  if (o.count_given) scenes.last_seed = scenes.first_seed + o.set.count - 1;
  const std::size_t total = static_cast<std::size_t>(scenes.last_seed - scenes.first_seed + 1) *
                            static_cast<std::size_t>(scenes.scene.frames);
  const auto run = [&] {
    Progress progress("drawing frames", total);
    return synth::write_moving_set(o.out, scenes, o.set.threads,
                                   [&](std::size_t done, std::size_t) { progress.update(done); });
  };
  const synth::MovingSetReport r = run();
  if (o.json) {
    const nlohmann::ordered_json json{{"out", o.out.string()}, {"scenes", r.scenes},
                                      {"frames", r.frames},    {"faces", r.faces},
                                      {"boxes", r.boxes},      {"ignored", r.ignored}};
    std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return exit_ok;
  }
  std::printf("scenes    %8zu  of %d frames\n", r.scenes, scenes.scene.frames);
  std::printf("faces     %8zu\n", r.faces);
  std::printf("boxes     %8zu  %zu of them of hidden or truncated faces\n", r.boxes, r.ignored);
  std::printf("%s is ready, in MOTChallenge's layout\n", o.out.c_str());
  return exit_ok;
}

int synthesize(SynthesizeArguments& o) {
  if (!o.moving.empty()) return synthesize_moving(o);
  o.scene.size = canvas_size(o.size);
  synth::validate(o.scene);
  data::require_new_folder(o.out);  // before sets are read
  const bool compose = !o.faces.empty();
  o.set.source = (compose ? "faces put into photographs, seed " : "drawn faces, seed ") +
                 std::to_string(o.set.seed);
  if (!compose) o.set.classes = synth::scene_classes(o.scene);
  const MakeScene make = compose ? composer(o, o.set.classes) : painter(o.scene);
  const auto run = [&] {
    Progress progress("making", o.set.count);
    return synth::write_synthetic_set(
        o.out, make, o.set, [&](std::size_t done, std::size_t) { progress.update(done); });
  };
  const synth::SyntheticSetReport report = run();
  if (o.json) {
    nlohmann::ordered_json json{
        {"out", o.out.string()},   {"split", o.set.split},
        {"images", report.images}, {"images_without_faces", report.images_without_faces},
        {"faces", report.faces},   {"ignored", report.ignored}};
    if (o.set.classes.size() > 1)
      for (std::size_t c = 0; c < o.set.classes.size(); ++c)
        json["faces_of_class"][o.set.classes[c]] = report.faces_of_class[c];
    std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  } else {
    print_table(o, report);
  }
  return exit_ok;
}

}  // namespace

void add_synthesize(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<SynthesizeArguments>();
  SynthesizeArguments& o = *options;
  o.set.threads = base::processors();
  CLI::App* command = app.add_subcommand(
      "synthesize",
      "Generate a prepared set of drawn faces, or of faces pasted into other photographs");
  command->add_option("--out", o.out, "Folder of the set: new or empty")->required();
  CLI::Option* count = command->add_option("--count", o.set.count, "Number of images or scenes");
  count->check(CLI::Range(1, 1'000'000))->capture_default_str();
  CLI::Option* seed = command->add_option("--seed", o.set.seed, "Random seed");
  seed->capture_default_str();
  CLI::Option* faces = command->add_option(
      "--faces", o.faces,
      "Prepared set (folder or CSV) whose faces are cut out; default: draw faces");
  CLI::Option* backgrounds = command->add_option("--backgrounds", o.backgrounds,
                                                 "Prepared set of photographs to paste them into");
  faces->needs(backgrounds);
  backgrounds->needs(faces);
  command
      ->add_option("--moving", o.moving,
                   "Generate films instead of images, with the exact track of each face, from this "
                   "TOML file, such as configs/scenes/moving.toml")
      ->excludes(faces);
  command
      ->add_option("--masks", o.scene.masks,
                   "Share of drawn faces with a mask, one in six worn incorrectly; if above 0, the "
                   "classes are with_incorrect_mask, with_mask and without_mask")
      ->check(CLI::Range(0.0F, 1.0F))
      ->excludes(faces)
      ->capture_default_str();
  command->add_option("--size", o.size, "Width and height of the images, pixels")
      ->capture_default_str();
  command->add_option("--min-face", o.scene.min_face, "Minimum height of a face, pixels")
      ->capture_default_str();
  command->add_option("--split", o.set.split, "Name of the split")
      ->check(CLI::IsMember({"train", "val", "test"}))
      ->capture_default_str();
  command
      ->add_option("--threads,--jobs", o.set.threads,
                   "Images generated in parallel; does not affect the result")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_flag("--json", o.json, "Print the summary as JSON instead of a table");
  command->footer(
      "Example:\n"
      "  faceshot synthesize --count 2000 --seed 7 --out data/synth\n"
      "  faceshot synthesize --count 2000 --masks 0.6 --out data/masked\n"
      "  faceshot synthesize --moving configs/scenes/moving.toml --out data/scenes\n"
      "  faceshot synthesize --faces data/wider --backgrounds data/landscapes --out data/composed");
  command->callback([options, &exit_code, count, seed] {
    options->count_given = !count->empty();
    options->seed_given = !seed->empty();
    exit_code = guarded([&] { return synthesize(*options); });
  });
}

}  // namespace faceshot::cli
