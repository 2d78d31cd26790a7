#include "cli/commands.hpp"

namespace faceshot::cli {
void add_prepare(CLI::App& app, int&) { app.add_subcommand("prepare"); }
}  // namespace faceshot::cli
