#include "data/export/npz.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"
#include "support/npy_header.hpp"
#include "support/utf8.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using geometry::ImageRecord;

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little,
              "arrays are written as they lie in memory");

/// Code points of a UTF-8 text. @throws Error(invalid_argument)
std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> points;
  const auto fail = [&] {
    throw Error(ErrorCode::invalid_argument,
                "the name '" + support::escaped(text) + "' is not UTF-8; rename the file");
  };
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int length = lead < 0x80       ? 1
                       : lead >> 5 == 6  ? 2
                       : lead >> 4 == 14 ? 3
                       : lead >> 3 == 30 ? 4
                                         : 0;
    if (length == 0 || i + static_cast<std::size_t>(length) > text.size()) fail();
    char32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (int k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
      if (next >> 6 != 2) fail();
      point = point << 6 | (next & 0x3FU);
    }
    points.push_back(point);
    i += static_cast<std::size_t>(length);
  }
  return points;
}

/// A zip archive whose entries are stored, not compressed: numpy maps and reads them fastest.
class NpzWriter {
 public:
  /// @throws Error(io), as all else here
  explicit NpzWriter(const fs::path& path)
      : path_(path), file_(path), zip_(archive_write_new(), archive_write_free) {
    archive_write_set_format_zip(zip_.get());
    archive_write_set_options(zip_.get(), "zip:compression=store");
    archive_write_set_bytes_per_block(zip_.get(), 0);  // no zeros behind the end
    check(archive_write_open(zip_.get(), this, nullptr, &write_to_file, nullptr) == ARCHIVE_OK);
  }

  /// Opens an array, whose values must follow.
  /// @param shape as Python writes it, "12," or "12, 4"
  /// @param bytes of all values
  void begin(const std::string& name, const std::string& type, const std::string& shape,
             std::size_t bytes) {
    const std::string header = support::npy_header(type, shape);
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                         archive_entry_free);
    archive_entry_set_pathname(entry.get(), (name + ".npy").c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(header.size() + bytes));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    check(archive_write_header(zip_.get(), entry.get()) == ARCHIVE_OK);
    write(header.data(), header.size());
  }

  void write(const void* bytes, std::size_t size) {
    check(archive_write_data(zip_.get(), bytes, size) == static_cast<la_ssize_t>(size));
  }

  void commit() {
    check(archive_write_close(zip_.get()) == ARCHIVE_OK);
    file_.commit();
  }

 private:
  /// Called by libarchive, through which no exception may pass.
  static la_ssize_t write_to_file(archive*, void* writer, const void* bytes, std::size_t size) {
    auto& self = *static_cast<NpzWriter*>(writer);
    try {
      self.file_.write({static_cast<const char*>(bytes), size});
      return static_cast<la_ssize_t>(size);
    } catch (...) {
      self.failure_ = std::current_exception();
      return -1;
    }
  }

  void check(bool good) {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if (good) return;
    const char* const why = archive_error_string(zip_.get());
    throw Error(ErrorCode::io, "cannot write '" + path_.string() + "'" +
                                   (why == nullptr ? "" : std::string(": ") + why));
  }

  fs::path path_;
  support::AtomicFile file_;
  std::exception_ptr failure_;  ///< that write_to_file() met
  std::unique_ptr<archive, int (*)(archive*)> zip_;
};

/// Bytes that go out in blocks.
class Sink {
 public:
  explicit Sink(NpzWriter& npz) : npz_(npz) {}

  void write(const void* bytes, std::size_t size) {
    const auto* from = static_cast<const char*>(bytes);
    buffer_.insert(buffer_.end(), from, from + size);
    if (buffer_.size() >= block) flush();
  }
  template <class T>
  void put(T value) {
    write(&value, sizeof value);
  }
  void flush() {
    if (!buffer_.empty()) npz_.write(buffer_.data(), buffer_.size());
    buffer_.clear();
  }

 private:
  static constexpr std::size_t block = std::size_t{1} << 17;
  NpzWriter& npz_;
  std::vector<char> buffer_;
};

/// @param bytes of the array's values, which `fill` must put
void add_array(NpzWriter& npz, const std::string& name, const std::string& type,
               const std::string& shape, std::size_t bytes,
               const std::function<void(Sink&)>& fill) {
  npz.begin(name, type, shape, bytes);
  Sink sink(npz);
  fill(sink);
  sink.flush();
}

