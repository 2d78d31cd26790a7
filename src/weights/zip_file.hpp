// Untrusted zip archives, read through libarchive: .npz and PyTorch's files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

struct archive;

namespace faceshot::weights {

/// Iterates once over the entries of a zip archive, stored or deflated. Not thread safe.
class ZipReader {
 public:
  /// @throws Error(io) if the file cannot be opened; Error(format) if it is not a zip archive
  explicit ZipReader(const std::filesystem::path& path);

  /// Advances to the next entry; false after the last one. @throws Error(format)
  [[nodiscard]] bool next();

  /// Name of the entry in the archive: folders and '/'.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// Continues reading the entry, `count` bytes or to its end. Memory grows with the actual
  /// content, not with what the archive claims.
  /// @throws Error(format) if the archive is damaged
  [[nodiscard]] std::string read(std::uint64_t count);

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  std::unique_ptr<archive, int (*)(archive*)> archive_;
  std::string name_;
};

}  // namespace faceshot::weights
