#include "cli/commands.hpp"

namespace faceshot::cli {
void add_detect(CLI::App& app, int&) { app.add_subcommand("detect"); }
}  // namespace faceshot::cli
