// `faceshot-data`: the subcommands that read photographs and data sets. Users call them through
// `faceshot`.
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

#include "base/memory.hpp"
#include "cli/commands.hpp"
#include "common/program.hpp"
#include "data_commands.hpp"
#include "media/opencv.hpp"

namespace {

faceshot::cli::Frame read_photograph(const std::string& file, faceshot::cli::FrameSize size) {
  faceshot::cli::Frame frame{size, {}};
  frame.pixels.resize(3 * static_cast<std::size_t>(size.width) *
                      static_cast<std::size_t>(size.height));
  cv::Mat scaled(size.height, size.width, CV_8UC3, frame.pixels.data());
  cv::resize(faceshot::media::read_mat(file), scaled, scaled.size(), 0, 0, cv::INTER_AREA);
  return frame;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace faceshot;
  base::retain_freed_memory();
  cv::setNumThreads(1);  // the subcommands share the cores out themselves
  CLI::App app{"Photographs and data sets: prepare, look, augment, detect, evaluate."};
  cli::set_up(app, "faceshot-data");
  int exit_code = 0;
  cli::add_detect(app, exit_code);
  cli::add_prepare(app, exit_code);
  cli::add_synthesize(app, exit_code);
  cli::add_data(app, exit_code);
  cli::add_augment(app, exit_code);
  cli::add_runs(app, exit_code);
  cli::add_calibrate(app, exit_code);
  cli::add_evaluate(app, exit_code);
  cli::add_bench(app, exit_code, read_photograph);
  return cli::run_program(app, argc, argv, exit_code);
}
