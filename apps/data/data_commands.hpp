// The subcommands of `faceshot-data`, one function each, in a file of the same name. Each adds its
// options to `app` and a callback that does the work and stores the exit code in `exit_code`.
#pragma once

#include <CLI/CLI.hpp>

namespace faceshot::cli {

void add_prepare(CLI::App& app, int& exit_code);
/// Subcommands of `prepare`.
void add_prepare_auto(CLI::App& prepare, int& exit_code);
void add_set_commands(CLI::App& prepare, int& exit_code);
void add_data(CLI::App& app, int& exit_code);
/// Subcommands of `data`.
void add_data_audit(CLI::App& data, int& exit_code);
void add_data_check(CLI::App& data, int& exit_code);
void add_data_export(CLI::App& data, int& exit_code);
void add_data_pseudo(CLI::App& data, int& exit_code);
void add_augment(CLI::App& app, int& exit_code);
/// Subcommand of `augment`.
void add_augment_search(CLI::App& augment, int& exit_code);
void add_synthesize(CLI::App& app, int& exit_code);
void add_runs(CLI::App& app, int& exit_code);
void add_calibrate(CLI::App& app, int& exit_code);
void add_evaluate(CLI::App& app, int& exit_code);

}  // namespace faceshot::cli
