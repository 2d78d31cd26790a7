#include "support/npz_writer.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <exception>
#include <utility>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/npy.hpp"

namespace faceshot::support {

namespace fs = std::filesystem;

struct NpzWriter::Impl {
  explicit Impl(const fs::path& file)
      : path(file), to(file), zip(archive_write_new(), archive_write_free) {
    archive_write_set_format_zip(zip.get());
    archive_write_set_options(zip.get(), "zip:compression=store");
    archive_write_set_bytes_per_block(zip.get(), 0);  // no padding after the end
    check(archive_write_open(zip.get(), this, nullptr, &write_to_file, nullptr) == ARCHIVE_OK);
  }

  /// Called by libarchive, through which no exception may propagate.
  static la_ssize_t write_to_file(archive*, void* writer, const void* bytes, std::size_t size) {
    auto& self = *static_cast<Impl*>(writer);
    try {
      self.to.write({static_cast<const char*>(bytes), size});
      return static_cast<la_ssize_t>(size);
    } catch (...) {
      self.failure = std::current_exception();
      return -1;
    }
  }

  void check(bool good) {
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
    if (good) return;
    const char* const why = archive_error_string(zip.get());
    throw Error(ErrorCode::io, "cannot write '" + path.string() + "'" +
                                   (why == nullptr ? "" : std::string(": ") + why));
  }

  fs::path path;
  AtomicFile to;
  std::exception_ptr failure;  ///< from write_to_file()
  std::unique_ptr<archive, int (*)(archive*)> zip;
};

NpzWriter::NpzWriter(const fs::path& path) : impl_(std::make_unique<Impl>(path)) {}
NpzWriter::~NpzWriter() = default;

void NpzWriter::begin(const std::string& name, const std::string& type, const std::string& shape,
                      std::size_t bytes) {
  const std::string header = npy_header(type, shape);
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                       archive_entry_free);
  archive_entry_set_pathname(entry.get(), (name + std::string(npy_extension)).c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(header.size() + bytes));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  impl_->check(archive_write_header(impl_->zip.get(), entry.get()) == ARCHIVE_OK);
  write(header.data(), header.size());
}

void NpzWriter::write(const void* bytes, std::size_t size) {
  impl_->check(archive_write_data(impl_->zip.get(), bytes, size) == static_cast<la_ssize_t>(size));
}

void NpzWriter::commit() {
  impl_->check(archive_write_close(impl_->zip.get()) == ARCHIVE_OK);
  impl_->to.commit();
}

}  // namespace faceshot::support
