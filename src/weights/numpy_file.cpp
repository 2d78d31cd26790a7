#include "weights/numpy_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/npy_header.hpp"
#include "weights/element_type.hpp"
#include "weights/input_file.hpp"
#include "weights/named_arrays.hpp"
#include "weights/npy_text.hpp"
#include "weights/strided.hpp"
#include "weights/zip_file.hpp"

namespace faceshot::weights {
namespace {

using support::AtomicFile;

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::string_view extension = ".npy";

/// The next `count` bytes, or fewer at the end.
using Source = std::function<std::string(std::uint64_t count)>;

ElementType element_type(const std::string& descr, const std::string& name,
                         const std::filesystem::path& path) {
  static const std::map<std::string, ElementType> types{
      {"<f2", ElementType::float16}, {"<f4", ElementType::float32}, {"<f8", ElementType::float64},
      {"|i1", ElementType::int8},    {"|u1", ElementType::uint8},   {"<i2", ElementType::int16},
      {"<i4", ElementType::int32},   {"<i8", ElementType::int64},   {"|b1", ElementType::boolean}};
  const auto found = types.find(descr);
  if (found == types.end())
    throw Error(ErrorCode::unsupported, "'" + path.string() + "': array '" + name +
                                            "' has elements of NumPy's type '" + descr +
                                            "'; only little-endian numbers can be read");
  return found->second;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

NamedArray read_array(const std::string& name, const Source& source,
                      const std::filesystem::path& path, MemoryBudget& budget) {
  const auto require = [&](bool good) {
    if (!good) damaged_file(path, "array '" + name + "' is cut off or not in NumPy's format");
  };
  const std::string head = source(magic.size() + 2);
  require(head.size() == magic.size() + 2 && head.starts_with(magic));
  const std::size_t length_bytes = head[magic.size()] == 1 ? 2 : 4;
  const std::string length = source(length_bytes);
  require(length.size() == length_bytes);
  const std::uint64_t text_bytes = little_endian(length);
  require(text_bytes < 65536);
  const auto description = parse_npy_text(source(text_bytes));
  require(description.has_value());

  const ElementType type = element_type(description->descr, name, path);
  const std::vector<std::int64_t>& shape = description->shape;
  const std::size_t bytes = budget.take(shape, name) * element_size(type);
  const std::string data = source(bytes);
  require(data.size() == bytes && source(1).empty());
  NamedArray array{name, element_name(type), shape, to_floats(data, type)};
  if (description->fortran_order)
    array.values = gather_strided(array.values, shape, column_major_strides(shape), 0);
  return array;
}

std::string extents(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t extent : shape) text += std::to_string(extent) + ",";
  return text;
}

/// libarchive's zip writer into an AtomicFile.
class ZipWriter {
 public:
  explicit ZipWriter(AtomicFile& file) : zip_(archive_write_new(), archive_write_free) {
    archive_write_set_format_zip(zip_.get());
    // Stored: numpy maps and reads such entries fastest.
    archive_write_set_options(zip_.get(), "zip:compression=store");
    check(archive_write_open(zip_.get(), &file, nullptr, write, nullptr));
  }

  void add(const NamedArray& array) {
    const std::string header = support::npy_header("<f4", extents(array.shape));
    const std::string_view values(reinterpret_cast<const char*>(array.values.data()),
                                  array.values.size() * sizeof(float));
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(),
                                                                         archive_entry_free);
    archive_entry_set_pathname(entry.get(), (array.name + std::string(extension)).c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(header.size() + values.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    check(archive_write_header(zip_.get(), entry.get()));
    for (const std::string_view part : {std::string_view(header), values})
      check(archive_write_data(zip_.get(), part.data(), part.size()) ==
                    static_cast<la_ssize_t>(part.size())
                ? ARCHIVE_OK
                : ARCHIVE_FATAL);
  }

  void close() { check(archive_write_close(zip_.get())); }

 private:
  static la_ssize_t write(archive* zip, void* to, const void* bytes, std::size_t size) {
    try {
      static_cast<AtomicFile*>(to)->write({static_cast<const char*>(bytes), size});
      return static_cast<la_ssize_t>(size);
    } catch (const std::exception& e) {  // no exception may pass through C
      archive_set_error(zip, ARCHIVE_FATAL, "%s", e.what());
      return -1;
    }
  }
  void check(int status) const {
    if (status != ARCHIVE_OK) throw Error(ErrorCode::io, archive_error_string(zip_.get()));
  }
  std::unique_ptr<archive, int (*)(archive*)> zip_;
};

}  // namespace

NamedArray read_npy_array(const std::filesystem::path& path) {
  InputFile file(path);
  MemoryBudget budget(path, file.size());
  std::uint64_t at = 0;
  const Source source = [&](std::uint64_t count) {
    std::string bytes = file.read(at, std::min(count, file.size() - at));
    at += bytes.size();
    return bytes;
  };
  return read_array(path.stem().string(), source, path, budget);
}

std::vector<NamedArray> read_npz_arrays(const std::filesystem::path& path) {
  MemoryBudget budget(path, InputFile(path).size());
  ZipReader zip(path);
  const Source source = [&](std::uint64_t count) { return zip.read(count); };
  std::vector<NamedArray> arrays;
  while (zip.next()) {
    if (!zip.name().ends_with(extension))
      damaged_file(path, "the archive has an entry '" + zip.name() + "' that is no .npy file");
    arrays.push_back(read_array(zip.name().substr(0, zip.name().size() - extension.size()), source,
                                path, budget));
  }
  return arrays;
}

void write_npz_arrays(const std::filesystem::path& path, const std::vector<NamedArray>& arrays) {
  require_consistent(arrays);
  AtomicFile file(path);
  ZipWriter zip(file);
  for (const NamedArray& array : arrays) zip.add(array);
  zip.close();
  file.commit();
}

}  // namespace faceshot::weights
