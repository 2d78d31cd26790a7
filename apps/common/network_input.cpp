#include "common/network_input.hpp"

#include <cstdio>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "faceshot/model_info.hpp"

namespace faceshot::cli {
namespace {

/// 1 for a network that cannot be used as a detector: any size may work.
int size_divisor(const Network& network) {
  try {
    return ModelInfo::of(network, "").size_divisor;
  } catch (const Error&) {
    return 1;
  }
}

}  // namespace

FrameSize parse_size(const std::string& text) {
  FrameSize size;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &size.width, &size.height, &rest) != 2 ||
      size.width < 1 || size.height < 1 || size.width > 16384 || size.height > 16384)
    throw Error(ErrorCode::invalid_argument,
                "--size '" + text + "' is not WIDTHxHEIGHT, as in 640x480");
  return size;
}

std::vector<std::int64_t> image_shape(const Network& network, const std::string& wanted) {
  const std::string& name = network.inputs().front();
  auto shape = network.input_shape(name);
  if (shape.size() != 4)
    throw Error(ErrorCode::unsupported,
                "the network's input '" + name + "' has " + std::to_string(shape.size()) +
                    " dimensions; an image has 4 (batch, channel, height, width)");
  const bool fixed = shape[2] > 0 && shape[3] > 0;
  FrameSize size{640, 480};
  if (!wanted.empty())
    size = parse_size(wanted);
  else if (fixed)
    size = {static_cast<int>(shape[3]), static_cast<int>(shape[2])};
  if (fixed && (size.width != shape[3] || size.height != shape[2]))
    throw Error(ErrorCode::invalid_argument, "the network only takes inputs of " +
                                                 std::to_string(shape[3]) + "x" +
                                                 std::to_string(shape[2]) + "; leave out --size");
  const int divisor = fixed ? 1 : size_divisor(network);
  const auto padded = [&](int side) { return (side + divisor - 1) / divisor * divisor; };
  return {1, shape[1] > 0 ? shape[1] : 3, padded(size.height), padded(size.width)};
}

void fill_with_noise(Session& session) {
  base::Random random(1);
  for (float& value : session.input()) value = random.uniform(-1, 1);
}

}  // namespace faceshot::cli
