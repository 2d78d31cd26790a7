// `faceshot`: the program. Subcommands that need LibTorch are handed to faceshot-train, as git does
// with its own, so that this one starts fast and deploys without it.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <opencv2/core/utility.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "faceshot/version.hpp"

namespace {

constexpr std::string_view training_commands[] = {"train", "export", "weights", "models", "model"};

/// Replaces this process by faceshot-train (beside this program, else on the PATH); returns only if
/// that fails.
int hand_over(char** argv) {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const auto beside = self.parent_path() / "faceshot-train";
  execv(beside.c_str(), argv);
  execvp("faceshot-train", argv);
  std::fprintf(
      stderr,
      "faceshot: `%s` needs the program faceshot-train, which is not here (%s); build with "
      "FACESHOT_BUILD_TRAIN=ON\n",
      argv[1], std::strerror(errno));
  return faceshot::cli::exit_failure;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace faceshot;
  if (argc > 1)
    for (const auto command : training_commands)
      if (command == argv[1]) return hand_over(argv);

  retain_freed_memory();
  cv::setNumThreads(1);  // the subcommands share the cores out themselves

  CLI::App app{
      "Face detection: prepare data, train, evaluate, export, detect.\n"
      "Start with:  faceshot detect photo.jpg --out out/"};
  app.name("faceshot");
  app.set_version_flag("--version", "faceshot " FACESHOT_VERSION);
  app.require_subcommand(1);
  int exit_code = cli::exit_ok;
  cli::add_detect(app, exit_code);
  cli::add_prepare(app, exit_code);
  cli::add_synthesize(app, exit_code);
  cli::add_data(app, exit_code);
  cli::add_augment(app, exit_code);
  // Listed for --help only: hand_over() has taken them by now.
  app.add_subcommand("train", "Train a network (see faceshot train --help)");
  app.add_subcommand("export", "Write a trained network as ONNX (see faceshot export --help)");
  app.add_subcommand("weights", "Look into weight files (see faceshot weights --help)");
  app.add_subcommand("models", "List the backbones (see faceshot models --help)");
  app.add_subcommand("model", "Look at the network of a config (see faceshot model --help)");
  cli::add_runs(app, exit_code);
  cli::add_calibrate(app, exit_code);
  cli::add_evaluate(app, exit_code);
  cli::add_bench(app, exit_code);
  cli::add_inspect(app, exit_code);
  cli::report_usage_in_one_line(app);
  try {
    // CLI11 alone would say that a subcommand is required.
    const auto is_named = [&](const CLI::App* c) { return c->check_name(argv[1]); };
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(is_named).empty())
      throw CLI::ExtrasError("faceshot", {argv[1]});
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? cli::exit_ok : cli::exit_usage;
  }
  return exit_code;
}
