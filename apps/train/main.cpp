// `faceshot-train`: the subcommands that need LibTorch. Users call them through `faceshot`.
#include <opencv2/core.hpp>

#include "base/memory.hpp"
#include "cli/console.hpp"
#include "faceshot/version.hpp"
#include "model/tensor_memory.hpp"
#include "train_commands.hpp"

int main(int argc, char** argv) {
  using namespace faceshot;
  retain_freed_memory();
  reuse_tensor_memory();
  cv::setNumThreads(1);  // the loader's workers are the parallelism; OpenCV's pool would fight them
  CLI::App app{"Trains and exports face detectors."};
  app.name("faceshot");
  app.set_version_flag("--version", "faceshot-train " FACESHOT_VERSION);
  app.require_subcommand(1);
  int exit_code = cli::exit_ok;
  cli::add_train(app, exit_code);
  cli::add_export(app, exit_code);
  cli::add_weights(app, exit_code);
  cli::add_models(app, exit_code);
  cli::add_model(app, exit_code);
  cli::report_usage_in_one_line(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? cli::exit_ok : cli::exit_usage;
  }
  return exit_code;
}
