#include "weights/input_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "faceshot/error.hpp"

namespace faceshot::weights {

InputFile::InputFile(const std::filesystem::path& path) : path_(path) {
  std::error_code failed;
  if (!std::filesystem::exists(path, failed))
    throw Error(ErrorCode::not_found, "'" + path.string() + "' does not exist");
  if (!std::filesystem::is_regular_file(path, failed))
    throw Error(ErrorCode::io, "'" + path.string() + "' is not a file");
  stream_.open(path, std::ios::binary);
  if (!stream_)
    throw Error(ErrorCode::io, "cannot read '" + path.string() + "': " + std::strerror(errno));
  size_ = std::filesystem::file_size(path);
}

std::string InputFile::read(std::uint64_t offset, std::uint64_t count) {
  if (offset > size_ || count > size_ - offset)
    damaged_file(path_, "truncated; copy the file again");
  std::string bytes(count, '\0');
  stream_.seekg(static_cast<std::streamoff>(offset));
  stream_.read(bytes.data(), static_cast<std::streamsize>(count));
  if (!stream_) throw Error(ErrorCode::io, "cannot read '" + path_.string() + "'");
  return bytes;
}

void damaged_file(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorCode::format, "'" + path.string() + "': " + what);
}

MemoryBudget::MemoryBudget(const std::filesystem::path& path, std::uint64_t file_size)
    : path_(path),
      left_(std::max<std::uint64_t>(
          std::uint64_t{64} << 20,
          std::min<std::uint64_t>(file_size, std::uint64_t{1} << 50) * 64)) {}

std::size_t MemoryBudget::take(const std::vector<std::int64_t>& shape, const std::string& name) {
  // Extents of 0 are excluded from the product, so that the others cannot overflow later.
  std::uint64_t product = 1;
  bool empty = false;
  for (const std::int64_t extent : shape) {
    if (extent < 0) damaged_file(path_, "array '" + name + "' has a negative extent");
    const auto n = static_cast<std::uint64_t>(extent);
    empty = empty || n == 0;
    if (n != 0 && product > left_ / sizeof(float) / n)
      damaged_file(path_,
                   "array '" + name + "' claims more values than a file of this size can hold");
    if (n != 0) product *= n;
  }
  const std::uint64_t count = empty ? 0 : product;
  if (count > left_ / sizeof(float))
    damaged_file(path_,
                 "array '" + name + "' claims more values than a file of this size can hold");
  left_ -= count * sizeof(float);
  return count;
}

}  // namespace faceshot::weights
