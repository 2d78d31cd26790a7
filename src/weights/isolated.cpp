#include "weights/isolated.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include "support/sandbox.hpp"
#include "weights/input_file.hpp"

namespace faceshot::weights {
namespace {

using support::SandboxReader;
using support::SandboxWriter;

/// Type of the next message.
enum class Message : std::uint64_t { array, end };

/// No name or type is that long, and no array has that many dimensions.
constexpr std::uint64_t longest_text = 65536;
constexpr std::uint64_t most_dimensions = 64;

void put(SandboxWriter& out, std::uint64_t value) { out.write(&value, sizeof value); }

void put(SandboxWriter& out, const std::string& text) {
  put(out, text.size());
  out.write(text.data(), text.size());
}

void put(SandboxWriter& out, const NamedArray& array) {
  put(out, static_cast<std::uint64_t>(Message::array));
  put(out, array.name);
  put(out, array.dtype);
  put(out, array.shape.size());
  for (const std::int64_t extent : array.shape) put(out, static_cast<std::uint64_t>(extent));
  out.write(array.values.data(), array.values.size() * sizeof(float));
}

/// Trusts what it receives no more than the file.
class Receiver {
 public:
  Receiver(const std::filesystem::path& path, std::uint64_t file_size, SandboxReader& in)
      : path_(path), in_(in), budget_(path, file_size) {}

  std::vector<NamedArray> receive() {
    std::vector<NamedArray> arrays;
    while (number(static_cast<std::uint64_t>(Message::end)) ==
           static_cast<std::uint64_t>(Message::array))
      arrays.push_back(array());
    return arrays;
  }

 private:
  std::uint64_t number(std::uint64_t most) {
    std::uint64_t value = 0;
    in_.read(&value, sizeof value);
    if (value > most)
      damaged_file(path_, "the file is damaged: the library that reads it returned invalid data");
    return value;
  }
  std::string text() {
    std::string value(number(longest_text), '\0');
    in_.read(value.data(), value.size());
    return value;
  }
  NamedArray array() {
    NamedArray array;
    array.name = text();
    array.dtype = text();
    array.shape.resize(number(most_dimensions));
    for (std::int64_t& extent : array.shape)
      extent = static_cast<std::int64_t>(number(std::numeric_limits<std::int64_t>::max()));
    array.values.resize(budget_.take(array.shape, array.name));
    in_.read(array.values.data(), array.values.size() * sizeof(float));
    return array;
  }

  const std::filesystem::path& path_;
  SandboxReader& in_;
  MemoryBudget budget_;
};

}  // namespace

std::vector<NamedArray> read_isolated(const std::filesystem::path& path,
                                      const std::function<void(const ArraySink&)>& read) {
  const std::uint64_t file_size = InputFile(path).size();
  const std::chrono::seconds processor(3 + (file_size >> 22));
  std::vector<NamedArray> arrays;
  support::run_in_sandbox(
      path, {processor, std::chrono::seconds(60) + 10 * processor},
      [&](SandboxWriter& out) {
        read([&](const NamedArray& array) { put(out, array); });
        put(out, static_cast<std::uint64_t>(Message::end));
      },
      [&](SandboxReader& in) { arrays = Receiver(path, file_size, in).receive(); });
  return arrays;
}

}  // namespace faceshot::weights
