// The subcommands of `faceshot` itself, one function each, in a file of the same name. Each adds
// its options to `app` and a callback that does the work and stores the exit code in `exit_code`.
#pragma once

#include <CLI/CLI.hpp>

namespace faceshot::cli {

void add_bench(CLI::App& app, int& exit_code);
void add_detect(CLI::App& app, int& exit_code);
void add_inspect(CLI::App& app, int& exit_code);
void add_models(CLI::App& app, int& exit_code);

}  // namespace faceshot::cli
