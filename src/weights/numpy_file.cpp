#include "weights/numpy_file.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "faceshot/error.hpp"
#include "support/npy.hpp"
#include "support/npz_writer.hpp"
#include "weights/element_type.hpp"
#include "weights/input_file.hpp"
#include "weights/named_arrays.hpp"
#include "weights/strided.hpp"
#include "weights/zip_file.hpp"

namespace faceshot::weights {
namespace {

using Source = support::NpySource;
using support::npy_extension;

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

NamedArray read_array(const std::string& name, const Source& source,
                      const std::filesystem::path& path, MemoryBudget& budget) {
  const auto require = [&](bool good) {
    if (!good) damaged_file(path, "array '" + name + "' is truncated or not in NumPy's format");
  };
  const auto description = support::read_npy_header(source);
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
    if (!zip.name().ends_with(npy_extension))
      damaged_file(path, "the archive has an entry '" + zip.name() + "' that is not an .npy file");
    arrays.push_back(read_array(zip.name().substr(0, zip.name().size() - npy_extension.size()),
                                source, path, budget));
  }
  return arrays;
}

void write_npz_arrays(const std::filesystem::path& path, const std::vector<NamedArray>& arrays) {
  require_consistent(arrays);
  support::NpzWriter npz(path);
  for (const NamedArray& array : arrays) {
    const std::size_t bytes = array.values.size() * sizeof(float);
    npz.begin(array.name, "<f4", extents(array.shape), bytes);
    npz.write(array.values.data(), bytes);
  }
  npz.commit();
}

}  // namespace faceshot::weights
