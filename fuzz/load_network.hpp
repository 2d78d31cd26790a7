// Uses a network file like a program does: loads it, plans it for a small image, runs it.
#pragma once

#include <filesystem>

#include "faceshot/network.hpp"

namespace faceshot {

inline void load_network(const std::filesystem::path& path) {
  const Network network = Network::load(path.string());
  Session session(network, {1, 3, 32, 32});
  session.run();
}

}  // namespace faceshot
