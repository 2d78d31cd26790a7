// Shared by all programs: `faceshot`, and those that it runs, as git runs its subcommands.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace faceshot::cli {

/// Gives the program the name that users know, and --version; requires a subcommand, and reports
/// wrong usage in one line.
void set_up(CLI::App& app, const std::string& program);

/// Parses and runs. @param exit_code stored by the subcommand's callback @return main's result:
/// that, or a failure if standard output could not be written
int run_program(CLI::App& app, int argc, char** argv, const int& exit_code);

/// Replaces this process by `program` (beside this one, otherwise on the PATH) with the same
/// arguments. Returns only if that fails, with main's result, after one line on stderr.
/// @param option of CMake, with which it is built: "FACESHOT_BUILD_TRAIN=ON"
int hand_over(const std::string& program, const std::string& option, char** argv);

/// The path of `program` beside this one; its name alone, for the PATH, if it is not there.
std::string program_beside(const std::string& program);

}  // namespace faceshot::cli
