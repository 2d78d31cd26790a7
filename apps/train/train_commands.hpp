// The subcommands of `faceshot-train`, one function each, in a file of the same name.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace faceshot::cli {

void add_train(CLI::App& app, int& exit_code);
/// Runs --dry-run; in train_dry_run.cpp. @param arguments config file, then overrides
int dry_run_of(const std::vector<std::string>& arguments, bool as_json);
void add_export(CLI::App& app, int& exit_code);
void add_weights(CLI::App& app, int& exit_code);
void add_model(CLI::App& app, int& exit_code);

}  // namespace faceshot::cli
