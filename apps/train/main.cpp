// `faceshot-train`: the subcommands that need LibTorch. Users call them through `faceshot`.
#include <opencv2/core/utility.hpp>

#include "base/memory.hpp"
#include "common/program.hpp"
#include "model/reuse_tensor_memory.hpp"
#include "train_commands.hpp"

int main(int argc, char** argv) {
  using namespace faceshot;
  base::retain_freed_memory();
  model::reuse_tensor_memory();
  cv::setNumThreads(1);  // the loader's workers are the parallelism; OpenCV's pool would compete
                         // with them
  CLI::App app{"Train and export face detectors."};
  cli::set_up(app, "faceshot-train");
  int exit_code = 0;
  cli::add_train(app, exit_code);
  cli::add_export(app, exit_code);
  cli::add_weights(app, exit_code);
  cli::add_model(app, exit_code);
  return cli::run_program(app, argc, argv, exit_code);
}
