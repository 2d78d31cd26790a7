#include "rules/files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace faceshot::rules {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> files_below(const fs::path& dir,
                                  std::initializer_list<std::string_view> endings) {
  std::vector<fs::path> files;
  if (!fs::is_directory(dir)) return files;
  for (auto it = fs::recursive_directory_iterator(dir); it != fs::recursive_directory_iterator();
       ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && (name == "build" || name == "node_modules" || name.starts_with('.')))
      it.disable_recursion_pending();
    else if (it->is_regular_file() &&
             std::any_of(endings.begin(), endings.end(),
                         [&](std::string_view e) { return it->path().extension() == e; }))
      files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string name_in(const fs::path& file, const fs::path& root) {
  return file.lexically_relative(root).generic_string();
}

}  // namespace faceshot::rules
