// NumPy's .npz: a zip archive of .npy arrays, written array by array.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace faceshot::support {

/// Entries are stored, not compressed: numpy maps and reads them fastest. The file appears complete
/// or not at all (atomic_file.hpp). Every function throws Error(io) that names the file. Not thread
/// safe.
class NpzWriter {
 public:
  explicit NpzWriter(const std::filesystem::path& path);
  ~NpzWriter();
  NpzWriter(const NpzWriter&) = delete;
  NpzWriter& operator=(const NpzWriter&) = delete;

  /// Opens an array, whose values must follow, in C order.
  /// @param name as numpy.load() will know it
  /// @param type, shape as npy_header() (npy.hpp)
  /// @param bytes of all values
  void begin(const std::string& name, const std::string& type, const std::string& shape,
             std::size_t bytes);
  void write(const void* bytes, std::size_t size);
  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::support
