#include "common/model_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* prefix = "faceshot-";
constexpr const char* default_name = "nano";

fs::path shipped_models() {
  const std::string some = std::string(prefix) + default_name + ".onnx";
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
  if (const fs::path installed = program.parent_path() / "share/faceshot/models";
      fs::exists(installed / some, failed))
    return installed;
  for (fs::path folder = program; folder != folder.root_path(); folder = folder.parent_path())
    if (fs::exists(folder / "models" / some, failed)) return folder / "models";
  throw Error(ErrorCode::not_found, "cannot find the network shipped with FaceShot (models/" +
                                        some +
                                        "); give a model with --model FILE or FACESHOT_MODEL");
}

std::string names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed))
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace

fs::path model_file(const std::string& wanted) {
  std::string name = wanted;
  if (name.empty())
    if (const char* const named = std::getenv("FACESHOT_MODEL"); named != nullptr) name = named;
  if (name.empty()) name = default_name;
  std::error_code failed;
  const bool is_file = fs::exists(name, failed) && !fs::is_directory(name, failed);
  if (name.find_first_of("./") != std::string::npos || is_file) return name;
  const fs::path folder = shipped_models();
  for (const std::string& stem : {prefix + name, name})
    if (const fs::path file = folder / (stem + ".onnx"); fs::exists(file, failed)) return file;
  if (fs::is_directory(name, failed)) return name;  // refused like any folder
  throw Error(ErrorCode::not_found,
              "there is no file '" + name +
                  "', nor a shipped network of that name; shipped: " + names_in(folder));
}

}  // namespace faceshot::cli
