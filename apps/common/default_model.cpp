#include "common/default_model.hpp"

#include <cstdlib>

#include "faceshot/error.hpp"

namespace faceshot::cli {

std::filesystem::path default_model() {
  namespace fs = std::filesystem;
  if (const char* const named = std::getenv("FACESHOT_MODEL"); named != nullptr && *named != '\0')
    return named;
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
  const fs::path file = "faceshot-nano.onnx";
  if (const auto installed = program.parent_path() / "share/faceshot/models" / file;
      fs::exists(installed, failed))
    return installed;
  for (fs::path folder = program; folder != folder.root_path(); folder = folder.parent_path())
    if (const auto here = folder / "models" / file; fs::exists(here, failed)) return here;
  throw Error(
      ErrorCode::not_found,
      "the network that FaceShot ships (models/faceshot-nano.onnx) is not near the program; "
      "name one with --model FILE or FACESHOT_MODEL");
}

}  // namespace faceshot::cli
