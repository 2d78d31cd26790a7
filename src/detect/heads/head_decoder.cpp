#include "detect/heads/head_decoder.hpp"

namespace faceshot::detect {

std::unique_ptr<HeadDecoder> make_head(const ModelInfo& info, const Session& session, int width,
                                       int height) {
  switch (info.head) {
    case HeadType::ssd:
      return make_ssd_head(info, session, width, height);
    case HeadType::yunet:
      return make_yunet_head(info, session, width, height);
    case HeadType::scrfd:
      return make_scrfd_head(info, session, width, height);
    case HeadType::ultraface:
      return make_ultraface_head(info, session, width, height);
  }
  return nullptr;
}

}  // namespace faceshot::detect
