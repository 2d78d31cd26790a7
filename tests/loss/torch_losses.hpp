// Results of PyTorch and torchvision for fixed numbers: fixtures/make_torch_losses.py.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace faceshot::test {

/// The cases of one loss.
inline nlohmann::json torch_losses(const std::string& name) {
  std::ifstream in(std::string(FACESHOT_SOURCE_DIR) + "/tests/loss/fixtures/torch_losses.json");
  return nlohmann::json::parse(in).at(name);
}

}  // namespace faceshot::test
