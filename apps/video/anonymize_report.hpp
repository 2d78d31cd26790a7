// The final report of `faceshot anonymize`: a table or JSON.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "anonymize.hpp"

namespace faceshot::cli {

/// Not thread safe.
class AnonymizeReport {
 public:
  /// @param json file, "-": standard output; empty: none @param sheet named to the user; may be
  /// empty
  /// @throws Error(io)
  AnonymizeReport(const std::string& json, const std::string& sheet);
  ~AnonymizeReport();
  AnonymizeReport(const AnonymizeReport&) = delete;
  AnonymizeReport& operator=(const AnonymizeReport&) = delete;

  /// Adds a row; warnings go to stderr.
  void add(const Hidden& hidden);
  /// @param on_sheet number of faces on the review sheet @throws Error(io)
  void finish(std::size_t on_sheet);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::cli
