#include "common/open_detector.hpp"

#include <utility>

namespace faceshot::cli {

Detector open_detector(const std::string& model, const std::string& model_info,
                       const DetectorOptions& options) {
  if (model_info.empty()) return Detector(model, options);
  ModelInfo info = ModelInfo::from_toml(model_info);
  return {Network::load(model), std::move(info), options};
}

}  // namespace faceshot::cli
