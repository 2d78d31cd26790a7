// A prepared set of synthetic pictures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "data/import/import.hpp"
#include "synth/scene.hpp"

namespace faceshot::synth {

/// Makes one picture; called from several threads at once.
using MakeScene = std::function<SyntheticScene(base::Random& random)>;

struct SyntheticSetOptions {
  std::size_t count = 2000;     ///< pictures, 1 to a million
  std::uint64_t seed = 1;       ///< picture i is made from Random(seed, 0, i)
  std::string split = "train";  ///< name of the CSV file
  int threads = 1;
  std::string source;                        ///< one line for label.json
  std::vector<std::string> classes{"face"};  ///< of what `make` labels
};

/// The result.
struct SyntheticSetReport {
  std::size_t images = 0, images_without_faces = 0, faces = 0, ignored = 0;
  std::vector<std::size_t> faces_of_class;  ///< of `faces`, by class id
};

/// Writes DIR/images/NNNNNN.jpg, DIR/SPLIT.csv and DIR/label.json, complete or not at all. The same
/// bytes for any number of threads.
/// @param progress called by one thread at a time; an exception stops the work
/// @throws Error(invalid_argument) if `dir` has content or an option is impossible; Error(io);
///         Error of `make`
SyntheticSetReport write_synthetic_set(const std::filesystem::path& dir, const MakeScene& make,
                                       const SyntheticSetOptions& options,
                                       const data::ImportProgress& progress = {});

}  // namespace faceshot::synth
