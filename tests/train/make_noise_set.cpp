// Makes a small prepared set for tests that are scripts: make_noise_set FOLDER
#include <cstdio>
#include <exception>

#include "train/noise_set.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    faceshot::testing::make_noise_set(argv[1]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "make_noise_set: %s\n", e.what());
    return 1;
  }
}
