// Lines KEY=VALUE as an ONNX file's metadata.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "faceshot/model_info.hpp"

namespace faceshot {

inline void read_metadata(const std::filesystem::path& path) {
  std::map<std::string, std::string> metadata;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) metadata[line.substr(0, equals)] = line.substr(equals + 1);
  }
  const ModelInfo info = ModelInfo::from_metadata(metadata);
  (void)info.to_metadata();
}

}  // namespace faceshot
