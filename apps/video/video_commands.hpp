// The subcommands of `faceshot-video`, one function each, in a file of the same name. Each adds its
// options to `app` and a callback that does the work and stores the exit code in `exit_code`.
#pragma once

#include <CLI/CLI.hpp>

namespace faceshot::cli {

void add_video(CLI::App& app, int& exit_code);
void add_anonymize(CLI::App& app, int& exit_code);

}  // namespace faceshot::cli
