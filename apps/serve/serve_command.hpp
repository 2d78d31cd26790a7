// The subcommand of `faceshot-serve`; see cli/commands.hpp.
#pragma once

#include <CLI/CLI.hpp>

namespace faceshot::cli {

void add_serve(CLI::App& app, int& exit_code);

}  // namespace faceshot::cli
