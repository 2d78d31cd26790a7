// What `faceshot detect` prints: a table, and JSON, JSON lines and CSV for programs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/detect/arguments.hpp"
#include "cli/detect/look.hpp"

namespace faceshot::cli {

/// Receives results one by one, in the order of the photographs. Not thread safe.
class Outputs {
 public:
  /// Opens files that are written incrementally.
  /// @param classes of the network; if there are several, each detection states its class
  /// @throws Error(invalid_argument) if two are to go to standard output; Error(io)
  Outputs(const DetectArguments& arguments, const std::vector<Job>& jobs,
          std::vector<std::string> classes, bool landmarks);
  ~Outputs();
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;

  void add(const Job& job, const Look& look);
  /// Writes what was held back, and the summary. @throws Error(io)
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::cli
