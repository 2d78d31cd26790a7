#include "weights/zip_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>

#include "faceshot/error.hpp"
#include "weights/input_file.hpp"

namespace faceshot::weights {

ZipReader::ZipReader(const std::filesystem::path& path)
    : path_(path), archive_(archive_read_new(), archive_read_free) {
  constexpr std::size_t block_bytes = std::size_t{1} << 17;
  archive_read_support_format_zip(archive_.get());
  if (archive_read_open_filename(archive_.get(), path.c_str(), block_bytes) != ARCHIVE_OK) fail();
}

bool ZipReader::next() {
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(archive_.get(), &entry);
  if (status == ARCHIVE_EOF) return false;
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) fail();
  // A name that the locale cannot represent is still available as UTF-8.
  const char* name = archive_entry_pathname(entry);
  if (name == nullptr) name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) damaged_file(path_, "the archive has an entry without a name");
  name_ = name;
  return true;
}

std::string ZipReader::read(std::uint64_t count) {
  constexpr std::uint64_t step_bytes = std::uint64_t{1} << 20;
  std::string bytes;
  while (bytes.size() < count) {
    const std::size_t before = bytes.size();
    const std::size_t step = std::min(step_bytes, count - before);
    bytes.resize(before + step);
    const la_ssize_t got = archive_read_data(archive_.get(), bytes.data() + before, step);
    if (got < 0) fail();
    bytes.resize(before + static_cast<std::size_t>(got));
    if (got == 0) break;
  }
  return bytes;
}

void ZipReader::fail() const {
  const char* const reason = archive_error_string(archive_.get());
  damaged_file(path_, std::string("the archive is damaged") +
                          (reason == nullptr ? "" : std::string(" (") + reason + ")"));
}

}  // namespace faceshot::weights
