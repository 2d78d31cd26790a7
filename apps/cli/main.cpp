// `faceshot`: the program. It contains what needs only the runtime and photographs, so that it
// starts fast and deploys anywhere; other subcommands run faceshot-video, faceshot-serve,
// faceshot-data and faceshot-train, like git's.
#include <cstdio>
#include <string>
#include <string_view>

#include "base/memory.hpp"
#include "cli/commands.hpp"
#include "common/console.hpp"
#include "common/program.hpp"

namespace {

struct Elsewhere {
  const char* name;
  const char* program;
  const char* meaning;
};

constexpr const char* video_program = "faceshot-video";
constexpr const char* serve_program = "faceshot-serve";
constexpr const char* data_program = "faceshot-data";
constexpr const char* train_program = "faceshot-train";

constexpr Elsewhere elsewhere[] = {
    {"video", video_program, "Find and track faces in films and live streams"},
    {"anonymize", video_program, "Hide faces in films and photographs"},
    {"serve", serve_program, "Detection over HTTP, with a web page"},
    {"prepare", data_program, "Convert a data set to the prepared format"},
    {"data", data_program, "Show, check, export and label prepared data sets"},
    {"augment", data_program, "List, preview, apply and search augmentation policies"},
    {"synthesize", data_program, "Generate synthetic labelled images and films"},
    {"evaluate", data_program, "Measure average precision with the official protocols"},
    {"calibrate", data_program, "Calibrate a network's scores to probabilities"},
    {"runs", data_program, "Compare training runs"},
    {"train", train_program, "Train a network or resume a run"},
    {"export", train_program, "Export a trained network to ONNX"},
    {"model", train_program, "Show the network that a config describes"},
    {"weights", train_program, "Inspect, convert and average weight files"},
};

int hand_over_to(const char* program, char** argv) {
  const char* const option = program == train_program   ? "FACESHOT_BUILD_TRAIN=ON"
                             : program == video_program ? "FACESHOT_BUILD_VIDEO=ON"
                             : program == serve_program ? "FACESHOT_BUILD_SERVE=ON"
                                                        : "FACESHOT_RUNTIME_ONLY=OFF";
  return faceshot::cli::hand_over(program, option, argv);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace faceshot;
  const std::string_view first = argc > 1 ? argv[1] : "";
  for (const Elsewhere& command : elsewhere)
    if (command.name == first) return hand_over_to(command.program, argv);
  if (argc == 1) {
    std::puts(
        "FaceShot finds faces in photographs and films. Three commands to try:\n\n  faceshot "
        "detect photo.jpg --out faces/      draw boxes into a copy\n  faceshot detect holiday/ "
        "--sheet faces.jpg  a folder, as one contact sheet\n  faceshot video clip.mp4 --out "
        "boxes.mp4     track faces through a film\n\n"
        "faceshot --help lists all commands.");
    return cli::exit_usage;
  }
  base::retain_freed_memory();
  CLI::App app{
      "Face detection: prepare data, train, evaluate, export, detect.\n"
      "Start with:  faceshot detect photo.jpg --out out/"};
  cli::set_up(app, "faceshot");
  int exit_code = 0;
  cli::add_detect(app, exit_code);
  // Subcommands of other programs are listed for --help only.
  const auto list = [&](std::string_view program) {
    for (const Elsewhere& command : elsewhere)
      if (command.program == program)
        app.add_subcommand(
            command.name, std::string(command.meaning) + " (faceshot " + command.name + " --help)");
  };
  list(video_program);
  list(serve_program);
  list(data_program);
  list(train_program);
  cli::add_bench(app, exit_code);
  cli::add_inspect(app, exit_code);
  cli::add_models(app, exit_code);
  return cli::run_program(app, argc, argv, exit_code);
}
