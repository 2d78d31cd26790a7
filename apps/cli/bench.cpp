#include "cli/commands.hpp"

namespace faceshot::cli {
void add_bench(CLI::App& app, int&) { app.add_subcommand("bench"); }
}  // namespace faceshot::cli
