// `faceshot-data`: the subcommands that read photographs and data sets. Users call them through
// `faceshot`.
#include <opencv2/core/utility.hpp>

#include "base/memory.hpp"
#include "common/program.hpp"
#include "data_commands.hpp"

int main(int argc, char** argv) {
  using namespace faceshot;
  base::retain_freed_memory();
  cv::setNumThreads(1);  // the subcommands distribute the cores themselves
  CLI::App app{"Data sets and evaluation: prepare, check, augment, evaluate."};
  cli::set_up(app, "faceshot-data");
  int exit_code = 0;
  cli::add_prepare(app, exit_code);
  cli::add_synthesize(app, exit_code);
  cli::add_data(app, exit_code);
  cli::add_augment(app, exit_code);
  cli::add_runs(app, exit_code);
  cli::add_calibrate(app, exit_code);
  cli::add_evaluate(app, exit_code);
  return cli::run_program(app, argc, argv, exit_code);
}
