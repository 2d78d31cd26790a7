// A libFuzzer target: any bytes as a foreign file. The reader must return or throw Error, nothing
// else. FUZZ_HEADER declares it and FUZZ_CALL is the call, using `path` and `flaws`; FUZZ_FILE is
// the file's name.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include FUZZ_HEADER
#include "data/import/flaw_log.hpp"
#include "faceshot/error.hpp"

namespace {

/// A folder in memory for this process only, in which a reader of folders finds one file.
std::filesystem::path make_folder_in_memory() {
  const std::filesystem::path folder = "/dev/shm/faceshot-fuzz-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  static const std::filesystem::path kept = folder;
  std::atexit([] {
    std::error_code ignored;
    std::filesystem::remove_all(kept, ignored);
  });
  return folder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace faceshot;
  static const std::filesystem::path folder = make_folder_in_memory();
  const std::filesystem::path path = folder / FUZZ_FILE;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  [[maybe_unused]] data::FlawLog flaws;
  try {
    (void)FUZZ_CALL;
  } catch (const Error&) {
  }
  return 0;
}
