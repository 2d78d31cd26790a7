#include "cli/commands.hpp"

namespace faceshot::cli {
void add_evaluate(CLI::App& app, int&) { app.add_subcommand("evaluate"); }
}  // namespace faceshot::cli
