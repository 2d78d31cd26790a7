#include "common/console.hpp"

#include <unistd.h>

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>

#include "base/nearest_name.hpp"
#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

int guarded(const std::function<int()>& body) {
  try {
    return body();
  } catch (const Error& e) {
    std::fprintf(stderr, "faceshot: %s\n", e.what());
    return e.code() == ErrorCode::invalid_argument ? exit_usage : exit_failure;
  } catch (const Interrupted&) {
    std::fprintf(stderr, "faceshot: interrupted; unfinished files have been removed\n");
    return exit_interrupted;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "faceshot: unexpected: %s\n", e.what());
    return exit_failure;
  }
}

namespace {

/// The innermost subcommand given.
const CLI::App* used_by(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

/// Arguments that nobody wanted: the one that is similar to an option, or else the first.
std::string unexpected(const CLI::App& app, const std::string& see) {
  std::vector<std::string> names;
  for (const CLI::Option* const option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  const std::vector<std::string> rest = app.remaining(true);
  for (const std::string& word : rest)
    if (word.starts_with("--"))
      if (const auto name = base::likely_name(word.substr(0, word.find('=')), names))
        return "unexpected argument '" + word + "'; did you mean '" + *name + "'?";
  return "unexpected argument '" + (rest.empty() ? "" : rest.front()) + "'" + see;
}

/// "faceshot prepare csv", as far as it was given.
std::string command_line(const CLI::App& root) {
  std::string words = "faceshot";
  for (const CLI::App* app = &root; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    words += " " + app->get_name();
  }
  return words;
}

/// What CLI11 calls "X is required", with what X is; empty if nothing is missing.
std::string what_is_missing(const CLI::App& command) {
  if (command.get_require_subcommand_min() > 0 && command.get_subcommands().empty()) {
    std::string names;
    for (const CLI::App* const one : command.get_subcommands({}))
      names += (names.empty() ? "" : ", ") + one->get_name();
    const std::vector<std::string> given = command.remaining();
    return (given.empty() ? "which command? One of "
                          : "there is no command '" + given.front() + "', but there are ") +
           names;
  }
  for (const CLI::Option* const option : command.get_options())
    if (option->get_required() && option->count() == 0)
      return "missing '" + option->get_name() + "': " + option->get_description();
  return "";
}

}  // namespace

void report_usage_in_one_line(CLI::App& app) {
  app.failure_message([](const CLI::App* root, const CLI::Error& e) {
    const CLI::App& used = *used_by(root);
    const std::string command = command_line(*root);
    const std::string see = "; see " + command + " --help";
    std::string what = e.what() + see;
    if (dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr)
      what = unexpected(used, see);
    else if (dynamic_cast<const CLI::RequiredError*>(&e) != nullptr)
      if (const std::string missing = what_is_missing(used); !missing.empty()) what = missing + see;
    return command + ": " + what + "\n";
  });
}

bool live_terminal() { return isatty(STDERR_FILENO) == 1; }

Progress::Progress(std::string what, std::size_t total)
    : what_(std::move(what)), total_(total), live_(live_terminal()) {
  struct sigaction handler {};
  handler.sa_handler = [](int) { interrupted = 1; };
  handler.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &handler, &old_handler_);
  // If Ctrl-C was ignored when we started, as for background jobs of shells, it stays ignored.
  if (old_handler_.sa_handler == SIG_IGN) sigaction(SIGINT, &old_handler_, nullptr);
}

Progress::~Progress() {
  sigaction(SIGINT, &old_handler_, nullptr);
  if (drawn_ && live_) std::fputs("\r\033[K", stderr);
}

void Progress::update(std::size_t done) {
  if (interrupted != 0) throw Interrupted{};
  const auto now = Clock::now();
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double since = std::chrono::duration<double>(now - last_).count();
  if (elapsed < 2 || since < (live_ ? 0.2 : 30.0)) return;
  last_ = now;
  drawn_ = true;
  const double rate = static_cast<double>(done) / elapsed;
  const double left = rate > 0 ? static_cast<double>(total_ - std::min(done, total_)) / rate : 0.0;
  std::fprintf(stderr,
               live_ ? "\r\033[K%s %zu/%zu  %.1f/s  %s left" : "%s %zu/%zu  %.1f/s  %s left\n",
               what_.c_str(), done, total_, rate, duration_text(left).c_str());
}

std::string duration_text(double seconds) {
  const auto s = static_cast<long>(std::lround(std::max(0.0, seconds)));
  if (s >= 3600) return fmt::format("{} h {:02} min", s / 3600, s % 3600 / 60);
  if (s >= 60) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} s", s);
}

std::string counted(std::size_t number, const std::string& thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

}  // namespace faceshot::cli
