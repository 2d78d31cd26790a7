// `faceshot-video`: the subcommands that read and write films. Users call them through `faceshot`.
#include "base/memory.hpp"
#include "common/program.hpp"
#include "video_commands.hpp"

int main(int argc, char** argv) {
  using namespace faceshot;
  base::retain_freed_memory();
  CLI::App app{"Find, track and hide faces in films."};
  cli::set_up(app, "faceshot-video");
  int exit_code = 0;
  cli::add_video(app, exit_code);
  cli::add_anonymize(app, exit_code);
  return cli::run_program(app, argc, argv, exit_code);
}
