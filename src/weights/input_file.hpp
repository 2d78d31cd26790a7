// An untrusted file: reads at an offset, and a budget for the memory it may claim.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace faceshot::weights {

/// A binary file with random access. Not thread safe.
class InputFile {
 public:
  /// @throws Error(not_found) no such file; Error(io) it is a folder or cannot be read
  explicit InputFile(const std::filesystem::path& path);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Bytes `offset` to `offset + count`. Nothing is allocated for bytes that the file lacks.
  /// @throws Error(format) if the file ends before that; Error(io)
  [[nodiscard]] std::string read(std::uint64_t offset, std::uint64_t count);

 private:
  std::filesystem::path path_;
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};

/// Throws Error(format) with "'PATH': WHAT".
[[noreturn]] void damaged_file(const std::filesystem::path& path, const std::string& what);

/// Memory that the content of a file may use: 64 times the file's size, and at least 64 MiB.
/// Compression, fill values and several names for one array let a small file claim any amount; real
/// weights are hardly compressible.
class MemoryBudget {
 public:
  explicit MemoryBudget(const std::filesystem::path& path, std::uint64_t file_size);

  /// Number of elements of an array of this shape, whose floats are deducted from the budget.
  /// @throws Error(format) for a negative extent, an overflow, or more than what is left
  [[nodiscard]] std::size_t take(const std::vector<std::int64_t>& shape, const std::string& name);

  /// Bytes that are left.
  [[nodiscard]] std::uint64_t left() const { return left_; }

 private:
  std::filesystem::path path_;
  std::uint64_t left_;
};

}  // namespace faceshot::weights
