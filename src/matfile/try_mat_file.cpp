#include "matfile/try_mat_file.hpp"

#include <chrono>
#include <cstdint>
#include <system_error>

#include "support/sandbox.hpp"

namespace faceshot::matfile {

void try_mat_file(const std::filesystem::path& path, const std::function<void()>& read) {
  // A good file of 400 kB takes matio one to four seconds; a few bytes that claim a large array of
  // structures take it minutes.
  std::error_code missing;
  const std::uintmax_t size = std::filesystem::file_size(path, missing);
  const std::chrono::seconds processor(6 + (missing ? 0 : size / 40'000));
  support::try_in_sandbox(path, {processor, std::chrono::seconds(60) + 10 * processor}, read);
}

}  // namespace faceshot::matfile
