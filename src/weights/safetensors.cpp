#include "weights/safetensors.hpp"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "weights/element_type.hpp"
#include "weights/input_file.hpp"
#include "weights/named_arrays.hpp"

namespace faceshot::weights {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t length_bytes = 8;
/// The reference implementation's limit.
constexpr std::uint64_t most_header_bytes = 100'000'000;
constexpr const char* metadata_key = "__metadata__";

std::optional<ElementType> element_type(const std::string& name) {
  static const std::map<std::string, ElementType> types{
      {"F16", ElementType::float16}, {"BF16", ElementType::bfloat16}, {"F32", ElementType::float32},
      {"F64", ElementType::float64}, {"I8", ElementType::int8},       {"U8", ElementType::uint8},
      {"I16", ElementType::int16},   {"I32", ElementType::int32},     {"I64", ElementType::int64},
      {"BOOL", ElementType::boolean}};
  const auto found = types.find(name);
  if (found == types.end()) return std::nullopt;
  return found->second;
}

/// The header's entry for one array.
struct Entry {
  NamedArray array;
  ElementType type = ElementType::float32;
  std::uint64_t begin = 0, end = 0;  ///< relative to the end of the header
};

/// @throws Json::exception if a key is missing or of another type
Entry read_entry(const std::string& name, const Json& json, const std::filesystem::path& path) {
  Entry entry;
  entry.array.name = name;
  const auto type_name = json.at("dtype").get<std::string>();
  const auto type = element_type(type_name);
  if (!type)
    throw Error(ErrorCode::unsupported, "'" + path.string() + "': array '" + name +
                                            "' has elements of type '" + type_name +
                                            "', which cannot be read");
  entry.type = *type;
  entry.array.dtype = element_name(entry.type);
  for (const Json& extent : json.at("shape"))
    entry.array.shape.push_back(extent.get<std::int64_t>());
  const Json& offsets = json.at("data_offsets");
  if (offsets.size() != 2 || !offsets.at(0).is_number_unsigned() ||
      !offsets.at(1).is_number_unsigned())
    damaged_file(path, "array '" + name + "' lies outside the file");
  entry.begin = offsets.at(0).get<std::uint64_t>();
  entry.end = offsets.at(1).get<std::uint64_t>();
  return entry;
}

std::vector<Entry> read_header(const std::string& text, const std::filesystem::path& path) {
  std::vector<Entry> entries;
  try {
    const Json header = Json::parse(text);
    if (!header.is_object()) damaged_file(path, "the header is not a JSON object");
    for (const auto& [name, json] : header.items())
      if (name != metadata_key) entries.push_back(read_entry(name, json, path));
  } catch (const Json::exception&) {
    damaged_file(path, "the header is damaged, or this is not a safetensors file");
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.begin < b.begin; });
  return entries;
}

}  // namespace

std::vector<NamedArray> read_safetensors(const std::filesystem::path& path) {
  InputFile file(path);
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, file.read(0, length_bytes).data(), length_bytes);
  if (header_bytes > most_header_bytes) damaged_file(path, "not a safetensors file");
  std::vector<Entry> entries = read_header(file.read(length_bytes, header_bytes), path);

  MemoryBudget budget(path, file.size());
  const std::uint64_t start = length_bytes + header_bytes;
  std::uint64_t end = 0;
  std::vector<NamedArray> arrays;
  for (Entry& entry : entries) {
    const std::string& name = entry.array.name;
    // The format requires positions without overlaps and gaps.
    if (entry.begin != end || entry.end < entry.begin)
      damaged_file(path, "array '" + name + "' does not begin where the previous one ends");
    end = entry.end;
    if (budget.take(entry.array.shape, name) * element_size(entry.type) != end - entry.begin)
      damaged_file(path, "array '" + name + "' has a shape that does not match its bytes");
    entry.array.values = to_floats(file.read(start + entry.begin, end - entry.begin), entry.type);
    arrays.push_back(std::move(entry.array));
  }
  if (start + end != file.size()) damaged_file(path, "there are bytes after the last array");
  return arrays;
}

void write_safetensors(const std::filesystem::path& path, const std::vector<NamedArray>& arrays,
                       const std::map<std::string, std::string>& metadata) {
  require_consistent(arrays);
  Json header = Json::object();
  if (!metadata.empty()) header[metadata_key] = metadata;
  std::uint64_t end = 0;
  for (const NamedArray& array : arrays) {
    if (array.name == metadata_key)
      throw Error(ErrorCode::invalid_argument,
                  std::string("an array cannot be named '") + metadata_key + "' in safetensors");
    const std::uint64_t begin = end;
    end += array.values.size() * sizeof(float);
    header[array.name] = {{"dtype", "F32"}, {"shape", array.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::exception&) {
    throw Error(ErrorCode::invalid_argument, "a name or metadata entry is not UTF-8");
  }
  // Elements begin at a multiple of 8, so that they can be used in mapped memory.
  text.append((8 - text.size() % 8) % 8, ' ');

  support::AtomicFile file(path);
  const std::uint64_t header_bytes = text.size();
  file.write({reinterpret_cast<const char*>(&header_bytes), length_bytes});
  file.write(text);
  for (const NamedArray& array : arrays)
    file.write(
        {reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(float)});
  file.commit();
}

}  // namespace faceshot::weights
