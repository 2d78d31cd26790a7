// `faceshot-serve`: the service. Users call it through `faceshot`.
#include "base/memory.hpp"
#include "common/program.hpp"
#include "serve_command.hpp"

int main(int argc, char** argv) {
  using namespace faceshot;
  base::retain_freed_memory();
  CLI::App app{"Detection over HTTP."};
  cli::set_up(app, "faceshot-serve");
  int exit_code = 0;
  cli::add_serve(app, exit_code);
  return cli::run_program(app, argc, argv, exit_code);
}
