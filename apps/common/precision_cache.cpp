#include "common/precision_cache.hpp"

#include <fmt/format.h>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

/// FNV-1a (Fowler, Noll, Vo), 64 bits: there is no incentive to create collisions.
class Hash {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) {
      value_ ^= static_cast<unsigned char>(byte);
      value_ *= 0x100000001B3U;
    }
  }
  [[nodiscard]] std::string text() const { return fmt::format("{:016x}", value_); }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325U;
};

/// First lines of a file with the answer.
std::string heading(const PrecisionQuestion& question) {
  return "faceshot precision 1\ncpu " + question.cpu + "\nmodel " + question.model + "\nversion " +
         question.version + "\n";
}

fs::path file_of(const fs::path& folder, const PrecisionQuestion& question) {
  Hash hash;
  hash.add(heading(question));
  return folder / ("precision-" + hash.text() + ".txt");
}

std::optional<PrecisionTimes> read_times(const fs::path& file, const PrecisionQuestion& question) {
  std::ifstream in(file, std::ios::binary);
  std::array<char, 4096> bytes{};
  in.read(bytes.data(), bytes.size());
  const std::string text(bytes.data(), static_cast<std::size_t>(in.gcount()));
  const std::string expected = heading(question);
  if (text.rfind(expected, 0) != 0) return std::nullopt;
  std::istringstream rest(text.substr(expected.size()));
  std::string fp32, bf16, more;
  PrecisionTimes times;
  if (!(rest >> fp32 >> times.fp32 >> bf16 >> times.bf16) || rest >> more) return std::nullopt;
  const bool sane = fp32 == "fp32_ms" && bf16 == "bf16_ms" && text.back() == '\n' &&
                    std::isfinite(times.fp32) && times.fp32 > 0 && std::isfinite(times.bf16) &&
                    times.bf16 > 0;
  return sane ? std::optional(times) : std::nullopt;
}

void write_times(const fs::path& folder, const PrecisionQuestion& question,
                 const PrecisionTimes& times) {
  const std::string text = fmt::format("fp32_ms {:.4f}\nbf16_ms {:.4f}\n", times.fp32, times.bf16);
  try {
    support::make_folder(folder);
    support::write_file_atomically(file_of(folder, question), heading(question) + text);
  } catch (const Error&) {
    // The next run measures again.
  }
}

}  // namespace

Precision better_of(const PrecisionTimes& times) {
  return times.bf16 < 0.95 * times.fp32 ? Precision::bf16 : Precision::fp32;
}

std::optional<fs::path> cache_folder() {
  for (const auto& [variable, below] :
       {std::pair("XDG_CACHE_HOME", "faceshot"), {"HOME", ".cache/faceshot"}}) {
    const char* const value = std::getenv(variable);
    if (value != nullptr && fs::path(value).is_absolute()) return fs::path(value) / below;
  }
  return std::nullopt;
}

Precision remembered_precision(const std::optional<fs::path>& folder,
                               const PrecisionQuestion& question,
                               const std::function<PrecisionTimes()>& measure) {
  if (folder)
    if (const auto times = read_times(file_of(*folder, question), question))
      return better_of(*times);
  const PrecisionTimes times = measure();
  if (folder) write_times(*folder, question, times);
  return better_of(times);
}

std::string cpu_model() {
  std::ifstream in("/proc/cpuinfo");
  std::string model;
  for (std::string line; std::getline(in, line) && !line.empty();)  // of the first processor
    for (const char* const key : {"vendor_id", "cpu family", "model", "model name", "stepping"}) {
      const std::size_t colon = line.find(':');
      const std::size_t end = line.find_last_not_of(" \t", colon == 0 ? 0 : colon - 1);
      if (colon == std::string::npos || line.substr(0, end + 1) != key) continue;
      const std::size_t begin = line.find_first_not_of(' ', colon + 1);
      if (begin != std::string::npos) model += (model.empty() ? "" : ", ") + line.substr(begin);
    }
  return model;
}

std::string file_identity(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  Hash hash;
  std::uint64_t size = 0;
  std::string block(std::size_t{1} << 16, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    const auto got = static_cast<std::size_t>(in.gcount());
    hash.add(std::string_view(block).substr(0, got));
    size += got;
  }
  if (!in.eof())
    throw Error(ErrorCode::not_found, "model file '" + file.string() + "' cannot be read");
  return std::to_string(size) + "-" + hash.text();
}

}  // namespace faceshot::cli
