// What `faceshot detect` prints: a table, and JSON, JSON lines and CSV for programs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/detect/arguments.hpp"
#include "cli/detect/look.hpp"

namespace faceshot::cli {

/// Takes looks one by one, in the order of the photographs. Not thread safe.
class Outputs {
 public:
  /// Opens what is written piece by piece.
  /// @param classes of the network; of several, each detection says its own
  /// @throws Error(invalid_argument) if two are to go to standard output; Error(io)
  Outputs(const DetectArguments& arguments, const std::vector<Job>& jobs,
          std::vector<std::string> classes, bool landmarks);
  ~Outputs();
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;

  void add(const Job& job, const Look& look);
  /// Writes what was kept back, and the summary. @throws Error(io)
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::cli
