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
  throw Error(ErrorCode::not_found,
              "cannot find the network shipped with FaceShot (models/faceshot-nano.onnx); give a "
              "model with --model FILE or FACESHOT_MODEL");
}

}  // namespace faceshot::cli
