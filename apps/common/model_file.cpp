#include "common/model_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include "faceshot/error.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* prefix = "faceshot-";
constexpr const char* default_name = "nano";

const std::string some = std::string(prefix) + default_name + ".onnx";

/// The folder of the shipped networks; empty if it is not found.
fs::path shipped_folder() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
  if (const fs::path installed = program.parent_path() / "share/faceshot/models";
      fs::exists(installed / some, failed))
    return installed;
  for (fs::path folder = program; folder != folder.root_path(); folder = folder.parent_path())
    if (fs::exists(folder / "models" / some, failed)) return folder / "models";
  return {};
}

fs::path shipped_models() {
  if (fs::path folder = shipped_folder(); !folder.empty()) return folder;
  throw Error(ErrorCode::not_found, "cannot find the network shipped with FaceShot (models/" +
                                        some +
                                        "); give a model with --model FILE or FACESHOT_MODEL");
}

std::string names_of(const std::vector<fs::path>& networks) {
  std::string list;
  for (const fs::path& file : networks) list += (list.empty() ? "" : ", ") + short_name(file);
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
  throw Error(ErrorCode::not_found, "there is no file '" + name +
                                        "', nor a shipped network of that name; shipped: " +
                                        names_of(shipped_networks()));
}

std::vector<fs::path> shipped_networks() {
  std::vector<fs::path> files;
  const fs::path folder = shipped_folder();
  std::error_code failed;
  if (!folder.empty())
    for (const auto& entry : fs::directory_iterator(folder, failed))
      if (entry.path().extension() == ".onnx") files.push_back(entry.path());
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
    return std::pair(a.filename() != some, a) < std::pair(b.filename() != some, b);
  });
  return files;
}

std::string short_name(const fs::path& network) {
  const std::string name = network.stem().string();
  return name.starts_with(prefix) ? name.substr(std::string(prefix).size()) : name;
}

}  // namespace faceshot::cli
