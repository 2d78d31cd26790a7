#include "common/program.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/nearest_name.hpp"
#include "common/console.hpp"
#include "faceshot/version.hpp"

namespace faceshot::cli {
namespace {

/// Output that could not be written (a full disk) is a failure.
int with_output_written(int exit_code) {
  errno = 0;
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.flush();
  if (written) return exit_code;
  std::fprintf(stderr, "faceshot: cannot write to standard output (%s)\n",
               errno != 0 ? std::strerror(errno) : "an earlier write failed");
  return exit_code == exit_ok ? exit_failure : exit_code;
}

/// Puts examples before options, since most users need nothing else, and omits the value in braces
/// that CLI11 shows for flags that can have one.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    if (mode == CLI::AppFormatMode::Sub) return make_expanded(app);
    const std::string examples = make_footer(app);
    return make_description(app) + make_usage(app, std::move(name)) +
           (examples.empty() ? "" : "\n" + examples) + make_positionals(app) +
           make_groups(app, mode) + make_subcommands(app, mode);
  }
  std::string make_option_name(const CLI::Option* option, bool positional) const override {
    std::string name = CLI::Formatter::make_option_name(option, positional);
    return name.substr(0, name.find('{'));
  }
};

}  // namespace

void set_up(CLI::App& app, const std::string& program) {
  app.name("faceshot");
  app.set_version_flag("--version", program + " " FACESHOT_VERSION);
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());
}

int run_program(CLI::App& app, int argc, char** argv, const int& exit_code) {
  report_usage_in_one_line(app);
  try {
    // CLI11 alone would only say that a subcommand is required.
    const auto is_named = [&](const CLI::App* c) { return c->check_name(argv[1]); };
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(is_named).empty()) {
      std::vector<std::string> names;
      for (const CLI::App* const command : app.get_subcommands({}))
        names.push_back(command->get_name());
      const auto meant = base::likely_name(argv[1], names);
      std::fprintf(stderr, "faceshot: there is no command '%s'%s\n", argv[1],
                   meant ? ("; did you mean '" + *meant + "'?").c_str() : "; see --help");
      return exit_usage;
    }
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return with_output_written(app.exit(e) == 0 ? exit_ok : exit_usage);
  }
  return with_output_written(exit_code);
}

std::string program_beside(const std::string& program) {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const auto beside = self.parent_path() / program;
  return access(beside.c_str(), X_OK) == 0 ? beside.string() : program;
}

int hand_over(const std::string& program, const std::string& option, char** argv) {
  execvp(program_beside(program).c_str(), argv);
  const int error = errno;
  const std::string target = program == "faceshot-data" ? "make data" : "make programs";
  const std::string why = error == ENOENT
                              ? "was not found; `" + target + "` builds it (" + option + ")"
                              : std::string("cannot be run: ") + std::strerror(error);
  std::fprintf(stderr, "faceshot: `%s` needs the program %s, which %s\n", argv[1], program.c_str(),
               why.c_str());
  return exit_failure;
}

}  // namespace faceshot::cli