/// Texts of one width, as numpy's '<U' has them: 32 bits a code point, zeros behind.
void add_texts(NpzWriter& npz, const char* name, std::size_t count,
               const std::function<const std::string&(std::size_t)>& text) {
  std::size_t width = 1;
  for (std::size_t i = 0; i < count; ++i) width = std::max(width, code_points(text(i)).size());
  add_array(npz, name, "<U" + std::to_string(width), std::to_string(count) + ",", count * width * 4,
            [&](Sink& sink) {
              for (std::size_t i = 0; i < count; ++i) {
                std::vector<char32_t> points = code_points(text(i));
                points.resize(width);
                sink.write(points.data(), width * 4);
              }
            });
}

void add_arrays(NpzWriter& npz, const PreparedSet& set) {
  const std::size_t images = set.records.size();
  std::size_t boxes = 0;
  for (const ImageRecord& record : set.records) boxes += record.annotations.size();
  const auto each_box = [&](const auto& put) {
    for (const ImageRecord& record : set.records)
      for (const Annotation& a : record.annotations) put(record, a);
  };
  const std::string box_count = std::to_string(boxes);

  add_texts(npz, "files", images,
            [&](std::size_t i) -> const std::string& { return set.records[i].image; });
  add_array(npz, "sizes", "<i4", std::to_string(images) + ", 2", images * 8, [&](Sink& sink) {
    for (const ImageRecord& record : set.records) {
      sink.put(static_cast<std::int32_t>(record.width));
      sink.put(static_cast<std::int32_t>(record.height));
    }
  });
  add_array(npz, "offsets", "<i8", std::to_string(images + 1) + ",", (images + 1) * 8,
            [&](Sink& sink) {
              std::int64_t offset = 0;
              sink.put(offset);
              for (const ImageRecord& record : set.records)
                sink.put(offset += static_cast<std::int64_t>(record.annotations.size()));
            });
  add_array(npz, "bboxes", "<f4", box_count + ", 4", boxes * 16, [&](Sink& sink) {
    each_box([&](const ImageRecord& record, const Annotation& a) {
      const auto width = static_cast<float>(record.width),
                 height = static_cast<float>(record.height);
      for (const float share :
           {a.box.x1 / width, a.box.y1 / height, a.box.x2 / width, a.box.y2 / height})
        sink.put(share);
    });
  });
  add_array(npz, "labels", "<i8", box_count + ",", boxes * 8, [&](Sink& sink) {
    each_box([&](const ImageRecord&, const Annotation& a) { sink.put(std::int64_t{a.class_id}); });
  });
  add_array(npz, "ignore", "|b1", box_count + ",", boxes, [&](Sink& sink) {
    each_box(
        [&](const ImageRecord&, const Annotation& a) { sink.put(static_cast<char>(a.ignore)); });
  });
  add_texts(npz, "classes", set.classes.size(),
            [&](std::size_t i) -> const std::string& { return set.classes[i]; });
}

void add_pixels(NpzWriter& npz, std::size_t count, const NpzPixels& pixels) {
  const auto row = static_cast<std::size_t>(pixels.width) * 3;
  const std::string shape = std::to_string(count) + ", " + std::to_string(pixels.height) + ", " +
                            std::to_string(pixels.width) + ", 3";
  add_array(npz, "images", "|u1", shape, count * row * static_cast<std::size_t>(pixels.height),
            [&](Sink& sink) {
              for (std::size_t i = 0; i < count; ++i) {
                const cv::Mat image = pixels.image(i);
                for (int y = 0; y < image.rows; ++y) sink.write(image.ptr(y), row);
              }
            });
}

void write_whole(const fs::path& path, const std::function<void(NpzWriter&)>& add) {
  support::make_folder(path.parent_path());
  NpzWriter npz(path);
  add(npz);
  npz.commit();
}

}  // namespace

void write_npz(const fs::path& path, const PreparedSet& set) {
  write_whole(path, [&](NpzWriter& npz) { add_arrays(npz, set); });
}

void write_npz(const fs::path& path, const PreparedSet& set, const NpzPixels& pixels) {
  write_whole(path, [&](NpzWriter& npz) {
    add_pixels(npz, set.records.size(), pixels);
    add_arrays(npz, set);
  });
}

}  // namespace faceshot::data
