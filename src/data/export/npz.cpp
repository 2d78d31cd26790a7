#include "data/export/npz.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "faceshot/error.hpp"
#include "support/folder.hpp"
#include "support/npz_writer.hpp"
#include "support/utf8.hpp"

namespace faceshot::data {
namespace {

using geometry::Annotation;
using geometry::ImageRecord;

using support::NpzWriter;

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "arrays are written in memory order");

/// Code points of a UTF-8 text. @throws Error(invalid_argument)
std::vector<char32_t> code_points(std::string_view text) {
  if (!support::is_utf8(text))
    throw Error(ErrorCode::invalid_argument,
                "the name '" + support::escaped(text) + "' is not UTF-8; rename the file");
  std::vector<char32_t> points;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >> 6 == 2)  // a continuation byte
      points.back() = points.back() << 6 | (byte & 0x3FU);
    else
      points.push_back(byte < 0x80   ? byte
                       : byte < 0xE0 ? byte & 0x1FU
                       : byte < 0xF0 ? byte & 0xFU
                                     : byte & 7U);
  }
  return points;
}

/// Buffers output and writes it in blocks.
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

/// @param bytes of the array's values, which `fill` must write
void add_array(NpzWriter& npz, const std::string& name, const std::string& type,
               const std::string& shape, std::size_t bytes,
               const std::function<void(Sink&)>& fill) {
  npz.begin(name, type, shape, bytes);
  Sink sink(npz);
  fill(sink);
  sink.flush();
}

/// Texts of one width, like numpy's '<U': 32 bits per code point, padded with zeros.
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
